import assert from "node:assert/strict";
import { plan } from "./planned";

describe("what ECS starts a container with", () => {
    it("is in ECS's terms, in a fixed order", () => {
        const { container, problems } = plan(`
web:
  build: .
  init: false
  labels: {b: two, a: one}
  cap_add: [SYS_PTRACE]
  cap_drop: [NET_RAW]
  ulimits: {nofile: {soft: 1024, hard: 2048}}
  sysctls: {net.core.somaxconn: 1024, kernel.msgmax: 5}
  tmpfs: "/run:size=64m,noexec"`);
        assert.deepEqual(problems, []);
        const { initProcessEnabled, dockerLabels, capabilities, ulimits, systemControls, tmpfs } = container("web");
        assert.deepEqual(
            { initProcessEnabled, capabilities, ulimits, systemControls, tmpfs },
            {
                initProcessEnabled: false,
                capabilities: { add: ["SYS_PTRACE"], drop: ["NET_RAW"] },
                ulimits: [{ name: "nofile", softLimit: 1024, hardLimit: 2048 }],
                systemControls: [
                    { namespace: "kernel.msgmax", value: "5" },
                    { namespace: "net.core.somaxconn", value: "1024" },
                ],
                tmpfs: [{ containerPath: "/run", size: 64, mountOptions: ["noexec"] }],
            },
        );
        assert.equal(JSON.stringify(dockerLabels), '{"a":"one","b":"two"}');
    });

    it("says nothing of what was not given", () => {
        const { container, service } = plan("web: {build: ., init: true}");
        assert.deepEqual(Object.keys(container("web")), ["name", "image", "essential", "environment", "secrets", "ports", "dependsOn"]);
        assert.equal("volumes" in service("web"), false);
    });

    it("is half of the task's memory for a file system in memory whose size nobody says", () => {
        const { container } = plan("web: {build: ., tmpfs: [/run], x-understudy: {size: {cpu: 512, memory: 2048}}}");
        assert.deepEqual(container("web").tmpfs, [{ containerPath: "/run", size: 1024 }]);
    });

    for (const [written, seconds] of [
        ["0s", 2],
        ["1s", 2],
        ["2s", 2],
        ["2m", 120],
    ] as const) {
        it(`is killed ${seconds} seconds after it was told to stop: ${written}`, () => {
            assert.equal(plan(`web: {build: ., stop_grace_period: ${written}}`).container("web").stopTimeout, seconds);
        });
    }

    it("must be the same for parameters of the network that the containers of a task share", () => {
        const { problems } = plan(`
web: {build: ., sysctls: {net.core.somaxconn: 1024, kernel.msgmax: 5}}
log:
  image: x
  sysctls: {net.core.somaxconn: 512, kernel.msgmax: 6}
  x-understudy: {of: web}
own: {image: x, sysctls: {net.core.somaxconn: 512}}`);
        assert.deepEqual(problems, [
            '5 services.log.sysctls.net.core.somaxconn: got "512"; web of the same task has 1024; the containers of a task share one network',
        ]);
    });
});

describe("the volumes of a task", () => {
    const volumes = "volumes: {shared_data: {x-understudy: {ephemeral: true}}}";

    it("are shared by its containers, and by nobody else", () => {
        const { service, container, problems } = plan(
            `
web: {build: ., volumes: [shared_data:/data], read_only: true}
nginx: {image: x, read_only: true, volumes: ["shared_data:/srv:ro", /var/cache/nginx], x-understudy: {of: web}}
worker: {build: ., volumes: [shared_data:/data]}`,
            "staging",
            {},
            volumes,
        );
        assert.deepEqual(problems, []);
        const own = "nginx-var-cache-nginx-24f5d5b18d";
        assert.deepEqual([service("web").volumes, service("worker").volumes], [[own, "shared_data"], ["shared_data"]]);
        assert.deepEqual(container("web").mountPoints, [{ sourceVolume: "shared_data", containerPath: "/data", readOnly: false }]);
        assert.deepEqual(container("nginx").mountPoints, [
            { sourceVolume: "shared_data", containerPath: "/srv", readOnly: true },
            { sourceVolume: own, containerPath: "/var/cache/nginx", readOnly: false },
        ]);
    });
});

