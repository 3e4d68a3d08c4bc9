import assert from "node:assert/strict";
import { UsageError } from "../../cli/errors";
import { choiceOf } from "../../cli/handlers/options";

describe("what --release and --image ask for", () => {
    it("is a tag for all own images, but for those that are named", () => {
        assert.deepEqual(choiceOf({ release: "1.4.2", image: ["web=pr-12"] }), { images: { web: "pr-12" }, release: "1.4.2" });
        assert.deepEqual(choiceOf({ image: ["1.4.2"] }), { images: {}, release: "1.4.2" });
        assert.deepEqual(choiceOf({}), { images: {} });
    });

    it("is refused where both name a tag for all of them", () => {
        const message = "two tags for all own images: --release 1.4.2 and --image 1.4.3";
        assert.throws(() => choiceOf({ release: "1.4.2", image: ["1.4.3"] }), { name: UsageError.name, message, advice: "give one of them" });
    });
});
