import fc from "fast-check";
import assert from "node:assert/strict";
import { readCompose } from "../../../model/compose/compose";
import { DotEnvFiles, parseDotEnv } from "../../../model/compose/dotenv";
import type { FileContent } from "../../../model/compose/files";
import { readFolder } from "./reading";

/** Reads a service with this `env_file` beside some files. */
function readWith(yaml: string, variables: Readonly<Record<string, string>> = {}): { readonly environment: unknown; readonly problems: readonly string[] } {
    const { services, problems } = readFolder(
        {
            "compose.yaml": ["services:", "  web:", "    image: x", ...yaml.split("\n").map((line) => `    ${line}`)].join("\n"),
            "a.env": "A=a\nB=a\nOWN=$OWN-$TAG\n",
            "b.env": "B=b\nC=$A$B\n",
            "raw.env": "\n# comment\n A='$TAG' # no comment\nNAMED\nMISSING\r\n",
            "broken.env": "A=1\nB C=2\n\nC='3\n",
            "raw-broken.env": "A=1\nB C=2\n=3\n",
            "sub/c.env": "C=sub",
        },
        variables,
    );
    return { environment: services["web"]?.environment, problems };
}

describe("env_file", () => {
    it("is a name, a list, or a list of maps; of the same variable the last file counts", () => {
        assert.deepEqual(readWith("env_file: a.env").environment, { A: "a", B: "a", OWN: "-" });
        assert.deepEqual(readWith("env_file: [a.env, ./b.env]").environment, { A: "a", B: "b", OWN: "-", C: "ab" });
        assert.deepEqual(readWith("env_file: [{path: b.env}, a.env, {path: sub/c.env, required: true}]", { TAG: "1" }), {
            environment: { A: "a", B: "a", C: "sub", OWN: "-1" },
            problems: [
                "warning: a.env:3 services.web.env_file[1]: variable OWN has no value, so it is taken as empty; write $$ for a dollar sign",
                "warning: b.env:2 services.web.env_file[0].path: variable A has no value, so it is taken as empty; write $$ for a dollar sign",
            ],
        });
    });

    it("is beneath environment, whose variables its values may use; one that only has a name there takes it away", () => {
        assert.deepEqual(readWith("env_file: a.env\nenvironment: {OWN: own, A: }", { TAG: "1" }), {
            environment: { B: "a", OWN: "own" },
            problems: [
                'warning: compose.yaml:5 services.web.environment.A: the variable is left out, since A has no value here; give it one, or write A: ""',
            ],
        });
    });

    it("may be missing where it is not required", () => {
        assert.deepEqual(readWith("env_file: [{path: no.env, required: false}, b.env]", { A: "given" }), {
            environment: { B: "b", C: "givenb" },
            problems: [],
        });
    });

    it("is taken as it is in the raw format", () => {
        assert.deepEqual(readWith("env_file: [{path: raw.env, format: raw}]", { NAMED: "given" }), {
            environment: { A: "'$TAG' # no comment", NAMED: "given" },
            problems: [],
        });
    });

    it("may have its name from a variable", () => {
        assert.deepEqual(readWith("env_file: ${DIR}/c.env", { DIR: "sub" }), { environment: { C: "sub" }, problems: [] });
    });

    for (const [yaml, ...problems] of [
        ["env_file: no.env", 'compose.yaml:4 services.web.env_file: got "no.env"; there is no such file'],
        ["env_file: [sub/c.env, {required: true}]", "compose.yaml:4 services.web.env_file[1]: path is missing"],
        ["env_file: [{path: raw.env, format: json}]", 'compose.yaml:4 services.web.env_file[0].format: got "json"; allowed: raw'],
        ["env_file: [{path: raw.env, formt: raw}]", 'compose.yaml:4 services.web.env_file[0].formt: got "raw"; unknown key; did you mean "format"? allowed: path, required, format'],
        [
            "env_file: broken.env",
            "broken.env:2 services.web.env_file: the name of a variable has no spaces; write NAME=value",
            "broken.env:4 services.web.env_file: the quote ' is never closed",
        ],
        [
            "env_file: [{path: raw-broken.env, format: raw}]",
            "raw-broken.env:2 services.web.env_file[0].path: a variable needs a name without spaces; write NAME=value",
            "raw-broken.env:3 services.web.env_file[0].path: a variable needs a name without spaces; write NAME=value",
        ],
        ["env_file: ../b.env", 'compose.yaml:4 services.web.env_file: got "../b.env"; only files of the application\'s own folder are read; move it there'],
        ["env_file: /etc/passwd", 'compose.yaml:4 services.web.env_file: got "/etc/passwd"; only files of the application\'s own folder are read; move it there'],
        [
            "env_file: [{path: ../no.env, required: false}]",
            'compose.yaml:4 services.web.env_file[0].path: got "../no.env"; only files of the application\'s own folder are read; move it there',
        ],
    ] as const) {
        it(`fails on ${yaml}`, () => assert.deepEqual(readWith(yaml).problems, problems));
    }

    it("is read once, however many services and spellings name it, and whether it is there or not", () => {
        const folder: Readonly<Record<string, string>> = { "a.env": "A=$B", "included.yaml": "services: {more: {image: x, environment: {B: more}, env_file: a.env}}" };
        const reads: string[] = [];
        const read = (file: string): FileContent => {
            reads.push(file);
            const text = folder[file];
            return text === undefined ? { reason: "there is no such file", kind: "missing" } : { text };
        };
        const services = Array.from({ length: 100 }, (_, index) => `  s${index}: {image: x, environment: {B: "${index}"}, env_file: [a.env, ./a.env, {path: no.env, required: false}]}`);
        const { application, problems } = readCompose(["include: [included.yaml]", "services:", ...services].join("\n"), "compose.yaml", {}, { read });
        assert.deepEqual(reads.toSorted(), [".env", "a.env", "included.yaml", "no.env"]);
        const wrong = application.services.filter(({ environment }) => environment["A"] === undefined || environment["A"] !== environment["B"]);
        assert.deepEqual([problems, application.services.length, wrong], [[], 101, []]);
    });

    it("is evaluated once for all who have the same values for what it asks", () => {
        const services = ["{image: x, env_file: a.env}", "{image: x, env_file: ./a.env}", "{image: x, env_file: a.env, environment: {OTHER: x}}", "{image: x, env_file: a.env, environment: {B: y}}"];
        const { services: found, problems } = readFolder({
            "compose.yaml": ["services:", ...services.map((service, index) => `  s${index}: ${service}`)].join("\n"),
            "a.env": "A=$B\nC D=1\n",
        });
        assert.equal(found["s0"]?.environment, found["s1"]?.environment);
        assert.deepEqual(Object.values(found).map(({ environment }) => environment), [{ A: "" }, { A: "" }, { A: "", OTHER: "x" }, { A: "y", B: "y" }]);
        assert.deepEqual(problems, [
            "warning: a.env:1 services.s0.env_file: variable B has no value, so it is taken as empty; write $$ for a dollar sign",
            "a.env:2 services.s0.env_file: the name of a variable has no spaces; write NAME=value",
        ]);
    });

    it("is evaluated as if nobody else read it, whatever is asked in which order", () => {
        const text = 'A=$X-${Y:-1}\nB=$A\nX=own\nC=$X\nY\nD="\\0044X"\n';
        const values = fc.record({ X: fc.constantFrom("x", ""), Y: fc.constant("y"), A: fc.constant("a") }, { requiredKeys: [] });
        const files = new DotEnvFiles();
        fc.assert(
            fc.property(values, values, (outer, earlier) => {
                assert.deepEqual(files.evaluate(files.read("a.env", text), outer, earlier), parseDotEnv(text, outer, earlier));
            }),
        );
    });

    it("warns of addresses, which AWS does not fill in there", () => {
        const { problems } = readFolder({ "compose.yaml": "services:\n  api: {image: x}\n  web:\n    image: x\n    env_file: a.env\n", "a.env": "URL=http://${HOST_API:-api}" });
        assert.deepEqual(problems, [
            'warning: compose.yaml:5 services.web.env_file: got "a.env"; HOST_API is filled in on AWS in environment values only; write the variable that uses it under environment',
        ]);
    });
});

