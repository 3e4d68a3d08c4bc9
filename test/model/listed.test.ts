import assert from "node:assert/strict";
import { listed, ranges } from "../../model/listed";

describe("a list in a message", () => {
    it("is whole where it is short, and else says how many more there are", () => {
        assert.deepEqual([listed([]), listed(["a", "b"]), listed(["a", "b", "c"], 2)], ["", "a, b", "a, b and 1 more"]);
        assert.match(listed(Array.from({ length: 1000 }, () => "a")), /, a and 950 more$/);
    });

    it("of numbers has ranges for three and more in a row", () => {
        assert.deepEqual(ranges([80, 81, 8000, 8001, 8002, 1, 5]), ["80", "81", "8000-8002", "1", "5"]);
        assert.deepEqual(ranges([]), []);
    });
});
