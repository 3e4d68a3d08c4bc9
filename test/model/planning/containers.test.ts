import assert from "node:assert/strict";
import { plan } from "./planned";

const warnName = (line: number, service: string, variable: string, name: string): string =>
    `warning: ${line} services.${service}.environment.${variable}: got "${name}"; the name of a service means nothing on AWS; write \${HOST_${name.toUpperCase()}:-${name}} if this is an address`;

describe("the containers of a task", () => {
    it("have everything in ECS's terms, and nothing that was not given", () => {
        const { environment, problems } = plan(`
web:
  build: .
  entrypoint: [run]
  command: serve
  ports: ["8080:80", "9000:9000/udp"]
  environment: {B: b, A: a}
  healthcheck: {test: curl x, interval: 10s}
  stop_grace_period: 1m
  user: nobody
  working_dir: /app
  read_only: true
worker: {image: "nginx:1.27"}`);
        assert.deepEqual(problems, []);
        const everywhere = {
            HOST_WEB: "web.staging.internal",
            HOST_WORKER: "worker.staging.internal",
            UNDERSTUDY_BRANCH: "",
            UNDERSTUDY_ENVIRONMENT: "staging",
            UNDERSTUDY_KIND: "staging",
        };
        assert.deepEqual(environment.services[0]?.containers, [
            {
                name: "web",
                image: { own: "web" },
                essential: true,
                entryPoint: ["run"],
                command: ["serve"],
                environment: { A: "a", B: "b", ...everywhere },
                secrets: [],
                ports: [
                    { containerPort: 80, protocol: "tcp" },
                    { containerPort: 9000, protocol: "udp" },
                ],
                healthCheck: { command: ["CMD-SHELL", "curl x"], interval: 10 },
                dependsOn: [],
                stopTimeout: 60,
                user: "nobody",
                workingDirectory: "/app",
                readonlyRootFilesystem: true,
            },
        ]);
        assert.deepEqual(environment.services[1]?.containers, [
            {
                name: "worker",
                image: { reference: "nginx:1.27" },
                essential: true,
                environment: everywhere,
                secrets: [],
                ports: [],
                dependsOn: [],
            },
        ]);
        assert.deepEqual(Object.keys(environment.services[0].containers[0]?.environment ?? {}), [
            "A",
            "B",
            "HOST_WEB",
            "HOST_WORKER",
            "UNDERSTUDY_BRANCH",
            "UNDERSTUDY_ENVIRONMENT",
            "UNDERSTUDY_KIND",
        ]);
    });

    it("know their branch by its full name", () => {
        const { environment } = plan("web: {build: .}", "branch", { branch: "feature/🎉" });
        const { UNDERSTUDY_BRANCH, UNDERSTUDY_KIND, UNDERSTUDY_ENVIRONMENT } = environment.services[0]?.containers[0]?.environment ?? {};
        assert.deepEqual([UNDERSTUDY_BRANCH, UNDERSTUDY_KIND, UNDERSTUDY_ENVIRONMENT], ["feature/🎉", "branch", environment.name]);
    });

    it("keep predefined variables that the file sets", () => {
        assert.equal(plan("web: {build: ., environment: {UNDERSTUDY_KIND: mine}}").container("web").environment["UNDERSTUDY_KIND"], "mine");
    });

    it("have no health check where it is disabled", () => {
        assert.equal("healthCheck" in plan("web: {build: ., healthcheck: {disable: true}}").container("web"), false);
    });

    it("warn where something is cleared, which ECS cannot do", () => {
        assert.deepEqual(
            plan("a: {image: x, entrypoint: []}\nb:\n  image: x\n  command: ''\nc: {image: x, entrypoint: [run], command: []}").problems,
            [
                "warning: 2 services.a.entrypoint: ECS cannot clear the image's own entrypoint; it applies on AWS",
                "warning: 5 services.b.command: ECS cannot clear the image's own command; it applies on AWS",
            ],
        );
    });
});

