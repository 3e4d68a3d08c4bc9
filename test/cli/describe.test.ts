import assert from "node:assert/strict";
import { describeEnvironment } from "../../cli/handlers/describe";
import { noColors } from "../../cli/colors";
import type { Deployed } from "../../automation/finish";

const up: Deployed = {
    stack: "branch-x-1a2b3c4d",
    created: true,
    urls: {},
    images: { web: `sha256:${"0".repeat(64)}` },
    changes: { created: 3, updated: 0, replaced: 0, deleted: 0, unchanged: 0 },
    seconds: 1,
};
const main = "https://x-1a2b3c4d.staging.example.com";
const admin = "https://admin--x-1a2b3c4d.staging.example.com";

describe("what is said of an environment that is up", () => {
    for (const { what, more, last } of [
        { what: "is its address", more: { url: main, urls: { web: main } }, last: main },
        { what: "is its address after those of its other pages", more: { url: main, urls: { web: main, admin } }, last: main },
        { what: "is that it has none, where the main service is not in it", more: { urls: { admin } }, last: "no main service runs in it, so it has no address of its own" },
        { what: "is that nothing runs, where there is no release", more: { images: {} }, last: "no service runs yet: push images, then deploy them with --release" },
    ]) {
        it(`at last ${what}`, () => {
            const lines = describeEnvironment({ ...up, ...more }, noColors).split("\n");
            assert.equal(lines.at(-1), last);
            assert.equal(lines.some((line) => line.includes(admin)), "urls" in more && "admin" in more.urls);
        });
    }
});
