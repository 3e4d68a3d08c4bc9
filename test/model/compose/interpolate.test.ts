import assert from "node:assert/strict";
import fc from "fast-check";
import { interpolate, variablesIn } from "../../../model/compose/interpolate";
import { readFolder, readOne } from "./reading";

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

    for (const [template, offset] of [
        ["${", 0],
        ["a${}", 1],
        ["${5}", 0],
        ["$$${SET", 2],
        ["${SET!}", 0],
        ["${A B}", 0],
        ["${SET:-a\nb}", 0],
        ["ab${NO:-c${}}", 9],
    ] as const) {
        it(`fails on ${JSON.stringify(template)}`, () =>
            assert.deepEqual(interpolate(template, variables).errors, [{ offset, said: `not a variable; ${form}` }]));
    }

    it("looks only at what it needs", () => {
        assert.deepEqual(interpolate("${SET:-${}}${NO:+${}}", variables), { text: "8080", errors: [], unset: [] });
    });

    it("finds the closing brace where Docker Compose does, which is not always where one would", () => {
        assert.deepEqual(
            ["${NO:-{}}", "${SET:-{{x}}}", "${NO:-{}}-${SET:-x}"].map((text) => interpolate(text, variables).text),
            ["{}", "8080}", "{}}-${SET:-x"],
        );
    });

    it("fails on defaults without end, quickly", () => {
        // What is not needed does not say it, so whatever is needed says it again.
        const hidden = readOne(`image: x\nx-big: ${"$A".repeat(20)}\nuser: $A\nworking_dir: $A`, { A: "x".repeat(300_000) });
        assert.deepEqual(hidden.problems, ["5 services.web.user: variables make the file more than 5000000 characters longer (column 11)"]);
        const { errors } = interpolate(`${"${NO:-".repeat(100_000)}${"}".repeat(100_000)}`, variables);
        assert.deepEqual(errors, [{ offset: 306, said: "variables are nested more than 50 deep" }]);
    });

    it("may have any number of variables in a line", () => {
        assert.equal(interpolate("${SET:-x}".repeat(100_000), variables).text, "8080".repeat(100_000));
    });

    it("fails on required variables, all of them", () => {
        assert.deepEqual(interpolate("${NO:?give it}-${EMPTY:?}-${ALSO?$SET}", variables).errors, [
            { offset: 0, said: "variable NO needs a value: give it" },
            { offset: 15, said: "variable EMPTY needs a value" },
            { offset: 26, said: "variable ALSO needs a value: 8080" },
        ]);
    });

    it("says which variables have neither value nor default", () => {
        assert.deepEqual(interpolate("$NO ${ALSO} ${EMPTY} ${NO:-x$NO}", variables), {
            text: "   x",
            errors: [],
            unset: [
                { offset: 0, said: "NO" },
                { offset: 4, said: "ALSO" },
            ],
        });
    });

    it("knows the variables of defaults too", () => assert.deepEqual(variablesIn("${A:-$B} $$C ${D?$E}"), ["A", "B", "D", "E"]));

    it("stays as it is when it is escaped, whatever it is", () => {
        fc.assert(
            fc.property(fc.string({ unit: "grapheme" }), (text) => assert.equal(interpolate(text.replaceAll("$", "$$$$"), {}).text, text)),
        );
    });

    it("takes no value from what every object has", () => assert.deepEqual(interpolate("$constructor", {}).unset, [{ offset: 0, said: "constructor" }]));
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

    it("warn where they have no value, and fail where they need one, at their line and column, without showing the text", () => {
        assert.deepEqual(readOne("image: x\nuser: ${WHO}\nenvironment:\n  A: password${B:?say which}\n  C: |\n    one\n    $$two ${THREE}").problems, [
            "warning: 4 services.web.user: variable WHO has no value, so it is taken as empty; give it one, or write ${WHO:-} (column 11)",
            "6 services.web.environment.A: variable B needs a value: say which (column 18)",
            "warning: 9 services.web.environment.C: variable THREE has no value, so it is taken as empty; give it one, or write ${THREE:-} (column 15)",
        ]);
    });

    it("warn of ten in a text at most, those that are filled in on AWS aside", () => {
        const many = (name: string): string => Array.from({ length: 12 }, (_, index) => `\${${name}${index}}`).join(" ");
        assert.equal(readOne(`image: x\nuser: ${many("NO")}`).problems.length, 10);
        const services = Array.from({ length: 12 }, (_, index) => `  s${index}: {image: x}\n`).join("");
        const { problems } = readFolder({ "compose.yaml": `services:\n${services}  web:\n    image: x\n    environment: {A: "${many("HOST_S")} \${TYPO}"}\n` });
        assert.deepEqual(problems.filter((problem) => !problem.includes("TYPO")), []);
        assert.equal(problems.length, 1);
    });

    it("are placed at their text where escapes hide them", () => {
        assert.deepEqual(readOne('image: x\nuser: "\\x24{WHO:?}$"').problems, ["4 services.web.user: variable WHO needs a value"]);
    });

    it("fail where they make a file enormous, which is said once", () => {
        const levels = Array.from({ length: 12 }, (_, level) => [`A${level + 1}`, `$A${level}`.repeat(10)] as const);
        const folder = { ".env": ["A0=0123456789", ...levels.map(([name, value]) => `${name}=${value}`)].join("\n"), "compose.yaml": "services: {web: {image: x, user: $A12}}" };
        assert.deepEqual(readFolder(folder).problems, [".env:7: variables make the file more than 5000000 characters longer"]);
        const { problems } = readOne(`image: x\nuser: ${"$A".repeat(20)}\nworking_dir: $A`, { A: "x".repeat(300_000) });
        assert.deepEqual(problems, ["4 services.web.user: variables make the file more than 5000000 characters longer (column 43)"]);
    });

    it("are reported ten times in one text at most, and each of them once", () => {
        assert.equal(readOne(`image: x\nuser: "${"${X:-".repeat(200_000)}"`).problems.length, 10);
        assert.equal(readOne(`image: x\nuser: "${"$X ".repeat(200_000)}"`).problems.length, 1);
    });

    it("of the laptop's keys are nobody's business", () => {
        assert.deepEqual(readOne("build: {context: ., args: {A: $A}}\npull_policy: $B\nx-other: ${C:?}").problems, []);
    });

    it("become what the key needs: numbers, and Docker Compose's words for true and false", () => {
        const { service, problems } = readOne("image: x\ninit: ${INIT}\nread_only: ${READ_ONLY:-no}\nscale: ${SCALE:-3}\ncpus: ${CPUS:-0.5}", { INIT: "Yes" });
        assert.deepEqual([problems, service.init, service.readOnly, service.replicas, service.cpu], [[], true, false, 3, 512]);
    });
});
