import assert from "node:assert/strict";
import { childOf, placesIn, toPlain } from "../../../model/compose/tree";
import { readYaml } from "../../../model/compose/yaml";
import { Findings } from "../../../model/findings";

function parse(text: string): {
    readonly value: unknown;
    readonly problems: readonly string[];
    readonly lines: Readonly<Record<string, number | undefined>>;
} {
    const findings = new Findings();
    const [node] = readYaml(text, "f.yaml", findings);
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

    it("has several documents, each with anchors of its own", () => {
        const findings = new Findings();
        const nodes = readYaml("a: &x 1\n---\nb: *x\n---\n# nothing\n", "f.yaml", findings);
        assert.deepEqual(nodes.map(toPlain), [{ a: 1 }, { b: null }, null]);
        assert.deepEqual(findings.problems.map(({ line, message }) => [line, message]), [[3, "nothing before this line has the anchor &x"]]);
    });

    it("may name an anchor again: an alias is the one before it", () => {
        assert.deepEqual(parse("a: &x 1\nb: *x\nc: &x 2\nd: *x").value, { a: 1, b: 1, c: 2, d: 2 });
    });

    it("marks what is to be reset or replaced", () => {
        const [node] = readYaml("a: !reset [1]\nb: !override {c: 1}\nd: [!reset 1, 2]", "f.yaml", new Findings());
        assert.deepEqual([childOf(node!, "a")?.mark, childOf(node!, "b")?.mark, toPlain(childOf(node!, "d")!)], ["reset", "override", [2]]);
    });

    it("fails on lists and maps that are nested without need", () => {
        const { problems } = parse(`${"[".repeat(300)}${"]".repeat(300)}`);
        assert.deepEqual(problems, [`1 ${"[0]".repeat(200)}: lists and maps are nested more than 200 deep`]);
    });

    const broken: readonly (readonly [text: string, problem: string])[] = [
        ["", "1 : the file is empty; it needs at least one service under services"],
        ["# nothing\n", "1 : the file is empty; it needs at least one service under services"],
        ["a:\n\tb: 1", "2 : not valid YAML: tabs are not allowed as indentation"],
        ["a: [1", "1 : not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]"],
        ["[".repeat(100_000), "1 : not valid YAML: lists and maps are nested too deeply"],
        ["? [a]\n: 1", "1 : not valid YAML: a key is neither a list nor a map"],
        ["a: !secret b", "1 : not valid YAML: unresolved tag: !secret"],
    ];
    for (const [text, problem] of broken) {
        it(`fails on ${JSON.stringify(text.slice(0, 30))}`, () => assert.deepEqual(parse(text), { value: undefined, problems: [problem], lines: {} }));
    }

    const flawed: readonly (readonly [text: string, value: unknown, problem: string])[] = [
        ["a: 1\nb: 2\na: 3", { a: 1, b: 2 }, "3 a: the key is there twice; remove one of lines 1 and 3"],
        ["a: *b\nc: 1", { a: null, c: 1 }, "1 a: nothing before this line has the anchor &b"],
        ["a: &a [1, *a]", { a: [1, null] }, "1 a[1]: the alias *a stands inside what it names"],
        ["a: &a {<<: {b: 1}}\n<<: *a\n<<: {c: 1}", { a: { b: 1 }, b: 1 }, "3 <<: the key is there twice; remove one of lines 2 and 3"],
        ["a: {80: x, b: 1}", { a: { b: 1 } }, "1 a.80: a key is a text; put it in quotes"],
        ["2024-01-01: x", {}, "1 2024-01-01: a key is a text; put it in quotes"],
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
