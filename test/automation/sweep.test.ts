import assert from "node:assert/strict";
import { parseDrift } from "../../automation/engine/drift";
import { fateOf, type Needs } from "../../automation/sweep/judge";
import { expiryOf, laterExpiry, quotaProblem, statusesBefore, type EnvironmentEntry } from "../../model/registry";

const now = new Date("2026-03-10T12:00:00.000Z");
const hoursAgo = (hours: number): string => new Date(now.getTime() - hours * 3_600_000).toISOString();
const entry: EnvironmentEntry = {
    id: "search-1a2b3c4d",
    branch: "feature/search",
    status: "up",
    since: hoursAgo(5),
    url: "https://search-1a2b3c4d.staging.example.com",
    created: hoursAgo(50),
    active: hoursAgo(5),
    ready: hoursAgo(5),
    expires: hoursAgo(-100),
    pullRequest: 12,
    shard: 0,
    use: { targetGroups: 1, rules: 1, targets: 2 },
};

describe("whether an environment is still needed", () => {
    const rows: readonly (readonly [string, Partial<EnvironmentEntry> & { readonly worker?: unknown }, Needs, string])[] = [
        ["it is", {}, {}, "stays"],
        ["its branch and pull request are there", {}, { gone: new Set(["feature"]), closed: new Set([11]) }, "stays"],
        ["it has expired", { expires: hoursAgo(0) }, {}, `goes: it has expired ${hoursAgo(0)}`],
        ["it expires in less than a day", { expires: hoursAgo(-24) }, {}, `warned: it expires ${hoursAgo(-24)}`],
        ["that was said already", { expires: hoursAgo(-24), warned: hoursAgo(1) }, {}, "stays"],
        ["it expires in more than a day", { expires: hoursAgo(-24.01) }, {}, "stays"],
        ["its branch is gone", {}, { gone: new Set(["feature/search"]) }, "goes: its branch is gone"],
        ["its pull request is closed", {}, { closed: new Set([12]) }, "goes: its pull request 12 is closed"],
        ["the pull request of its fork is closed", { branch: "pull/7/head", pullRequest: undefined }, { closed: new Set([7]) }, "goes: its pull request 7 is closed"],
        ["it is pinned, whatever else is true", { expires: hoursAgo(9), pinned: { reason: "demo" } }, { gone: new Set(["feature/search"]), closed: new Set([12]) }, "stays"],
        ["somebody works on it, whatever else is true", { expires: hoursAgo(9), worker: {} }, { gone: new Set(["feature/search"]) }, "stays"],
        ["its removal was not ended", { status: "removing", since: hoursAgo(3) }, {}, `goes: its removal was begun ${hoursAgo(3)} and not ended`],
        ["its removal was not ended, and it is pinned", { status: "removing", since: hoursAgo(3), pinned: { reason: "demo" } }, {}, `goes: its removal was begun ${hoursAgo(3)} and not ended`],
        ["its removal has just begun", { status: "removing", since: hoursAgo(1) }, {}, "stays"],
        ["it was never up", { status: "failed", since: hoursAgo(3), ready: undefined }, {}, "goes: it was never up"],
        ["it was never up, since a short time", { status: "failed", since: hoursAgo(1), ready: undefined }, {}, "stays"],
        ["it failed, but was up before", { status: "failed", since: hoursAgo(9) }, {}, "stays"],
    ];
    for (const [what, change, needs, expected] of rows) {
        it(`${expected.split(":", 1).join("")} when ${what}`, () => {
            const fate = fateOf({ ...entry, ...change }, needs, now);
            assert.equal("why" in fate ? `${fate.fate}: ${fate.why}` : fate.fate, expected);
        });
    }
});

describe("what the registry keeps", () => {
    it("expires at its time, and not while it is pinned", () => {
        assert.deepEqual([hoursAgo(1), hoursAgo(0), hoursAgo(-1), hoursAgo(-25)].map((expires) => expiryOf({ expires }, now)), ["expired", "expired", "soon", "later"]);
        assert.equal(expiryOf({ expires: hoursAgo(1), pinned: { reason: "demo" } }, now), "pinned");
    });

    it("is never cut short by a later request", () => {
        assert.equal(laterExpiry(undefined, now, 3_600), hoursAgo(-1));
        assert.equal(laterExpiry(hoursAgo(5), now, 3_600), hoursAgo(-1));
        assert.equal(laterExpiry(hoursAgo(-5), now, 3_600), hoursAgo(-5));
    });

    it("has room for as many as there may be, and says who holds what", () => {
        const others = ["ann", "bob", undefined, "ann"].map((owner) => ({ ...(owner !== undefined && { owner }) }));
        assert.equal(quotaProblem(others, "ann", { maximum: 5, perOwner: 3 }), undefined);
        assert.equal(quotaProblem(others, "ann", { maximum: 4, perOwner: 3 }), "all 4 environments that the settings allow are there (ann 2, bob 1, nobody 1)");
        assert.equal(quotaProblem(others, "ann", { maximum: 5, perOwner: 2 }), "ann has 2 environments already, as many as the settings allow one person");
        assert.equal(quotaProblem(others, undefined, { maximum: 5, perOwner: 1 }), undefined);
    });

    it("can leave every status, and is up only after it was brought up", () => {
        for (const status of ["updating", "up", "failed", "removing"] as const) assert.ok(statusesBefore.removing.includes(status));
        assert.deepEqual(statusesBefore.up, ["updating"]);
    });
});

describe("what a previewed refresh prints", () => {
    const urn = "urn:pulumi:staging::understudy::understudy:routing:Routing$aws:lb/targetGroup:TargetGroup::staging-web";

    it("is read without the values", () => {
        const steps = [{ op: "refresh", urn }, { op: "update", urn, detailedDiff: { "healthCheck.path": {}, "a.b": {} }, newState: { inputs: { secret: "hunter2" } } }, { op: "delete", urn }];
        const told = { type: "aws:lb/targetGroup:TargetGroup", name: "staging-web", urn };
        assert.deepEqual(parseDrift(JSON.stringify({ steps })), [
            { ...told, state: "changed", properties: ["a.b", "healthCheck.path"] },
            { ...told, state: "gone", properties: [] },
        ]);
    });

    for (const text of ["", "null", "{}", '{"steps":1}', "warning: x\n{}"]) {
        it(`fails on ${JSON.stringify(text)}`, () => assert.throws(() => parseDrift(text), { kind: "engine" }));
    }
});
