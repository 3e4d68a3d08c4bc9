import assert from "node:assert/strict";
import { read } from "./reading";

/** Reads a service with keys from line 4 on, beside `api`, with declarations below. */
function readKeys(yaml: string, declared = ""): ReturnType<typeof read> {
    const body = yaml.split("\n").map((line) => `    ${line}`);
    return read(["services:", "  web:", "    image: x", ...body, "  api: {image: y}", declared].join("\n"));
}

const remove = (key: string): string => `remove it, or list it under x-understudy.ignore (${key}) to run without it on AWS`;

describe("names of a service", () => {
    it("are its own, its container's, its aliases in networks, and those of its links", () => {
        const { services, problems } = readKeys(
            'container_name: front\nnetworks: {default: {aliases: [www, api], priority: 5}, other: }\nlinks: [api, "api:backend"]',
            "networks: {other: }",
        );
        assert.deepEqual(problems, []);
        assert.deepEqual([services["web"]?.otherNames, services["web"]?.links], [["front", "www"], { backend: "api" }]);
    });

    for (const [yaml, problem] of [
        ["links: [db]", '4 services.web.links: got "db"; no service has this name'],
        ["networks: default", '4 services.web.networks: got "default"; a list of networks, or a map of them, is expected'],
        [
            "networks: {default: {ipv4_address: 10.0.0.5}}",
            `4 services.web.networks.default.ipv4_address: got "10.0.0.5"; a Fargate task gets its addresses from the VPC; ${remove("networks.default.ipv4_address")}`,
        ],
        ["networks: [default, other]", '4 services.web.networks[1]: got "other"; the file declares no network of this name; add it under networks'],
        ["networks: {other: }", '4 services.web.networks.other: got "other"; the file declares no network of this name; add it under networks'],
        ["network_mode: bridge\nnetworks: [default]", '4 services.web.network_mode: got "bridge"; network_mode and networks exclude each other; keep one of them'],
        ["container_name: front\nscale: 2", '4 services.web.container_name: got "front"; 2 containers cannot share one name; remove it'],
        ["container_name: front\ndeploy: {replicas: 3}", '4 services.web.container_name: got "front"; 3 containers cannot share one name; remove it'],
        ["network_mode: none", `4 services.web.network_mode: got "none"; a Fargate task has a network interface of its own; ${remove("network_mode")}`],
    ] as const) {
        it(`fail on ${yaml}`, () => assert.deepEqual(readKeys(yaml).problems, [problem]));
    }
});

describe("secrets and configs that Compose mounts", () => {
    const declared = "secrets: {db_password: {file: ./x}, token: {environment: API_TOKEN}, there: {external: true}}\nconfigs: {conf: {content: x}}";

    it("are right when their variables come from the parameter store", () => {
        const yaml =
            "secrets: [db_password, {source: token, target: /run/token, mode: 0440}]\nx-understudy: {secrets: [DB_PASSWORD, API_TOKEN]}";
        assert.deepEqual(readKeys(yaml, declared).problems, []);
    });

    const noFiles = (variable: string): string =>
        `ECS mounts no secret files; list ${variable} under x-understudy.secrets to have it as a variable there; ${remove("secrets")}`;
    for (const [yaml, problem] of [
        ["secrets: [db_password]", `secrets[0]: got "db_password"; ${noFiles("DB_PASSWORD")}`],
        ["secrets: [{source: token}]", `secrets[0]: got "{source}"; ${noFiles("API_TOKEN")}`],
        ["secrets: [there]", `secrets[0]: got "there"; ${noFiles("THERE")}`],
        ["secrets: [nobody]", 'secrets[0]: got "nobody"; the file declares no secret of this name; add it under secrets'],
        ["secrets: [{target: x}]", 'secrets[0]: got "{target}"; source is missing, the name of what is mounted'],
        ["configs: [conf]", `configs[0]: got "conf"; ECS mounts no configuration files; put it into the image; ${remove("configs")}`],
        ["configs: [nobody]", 'configs[0]: got "nobody"; the file declares no config of this name; add it under configs'],
    ] as const) {
        it(`fail on ${yaml}`, () => assert.deepEqual(readKeys(yaml, declared).problems, [`4 services.web.${problem}`]));
    }
});

