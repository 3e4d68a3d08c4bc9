import assert from "node:assert/strict";
import type { Service } from "../../../model/application";
import { read } from "./reading";

/** Keys of a service and what is read from them. */
const values: readonly (readonly [yaml: string, read: object])[] = [
    ["stop_grace_period: 1m30s", { stopTimeout: 90 }],
    ["init: true", { init: true }],
    ["user: 1000", { user: "1000" }],
    ["working_dir: /app", { workingDirectory: "/app" }],
    ["read_only: true", { readOnly: true }],
    ["platform: linux/arm64", { platform: "linux/arm64" }],
    ["cpus: 0\nmem_limit: 0", {}],
    ["cpus: '1e-1'", { cpu: 103 }],
    ["profiles: [debug, ops]", { profiles: ["debug", "ops"] }],
    ["cpus: 0.5\nmem_limit: 1.5gb", { cpu: 512, memory: 1536 }],
    [
        'deploy: {replicas: 3, resources: {limits: {cpus: "0.25", memory: 50M}, reservations: {memory: 20M}}}',
        { cpu: 256, memory: 50, replicas: 3 },
    ],
    ["deploy: {resources: {reservations: {cpus: 1, memory: 20M}}}", { cpu: 1024, memory: 20 }],
    ["mem_reservation: 64m\nscale: 2", { memory: 64, replicas: 2 }],
    ["deploy: {mode: replicated, restart_policy: {condition: any}, labels: {a: b}}", {}],
    ["depends_on: [other]", { dependsOn: { other: "service_started" } }],
    ["restart: unless-stopped\nlabels: [a=b]\nlogging: {driver: none}\nnetworks: [default]\nprivileged: false\nvolumes: []\nx-any: {a: 1}", {}],
    [
        "expose: [80, '90-91', 53/udp]",
        {
            expose: [
                { containerPort: 80, protocol: "tcp" },
                { containerPort: 90, protocol: "tcp" },
                { containerPort: 91, protocol: "tcp" },
                { containerPort: 53, protocol: "udp" },
            ],
        },
    ],
    [
        "healthcheck: {test: curl -f x, interval: 1m, timeout: 5s, retries: 3, start_period: 10s}",
        { healthCheck: { command: ["CMD-SHELL", "curl -f x"], interval: 60, timeout: 5, retries: 3, startPeriod: 10 } },
    ],
    ["healthcheck: {test: [CMD, curl, x]}", { healthCheck: { command: ["CMD", "curl", "x"] } }],
    ["healthcheck: {test: [CMD-SHELL, curl x]}", { healthCheck: { command: ["CMD-SHELL", "curl x"] } }],
    ["healthcheck: {test: [NONE]}", { healthCheck: { disabled: true } }],
    ["healthcheck: {test: [NONE, curl, x]}", { healthCheck: { disabled: true } }],
    ['links: [other, "other:alias"]', { dependsOn: { other: "service_started" } }],
    ["network_mode: service:other", { dependsOn: { other: "service_started" } }],
    ["network_mode: service:other\ndepends_on: {other: {condition: service_completed_successfully}}", { dependsOn: { other: "service_completed_successfully" } }],
    ["healthcheck: {disable: true}", { healthCheck: { disabled: true } }],
];

const durationForm = "a duration is numbers with units h, m, s or ms, such as 1m30s";
const testForm = 'a test is a text, or a list that begins with "CMD", "CMD-SHELL" or "NONE"';
const exposed = "an exposed port is a number from 1 to 65535 or a range, and optionally /tcp or /udp";
const remove = (key: string): string => `remove it, or list it under x-understudy.ignore (${key}) to run without it on AWS`;
const ownWay = (key: string): string =>
    `ECS starts new tasks before it stops old ones, and rolls back what fails; ${remove(`deploy.${key}`)}`;

