import assert from "node:assert/strict";
import fc from "fast-check";
import { branchId } from "../../../model/names";
import { validBranchName } from "../branchNames";
import { plan } from "./planned";

describe("an environment", () => {
    it("is named after its kind, or after its branch", () => {
        assert.deepEqual(plan("web: {build: .}", "production").environment, {
            app: "shop",
            kind: "production",
            name: "production",
            account: "111111111111",
            region: "eu-west-1",
            zone: "example.com",
            services: plan("web: {build: .}", "production").environment.services,
            tasks: [],
            queues: [],
            buckets: [],
            images: [{ name: "web", services: ["web"] }],
            borrowed: [],
            rewrites: [],
        });
        assert.equal(plan("web: {build: .}", "branch").environment.name, branchId("feature/search"));
        assert.equal(
            plan("web: {build: .}", "dev", { role: "arn:aws:iam::333333333333:role/x" }).environment.role,
            "arn:aws:iam::333333333333:role/x",
        );
    });

    it("is the same in whatever order the services are written", () => {
        const services = [
            "web: {build: ., image: shop, ports: [80], environment: {A: 'http://api', B: 'http://proxy'}}",
            "api: {build: ., image: shop, expose: [80]}",
            "proxy: {image: x, x-understudy: {of: web}}",
            "agent: {image: x, x-understudy: {of: web}}",
            "migrate: {image: shop, x-understudy: {role: task}}",
            "db: {image: mysql}",
        ];
        const expected = JSON.stringify(plan(services.join("\n")).environment);
        fc.assert(
            fc.property(fc.shuffledSubarray(services, { minLength: services.length }), (shuffled) => {
                assert.equal(JSON.stringify(plan(shuffled.join("\n")).environment), expected);
            }),
            { numRuns: 20 },
        );
    });

    it("runs services, keeps tasks for when they are asked for, and leaves stores out", () => {
        const { environment, problems } = plan(
            "web: {build: ., ports: [80]}\nworker: {image: x}\nmigrate: {build: ., x-understudy: {role: task}}\ndb: {image: redis}",
        );
        assert.deepEqual(
            [environment.services.map(({ name, role }) => [name, role]), environment.tasks.map(({ name }) => name)],
            [
                [
                    ["web", "web"],
                    ["worker", "worker"],
                ],
                ["migrate"],
            ],
        );
        assert.deepEqual(problems, [
            "warning: 5 services.db: a store runs on a laptop only; on AWS the services that use it need the address of one that exists, as a variable or a secret",
        ]);
    });

    it("leaves out what docker compose does not start either, unless it has a role", () => {
        const { environment, problems } = plan(
            "web: {build: .}\ndebug: {image: x, profiles: [debug]}\nops: {image: x, profiles: [ops], x-understudy: {role: task}}",
        );
        assert.deepEqual([environment.services.map(({ name }) => name), environment.tasks.map(({ name }) => name)], [["web"], ["ops"]]);
        assert.deepEqual(problems, [
            'warning: 3 services.debug.profiles: got "debug"; a service with profiles is not started by default and is left out on AWS; give it a role under x-understudy to run it there',
        ]);
    });

    it("knows its own images and who runs them", () => {
        assert.deepEqual(
            plan("web: {build: ., image: x/shop}\nworker: {image: x/shop}\nadmin: {build: .}\nproxy: {image: nginx}").environment.images,
            [
                { name: "admin", services: ["admin"] },
                { name: "shop", services: ["web", "worker"] },
            ],
        );
    });
});

describe("sidecars", () => {
    it("come into the task of their service, behind its own container, in order of their names", () => {
        const { service } = plan("web: {build: .}\nz: {image: x, x-understudy: {of: web}}\na: {image: x, x-understudy: {of: web}}");
        assert.deepEqual(
            service("web").containers.map(({ name }) => name),
            ["web", "a", "z"],
        );
    });

    it("belong to the only service there is when they do not say to which", () => {
        assert.deepEqual(
            plan("web: {build: .}\nlog: {image: x, x-understudy: {role: sidecar}}\njob: {image: x, x-understudy: {role: task}}")
                .service("web")
                .containers.map(({ name }) => name),
            ["web", "log"],
        );
    });

    it("fail where it is not known to which service they belong", () => {
        assert.deepEqual(
            plan(
                "a: {build: .}\nb: {build: .}\nc: {image: x, x-understudy: {role: sidecar}}\nd: {image: x, x-understudy: {of: nobody}}\ne: {image: x, x-understudy: {of: d}}",
            ).problems,
            [
                "4 services.c.x-understudy: a sidecar needs of, the service whose task it shares; allowed: a, b",
                '5 services.d.x-understudy.of: got "nobody"; no service of this name has tasks on AWS; allowed: a, b',
                '6 services.e.x-understudy.of: got "d"; no service of this name has tasks on AWS; allowed: a, b',
            ],
        );
    });

    it("fail when they listen on a port of their task", () => {
        assert.deepEqual(plan("web: {build: ., ports: [80]}\nproxy: {image: x, ports: ['8080:80'], x-understudy: {of: web}}").problems, [
            '3 services.proxy.ports: got "80/tcp"; web listens on this port in the same task; give one of them another',
        ]);
    });

    it("fail when they are for another platform", () => {
        assert.deepEqual(
            plan("web: {build: ., platform: linux/amd64}\nproxy: {image: x, platform: linux/arm64, x-understudy: {of: web}}").problems,
            ['3 services.proxy.platform: got "linux/arm64"; web of the same task is for linux/amd64; a task has one platform'],
        );
    });
});