describe("services on AWS", () => {
    it("find each other by private names, sidecars of their own task at 127.0.0.1", () => {
        const { container, problems } = plan(`
api: {build: .}
web: {build: ., ports: [80]}
proxy: {image: x, network_mode: "service:web"}
migrate: {build: ., x-understudy: {role: task}}
tool: {image: x, x-understudy: {of: migrate}}`);
        assert.deepEqual(problems, []);
        const hosts = (name: string): object =>
            Object.fromEntries(Object.entries(container(name).environment).filter(([variable]) => variable.startsWith("HOST_")));
        const [api, web] = ["api.staging.internal", "web.staging.internal"];
        assert.deepEqual(hosts("api"), { HOST_API: api, HOST_PROXY: web, HOST_WEB: web });
        assert.deepEqual(hosts("web"), { HOST_API: api, HOST_PROXY: "127.0.0.1", HOST_WEB: web });
        assert.deepEqual(hosts("proxy"), { HOST_API: api, HOST_PROXY: web, HOST_WEB: "127.0.0.1" });
        assert.deepEqual(hosts("migrate"), {
            HOST_API: api,
            HOST_MIGRATE: "127.0.0.1",
            HOST_PROXY: web,
            HOST_TOOL: "127.0.0.1",
            HOST_WEB: web,
        });
    });

    it("of a branch have the branch in their names", () => {
        const { environment, container } = plan("api: {build: .}", "branch");
        assert.equal(container("api").environment["HOST_API"], `api--${environment.name}.staging.internal`);
        assert.equal(environment.services[0]?.discoveryName, `api--${environment.name}`);
    });

    it("have their addresses put into URLs and where the file uses the variable; every change is listed", () => {
        const { container, environment, problems } = plan(`
api: {build: .}
web:
  build: .
  environment:
    PLAIN: http://api:8080/x
    TEMPLATE: "\${HOST_API:-api}:8080"
    BOTH: "http://\${HOST_API:-api} http://worker/ http://example.com"
    HOST_API: api
    HOST_WORKER: 10.0.0.1
worker: {build: .}`);
        assert.deepEqual(problems, []);
        const { PLAIN, TEMPLATE, BOTH, HOST_API, HOST_WORKER } = container("web").environment;
        assert.deepEqual(
            [PLAIN, TEMPLATE, BOTH, HOST_API, HOST_WORKER],
            [
                "http://api.staging.internal:8080/x",
                "api.staging.internal:8080",
                "http://api.staging.internal http://worker.staging.internal/ http://example.com",
                "api.staging.internal",
                "10.0.0.1",
            ],
        );
        const [api, worker] = [
            { service: "web", from: "api", to: "api.staging.internal" },
            { service: "web", from: "worker", to: "worker.staging.internal" },
        ];
        assert.deepEqual(environment.rewrites, [
            { ...api, variable: "PLAIN" },
            { ...api, variable: "TEMPLATE" },
            { ...api, variable: "BOTH" },
            { ...worker, variable: "BOTH" },
            { ...api, variable: "HOST_API" },
        ]);
    });

    it("warn where a bare value is a service's name", () => {
        assert.deepEqual(
            plan("api: {build: .}\nweb:\n  build: .\n  environment:\n    A: api\n    B: api:8080,other:1\n    C: apis\n").problems,
            [warnName(6, "web", "A", "api"), warnName(7, "web", "B", "api")],
        );
    });

    it("warn where a value names what has no address there, without showing it", () => {
        const { problems } = plan(
            "web:\n  build: .\n  environment:\n    A: mysql://user:secret@db/x\n    B: db\n    C: db\n  x-understudy: {secrets: [C]}\ndb: {image: mysql}\n",
        );
        assert.deepEqual(problems, [
            "warning: 5 services.web.environment.A: db has no address on AWS; give the variable one there, or list it under x-understudy.secrets",
            "warning: 6 services.web.environment.B: db has no address on AWS; give the variable one there, or list it under x-understudy.secrets",
            "warning: 9 services.db: a store runs on a laptop only; on AWS the services that use it need the address of one that exists, as a variable or a secret",
        ]);
    });

    it("fail when two have the same variable", () => {
        assert.deepEqual(plan("a-b: {build: .}\na_b: {build: .}").problems, [
            '3 services.a_b: got "a_b"; its address would be in HOST_A_B, as that of a-b; rename one of them',
        ]);
    });
});

