import assert from "node:assert/strict";
import { completeRelease } from "../../stacks/release";

describe("a release", () => {
    it("is of all own images", () => assert.deepEqual(completeRelease(["web"], { web: "sha256:1", gone: "sha256:2" }), { release: { web: "sha256:1" }, problems: [] }));

    for (const name of ["api", "constructor"]) {
        it(`is refused without a digest of ${name}`, () => {
            const { release, problems } = completeRelease(["web", name], { web: "sha256:1" });
            assert.deepEqual([release, problems.map(({ key }) => key)], [undefined, [`understudy:images.${name}`]]);
        });
    }
});