describe("declarations of the file", () => {
    it("may say everything that Compose knows", () => {
        const declared = [
            "name: shop",
            'version: "3.8"',
            "networks: {a: , b: {driver: bridge, driver_opts: {x: y}, ipam: {config: []}, attachable: true, labels: [a=b], name: c, x-own: 1}}",
            "volumes: {a: , b: {driver: local, driver_opts: {type: nfs}, external: true, labels: {a: b}, name: c}}",
            "secrets: {a: {file: x, labels: {a: b}}, b: {external: true, name: c}}",
            "configs: {a: {file: x}, b: {content: x}, c: {environment: X}}",
            "models: {a: {model: x, context_size: 5, runtime_flags: []}}",
        ].join("\n");
        assert.deepEqual(readKeys("user: a", declared).problems, []);
    });

    for (const [yaml, problem] of [
        ["networks: {a: {internal: true}}", 'warning: 6 networks.a.internal: got "true"; on AWS nothing keeps the services of a network from the internet'],
        ["volumes: {a: {x-understudy: {ephemeral: maybe}}}", '6 volumes.a.x-understudy.ephemeral: got "maybe"; either true or false is expected'],
        ["volumes: {a: {x-understudy: {efemeral: true}}}", '6 volumes.a.x-understudy.efemeral: got "true"; unknown key; did you mean "ephemeral"? allowed: ephemeral'],
        ["volumes: {a: {drivr: x}}", '6 volumes.a.drivr: got "x"; unknown key; did you mean "driver"? allowed: name, driver, driver_opts, external, labels'],
        ["volumes: [a]", '6 volumes: got "[\\"a\\"]"; a map of keys and values is expected'],
        ["secrets: {a: {name: b}}", "6 secrets.a: a secret needs file, environment or external: true"],
        ["secrets: {a: {file: b, environment: C}}", "6 secrets.a: a secret has file or environment, not both; keep one of them"],
        ["configs: {a: {name: b}}", "6 configs.a: a config needs file, environment, content or external: true"],
        ["configs: {a: {file: b, content: c}}", "6 configs.a: a config has one of file, environment and content; keep one of them"],
    ] as const) {
        it(`are checked: ${yaml}`, () => assert.deepEqual(readKeys("user: a", yaml).problems, [problem]));
    }
});

describe("what ends, and where its output goes", () => {
    for (const yaml of ['restart: "no"', "deploy: {restart_policy: {condition: none}}"]) {
        it(`is doubtful of a service that ECS keeps running: ${yaml}`, () => {
            const [problem = ""] = readKeys(yaml).problems;
            assert.match(problem, /^warning: 4 .*; ECS starts the tasks of a service again when they end; write role: task for what runs once$/);
            assert.deepEqual(readKeys(`${yaml}\nx-understudy: {role: task}`).problems, []);
        });
    }

    it("fails on output that is sent elsewhere", () => {
        assert.deepEqual(readKeys("logging: {driver: fluentd}").problems, [
            `4 services.web.logging.driver: got "fluentd"; on AWS all output goes to CloudWatch Logs; ${remove("logging.driver")}`,
        ]);
    });
});

describe("a service that does not run on AWS", () => {
    const yaml =
        "stop_grace_period: 5m\nhealthcheck: {test: x, interval: 2s, retries: 30, start_interval: 1s}\nvolumes: [data:/data]\nrestart: \"no\"";

    for (const nature of ["image: mysql", "profiles: [debug]"]) {
        it(`is held to Compose's rules only: ${nature}`, () => {
            const { services, problems } = read(
                ["services:", "  db:", "    image: x", `    ${nature}`, ...yaml.split("\n").map((line) => `    ${line}`)]
                    .filter((line) => !nature.startsWith("image") || line !== "    image: x")
                    .join("\n"),
            );
            assert.deepEqual(problems, []);
            assert.deepEqual(services["db"]?.healthCheck, { command: ["CMD-SHELL", "x"], interval: 2, retries: 30 });
        });
    }

    it("may wait for what its image calls healthy", () => {
        assert.deepEqual(read("services: {db: {image: mysql, healthcheck: {test: []}}}").problems, []);
    });

    it("has typing errors all the same", () => {
        assert.deepEqual(read("services:\n  db:\n    image: mysql\n    healthcheck: {tst: x}\n    prots: []").problems, [
            '4 services.db.healthcheck.tst: got "x"; unknown key; did you mean "test"? allowed: test, interval, timeout, retries, start_period, start_interval, disable',
            '5 services.db.prots: unknown key; did you mean "ports"?; own keys begin with x-',
        ]);
    });
});
