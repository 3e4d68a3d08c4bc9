import assert from "node:assert/strict";
import { modelReport } from "../../../model/report";
import { readCompose } from "../../../model/compose/compose";
import { fuzzCompose } from "./fuzz";
import { read, readFolder } from "./reading";

const tooMany = /: the file has more than 100000 values; use fewer aliases$/;

describe("a Compose file that nobody would write", () => {
    it("may have 5 MB", () => {
        const comment = `# ${"x".repeat(98)}\n`.repeat(50_000);
        assert.deepEqual(Object.keys(read(`${comment}services: {web: {image: x}}`).services), ["web"]);
        assert.deepEqual(read(`services:\n  web:\n    image: x\n    command: [${"y".repeat(5_000_000)}]`).problems, []);
    });

    it("fails on more values than Docker Compose takes, and is not read for ever", () => {
        const { problems } = read(["services:", "  web:", "    image: x", "    x-list:", ..."    - a\n".repeat(400_000).split("\n")].join("\n"));
        assert.deepEqual(problems.map((problem) => problem.trim()), ["the file has more than 100000 values; use fewer aliases"]);
    });

    it("fails on aliases that multiply, in values and in merge keys", () => {
        const levels = (form: (level: number) => string): string =>
            Array.from({ length: 20 }, (_, level) => `x-${level + 1}: &l${level + 1} ${form(level)}`).join("\n");
        for (const form of [(level: number) => `[*l${level}, *l${level}, *l${level}]`, (level: number) => `{<<: [*l${level}, *l${level}], a: {<<: *l${level}}}`]) {
            const { problems } = read(`x-0: &l0 {a: 1}\n${levels(form)}\nservices: {web: {image: x}}`);
            assert.deepEqual(problems.map((problem) => tooMany.test(problem)), [true], problems.join("\n"));
        }
    });

    it("may have a thousand services", () => {
        const services = Array.from({ length: 1000 }, (_, index) => `  s${index}: {extends: base, ports: ["${index + 1}:80"], environment: {A: "${index}"}}`);
        const { services: found, problems } = read(["services:", "  base: {image: x, environment: {B: '1'}}", ...services].join("\n"));
        assert.deepEqual([Object.keys(found).length, found["s999"]?.environment, problems], [1001, { A: "999", B: "1" }, []]);
    });

    it("fails on more ports than any team has, once, and does not make them first", function () {
        this.timeout(20_000);
        const services = (count: number, ports: string): string => Array.from({ length: count }, (_, index) => `  s${index}: {image: x, ports: ["${ports}"]}`).join("\n");
        const ranges = read(`services:\n${services(100, "1-65535")}`);
        assert.deepEqual([ranges.problems.length, Object.values(ranges.services).every(({ ports }) => ports.length === 1000)], [100, true]);
        const many = read(`services:\n${services(5000, "1-1000")}`);
        assert.deepEqual(many.problems, ["102 services.s100.ports: with these the services have more than 100000 ports; list fewer"]);
        assert.equal(Object.values(many.services).reduce((sum, { ports }) => sum + ports.length, 0), 100_000);
    });

    it("fails on a port that no room is left for, and says nothing else of the service", () => {
        const services = Array.from({ length: 100 }, (_, index) => `  s${index}: {image: x, ports: ["1-1000"]}\n`).join("");
        const { services: found, problems } = read(`services:\n${services}  last: {image: x, ports: ["80"], x-understudy: {port: 80}}`);
        assert.deepEqual([found["last"]?.role, found["last"]?.portsMissing, problems], [
            "web",
            true,
            ["102 services.last.ports: with these the services have more than 100000 ports; list fewer"],
        ]);
    });

    it("may have services that wait for each other in a long row", () => {
        const services = Array.from({ length: 10_000 }, (_, index) => `  s${index}: {image: x, depends_on: [s${index + 1}]}\n`).join("");
        assert.deepEqual(read(`services:\n${services}  s10000: {image: x}`).problems, []);
        const [problem = "", ...others] = read(`services:\n${services}  s10000: {image: x, depends_on: [s0]}`).problems;
        assert.deepEqual(others, []);
        assert.match(problem, /: services wait for each other: s0 -> s1 -> .* -> 9981 more -> s0$/);
    });

    it("fails on files that include each other in a long row", () => {
        const files = Array.from({ length: 3000 }, (_, level) => [`${level}.yaml`, `include: [${level + 1}.yaml]`] as const);
        const { services, problems } = readFolder({ ...Object.fromEntries(files), "compose.yaml": "include: [0.yaml]\nservices: {web: {image: x}}", "3000.yaml": "services: {s: {image: x}}" });
        assert.deepEqual(Object.keys(services), ["web"]);
        assert.deepEqual(problems, ['99.yaml:1 include[0]: got "100.yaml"; more than 100 files include each other in a row; include less']);
    });

    it("may have names that every object has, for all that a person names", () => {
        const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype"];
        const file = [
            "services:",
            ...names.map((name) => `  ${name}: {image: x, environment: {${name}: $${name}}, depends_on: [${name === "constructor" ? "toString" : "constructor"}]}`),
        ].join("\n");
        const broken = file.replace("constructor: {", "constructor: {valueOf: 1, ").replace("depends_on: [toString]", "depends_on: {}");
        const { application } = readCompose(broken, "compose.yaml", Object.fromEntries(names.map((name) => [name, `v-${name}`])));
        assert.deepEqual(application.services.map(({ name, environment }) => [name, Object.entries(environment)]), names.toSorted().map((name) => [name, [[name, `v-${name}`]]]));
        assert.deepEqual(Object.keys(modelReport(application, []).services), names.toSorted());
        assert.equal(({} as Record<string, unknown>)["v-__proto__"], undefined);
        assert.deepEqual(read(broken, Object.fromEntries(names.map((name) => [name, "v"]))).problems, [
            '2 services.__proto__: got "__proto__"; JavaScript keeps this name for itself, so nothing of the service would come to be on AWS; give it another one',
            '3 services.constructor.valueOf: got "1"; unknown key; own keys begin with x-',
        ]);
    });

    it("never reads what it includes for ever", () => {
        const { problems } = readFolder({ "compose.yaml": "include: [compose.yaml, a.yaml]\nservices: {web: {image: x}}", "a.yaml": "include: [compose.yaml, a.yaml]" });
        assert.deepEqual(problems, [
            "a.yaml:1 include[0]: files include each other: compose.yaml -> a.yaml -> compose.yaml",
            "a.yaml:1 include[1]: files include each other: a.yaml -> a.yaml",
            "compose.yaml:1 include[0]: files include each other: compose.yaml -> compose.yaml",
        ]);
    });

    it("is not read for ever where files include each other with more and more variables", () => {
        const depth = 20;
        const levels = Array.from({ length: depth }, (_, level) => [
            [`${level}.yaml`, `include: [{path: ${level + 1}.yaml, env_file: a${level}.env}, {path: ${level + 1}.yaml, env_file: b${level}.env}]`],
            [`a${level}.env`, `A${level}=1`],
            [`b${level}.env`, `B${level}=1`],
        ]);
        const folder = { ...Object.fromEntries(levels.flat()), [`${depth}.yaml`]: "services: {s: {image: x}}" } as Record<string, string>;
        const { services, problems } = readFolder({ ...folder, "compose.yaml": "include: [0.yaml]" });
        assert.deepEqual(Object.keys(services), ["s"]);
        assert.equal(problems.length, 1);
        assert.match(problems[0]!, /^\d+\.yaml:1 include\[\d\]\.path: got "\d+\.yaml"; more than 1000 includes, counting a file again for other variables; include less$/);
    });

    it("is read without an exception, whatever it is", () => fuzzCompose({ runs: 1500 }));
});
