import assert from "node:assert/strict";
import { soak } from "../soak/soak";
import { Stage } from "./stage";

describe("a soak, reduced", function () {
    this.timeout(300_000);
    let stage: Stage;

    before(async () => {
        stage = await Stage.open();
    });

    after(() => stage.close());

    it("leaves nothing behind, whatever is killed and throttled, and fails only in ways that are documented", async () => {
        const { outcomes, problems } = await soak(stage, { seed: 1, operations: 4, every: 4 });
        assert.deepEqual(problems, []);
        assert.equal(outcomes.length, 4);
        assert.ok(outcomes.some(({ end }) => end === "killed"));
    });
});
