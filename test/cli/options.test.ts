import assert from "node:assert/strict";
import { UsageError } from "../../cli/errors";
import { choiceOf, onlyOf } from "../../cli/handlers/options";
import { contextsOf } from "../../cli/handlers/push";
import { readCompose } from "../../model/compose/compose";

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

describe("the services that a branch runs", () => {
    it("are those that --only names, all with --all, and what they were without either", () => {
        assert.deepEqual([onlyOf({ only: ["web", "api"] }), onlyOf({ all: true }), onlyOf({})], [{ only: ["web", "api"] }, { only: [] }, {}]);
    });

    it("are refused where both are given", () => {
        const message = "--only web api and --all say different things";
        assert.throws(() => onlyOf({ only: ["web", "api"], all: true }), { name: UsageError.name, message, advice: "give one of them" });
    });
});

describe("the images that the local world makes of a commit", () => {
    const { application } = readCompose("services: {web: {build: web}, constructor: {build: other}, worker: {image: w, build: worker}}", "compose.yaml", {});
    const rows: readonly { readonly images: Readonly<Record<string, string>>; readonly made: readonly string[] }[] = [
        { images: {}, made: ["constructor", "w", "web"] },
        { images: { web: "1", worker: "1" }, made: ["constructor"] },
        { images: { w: "1", constructor: "1" }, made: ["web"] },
    ];
    for (const { images, made } of rows) {
        it(`are those that ${JSON.stringify(images)} does not name`, () => assert.deepEqual(Object.keys(contextsOf(application, { images })).sort(), made));
    }
});
