import assert from "node:assert/strict";
import { readFolder } from "./reading";

const web = "services:\n  web: {image: x}\n";

describe("include", () => {
    it("brings services in, with paths and variables of their own", () => {
        const { services, problems } = readFolder(
            {
                "compose.yaml": `include: [api/compose.yaml, {path: "$FOLDER/jobs.yaml"}]\n${web}`,
                ".env": "FOLDER=jobs\nTAG=root",
                "api/compose.yaml": "services: {api: {build: ., image: 'api:$TAG-$OWN', env_file: api.env, environment: [OWN]}}",
                "api/.env": "TAG=api\nOWN=$TAG",
                "api/api.env": "A=api",
                "jobs/jobs.yaml": "services: {job: {build: {context: ../shared}, depends_on: [web, api], image: job}}",
            },
            { TAG: "given" },
        );
        assert.deepEqual(problems, []);
        assert.deepEqual(Object.keys(services), ["api", "job", "web"]);
        const { image, buildContext, environment } = services["api"]!;
        assert.deepEqual([image, buildContext, environment], ["api:given-given", "api", { A: "api", OWN: "given" }]);
        assert.deepEqual([services["job"]?.buildContext, Object.keys(services["job"]?.dependsOn ?? {})], ["shared", ["web", "api"]]);
    });

    it("merges a list of files, in a project folder and with env files that are named", () => {
        const { services, problems } = readFolder({
            "compose.yaml": `include: [{path: [parts/a.yaml, parts/b.yaml], project_directory: other, env_file: [one.env, two.env]}]\n${web}`,
            "one.env": "A=1\nB=1",
            "two.env": "B=2$A",
            "other/.env": "A=never",
            "parts/a.yaml": "services: {a: {build: src, image: a, environment: {X: $A, Y: a}, ports: ['1:1']}}",
            "parts/b.yaml": "services: {a: {environment: [Y=$B], ports: !override ['2:2']}}",
        });
        assert.deepEqual(problems, []);
        const { buildContext, environment, ports } = services["a"]!;
        assert.deepEqual([buildContext, environment, ports.map(({ published }) => published)], ["other/src", { X: "1", Y: "21" }, ["2"]]);
    });

    it("may come by several ways to the same file, and may bring what services need", () => {
        const { services, problems } = readFolder({
            "compose.yaml": `include: [a.yaml, b.yaml]\n${web}`,
            "a.yaml": "include: [c.yaml]\nservices: {a: {image: x}}",
            "b.yaml": "include: [./c.yaml]\nservices: {b: {image: x, depends_on: [c]}}",
            "c.yaml": "services: {c: {image: x, expose: [80]}}\nnetworks: {n: {}}",
        });
        assert.deepEqual([Object.keys(services), services["c"]?.expose.length, problems], [["a", "b", "c", "web"], 1, []]);
    });

    it("names the file and line of what is wrong in an included file, once", () => {
        const { problems } = readFolder({
            "compose.yaml": `include: [a.yaml, b.yaml]\n${web}`,
            "a.yaml": "include: [b.yaml]\nservices: {a: {image: x}}\n\nserivces: {}",
            "b.yaml": "services:\n  b:\n    image: $NO\n    colour: red",
        });
        assert.deepEqual(problems, [
            'a.yaml:4 serivces: unknown key; did you mean "services"?; own keys begin with x-',
            'b.yaml:3 services.b.image: got ""; an image reference is lower case, such as nginx:1.27 or registry.example.com/shop/web:1.4',
            "warning: b.yaml:3 services.b.image: variable NO has no value, so it is taken as empty; give it one, or write ${NO:-} (column 12)",
            'b.yaml:4 services.b.colour: got "red"; unknown key; own keys begin with x-',
        ]);
    });

    it("knows the variables of an included file where only AWS knows the rest", () => {
        const { services, problems } = readFolder({
            "compose.yaml": `include: [sub/a.yaml]\n${web}`,
            "sub/a.yaml": "services: {a: {image: x, environment: {URL: '${HOST_WEB:-web}:$PORT$$'}}}",
            "sub/.env": "PORT=80$$80",
        });
        assert.deepEqual(problems, []);
        assert.deepEqual([services["a"]?.environment, services["a"]?.hostTemplates], [{ URL: "web:80$80$" }, { URL: "${HOST_WEB:-web}:80$$80$$" }]);
    });

    const conflict = "give one of them another name, or include that file together with one that changes it (path: [file, changes])";
    for (const [name, folder, ...problems] of [
        [
            "a cycle, named as a whole",
            { "compose.yaml": `include: [a.yaml]\n${web}`, "a.yaml": "\ninclude: [b.yaml]\n", "b.yaml": "include:\n  - {path: ./compose.yaml}\n" },
            'b.yaml:2 include[0].path: files include each other: compose.yaml -> a.yaml -> b.yaml -> compose.yaml',
        ],
        ["a file that is not there", { "compose.yaml": `include: [no.yaml]\n${web}` }, 'compose.yaml:1 include[0]: got "no.yaml"; there is no such file'],
        [
            "a file outside",
            { "compose.yaml": `include: [../b.yaml]\n${web}` },
            'compose.yaml:1 include[0]: got "../b.yaml"; only files of the application\'s own folder are read; move it there',
        ],
        [
            "an env file that is not there",
            { "compose.yaml": `include: [{path: a.yaml, env_file: no.env}]\n${web}`, "a.yaml": "services: {}" },
            'compose.yaml:1 include[0].env_file: got "no.env"; there is no such file',
        ],
        ["no path", { "compose.yaml": `include: [{env_file: a.env}]\n${web}` }, "compose.yaml:1 include[0]: path is missing: the Compose file to include"],
        [
            "a service of the same name that is another one",
            { "compose.yaml": `include: [a.yaml]\n${web}`, "a.yaml": "services:\n\n  web: {image: y}" },
            `compose.yaml:3 services.web: got "web"; the included a.yaml:3 has this name, too; ${conflict}`,
        ],
        ["an included file that is no map", { "compose.yaml": `include: [a.yaml]\n${web}`, "a.yaml": "[a]" }, 'a.yaml:1: got "[\\"a\\"]"; a Compose file is a map with services'],
    ] as const) {
        it(`fails on ${name}`, () => assert.deepEqual(readFolder(folder).problems, problems));
    }

    it("of files that include each other many times is read once", () => {
        const files = Array.from({ length: 30 }, (_, index) => [`f${index}.yaml`, `include: [f${index + 1}.yaml, ./f${index + 1}.yaml]`]);
        const folder: Readonly<Record<string, string>> = { "compose.yaml": `include: [f0.yaml]\n${web}`, ...(Object.fromEntries(files) as Record<string, string>), "f30.yaml": "services: {last: {image: x}}" };
        const { services, problems } = readFolder(folder);
        assert.deepEqual([Object.keys(services), problems], [["last", "web"], []]);
    });
});
