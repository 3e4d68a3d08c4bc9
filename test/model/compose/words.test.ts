import assert from "node:assert/strict";
import fc from "fast-check";
import { splitWords } from "../../../model/compose/words";
import { readOne } from "./reading";

/** Lines and what go-shellwords 1.0.12, which Docker Compose uses, makes of them. */
const lines: readonly (readonly [line: string, words: readonly string[]])[] = [
    ["echo a b", ["echo", "a", "b"]],
    ["  a  ", ["a"]],
    ["", []],
    ["a\tb\nc", ["a", "b", "c"]],
    ["echo 'a b' \"c d\"", ["echo", "a b", "c d"]],
    ["a\\ b", ["a b"]],
    ['echo "a\\"b"', ["echo", 'a"b']],
    ["echo 'a\\b'", ["echo", "a\\b"]],
    ["a\\nb", ["anb"]],
    ["'' a ''", ["", "a", ""]],
    ['x="a b"c', ["x=a bc"]],
    ["a\"b\"'c'd", ["abcd"]],
    ['echo "it\'s" \'say "x"\'', ["echo", "it's", 'say "x"']],
    ["'a;b' \"c && d\" e\\;f", ["a;b", "c && d", "e;f"]],
    ["a#b #c", ["a#b", "#c"]],
    ['a `b` $(c d) "$HOME"', ["a", "`b`", "$(c d)", "$HOME"]],
    ["échö 😀 x", ["échö", "😀", "x"]],
    ["a :)) b", ["a", ":))", "b"]],
    ["`a 'b c'`", ["`a b c`"]],
];

const noShell = (sign: string): string =>
    `Compose runs no shell and drops everything from ${sign} on: write ["sh", "-c", "…"], or put it in quotes`;
const parenthesis = 'a parenthesis needs a shell: write ["sh", "-c", "…"], or put it in quotes';
const open = "a quote, a parenthesis or a backslash is left open";

const broken: readonly (readonly [line: string, words: readonly string[], problem: string])[] = [
    ["echo a && b", ["echo", "a"], noShell("&")],
    ["a;b", ["a"], noShell(";")],
    ["a | b", ["a"], noShell("|")],
    ["a > b", ["a"], noShell(">")],
    ["a (b)", ["a"], parenthesis],
    ["a $(b (c))", ["a"], parenthesis],
    ["a )", ["a", ")"], open],
    ["a `it's`", ["a", "`its`"], open],
    ["a 2>b", ["a"], noShell(">")],
    ["a 'b", ["a", "b"], open],
    ["a $(b", ["a", "$(b"], open],
    ["a\\", ["a"], open],
];

describe("a command line", () => {
    for (const [line, words] of lines)
        it(`${JSON.stringify(line)} has the words ${JSON.stringify(words)}`, () => assert.deepEqual(splitWords(line), { words }));

    for (const [line, words, problem] of broken)
        it(`fails on ${JSON.stringify(line)}`, () => assert.deepEqual(splitWords(line), { words, problem }));

    it("in single quotes has the words that were quoted", () => {
        fc.assert(
            fc.property(fc.array(fc.string().map((word) => word.replaceAll("'", ""))), (words) =>
                assert.deepEqual(splitWords(words.map((word) => `'${word}'`).join(" ")), { words }),
            ),
        );
    });
});

describe("command and entrypoint", () => {
    it("are lists or lines; nothing given, nothing there, and empty are three things", () => {
        const words = (yaml: string): unknown => {
            const { service, problems } = readOne(`image: x\n${yaml}`);
            assert.deepEqual(problems, []);
            return "command" in service ? service.command : "not given";
        };
        assert.deepEqual(["command: run 'a b'", "command: [run, a b, 3]", "command: []", 'command: ""', "command:", "user: x"].map(words), [
            ["run", "a b"],
            ["run", "a b", "3"],
            [],
            [],
            "not given",
            "not given",
        ]);
        assert.deepEqual(readOne("image: x\nentrypoint: run it").service.entrypoint, ["run", "it"]);
    });

    it("fail where Compose would drop the rest, without showing the line", () => {
        assert.deepEqual(readOne("image: x\ncommand: migrate && serve").problems, [`4 services.web.command: ${noShell("&")}`]);
    });
});