describe("the size of a task", () => {
    const sizes: readonly (readonly [yaml: string, settings: object, size: readonly [cpu: number, memory: number]])[] = [
        ["web: {build: .}", {}, [256, 512]],
        ["web: {build: ., cpus: 0.3, mem_limit: 600m}", {}, [512, 1024]],
        ["web: {build: ., mem_limit: 1g}\nlog: {image: x, cpus: 0.25, mem_limit: 1100m, x-understudy: {of: web}}", {}, [512, 3072]],
        ["web: {build: ., mem_limit: 8g, x-understudy: {size: {cpu: 512, memory: 2048}}}", {}, [512, 2048]],
        ["web: {build: ., mem_limit: 3g, x-understudy: {size: {cpu: 512}}}", {}, [512, 3072]],
        ["web: {build: ., x-understudy: {size: {memory: 4096}}}", {}, [512, 4096]],
        ["web: {build: ., x-understudy: {size: {cpu: 512, memory: 2048}}}", { services: { web: { cpu: 256 } } }, [256, 2048]],
        ["web: {build: .}", { services: { web: { cpu: 1024, memory: 8192 } } }, [1024, 8192]],
    ];
    for (const [yaml, settings, [cpu, memory]] of sizes) {
        it(`of ${yaml} with ${JSON.stringify(settings)} is ${cpu} / ${memory}`, () => {
            const { service, problems } = plan(yaml, "staging", settings);
            assert.deepEqual([service("web").cpu, service("web").memory, problems], [cpu, memory, []]);
        });
    }

    it("fails where Fargate has none", () => {
        assert.deepEqual(plan("web: {build: ., cpus: 64}").problems, [
            "2 services.web.x-understudy.size: Fargate has no task with 65536 CPU units and 0 MiB; its largest has 32768 and 249856",
        ]);
        assert.deepEqual(
            plan("web: {build: ., x-understudy: {size: {cpu: 512, memory: 4096}}}", "staging", { services: { web: { cpu: 256 } } })
                .problems,
            ["Pulumi.staging.yaml understudy:services.web: Fargate has no 4096 MiB with 256 CPU units; allowed with 256: 512, 1024, 2048"],
        );
    });

    it("is for the platform that the containers are built for", () => {
        const { service } = plan(
            "a: {image: x}\nb: {image: x, platform: linux/amd64}\nc: {image: x}\nd: {image: x, platform: linux/arm64/v8, x-understudy: {of: c}}",
        );
        assert.deepEqual(
            ["a", "b", "c"].map((name) => service(name).architecture),
            ["X86_64", "X86_64", "ARM64"],
        );
    });
});

describe("the number of tasks", () => {
    it("is one, or what the Compose file says, or what the settings say", () => {
        const { service } = plan("a: {image: x}\nb: {image: x, deploy: {replicas: 3}}\nc: {image: x, scale: 3}", "staging", {
            services: { c: { count: 0 } },
        });
        assert.deepEqual(
            ["a", "b", "c"].map((name) => service(name).count),
            [1, 3, 0],
        );
    });

    it("runs on what the settings say", () => {
        assert.deepEqual(
            [plan("a: {image: x}").service("a").capacity, plan("a: {image: x}", "production").service("a").capacity],
            ["FARGATE_SPOT", "FARGATE"],
        );
    });
});

describe("settings about what is not there", () => {
    it("fail with what is", () => {
        const { problems } = plan("web: {build: .}\nlog: {image: x, x-understudy: {of: web}}", "staging", {
            services: { wbe: {}, log: {} },
            images: { api: `sha256:${"0".repeat(64)}` },
        });
        assert.deepEqual(problems, [
            'Pulumi.staging.yaml understudy:services.wbe: no service of this name has tasks on AWS; did you mean "web"? allowed: web',
            "Pulumi.staging.yaml understudy:services.log: no service of this name has tasks on AWS; allowed: web",
            "Pulumi.staging.yaml understudy:images.api: the application builds no image of this name; allowed: web",
        ]);
    });
});

describe("the environments of branches", () => {
    it("never meet, whatever the branches are called", () => {
        fc.assert(
            fc.property(fc.uniqueArray(validBranchName, { minLength: 2, maxLength: 4 }), (branches) => {
                const environments = branches.map(
                    (branch) =>
                        plan("web: {build: ., ports: [80], x-understudy: {main: true}}\nadmin: {build: ., ports: [80]}", "branch", {
                            branch,
                        }).environment,
                );
                const hosts = environments.flatMap(({ services }) => services.flatMap(({ route }) => route?.hosts ?? []));
                const discovered = environments.flatMap(({ services }) => services.map(({ discoveryName }) => discoveryName));
                assert.equal(new Set(hosts).size, branches.length * 2);
                assert.equal(new Set(discovered).size, branches.length * 2);
            }),
            { numRuns: 30 },
        );
    });
});
