import assert from "node:assert/strict";
import { placesIn, toPlain } from "../../../model/compose/tree";
import { readYaml } from "../../../model/compose/yaml";
import { Findings } from "../../../model/findings";

function parse(text: string): {
    readonly value: unknown;
    readonly problems: readonly string[];
    readonly lines: Readonly<Record<string, number | undefined>>;
} {
    const findings = new Findings();
    const node = readYaml(text, "f.yaml", findings);
    return {
        value: node && toPlain(node),
        problems: findings.problems.map(({ line, key, message }) => `${String(line)} ${key}: ${message}`),
        lines: node === undefined ? {} : Object.fromEntries(Object.entries(placesIn(node)).map(([path, { line }]) => [path, line])),
    };
}

describe("a YAML file", () => {
    it("knows the line of every key and item", () => {
        assert.deepEqual(parse("a:\n  - 1\n  - b: 2\n\nc:\n  d:\n    e\n").lines, {
            a: 1,
            "a[0]": 2,
            "a[1]": 3,
            "a[1].b": 3,
            c: 5,
            "c.d": 6,
        });
    });

    it("resolves aliases and merge keys, own keys first, then the first of several maps", () => {
        const { value, problems, lines } = parse("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 3\nw: *x\n");
        assert.deepEqual(problems, []);
        assert.deepEqual(value, { x: { a: 1, b: 1 }, y: { b: 2, c: 2 }, z: { a: 3, b: 1, c: 2 }, w: { a: 1, b: 1 } });
        assert.deepEqual([lines["z.a"], lines["z.b"], lines["z.c"], lines["w.a"]], [5, 1, 2, 1]);
    });

    it("reads scalars as YAML 1.2 does", () => {
        assert.deepEqual(parse("[yes, no, on, true, null, ~, 1.10, 0x1f, 2024-01-01, '1', 1_000]").value, [
            "yes",
            "no",
            "on",
            true,
            null,
            null,
            1.1,
            31,
            "2024-01-01",
            "1",
            "1_000",
        ]);
    });

    const broken: readonly (readonly [text: string, problem: string])[] = [
        ["", "1 : the file is empty; it needs at least one service under services"],
        ["# nothing\n", "1 : the file is empty; it needs at least one service under services"],
        ["a:\n\tb: 1", "2 : not valid YAML: tabs are not allowed as indentation"],
        ["a: [1", "1 : not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]"],
        ["a: 1\n---\nb: 1", "2 : not valid YAML: the file has several documents; keep one of them"],
        ["? [a]\n: 1", "1 : not valid YAML: a key is neither a list nor a map"],
        ["a: !secret b", "1 : not valid YAML: unresolved tag: !secret"],
    ];
    for (const [text, problem] of broken) {
        it(`fails on ${JSON.stringify(text)}`, () => assert.deepEqual(parse(text), { value: undefined, problems: [problem], lines: {} }));
    }

    const flawed: readonly (readonly [text: string, value: unknown, problem: string])[] = [
        ["a: 1\nb: 2\na: 3", { a: 1, b: 2 }, "3 a: the key is there twice; remove one of lines 1 and 3"],
        ["a: *b\nc: 1", { a: null, c: 1 }, "1 a: nothing before this line has the anchor &b"],
        ["a: &a [1, *a]", { a: [1, [1, null]] }, "1 a[1][1]: the alias *a stands inside what it names"],
        ["a: 1\nb: {<<: 2}", { a: 1, b: {} }, "2 b.<<: a merge key takes a map or a list of maps"],
    ];
    for (const [text, value, problem] of flawed) {
        it(`fails on ${JSON.stringify(text)} and reads the rest`, () => {
            const parsed = parse(text);
            assert.deepEqual([parsed.value, parsed.problems], [value, [problem]]);
        });
    }

    it("fails on aliases that multiply without end", () => {
        const levels = Array.from(
            { length: 9 },
            (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(", ")}]`,
        );
        const started = performance.now();
        const { problems } = parse(["l0: &l0 x", ...levels].join("\n"));
        assert.equal(problems.length, 1);
        assert.match(problems[0]!, /: the file has more than 100000 values; use fewer aliases$/);
        assert.ok(performance.now() - started < 5000);
    });
});
