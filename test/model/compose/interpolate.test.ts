import assert from "node:assert/strict";
import fc from "fast-check";
import { interpolate, variablesIn } from "../../../model/compose/interpolate";
import { readOne } from "./reading";

const variables = { SET: "8080", EMPTY: "" };

/** Texts and what Docker Compose makes of them with those variables. */
const texts: readonly (readonly [template: string, text: string])[] = [
    ["plain", "plain"],
    ["$SET and ${SET}s", "8080 and 8080s"],
    ["$$SET $$$SET", "$SET $8080"],
    ["$5 a$ $", "$5 a$ $"],
    ["${NO:-a}${EMPTY:-b}${SET:-c}", "ab8080"],
    ["${NO-a}${EMPTY-b}${SET-c}", "a8080"],
    ["${NO:+a}${EMPTY:+b}${SET:+c}", "c"],
    ["${NO+a}${EMPTY+b}${SET+c}", "bc"],
    ["${SET:?why}${EMPTY?why}", "8080"],
    ["${NO:-a${SET:-b}c}", "a8080c"],
    ["${NO:-${ALSO:-${SET}}}", "8080"],
    ['${NO:-{"a":1}}', '{"a":1}'],
    ["${NO-x:-y}", "x:-y"],
    ["${NO:-http://x:80/?a=b}", "http://x:80/?a=b"],
    ["${NO:-}", ""],
    ["${NO:-$$SET}", "$SET"],
];

const form = "write $NAME, ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}, and $$ for a dollar sign";

describe("a text with variables", () => {
    for (const [template, text] of texts)
        it(`${template} becomes ${text}`, () => assert.deepEqual(interpolate(template, variables), { text, errors: [], unset: [] }));

    for (const template of ["${", "${}", "${5}", "${SET", "${SET!}", "${A B}", "${NO:-${}}"]) {
        it(`fails on ${template}`, () =>
            assert.deepEqual(interpolate(template, variables), { text: template, errors: [`not a variable; ${form}`], unset: [] }));
    }

    it("fails on required variables, all of them", () => {
        assert.deepEqual(interpolate("${NO:?give it}-${EMPTY:?}-${ALSO?$SET}", variables).errors, [
            "variable NO needs a value: give it",
            "variable EMPTY needs a value",
            "variable ALSO needs a value: 8080",
        ]);
    });

    it("says which variables have neither value nor default", () => {
        assert.deepEqual(interpolate("$NO ${ALSO} ${EMPTY} ${NO:-x}", variables), { text: "   x", errors: [], unset: ["NO", "ALSO"] });
    });

    it("knows the variables of defaults too", () => assert.deepEqual(variablesIn("${A:-$B} $$C ${D?$E}"), ["A", "B", "D", "E"]));

    it("stays as it is when it is escaped, whatever it is", () => {
        fc.assert(
            fc.property(fc.string({ unit: "grapheme" }), (text) => assert.equal(interpolate(text.replaceAll("$", "$$$$"), {}).text, text)),
        );
    });

    it("takes no value from what every object has", () => assert.deepEqual(interpolate("$constructor", {}).unset, ["constructor"]));
});

describe("variables in a Compose file", () => {
    it("are replaced in values and not in keys, before the values are read", () => {
        const { service, problems } = readOne('image: "shop:$TAG"\nports: ["${PORT}:80"]\ninit: ${INIT}\nenvironment: {"$TAG": "$TAG"}', {
            TAG: "1",
            PORT: "8080",
            INIT: "true",
        });
        assert.deepEqual(problems, []);
        assert.deepEqual(
            [service.image, service.ports[0]?.published, service.init, service.environment],
            ["shop:1", "8080", true, { $TAG: "1" }],
        );
    });

    it("warn where they have no value, and fail where they need one, without showing the text", () => {
        assert.deepEqual(readOne("image: x\nuser: ${WHO}\nenvironment:\n  A: password${B:?say which}").problems, [
            "warning: 4 services.web.user: variable WHO has no value, so it is taken as empty; give it one, or write ${WHO:-}",
            "6 services.web.environment.A: variable B needs a value: say which",
        ]);
    });

    it("of the laptop's keys are nobody's business", () => {
        assert.deepEqual(readOne("build: {context: ., args: {A: $A}}\ncontainer_name: $B\nx-other: ${C:?}").problems, []);
    });
});
