import assert from "node:assert/strict";
import fs from "node:fs";
import { performanceDocument, replaceMarked } from "../../bench/document";
import { divide, interleave, spread } from "../../bench/measure";
import { renderReport, renderTable, significant } from "../../bench/report";
import { Random } from "../soak/random";

describe("measurements", () => {
    const rows = [
        { values: [3, 1, 2], expected: { median: 2, least: 1, most: 3 } },
        { values: [4, 1, 2, 10], expected: { median: 3, least: 1, most: 10 } },
        { values: [7], expected: { median: 7, least: 7, most: 7 } },
    ];
    for (const { values, expected } of rows) it(`${values.join(", ")} have their median and spread`, () => assert.deepEqual(spread(values), expected));

    it("take turns, each repetition beginning with another subject", async () => {
        const order: string[] = [];
        const subject = (name: string) => (): Promise<number> => Promise.resolve(order.push(name));
        assert.deepEqual(await interleave(3, { a: subject("a"), b: subject("b") }), { a: [1, 4, 5], b: [2, 3, 6] });
        assert.deepEqual(order, ["a", "b", "b", "a", "a", "b"]);
    });

    it("give a moment to the first who claims it, and what nobody claims to the rest", () => {
        const parts = divide(
            { begin: 1000, end: 11_000 },
            { waiting: [{ begin: 9000, end: 10_000 }], program: [{ begin: 3000, end: 5000 }, { begin: 4000, end: 6000 }], engine: [{ begin: 0, end: 9500 }] },
        );
        assert.deepEqual(parts, { waiting: 1, program: 3, engine: 5, rest: 1 });
    });
});

describe("a report", () => {
    it("says of each aim whether it holds", () => {
        const aims = [
            { subject: "this", measured: 0.2, most: 0.25, unit: "s" },
            { subject: "that", measured: 1.6, most: 1.5, unit: "" },
        ];
        const text = renderReport({ name: "x", tables: [{ columns: ["a", "b"], rows: [["1", "2"]] }], aims, samples: {} });
        assert.equal(
            text,
            [
                "| a   |   b |",
                "|-----|----:|",
                "| 1   |   2 |",
                "",
                "| aim  |  at most | measured |    verdict |",
                "|------|---------:|---------:|-----------:|",
                "| this | ≤ 0.25 s |   0.20 s |      holds |",
                "| that |   ≤ 1.50 |     1.60 | **missed** |",
            ].join("\n"),
        );
    });

    for (const [value, text] of [[0, "0"], [0.0512, "0.051"], [3.456, "3.46"], [1234.5, "1235"]] as const) {
        it(`writes ${value} as ${text}`, () => assert.equal(significant(value), text));
    }

    it("has a table that Markdown understands without rows, too", () => {
        assert.equal(renderTable({ columns: ["a"], rows: [] }), "| a   |\n|-----|");
    });
});

describe("docs/performance.md", () => {
    it("has a place for everything that is measured", () => {
        const text = fs.readFileSync(performanceDocument, "utf8");
        for (const name of ["bench", "commands", "compose", "branches", "program-start", "scale", "soak"]) assert.ok(replaceMarked(text, name, "new").includes("\n\nnew\n\n"), name);
    });

    it("keeps all that is around a place", () => {
        assert.equal(replaceMarked("a\n<!-- x -->\nold\n<!-- end x -->\nb\n", "x", "new"), "a\n<!-- x -->\n\nnew\n\n<!-- end x -->\nb\n");
    });

    it("fails without the place", () => {
        assert.throws(() => replaceMarked("a", "x", "new"), new Error("the document has no place for x: write <!-- x --> and <!-- end x -->"));
    });
});

describe("random numbers of a soak", () => {
    it("are the same for the same seed, and others for another", () => {
        const first = (seed: number): readonly number[] => {
            const random = new Random(seed);
            return [random.whole(0, 999), random.whole(0, 999), random.whole(0, 999)];
        };
        assert.deepEqual(first(1), first(1));
        assert.notDeepEqual(first(1), first(2));
    });

    it("stay within their limits, which both occur", () => {
        const random = new Random(1);
        const numbers = Array.from({ length: 200 }, () => random.whole(2, 4));
        assert.deepEqual([...new Set(numbers)].sort(), [2, 3, 4]);
    });
});