describe(".env beside the Compose file", () => {
    it("gives variables their defaults: what is given goes first", () => {
        const { services, problems } = readFolder(
            { "compose.yaml": "services: {web: {image: 'x:$TAG', user: $WHO, environment: [TAG, ALSO]}}", ".env": "TAG=env\nWHO=env-$TAG\nALSO=$WHO" },
            { TAG: "given" },
        );
        assert.deepEqual(problems, []);
        const { image, user, environment } = services["web"]!;
        assert.deepEqual([image, user, environment], ["x:given", "env-given", { TAG: "given", ALSO: "env-given" }]);
    });

    it("warns of what Docker Compose alone does with it", () => {
        const { services, problems } = readFolder({
            "compose.yaml": "services: {web: {image: x}, debug: {image: x, profiles: [debug]}}",
            ".env": "COMPOSE_FILE=compose.yaml:more.yaml\nCOMPOSE_PROFILES=debug\nCOMPOSE_PROJECT_NAME=shop",
            "more.yaml": "services: {more: {image: x}}",
        });
        assert.deepEqual(Object.keys(services), ["debug", "web"]);
        assert.deepEqual(problems, [
            "warning: .env COMPOSE_FILE: only the Compose file of this folder is read here, not the files that this names; name them under include",
            "warning: .env COMPOSE_PROFILES: services with profiles are left out on AWS all the same; give those that run there a role under x-understudy",
        ]);
    });

    it("fails at its own lines", () => {
        assert.deepEqual(readFolder({ "compose.yaml": "services: {web: {image: x}}", ".env": "A=1\nB C=1" }).problems, [
            ".env:2: the name of a variable has no spaces; write NAME=value",
        ]);
    });
});