describe("the size of a task definition", () => {
    const sidecars = (count: number): string =>
        Array.from({ length: count }, (_, index) => `s${index}: {image: x, x-understudy: {of: web}}`).join("\n");

    it("is ten containers at most", () => {
        assert.deepEqual(plan(`web: {build: .}\n${sidecars(9)}`).problems, []);
        assert.deepEqual(plan(`web: {build: .}\n${sidecars(10)}`).problems, [
            '2 services.web: got "11"; a task has at most 10 containers, and this one has 11; take out some of s0, s1, s2, s3, s4, s5, s6, s7, s8, s9',
        ]);
    });

    it("is 64 KiB at most", () => {
        const withVariable = (length: number): string => `web: {build: ., environment: {SMALL: x, LARGE: ${"x".repeat(length)}}}`;
        assert.deepEqual(plan(withVariable(60_000)).problems, []);
        assert.deepEqual(plan(withVariable(70_000)).problems, [
            "2 services.web: a task definition has at most 64 KiB, and this one has about 70 KiB; the largest variable, LARGE of web, has 69 KiB: put it into the image, or into the parameter store",
        ]);
    });
});

describe("a service by another of its names", () => {
    it("has its address put into URLs, and a warning where the name stands alone", () => {
        const { container, environment, problems } = plan(`
web:
  build: .
  links: ["api:backend"]
  environment:
    LINK: http://backend:8080
    ALIAS: http://rest/x
    CONTAINER: tcp://the-api:1
    BARE: rest:80
worker:
  build: .
  environment: {LINK: "http://backend:8080"}
api:
  build: .
  container_name: the-api
  networks: {default: {aliases: [rest]}}`);
        const { LINK, ALIAS, CONTAINER, BARE } = container("web").environment;
        assert.deepEqual(
            [LINK, ALIAS, CONTAINER, BARE],
            ["http://api.staging.internal:8080", "http://api.staging.internal/x", "tcp://api.staging.internal:1", "rest:80"],
        );
        assert.equal(container("worker").environment["LINK"], "http://backend:8080");
        assert.equal("HOST_REST" in container("web").environment, false);
        assert.deepEqual(
            environment.rewrites.map(({ service, variable, from, to }) => [service, variable, from, to]),
            [
                ["web", "LINK", "backend", "api.staging.internal"],
                ["web", "ALIAS", "rest", "api.staging.internal"],
                ["web", "CONTAINER", "the-api", "api.staging.internal"],
            ],
        );
        assert.deepEqual(problems, [
            'warning: 9 services.web.environment.BARE: got "rest"; the name of a service means nothing on AWS; write ${HOST_API:-rest} if this is an address',
        ]);
    });

    it("that is a store's is as doubtful as its own name", () => {
        assert.deepEqual(plan("web: {build: ., environment: {DB: 'mysql://primary/x'}}\ndb: {image: mysql, container_name: primary}").problems, [
            "warning: 2 services.web.environment.DB: primary has no address on AWS; give the variable one there, or list it under x-understudy.secrets",
            "warning: 3 services.db: a store runs on a laptop only; on AWS the services that use it need the address of one that exists, as a variable or a secret",
        ]);
    });
});

describe("a variable that an AWS client reads", () => {
    const advice = "move it to compose.override.yaml, which is the laptop's, or list it under x-understudy.secrets";

    it("is doubtful where it hides the credentials of the task's role", () => {
        const { problems } = plan("web:\n  build: .\n  environment:\n    AWS_ACCESS_KEY_ID: test\n    AWS_PROFILE: mine\n    AWS_REGION: eu-west-1");
        assert.deepEqual(problems, [
            `warning: 5 services.web.environment.AWS_ACCESS_KEY_ID: an AWS client takes this before the credentials of the task's role; ${advice}`,
            `warning: 6 services.web.environment.AWS_PROFILE: an AWS client takes this before the credentials of the task's role; ${advice}`,
        ]);
    });

    it("is doubtful where it names another region", () => {
        const { problems } = plan("web:\n  build: .\n  environment:\n    AWS_REGION: us-east-1\n    AWS_DEFAULT_REGION: eu-west-1");
        assert.deepEqual(problems, [
            "warning: 5 services.web.environment.AWS_REGION: got \"us-east-1\"; the environment is in eu-west-1, so an AWS client would look elsewhere for its queues, buckets and parameters; " +
                "leave it out, and ECS sets it; for a laptop move it to compose.override.yaml",
        ]);
    });

    it("is right when it is empty, or a secret", () => {
        const { problems } = plan(
            "web:\n  build: .\n  environment: {AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: test}\n  x-understudy: {secrets: [AWS_SECRET_ACCESS_KEY]}",
        );
        assert.deepEqual(problems, []);
    });
});

describe("a variable that names the file of a secret", () => {
    it("is doubtful, since ECS has variables only", () => {
        const { problems } = plan(
            `
web:
  build: .
  secrets: [password]
  environment:
    PASSWORD_FILE: /run/secrets/password
  x-understudy: {secrets: [PASSWORD]}`,
            "staging",
            {},
            "secrets: {password: {file: ./password.txt}}",
        );
        assert.deepEqual(problems, [
            "warning: 6 services.web.environment.PASSWORD_FILE: ECS mounts no secret files, so nothing is at this path on AWS; there the program must read a variable instead",
        ]);
    });
});
