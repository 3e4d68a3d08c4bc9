import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDotEnv } from "../../../model/compose/dotenv";

const outer = { OUTER: "outer", TAG: "1.4" };

/** Files and what Docker Compose reads in them. */
const files: readonly (readonly [text: string, values: Readonly<Record<string, string>>])[] = [
    ["", {}],
    ["# nothing\n\n   \n", {}],
    ["A=1\nB: 2\nexport C=3\n  D = 4 \r\nE=", { A: "1", B: "2", C: "3", D: "4", E: "" }],
    ["A=x # comment\nB=x#y\nC=#x\nD='x' # comment", { A: "x", B: "x#y", C: "#x", D: "x" }],
    ["A='$TAG\\n it\\'s'", { A: "$TAG\\n it's" }],
    ['A="$TAG\\n\\"q\\" \\\\ \\$TAG $$TAG \\q"', { A: '1.4\n"q" \\ $TAG $TAG \\q' }],
    ['A="\\0101 \\012 \\0400 \\0"', { A: "A \\12 \\400 \\" }],
    ['A="1\n2"\nB=\'3\n4\'', { A: "1\n2", B: "3\n4" }],
    ["A=1\nB=$A${NO:-2}\nA=3\nC=$A", { A: "3", B: "12", C: "3" }],
    ["OUTER=mine\nA=$OUTER", { OUTER: "mine", A: "outer" }],
    ["OUTER\nMISSING\nTAG", { OUTER: "outer", TAG: "1.4" }],
    ["a.b-c[0]=1\nÄ=2", { "a.b-c[0]": "1", Ä: "2" }],
    ["\ufeffA=1", { A: "1" }],
    ["constructor=1\nA=$toString", { constructor: "1", A: "" }],
];

const broken: readonly (readonly [text: string, line: number, message: string])[] = [
    ["A=1\nB C=2", 2, "the name of a variable has no spaces; write NAME=value"],
    ["A=1\n\nB%=2\nC=3", 3, 'a variable\'s name has letters, digits and _ . - only, and no "%"; write NAME=value'],
    ["A=1\nB='2\n3", 2, "the quote ' is never closed"],
    ["A=${TAG", 1, "not a variable; write $NAME, ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}, and $$ for a dollar sign"],
    ['A="x\ny"\nB=${NO:?give it}', 3, "variable NO needs a value: give it"],
];

describe("an .env file", () => {
    for (const [text, values] of files) {
        it(`${JSON.stringify(text)} has the values ${JSON.stringify(values)}`, () => {
            const { values: read, problems } = parseDotEnv(text, outer);
            assert.deepEqual({ ...read }, values);
            assert.deepEqual(problems.filter(({ severity }) => severity === "error"), []);
        });
    }

    for (const [text, line, message] of broken) {
        it(`fails on ${JSON.stringify(text)}`, () => assert.deepEqual(parseDotEnv(text, outer).problems, [{ line, severity: "error", message }]));
    }

    it("is read on behind what is wrong", () => {
        const { values, problems } = parseDotEnv("A=1\nB C\nD=2\n?=3\nE=4", {});
        assert.deepEqual([values, problems.map(({ line }) => line)], [{ A: "1", D: "2", E: "4" }, [2, 4]]);
    });

    it("warns of variables without a value", () => {
        assert.deepEqual(parseDotEnv("PASSWORD=a$b", {}).problems, [
            { line: 1, severity: "warning", message: "variable b has no value, so it is taken as empty; write $$ for a dollar sign" },
        ]);
    });

    it("goes on from the files before it", () => {
        assert.deepEqual(parseDotEnv("B=$A$OUTER", outer, { A: "earlier", OUTER: "no" }).values, { B: "earlierouter" });
    });

    it("keeps what is in single quotes, whatever it is", () => {
        fc.assert(
            fc.property(fc.string({ unit: "grapheme" }).filter((text) => !/['\\]/.test(text)), (text) =>
                assert.deepEqual(parseDotEnv(`A='${text}'`, {}), { values: { A: text }, problems: [] }),
            ),
        );
    });

    it("may have a value of megabytes in quotes", () => {
        const text = "x".repeat(12_000_000);
        assert.equal(parseDotEnv(`A="${text}"\nB=1`, {}).values["A"]?.length, 12_000_000);
        assert.deepEqual(parseDotEnv(`A='${text}\nB=1`, {}).problems, [{ line: 1, severity: "error", message: "the quote ' is never closed" }]);
    });

    it("may be large", () => {
        const lines = Array.from({ length: 50_000 }, (_, index) => `A${index}=$A${index - 1}x`.slice(0, 60));
        assert.equal(Object.keys(parseDotEnv(lines.join("\n"), {}).values).length, 50_000);
    });
});
