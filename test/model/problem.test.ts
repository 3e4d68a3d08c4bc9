import assert from "node:assert/strict";
import { formatProblem, formatProblems, type Problem } from "../../model/problem";

const problem = (severity: Problem["severity"], line: number): Problem => ({ severity, file: "a.yaml", line, key: "a", message: "no" });

describe("problems for a person", () => {
    it("are all there, in their order", () => {
        assert.deepEqual(formatProblems([problem("warning", 1), problem("error", 2)]), ["  warning: a.yaml:1 a: no", "  a.yaml:2 a: no"]);
    });

    it("of which nobody reads so many have the errors first, and their number", () => {
        const lines = formatProblems([...Array.from({ length: 5000 }, (_, line) => problem("warning", line)), problem("error", 9999)]);
        assert.equal(lines.length, 1001);
        assert.deepEqual([lines[0], lines[1], lines.at(-1)], ["  a.yaml:9999 a: no", "  warning: a.yaml:0 a: no", "  and 4001 more problems; --json has them all"]);
    });

    it("are cut where somebody wrote megabytes", () => {
        assert.equal(formatProblem({ ...problem("error", 1), key: "k".repeat(1_000_000) }).length, 4003);
    });
});
