import assert from "node:assert/strict";
import type { Role } from "../../../model/application";
import { read, readOne } from "./reading";

describe("the role of a service", () => {
    const inferred: readonly (readonly [yaml: string, role: Role])[] = [
        ["{image: x, ports: [80]}", "web"],
        ["{image: x, expose: [80]}", "worker"],
        ["{image: x}", "worker"],
        ["{image: 'mysql:8', ports: ['3306:3306']}", "store"],
        ["{image: 'docker.elastic.co/elasticsearch/elasticsearch:8.1'}", "store"],
        ["{image: 'bitnami/redis@sha256:0123456789012345678901234567890123456789012345678901234567890123'}", "store"],
        ["{image: shop/redis, build: ., ports: [80]}", "web"],
        ["{image: x, network_mode: 'service:other'}", "sidecar"],
        ["{image: x, x-understudy: {of: other}}", "sidecar"],
        ["{image: 'mysql:8', x-understudy: {role: worker}}", "worker"],
        ["{image: x, x-understudy: {role: task}}", "task"],
    ];
    for (const [yaml, role] of inferred) {
        it(`of ${yaml} is ${role}`, () => {
            const { services, problems } = read(`services:\n  other: {image: x}\n  it: ${yaml}`);
            assert.deepEqual([services["it"]?.role, problems], [role, []]);
        });
    }
});

describe("x-understudy", () => {
    it("is read in seconds and numbers, also where variables made them texts", () => {
        const { service, problems } = readOne(
            `build: .
ports: [8080, 9090]
x-understudy:
  port: \${PORT}
  main: \${MAIN}
  health: {path: /up, interval: 1m, timeout: 10, healthy: 3, unhealthy: "4", matcher: "200,302"}
  host: www
  size: {cpu: "512", memory: 1024}
  secrets: [B, A, B]
  deregistrationDelay: 2m`,
            { PORT: "9090", MAIN: "true" },
        );
        assert.deepEqual(problems, []);
        assert.deepEqual(service.extension, {
            roleGiven: false,
            port: 9090,
            main: true,
            health: { path: "/up", interval: 60, timeout: 10, healthy: 3, unhealthy: 4, matcher: "200,302" },
            host: "www",
            size: { cpu: 512, memory: 1024 },
            secrets: ["A", "B"],
            deregistrationDelay: 120,
        });
    });

    it("says nothing when it is empty", () => {
        assert.deepEqual(readOne("image: x\nx-understudy:").service.extension, { roleGiven: false, health: {}, secrets: [] });
    });

    const allowed = "role, port, main, health, host, size, secrets, of, deregistrationDelay, ignore";
    const wrong: readonly (readonly [yaml: string, ...problems: string[]])[] = [
        ["[web]", `: a map is expected; allowed keys: ${allowed}`],
        ["{role: server}", '.role: got "server"; allowed: web, worker, sidecar, store, task'],
        ["{hots: www}", `.hots: unknown key; did you mean "host"? allowed: ${allowed}`],
        ["{port: http}", '.port: got "http"; a whole number from 1 to 65535 is expected'],
        ["{main: 1}", '.main: got "1"; either true or false is expected'],
        ["{host: WWW}", '.host: got "WWW"; a host is the first label of a name, lower case, such as www'],
        ["{host: a.b}", '.host: got "a.b"; a host is the first label of a name, lower case, such as www'],
        ["{health: {path: up}}", '.health.path: got "up"; a path begins with a slash and has no spaces'],
        [
            "{health: {interval: 1s, timeout: soon, healthy: 1, unhealthy: 11}}",
            '.health.interval: got "1s"; a duration is numbers with units h, m, s or ms, such as 1m30s; whole seconds from 5s to 300s are expected',
            '.health.timeout: got "soon"; a duration is numbers with units h, m, s or ms, such as 1m30s; whole seconds from 2s to 120s are expected',
            '.health.healthy: got "1"; a whole number from 2 to 10 is expected',
            '.health.unhealthy: got "11"; a whole number from 2 to 10 is expected',
        ],
        ["{health: {matcher: 2xx}}", '.health.matcher: got "2xx"; status codes from 200 to 499 are expected, such as 200-399 or 200,302'],
        ["{size: {cpu: 300}}", '.size.cpu: got "300"; CPU units of Fargate are expected: 256, 512, 1024, 2048, 4096, 8192, 16384, 32768'],
        [
            "{size: {cpu: 256, memory: 4096}}",
            '.size: got "256 / 4096"; Fargate has no 4096 MiB with 256 CPU units; allowed with 256: 512, 1024, 2048',
        ],
        ["{secrets: [a b]}", '.secrets[0]: a secret\'s name is letters, digits and underscores and does not begin with a digit'],
        ["{secrets: [A=secret]}", '.secrets[0]: a secret\'s name is letters, digits and underscores and does not begin with a digit'],
        ["{secrets: A}", '.secrets: a list of names is expected'],
        [
            "{deregistrationDelay: 2h}",
            '.deregistrationDelay: got "2h"; a duration is numbers with units h, m, s or ms, such as 1m30s; whole seconds from 0s to 3600s are expected',
        ],
        ["{role: worker, port: 80}", '.port: got "80"; only a web service has port, and this is a worker; remove it, or write role: web'],
        ["{role: worker, of: web}", '.of: got "web"; only a sidecar has of, and this is a worker; remove it, or write role: sidecar'],
        ["{of: web, size: {cpu: 256}}", ".size: a sidecar shares the task of another service; give that one the size"],
    ];
    for (const [yaml, ...problems] of wrong) {
        it(`fails on ${yaml}`, () => {
            assert.deepEqual(
                readOne(`image: x\nx-understudy: ${yaml}\nports: [80]`).problems,
                problems.map((problem) => `4 services.web.x-understudy${problem}`),
            );
        });
    }

    it("keeps what is right beside what is wrong", () => {
        const { service } = readOne("image: x\nx-understudy: {role: task, port: x, secrets: [A]}");
        assert.deepEqual([service.role, service.extension.secrets], ["task", ["A"]]);
    });

    it("knows the secrets that a list names although it is wrong, so that their values are not taken for plain ones", () => {
        const secretsOf = (written: string): readonly string[] => readOne(`image: x\nx-understudy: {secrets: ${written}}`).service.extension.secrets;
        const readable = ["[B, 1b, A]", "[A=secret]", "['A:secret']", "{A: secret}", "[{A: secret}]", "A", "[[A]]", "'A, B'", "'A B'", "['A=se cret']"];
        assert.deepEqual(readable.map(secretsOf), [["A", "B"], ["A"], ["A"], ["A"], ["A"], ["A"], ["A"], ["A", "B"], ["A", "B"], ["A", "cret"]]);
        assert.deepEqual(["5", "null"].map(secretsOf), [[], []]);
    });

    it("shows no value that stands in a list of names by mistake", () => {
        for (const written of ["[A=hunter2]", "['A:hunter2']", "['A: hunter2']", "[{A: hunter2}]", "{A: hunter2}", "A=hunter2"]) {
            const { problems } = readOne(`image: x\nx-understudy: {secrets: ${written}}`);
            assert.ok(problems.length > 0 && !problems.join("\n").includes("hunter2"), problems.join("\n"));
        }
    });
});
