import assert from "node:assert/strict";
import { read, readFolder } from "./reading";

describe("extends", () => {
    it("takes what the base has, over several services, and puts the own on top", () => {
        const { services, problems } = read(
            `services:
  base: {image: x, user: base, working_dir: /base, environment: {A: base, B: base}, expose: [1]}
  middle: {extends: base, user: middle, environment: [B=middle]}
  web: {extends: {service: middle}, environment: {C: web}, expose: [2]}
`,
        );
        assert.deepEqual(problems, []);
        const { user, workingDirectory, environment, expose } = services["web"]!;
        assert.deepEqual(
            [user, workingDirectory, environment, expose.map(({ containerPort }) => containerPort)],
            ["middle", "/base", { A: "base", B: "middle", C: "web" }, [1, 2]],
        );
    });

    it("leaves the base as it is", () => {
        const { services } = read("services: {base: {image: x, expose: [1]}, web: {extends: base, expose: [2]}}");
        assert.deepEqual(services["base"]?.expose.map(({ containerPort }) => containerPort), [1]);
    });

    it("takes a base from another file, with paths from that file's folder and no include of it", () => {
        const { services, problems } = readFolder({
            "compose.yaml": "services: {web: {extends: {file: base/base.yaml, service: web}}}",
            "base/base.yaml": "include: [nowhere.yaml]\nservices: {web: {extends: {file: deep/deep.yaml, service: core}, build: {context: src}}, other: {}}",
            "base/deep/deep.yaml": "services: {core: {env_file: ../a.env, user: deep}}",
            "base/a.env": "A=1",
        });
        assert.deepEqual(problems, []);
        const { buildContext, user, environment } = services["web"]!;
        assert.deepEqual([buildContext, user, environment], ["base/src", "deep", { A: "1" }]);
    });

    it("names the file and line of what is wrong in the base, as the service's own", () => {
        const { problems } = readFolder({
            "compose.yaml": "services:\n  web:\n    extends: {file: base.yaml, service: core}\n    image: x\n",
            "base.yaml": "services:\n  core:\n    ports: [bad]\n    environment:\n      A: ${NO:?say}\n",
        });
        assert.equal(problems.length, 2);
        assert.match(problems[0]!, /^base\.yaml:3 services\.web\.ports\[0\]: got "bad"; /);
        assert.equal(problems[1], "base.yaml:5 services.web.environment.A: variable NO needs a value: say (column 10)");
    });

    it("asks nothing of a base's variable whose text it replaces", () => {
        const { services, problems } = readFolder({
            "compose.yaml": "services: {web: {extends: {file: base.yaml, service: core}, image: y}}",
            "base.yaml": "services: {core: {image: 'x:${NO:?say}'}}",
        });
        assert.deepEqual([services["web"]?.image, problems], ["y", []]);
    });

    for (const [name, folder, ...problems] of [
        [
            "a cycle, named as a whole and once",
            { "compose.yaml": "services:\n  a: {image: x, extends: b}\n  b: {extends: {service: c}}\n  c: {extends: a}\n  d: {extends: a}\n" },
            "compose.yaml:4 services.c.extends: services extend each other: a (compose.yaml) -> b (compose.yaml) -> c (compose.yaml) -> a (compose.yaml)",
        ],
        [
            "a service that extends itself",
            { "compose.yaml": "services:\n  a: {image: x, extends: a}\n" },
            "compose.yaml:2 services.a.extends: services extend each other: a (compose.yaml) -> a (compose.yaml)",
        ],
        [
            "a cycle through files",
            {
                "compose.yaml": "services:\n  a: {image: x, extends: {file: ./b.yaml, service: b}}\n",
                "b.yaml": "services:\n  b:\n    extends: {file: compose.yaml, service: a}\n",
            },
            "b.yaml:3 services.b.extends: services extend each other: a (compose.yaml) -> b (b.yaml) -> a (compose.yaml)",
        ],
        [
            "a service that is not there",
            { "compose.yaml": "services:\n  a: {image: x, extends: wbe}\n  web: {image: x}\n" },
            'compose.yaml:2 services.a.extends: got "wbe"; compose.yaml has no service of this name; did you mean "web"? allowed: a, web',
        ],
        [
            "a service that the other file has not",
            { "compose.yaml": "services:\n  a: {image: x, extends: {service: b, file: b.yaml}}\n", "b.yaml": "services: {c: {}}" },
            'compose.yaml:2 services.a.extends.service: got "b"; b.yaml has no service of this name; allowed: c',
        ],
        [
            "a file that is not there",
            { "compose.yaml": "services:\n  a: {image: x, extends: {service: b, file: b.yaml}}\n" },
            'compose.yaml:2 services.a.extends.file: got "b.yaml"; there is no such file',
        ],
        [
            "a file without services",
            { "compose.yaml": "services:\n  a: {image: x, extends: {service: b, file: b.yaml}}\n", "b.yaml": "x-a: 1" },
            'compose.yaml:2 services.a.extends.file: got "b.yaml"; b.yaml has no services',
        ],
        [
            "a file outside",
            { "compose.yaml": "services:\n  a: {image: x, extends: {service: b, file: sub/../../b.yaml}}\n" },
            'compose.yaml:2 services.a.extends.file: got "sub/../../b.yaml"; only files of the application\'s own folder are read; move it there',
        ],
        [
            "no service",
            { "compose.yaml": "services:\n  a: {image: x, extends: {file: b.yaml}}\n" },
            "compose.yaml:2 services.a.extends: a map with service, the name of the service to extend, is expected",
        ],
        [
            "a value of another kind than the base's",
            { "compose.yaml": "services:\n  a: {image: x, expose: [1]}\n  b: {extends: a, expose: {a: 1}}\n" },
            "compose.yaml:3 services.b.expose: a list is expected, since compose.yaml:2 has one for the same key",
        ],
    ] as const) {
        it(`fails on ${name}`, () => assert.deepEqual(readFolder(folder).problems, problems));
    }

    it("fails on more than a hundred in a row", () => {
        const services = Array.from({ length: 300 }, (_, index) => `  s${index}: {image: x, extends: s${index + 1}}`);
        const { problems } = read(["services:", ...services, "  s300: {image: x}"].join("\n"));
        assert.deepEqual(
            problems.filter((problem) => problem.includes("in a row")),
            ["101 services.s99.extends: more than 100 services extend each other in a row", "201 services.s199.extends: more than 100 services extend each other in a row", "301 services.s299.extends: more than 100 services extend each other in a row"],
        );
    });

    it("fails on a base that is large many times", () => {
        const base = `  base: {image: x, x-large: [${Array(5000).fill("1").join(", ")}]}`;
        const users = Array.from({ length: 200 }, (_, index) => `  s${index}: {extends: base}`);
        const { problems } = read(["services:", base, ...users].join("\n"));
        assert.deepEqual(problems, ["102 services.s99.extends: services extend more than 500000 values in all; extend less"]);
    });
});