/** Keys that are wrong, and the problems, which stand in line 4 unless they say otherwise. */
const wrong: readonly (readonly [yaml: string, ...problems: string[]])[] = [
    ["stop_grace_period: 3m", 'stop_grace_period: got "3m"; ECS takes whole seconds from 0s to 120s here'],
    ["stop_grace_period: 1500ms", 'stop_grace_period: got "1500ms"; ECS takes whole seconds from 0s to 120s here'],
    ["stop_grace_period: 10", `stop_grace_period: got "10"; ${durationForm}`],
    ["init: maybe", 'init: got "maybe"; either true or false is expected'],
    ["user: [a]", 'user: got "[\\"a\\"]"; a text is expected'],
    ["platform: windows/amd64", 'platform: got "windows/amd64"; allowed: linux, linux/amd64, linux/x86_64, linux/x86-64, linux/arm64, linux/arm64/v8, linux/aarch64'],
    ["restart: sometimes", 'restart: got "sometimes"; allowed: no, always, unless-stopped, on-failure'],
    ["cpus: much", 'cpus: got "much"; a number of CPUs such as 0.5 is expected'],
    ["mem_limit: 1z", 'mem_limit: got "1z"; a size is a number with a unit b, k, m or g, such as 512m or 1.5gb'],
    ["cpus: 1\ndeploy: {resources: {limits: {cpus: 2}}}", 'cpus: got "1"; line 5 says 2 for the same thing; keep one of them'],
    ["deploy: {replicas: some}", 'deploy.replicas: got "some"; a whole number from 0 to 5000 is expected'],
    ["deploy: {mode: some}", 'deploy.mode: got "some"; allowed: replicated, global, replicated-job, global-job'],
    ["deploy: {mode: global}", `deploy.mode: got "global"; Fargate has no nodes to run one task on each; ${remove("deploy.mode")}`],
    ["deploy: {mode: replicated-job}", `deploy.mode: got "replicated-job"; a service on ECS does not end; write role: task; ${remove("deploy.mode")}`],
    [
        "deploy: {update_config: {order: stop-first, parallelism: 2}, rollback_config: {failure_action: pause}}",
        `deploy.update_config.order: got "stop-first"; ${ownWay("update_config.order")}`,
        `deploy.update_config.parallelism: got "2"; ${ownWay("update_config.parallelism")}`,
        `deploy.rollback_config.failure_action: got "pause"; ${ownWay("rollback_config.failure_action")}`,
    ],
    [
        "deploy: {placement: {constraints: [node.role==manager]}, endpoint_mode: none}",
        'deploy.endpoint_mode: got "none"; allowed: vip, dnsrr',
        `deploy.placement: got "{constraints}"; Fargate has no nodes to choose from; ${remove("deploy.placement")}`,
    ],
    [
        "deploy: {resources: {limits: {pids: 5}, reservations: {devices: [{capabilities: [gpu]}]}}}",
        `deploy.resources.limits.pids: got "5"; Fargate offers CPU and memory only; ${remove("deploy.resources.limits.pids")}`,
        `deploy.resources.reservations.devices: got "[{\\"capabilities\\":[\\"gpu\\"]}]"; Fargate offers CPU and memory only; ${remove("deploy.resources.reservations.devices")}`,
    ],
    [
        "deploy: {resorces: {}}",
        'deploy.resorces: unknown key; did you mean "resources"? allowed: replicas, resources, mode, labels, restart_policy, update_config, rollback_config, placement, endpoint_mode',
    ],
    ["depends_on: [nobody]", 'depends_on[0]: got "nobody"; no service has this name'],
    [
        "depends_on: {other: {condition: ready}}",
        'depends_on.other.condition: got "ready"; allowed: service_started, service_healthy, service_completed_successfully',
    ],
    [
        "depends_on: {other: {restart: true}}",
        'depends_on.other: got "{restart}"; condition is missing; allowed: service_started, service_healthy, service_completed_successfully',
    ],
    ["healthcheck: {interval: 5s}", "healthcheck: ECS does not see the image's own HEALTHCHECK; give test, or disable: true"],
    ["healthcheck: {test: []}", "healthcheck: ECS does not see the image's own HEALTHCHECK; give test, or disable: true"],
    ["healthcheck: {test: [curl, x]}", `healthcheck.test: ${testForm}`],
    [
        "healthcheck: {test: [CMD-SHELL, curl, x]}",
        'healthcheck.test: after "CMD-SHELL" a single text is expected, the command for the shell; for separate words begin with "CMD"',
    ],
    ["healthcheck: {test: [CMD]}", 'healthcheck.test: the program is missing after "CMD"'],
    [
        "healthcheck: {test: x, interval: 2s, timeout: 2m, retries: 0, start_period: 1h}",
        'healthcheck.interval: got "2s"; ECS takes whole seconds from 5s to 300s here',
        'healthcheck.timeout: got "2m"; ECS takes whole seconds from 2s to 60s here',
        'healthcheck.retries: got "0"; a whole number from 1 to 10 is expected',
        'healthcheck.start_period: got "1h"; ECS takes whole seconds from 0s to 300s here',
    ],
    [
        "healthcheck: {test: x, start_interval: 1s}",
        'healthcheck.start_interval: got "1s"; ECS has no interval of its own for the start; remove it, or list it under x-understudy.ignore (healthcheck.start_interval) to run without it on AWS',
    ],
    ["expose: [http]", `expose[0]: got "http"; ${exposed}`],
    ["profiles: debug", 'profiles: got "debug"; a list is expected'],
    ["network_mode: service:nobody", 'network_mode: got "nobody"; no service has this name'],
];

/** Reads a service beside one that is called `other`. */
function readBeside(yaml: string): { readonly service: Service; readonly problems: readonly string[] } {
    const body = yaml.split("\n").map((line) => `    ${line}`);
    const { services, problems } = read(["services:", "  web:", "    image: x", ...body, "  other: {image: x}"].join("\n"));
    return { service: services["web"]!, problems };
}

describe("keys of a service", () => {
    for (const [yaml, expected] of values) {
        it(`${yaml.replaceAll("\n", "; ")} is read`, () => {
            const { service, problems } = readBeside(yaml);
            assert.deepEqual({ ...service, ...expected }, service);
            assert.deepEqual(problems, []);
        });
    }

    for (const [yaml, ...problems] of wrong) {
        it(`fails on ${yaml.replaceAll("\n", "; ")}`, () => {
            assert.deepEqual(
                readBeside(yaml).problems,
                problems.map((problem) => `4 services.web.${problem}`),
            );
        });
    }
});
