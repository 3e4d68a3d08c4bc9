import assert from "node:assert/strict";
import { table } from "../../cli/output";

describe("a table", () => {
    it("has columns under headings, and no spaces at the end", () => {
        assert.equal(table(["name", "what"], [["a", "x"], ["longer", ""]]), "name    what\na       x\nlonger");
        assert.equal(table(["name"], []), "");
    });

    it("counts what a terminal shows: wide letters twice, colours not", () => {
        assert.equal(table(["a", "b"], [["\u65e5\u672c", "1"], ["\u001b[36mxyz\u001b[39m", "2"]]), "a     b\n\u65e5\u672c  1\n\u001b[36mxyz\u001b[39m   2");
    });

    it("has rows as high as their highest cell", () => {
        assert.equal(table(["a", "b"], [["1\n2", "x"], ["3", "y"]]), "a  b\n1  x\n2\n3  y");
    });

    it("is not as wide as a cell of megabytes", () => {
        assert.equal(table(["a", "b"], [["x".repeat(5_000_000), "y"]]).split("\n")[1]?.length, 1004);
    });
});
