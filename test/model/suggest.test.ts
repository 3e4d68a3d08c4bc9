import assert from "node:assert/strict";
import { suggest } from "../../model/suggest";

describe("a suggestion", () => {
    const allowed = ["count", "cpu", "memory"];
    for (const [word, text] of [
        ["cuont", 'did you mean "count"? allowed: count, cpu, memory'],
        ["Memory", 'did you mean "memory"? allowed: count, cpu, memory'],
        ["cup", 'did you mean "cpu"? allowed: count, cpu, memory'],
        ["colour", "allowed: count, cpu, memory"],
    ] as const) {
        it(`for ${word} is ${text}`, () => assert.equal(suggest(word, allowed), text));
    }

    it("says when nothing is allowed", () => assert.equal(suggest("x", []), "allowed: none"));
});
