import assert from "node:assert/strict";
import { readCompose } from "../../model/compose/compose";
import { modelReport, type ModelReport } from "../../model/report";

function report(text: string): ModelReport {
    const { application, problems } = readCompose(text, "app/compose.yaml", {});
    return modelReport(application, problems);
}

const nothing = {
    profiles: [],
    ports: [],
    entrypoint: null,
    command: null,
    environment: {},
    secrets: [],
    healthCheck: null,
    dependsOn: {},
    stopTimeout: null,
    init: null,
    platform: null,
    cpu: null,
    memory: null,
};

describe("the report of a model", () => {
    it("says null for what was not given, and only for that", () => {
        assert.deepEqual(
            report("services: {a: {image: 'x:1'}, b: {build: ., command: [], entrypoint: '', healthcheck: {disable: true}, init: false}}"),
            {
                services: {
                    a: { ...nothing, image: "x:1", role: "worker" },
                    b: {
                        ...nothing,
                        image: null,
                        role: "worker",
                        command: [],
                        entrypoint: [],
                        healthCheck: { disabled: true },
                        init: false,
                    },
                },
                problems: [],
            },
        );
    });

    it("says everything in ECS's terms", () => {
        const { services, problems } = report(`
services:
  web:
    image: x
    profiles: [a]
    ports: ["127.0.0.1:8080:80", 53/udp]
    entrypoint: run it
    command: [serve]
    environment: [A=1, PASSWORD=hunter2]
    x-understudy: {secrets: [TOKEN, PASSWORD]}
    healthcheck: {test: curl x, interval: 1m, retries: 2}
    depends_on: {db: {condition: service_healthy}}
    stop_grace_period: 1m30s
    init: true
    platform: linux/arm64
    cpus: 0.5
    mem_limit: 1g
  db: {image: mysql, x-understudy: {size: {cpu: 256}}, mem_limit: 1g}`);
        assert.deepEqual(problems, []);
        assert.deepEqual(services, {
            db: { ...nothing, image: "mysql", role: "store", cpu: 256, memory: 1024 },
            web: {
                image: "x",
                role: "web",
                profiles: ["a"],
                ports: [
                    { containerPort: 80, protocol: "tcp", published: "8080", hostIp: "127.0.0.1" },
                    { containerPort: 53, protocol: "udp", published: null, hostIp: null },
                ],
                entrypoint: ["run", "it"],
                command: ["serve"],
                environment: { A: "1" },
                secrets: ["PASSWORD", "TOKEN"],
                healthCheck: { command: ["CMD-SHELL", "curl x"], interval: 60, retries: 2 },
                dependsOn: { db: "service_healthy" },
                stopTimeout: 90,
                init: true,
                platform: "linux/arm64",
                cpu: 512,
                memory: 1024,
            },
        });
    });

    it("has the problems beside what could be read", () => {
        assert.deepEqual(report("services:\n  a:\n    image: x\n    privileged: true\n    user: me\ncolour: red\n"), {
            services: { a: { ...nothing, image: "x", role: "worker" } },
            problems: [
                {
                    severity: "error",
                    file: "app/compose.yaml",
                    line: 4,
                    service: "a",
                    key: "services.a.privileged",
                    value: "true",
                    message:
                        "Fargate runs no privileged containers; remove it, or list it under x-understudy.ignore (privileged) to run without it on AWS",
                },
                {
                    severity: "error",
                    file: "app/compose.yaml",
                    line: 6,
                    service: null,
                    key: "colour",
                    value: null,
                    message: "unknown key; own keys begin with x-",
                },
            ],
        });
    });
});
