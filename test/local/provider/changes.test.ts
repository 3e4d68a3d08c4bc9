import assert from "node:assert/strict";
import fc from "fast-check";
import { flag, json, list, map, number, object, set, text, type Arguments } from "../../../local/provider/arguments";
import { changedArguments, changesOf, complete } from "../../../local/provider/changes";
import { unknown, type Props } from "../../../local/provider/values";

const args: Arguments = {
    name: text({ replaces: true }),
    path: text({ default: "/" }),
    zone: text({ computed: true, replaces: true }),
    count: number({ default: 1 }),
    open: flag({ default: false }),
    tags: map({ default: {} }),
    policy: json(),
    groups: set(text(), { default: [] }),
    rules: list(object({ port: number({ required: true }), from: text({ default: "any" }) })),
    health: object(
        { path: text({ computed: true }), interval: number({ default: 30 }), port: text({ replaces: true }) },
        { computed: true },
    ),
    moves: text({ replaces: (from, to) => from["open"] !== to["open"] }),
};

const cases: readonly { readonly title: string; readonly from: Props; readonly to: Props; readonly changes: readonly string[] }[] = [
    { title: "nothing to nothing", from: {}, to: {}, changes: [] },
    { title: "a default written out", from: {}, to: { path: "/", count: 1, open: false, tags: {}, groups: [] }, changes: [] },
    { title: "a default left out", from: { path: "/", count: 1 }, to: {}, changes: [] },
    { title: "back to the default", from: { count: 3 }, to: {}, changes: ["update count"] },
    { title: "a new text", from: {}, to: { policy: "{}" }, changes: ["add policy"] },
    { title: "a text that goes", from: { policy: "{}" }, to: {}, changes: ["delete policy"] },
    { title: "an empty text that goes", from: { name: "" }, to: {}, changes: [] },
    { title: "a name", from: { name: "a" }, to: { name: "b" }, changes: ["update! name"] },
    { title: "what AWS decided, left out", from: { zone: "a" }, to: {}, changes: [] },
    { title: "what AWS decided, otherwise", from: { zone: "a" }, to: { zone: "b" }, changes: ["update! zone"] },
    { title: "the same JSON", from: { policy: '{"a":1,"b":[2]}' }, to: { policy: '{ "b": [2], "a": 1 }' }, changes: [] },
    { title: "other JSON", from: { policy: '{"a":1}' }, to: { policy: '{"a":2}' }, changes: ["update policy"] },
    {
        title: "tags",
        from: { tags: { a: "1", b: "2" } },
        to: { tags: { b: "3", c: "4", "x:y": "5" } },
        changes: ["delete tags.a", "update tags.b", "add tags.c", 'add tags["x:y"]'],
    },
    { title: "a set in another order", from: { groups: ["a", "b"] }, to: { groups: ["b", "a"] }, changes: [] },
    { title: "a set with a repeated item", from: { groups: ["a", "b"] }, to: { groups: ["a", "a"] }, changes: ["update groups"] },
    {
        title: "a list in another order",
        from: { rules: [{ port: 1 }, { port: 2 }] },
        to: { rules: [{ port: 2 }, { port: 1 }] },
        changes: ["update rules[0].port", "update rules[1].port"],
    },
    { title: "a longer list", from: { rules: [{ port: 1 }] }, to: { rules: [{ port: 1 }, { port: 2 }] }, changes: ["add rules[1]"] },
    { title: "a shorter list", from: { rules: [{ port: 1 }, { port: 2 }] }, to: { rules: [{ port: 1 }] }, changes: ["delete rules[1]"] },
    { title: "a nested default", from: { rules: [{ port: 1 }] }, to: { rules: [{ port: 1, from: "any" }] }, changes: [] },
    {
        title: "part of an object that AWS filled in",
        from: { health: { path: "/", interval: 30 } },
        to: { health: { interval: 30 } },
        changes: [],
    },
    {
        title: "a part that asks for a new one",
        from: { health: { port: "1" } },
        to: { health: { port: "2" } },
        changes: ["update! health.port"],
    },
    { title: "an object of AWS's choice", from: { health: { interval: 5 } }, to: {}, changes: [] },
    { title: "an unknown text", from: { name: "a" }, to: { name: unknown }, changes: ["update! name"] },
    { title: "an unknown item", from: { groups: ["a"] }, to: { groups: [unknown] }, changes: ["update groups"] },
    { title: "an unknown object", from: { health: { interval: 5 } }, to: { health: unknown }, changes: ["update health"] },
    {
        title: "a rule that looks at another argument",
        from: { moves: "a", open: true },
        to: { moves: "b", open: false },
        changes: ["update open", "update! moves"],
    },
    { title: "the same rule, the other way", from: { moves: "a", open: true }, to: { moves: "b", open: true }, changes: ["update moves"] },
];

describe("differences between inputs", () => {
    for (const { title, from, to, changes } of cases) {
        it(title, () => {
            assert.deepEqual(
                changesOf(args, from, to).map(({ kind, replaces, path }) => `${kind}${replaces ? "!" : ""} ${path}`),
                changes,
            );
        });
    }

    const inputs = fc.record(
        {
            name: fc.string(),
            path: fc.string(),
            count: fc.nat(),
            open: fc.boolean(),
            tags: fc.dictionary(fc.string(), fc.string()),
            groups: fc.array(fc.string()),
            rules: fc.array(fc.record({ port: fc.nat() })),
        },
        { requiredKeys: [] },
    ) as fc.Arbitrary<Props>;

    it("are none between any inputs and themselves, complete or not", () => {
        fc.assert(
            fc.property(inputs, (one) => {
                assert.deepEqual(changesOf(args, one, one), []);
                assert.deepEqual(changesOf(args, one, complete(args, one)), []);
                assert.deepEqual(changesOf(args, complete(args, one), one), []);
            }),
        );
    });

    it("name exactly the arguments that changed", () => {
        fc.assert(
            fc.property(inputs, inputs, (one, other) => {
                const top = changesOf(args, one, other).map(({ path }) => path.split(/[.[]/, 1).join(""));
                assert.deepEqual(new Set(top), changedArguments(args, one, other));
            }),
        );
    });
});