describe("secrets", () => {
    const yaml = "web: {build: ., environment: {A: laptop, C: c}, x-understudy: {secrets: [B, A]}}";

    it("of a base are its own, and win over the laptop's values", () => {
        const { secrets, environment } = plan(yaml).container("web");
        assert.deepEqual(secrets, [
            { name: "A", parameter: "/shop/staging/A" },
            { name: "B", parameter: "/shop/staging/B" },
        ]);
        assert.deepEqual([environment["A"], environment["C"]], [undefined, "c"]);
    });

    it("of a branch are its base's, except those that it keeps for itself", () => {
        const { container, environment, problems } = plan(yaml, "branch", { ownSecrets: ["B"] });
        assert.deepEqual(container("web").secrets, [
            { name: "A", parameter: "/shop/staging/A" },
            { name: "B", parameter: `/shop/${environment.name}/B` },
        ]);
        assert.deepEqual(problems, []);
    });

    it("that the settings name and no service has are doubtful", () => {
        assert.deepEqual(plan(yaml, "staging", { sharedSecrets: ["A", "X"] }).problems, [
            'warning: Pulumi.staging.yaml understudy:sharedSecrets: got "X"; no service lists a secret of this name; allowed: A, B',
        ]);
        assert.deepEqual(plan(yaml, "branch", { ownSecrets: ["X"] }).problems, [
            'warning: Pulumi.staging.yaml understudy:ownSecrets: got "X"; no service lists a secret of this name; allowed: A, B',
        ]);
    });
});

describe("waiting for others", () => {
    it("is an ECS condition within a task, and nothing between tasks", () => {
        const { container, problems } = plan(`
web:
  build: .
  depends_on: {proxy: {condition: service_healthy}, setup: {condition: service_completed_successfully}, log: {condition: service_started}, api: {condition: service_healthy}}
proxy: {image: x, healthcheck: {test: x}, x-understudy: {of: web}}
setup: {image: x, x-understudy: {of: web}}
log: {image: x, x-understudy: {of: web}}
api: {image: x}`);
        assert.deepEqual(problems, []);
        assert.deepEqual(container("web").dependsOn, [
            { containerName: "proxy", condition: "HEALTHY" },
            { containerName: "setup", condition: "SUCCESS" },
            { containerName: "log", condition: "START" },
        ]);
        assert.deepEqual(
            ["web", "proxy", "setup", "log"].map((name) => container(name).essential),
            [true, true, false, true],
        );
    });

    it("for another task to end is doubtful, since nothing waits on AWS", () => {
        assert.deepEqual(
            plan("web:\n  build: .\n  depends_on:\n    migrate: {condition: service_completed_successfully}\nmigrate: {build: .}\n")
                .problems,
            [
                'warning: 5 services.web.depends_on.migrate: got "service_completed_successfully"; on AWS nothing waits for migrate; run it before the deployment',
            ],
        );
    });

    it("fails without a health check, and for the end of what keeps the task running", () => {
        assert.deepEqual(
            plan(
                "web: {build: .}\nlog:\n  image: x\n  depends_on: {web: {condition: service_healthy}}\n  x-understudy: {of: web}\nend:\n  image: x\n  depends_on: {web: {condition: service_completed_successfully}}\n  x-understudy: {of: web}\n",
            ).problems,
            [
                '5 services.log.depends_on.web: got "service_healthy"; web has no health check to wait for; give it one, or wait for service_started',
                '9 services.end.depends_on.web: got "service_completed_successfully"; web keeps the task running, so nothing in it can wait for its end; wait for service_healthy',
            ],
        );
    });
});
