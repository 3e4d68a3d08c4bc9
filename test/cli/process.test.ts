import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { programVersion } from "../../automation/engine/program";
import type { Plan } from "../../automation/index";
import { defaultDirectories } from "../../local/world";
import { writeRecord } from "../../local/worldFile";
import type { ModelReport } from "../../model/report";
import { Checkout, launcher } from "./checkout";

const search = { branch: "feature/search", id: "feature-search-38e7a3a2", stack: "branch-feature-search-38e7a3a2", hosts: ["feature-search-38e7a3a2.staging.example.com"] };

const wrong = `services:
  api:
    image: nginx
    network_mode: host
    prots: [1]
    healthcheck:
      test: ["CMD", "true"]
      interval: soon
      timeout: 3s
  web: { image: shop-web, build: web, ports: ["8080:8080"] }
`;

describe("the command line as a process", () => {
    let checkout: Checkout;
    before(async () => {
        checkout = await Checkout.make();
    });
    after(() => checkout[Symbol.dispose]());
    afterEach(() => checkout.restore());

    async function json<T>(...words: readonly string[]): Promise<T> {
        const { exitCode, stdout, stderr } = await checkout.run([...words, "--json"]);
        assert.deepEqual([exitCode, stderr], [0, ""]);
        return JSON.parse(stdout) as T;
    }

    it("tells its version", async () => {
        assert.deepEqual(await checkout.run(["--version"]), { exitCode: 0, stdout: programVersion(), stderr: "" });
    });

    for (const [value, local] of [["yes", true], ["TRUE", true], ["on", true], ["0", false], ["no", false], ["", false]] as const) {
        it(`UNDERSTUDY_LOCAL=${value} is ${local ? "--local" : "AWS"}`, async () => {
            const { exitCode, stderr } = await checkout.run(["env", "staging"], { env: { UNDERSTUDY_LOCAL: value } });
            const noWorld = "understudy: the local world does not run\n  start it: understudy local up";
            assert.deepEqual([exitCode, stderr], local ? [12, noWorld] : [0, ""]);
        });
    }

    it("refuses an UNDERSTUDY_LOCAL that is neither on nor off", async () => {
        assert.deepEqual(await checkout.run(["env", "staging"], { env: { UNDERSTUDY_LOCAL: "maybe" } }), {
            exitCode: 2,
            stdout: "",
            stderr: 'understudy: UNDERSTUDY_LOCAL: got "maybe"; allowed are 1, true, yes, on and 0, false, no, off\n  set UNDERSTUDY_LOCAL=1, or unset it',
        });
    });

    it("says which folder cannot be used", async () => {
        checkout.write("file", "");
        const file = `${checkout.directory}/file`;
        for (const home of [file, `${file}/below`, "/proc/understudy"]) {
            const { exitCode, stderr } = await checkout.run(["local", "up"], { env: { UNDERSTUDY_HOME: home } });
            assert.equal(exitCode, 3, stderr);
            assert.match(stderr, /understudy: the folder .* cannot be used: .*\n {2}let UNDERSTUDY_HOME name a folder that can be made and written$/);
        }
        for (const folder of [file, `${checkout.directory}/missing`]) {
            const { exitCode, stderr } = await checkout.run(["plan", "staging"], { env: { TMPDIR: folder } });
            assert.equal(exitCode, 3, stderr);
            assert.match(stderr, /understudy: the temporary folder .* cannot be used: .*\n {2}let TMPDIR name a folder that can be written$/);
        }
    });

    it("tells plain pulumi where the state of a branch is: with the base that it stands on", async () => {
        const backendOf = async (...words: readonly string[]): Promise<unknown> => (await json<Record<string, string>>("env", ...words))["PULUMI_BACKEND_URL"];
        const [staging, dev] = [await backendOf("staging"), await backendOf("dev")];
        assert.notEqual(staging, dev);
        assert.equal(await backendOf(search.stack), staging);
        assert.equal(await backendOf(search.stack, "--base", "dev"), dev);
    });

    describe("that is asked to stop while git answers", () => {
        // `execa` ends the whole process at a signal that nobody else listens to.
        const slowGit = '#!/bin/sh\n: > "$HOME/begun"\nwhile [ ! -e "$HOME/go" ]; do sleep 0.02; done\necho feature/search\n';

        async function interrupted(times: number): Promise<{ readonly exitCode: number | null; readonly signal: string | null; readonly stderr: string }> {
            const tools = path.join(checkout.home, "bin");
            fs.mkdirSync(tools, { recursive: true });
            fs.writeFileSync(path.join(tools, "git"), slowGit, { mode: 0o755 });
            const env = checkout.env({ PATH: `${tools}${path.delimiter}${process.env["PATH"] ?? ""}` });
            const child = spawn(process.execPath, [launcher, "branch", "id"], { cwd: checkout.directory, env, stdio: ["ignore", "ignore", "pipe"] });
            const ended = once(child, "close") as Promise<[number | null, string | null]>;
            let stderr = "";
            child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
            while (!fs.existsSync(path.join(checkout.home, "begun"))) await sleep(10);
            child.kill("SIGTERM");
            while (stderr === "") await sleep(10);
            if (times > 1) child.kill("SIGTERM");
            else fs.writeFileSync(path.join(checkout.home, "go"), "");
            const [exitCode, signal] = await ended;
            return { exitCode, signal, stderr };
        }

        afterEach(() => {
            fs.writeFileSync(path.join(checkout.home, "go"), ""); // for a git that has outlived the tool
            for (const name of ["bin", "begun", "go"]) fs.rmSync(path.join(checkout.home, name), { recursive: true, force: true });
        });

        const said = "SIGTERM: ending cleanly; once more ends at once\n";
        it("comes to its own end", async () => assert.deepEqual(await interrupted(1), { exitCode: 0, signal: null, stderr: said }));
        it("ends at once when it is asked again", async () => assert.deepEqual(await interrupted(2), { exitCode: null, signal: "SIGTERM", stderr: said }));
    });

    it("shows its help as a result", async () => {
        const { exitCode, stdout, stderr } = await checkout.run(["--help"]);
        assert.deepEqual([exitCode, stdout.split("\n", 1)[0], stderr], [0, "Usage: understudy [options] [command]", ""]);
    });

    it("says what is wrong with what was typed, to people and to programs", async () => {
        const text = "understudy: unknown option '--imge'\n  did you mean --image? what there is: understudy help deploy";
        assert.deepEqual(await checkout.run(["deploy", "staging", "--imge", "x"]), { exitCode: 2, stdout: "", stderr: text });
        const { exitCode, stdout, stderr } = await checkout.run(["deploy", "staging", "--json", "--imge", "x"]);
        assert.deepEqual([exitCode, stderr], [2, text]);
        assert.deepEqual(JSON.parse(stdout), {
            error: { kind: "usage", message: "unknown option '--imge'", advice: "did you mean --image? what there is: understudy help deploy" },
        });
    });

    for (const line of ['"$UNDERSTUDY" plan staging --json', '"$UNDERSTUDY" branch id a b c', '"$UNDERSTUDY" --help', '"$UNDERSTUDY" frobnicate 2>&1']) {
        it(`says nothing when nobody reads its output any more: ${line}`, async () => {
            // `true` has gone before the first write in every case: loading takes longer.
            assert.deepEqual(await checkout.shell(`${line} | true`), { exitCode: 0, stdout: "", stderr: "" });
        });
    }

    describe("branch id", () => {
        it("takes names as words", async () => {
            assert.deepEqual(await json("branch", "id", "feature/search", "fix/Ünïcode-🚀-name"), [
                search,
                {
                    branch: "fix/Ünïcode-🚀-name",
                    id: "fix-n-code-name-bead3b39",
                    stack: "branch-fix-n-code-name-bead3b39",
                    hosts: ["fix-n-code-name-bead3b39.staging.example.com"],
                },
            ]);
        });

        it("takes names from standard input, one per line", async () => {
            const { exitCode, stdout } = await checkout.run(["branch", "id", "-", "--json", "--base", "dev"], { input: "feature/search\n\nmain" });
            assert.equal(exitCode, 0);
            assert.deepEqual(JSON.parse(stdout), [
                { ...search, hosts: ["feature-search-38e7a3a2.dev.example.com"] },
                { branch: "main", id: "main-0d6e4079", stack: "branch-main-0d6e4079", hosts: ["main-0d6e4079.dev.example.com"] },
            ]);
        });

        it("takes names with the line ends of Windows", async () => {
            const { exitCode, stdout } = await checkout.run(["branch", "id", "-", "--json"], { input: "feature/search\r\n\r\nmain\r\n" });
            assert.equal(exitCode, 0);
            assert.deepEqual((JSON.parse(stdout) as readonly { readonly branch: string }[]).map(({ branch }) => branch), ["feature/search", "main"]);
        });

        it("has an empty list for no names", async () => {
            assert.deepEqual(await checkout.run(["branch", "id", "-", "--json"]), { exitCode: 0, stdout: "[]", stderr: "" });
        });

        it("takes the branch that is checked out", async () => {
            await checkout.git("checkout", "--quiet", "-b", "feature/search");
            assert.deepEqual(await json("branch", "id"), [search]);
            await checkout.git("checkout", "--quiet", "main");
            await checkout.git("branch", "--quiet", "--delete", "feature/search");
        });

        it("reads as columns", async () => {
            assert.deepEqual(await checkout.run(["branch", "id", "feature/search"]), {
                exitCode: 0,
                stdout: [
                    "branch          id                       stack                           hosts",
                    "feature/search  feature-search-38e7a3a2  branch-feature-search-38e7a3a2  feature-search-38e7a3a2.staging.example.com",
                ].join("\n"),
                stderr: "",
            });
        });

        it("knows no hosts outside of a project", async () => {
            const { exitCode, stdout } = await checkout.shell('cd "$HOME" && "$UNDERSTUDY" branch id feature/search --json');
            assert.equal(exitCode, 0);
            assert.deepEqual(JSON.parse(stdout), [{ ...search, hosts: [] }]);
        });

        it("tells in a local world the hosts that its front door knows, and none while it does not run", async () => {
            const words = ["branch", "id", "feature/search", "--local", "--json"];
            const env = { UNDERSTUDY_HOME: checkout.home };
            const hostsOf = async (): Promise<unknown> => {
                const { exitCode, stdout, stderr } = await checkout.run(words, { env });
                assert.deepEqual([exitCode, stderr], [0, ""]);
                return (JSON.parse(stdout) as readonly { readonly hosts: unknown }[])[0]?.hosts;
            };
            assert.deepEqual(await hostsOf(), []);
            const { world } = defaultDirectories(checkout.directory, env);
            fs.mkdirSync(world, { recursive: true });
            const facts = { endpoint: "http://127.0.0.1:1", frontDoorPort: 40377, region: "eu-west-1", kinds: ["staging"], engineDirectory: "/nowhere" };
            writeRecord(world, { complete: true, processes: [], facts }); // a world none of whose processes has ended
            try {
                assert.deepEqual(await hostsOf(), ["feature-search-38e7a3a2.localhost:40377"]);
            } finally {
                fs.rmSync(world, { recursive: true });
            }
        });

        it("refuses all names at once that git would refuse", async () => {
            const message = '"a..b": a branch name must not contain ".."\n  "-x": a branch name must not begin with a hyphen\n  "c d": a branch name must not contain spaces';
            const advice = "give the names as `git branch` prints them";
            const { exitCode, stdout, stderr } = await checkout.run(["branch", "id", "-", "--json"], { input: "a..b\nfeature/search\n-x\nc d\n" });
            assert.deepEqual([exitCode, stderr], [2, `understudy: ${message}\n  ${advice}`]);
            assert.deepEqual(JSON.parse(stdout), { error: { kind: "usage", message, advice } });
        });

        it("refuses names beside standard input", async () => {
            assert.deepEqual(await checkout.run(["branch", "id", "-", "main"]), {
                exitCode: 2,
                stdout: "",
                stderr: "understudy: `-` reads all names from standard input\n  give names or `-`, not both",
            });
        });
    });

    describe("model", () => {
        it("tells everything about a service, null for what is not given", async () => {
            checkout.write(
                "other/compose.yaml",
                `services:
  plain:
    image: nginx
  full:
    image: registry.example.com/full:1
    build: .
    profiles: [late]
    entrypoint: []
    command: ["node", "a b.mjs"]
    environment: { PORT: 8080, FROM: "\${WHO:-nobody}" }
    ports: ["127.0.0.1:8000:8080", "53:53/udp"]
    healthcheck: { test: ["CMD", "true"], interval: 30s, start_period: 1m }
    depends_on: { plain: { condition: service_started }, quiet: { condition: service_healthy } }
    stop_grace_period: 1m30s
    init: true
    platform: linux/arm64
    deploy: { resources: { limits: { cpus: "0.5", memory: 512M } } }
  quiet:
    image: nginx
    command: []
    healthcheck: { disable: true }
`,
            );
            const nothing = {
                ...{ image: "nginx", role: "worker", profiles: [], ports: [], entrypoint: null, command: null, environment: {}, secrets: [], healthCheck: null },
                ...{ dependsOn: {}, stopTimeout: null, init: null, platform: null, cpu: null, memory: null },
            };
            const { exitCode, stdout } = await checkout.run(["model", "--app", "other", "--json"], { env: { WHO: "ada" } });
            const { services, problems } = JSON.parse(stdout) as ModelReport;
            assert.deepEqual(services, {
                full: {
                    image: "registry.example.com/full:1",
                    role: "web",
                    profiles: ["late"],
                    ports: [
                        { containerPort: 8080, protocol: "tcp", published: "8000", hostIp: "127.0.0.1" },
                        { containerPort: 53, protocol: "udp", published: "53", hostIp: null },
                    ],
                    entrypoint: [],
                    command: ["node", "a b.mjs"],
                    environment: { FROM: "ada", PORT: "8080" },
                    secrets: [],
                    healthCheck: { command: ["CMD", "true"], interval: 30, startPeriod: 60 },
                    dependsOn: { plain: "service_started", quiet: "service_healthy" },
                    stopTimeout: 90,
                    init: true,
                    platform: "linux/arm64",
                    cpu: 512,
                    memory: 512,
                },
                plain: nothing,
                quiet: { ...nothing, command: [], healthCheck: { disabled: true } },
            });
            assert.deepEqual(problems.filter(({ severity }) => severity === "error"), []);
            assert.equal(exitCode, 0);
        });

        it("tells secrets by name alone, wherever their values come from and whatever is wrong with them", async () => {
            checkout.write(
                "other/compose.yaml",
                `services:
  web:
    image: nginx
    environment:
      - LISTED=hunter2
      - GIVEN=\${GIVEN}
      - STRAY=\${STRAY
      - PLAIN=1
    env_file: secret.env
    x-understudy: { secrets: [LISTED, GIVEN, FILED, NESTED, STRAY] }
  worker:
    image: nginx
    environment: { NESTED: [hunter2], LISTED: hunter2, GIVEN: { deep: hunter2 } }
    x-understudy: { secrets: [LISTED, GIVEN, NESTED] }
`,
            );
            checkout.write("other/secret.env", "FILED=hunter2\nLISTED hunter2\nGIVEN=\"hunter2\n");
            const env = { GIVEN: "hunter2" };
            const { exitCode, stdout } = await checkout.run(["model", "--app", "other", "--json"], { env });
            const { services } = JSON.parse(stdout) as ModelReport;
            assert.deepEqual(
                Object.values(services).map(({ environment, secrets }) => ({ environment, secrets })),
                [
                    { environment: { PLAIN: "1" }, secrets: ["FILED", "GIVEN", "LISTED", "NESTED", "STRAY"] },
                    { environment: {}, secrets: ["GIVEN", "LISTED", "NESTED"] },
                ],
            );
            const { stdout: text } = await checkout.run(["model", "--app", "other"], { env });
            assert.deepEqual([exitCode, stdout.includes("hunter2"), text.includes("hunter2")], [3, false, false]);
        });

        it("tells all problems beside what could be read, and ends with an error when one is", async () => {
            checkout.write("other/compose.yaml", wrong);
            const { exitCode, stdout, stderr } = await checkout.run(["model", "--app", "other", "--json"]);
            assert.deepEqual([exitCode, stderr], [3, ""]);
            const { services, problems } = JSON.parse(stdout) as ModelReport;
            assert.deepEqual(Object.keys(services), ["api", "web"]);
            assert.deepEqual(services["api"]?.healthCheck, { command: ["CMD", "true"], timeout: 3 });
            const inFile = { severity: "error", file: "other/compose.yaml", service: "api" };
            assert.deepEqual(problems, [
                {
                    ...inFile,
                    ...{ line: 4, key: "services.api.network_mode", value: "host" },
                    message: "a Fargate task has a network interface of its own; remove it, or list it under x-understudy.ignore (network_mode) to run without it on AWS",
                },
                { ...inFile, line: 5, key: "services.api.prots", value: null, message: 'unknown key; did you mean "ports"?; own keys begin with x-' },
                {
                    ...inFile,
                    ...{ line: 8, key: "services.api.healthcheck.interval", value: "soon" },
                    message: "a duration is numbers with units h, m, s or ms, such as 1m30s",
                },
            ]);
        });

        it("is the same in every folder of the project", async () => {
            assert.deepEqual(await checkout.run(["model"], { folder: "app/web" }), await checkout.run(["model"]));
        });

        it("reads as columns and lines", async () => {
            checkout.write("other/compose.yaml", wrong);
            assert.deepEqual(await checkout.run(["model", "--app", "other"]), {
                exitCode: 3,
                stdout: [
                    "service  role    image     ports",
                    "api      worker  nginx",
                    "web      web     shop-web  8080/tcp",
                    "  other/compose.yaml:4 services.api.network_mode: " +
                        'got "host"; a Fargate task has a network interface of its own; remove it, or list it under x-understudy.ignore (network_mode) to run without it on AWS',
                    '  other/compose.yaml:5 services.api.prots: unknown key; did you mean "ports"?; own keys begin with x-',
                    '  other/compose.yaml:8 services.api.healthcheck.interval: got "soon"; a duration is numbers with units h, m, s or ms, such as 1m30s',
                ].join("\n"),
                stderr: "",
            });
        });
    });

    describe("deploy in a local world", () => {
        // Whoever pushes looks for the world first.
        it("pushes nothing for settings that cannot be beside another base's", async () => {
            checkout.edit("Pulumi.staging.yaml", "10.20.0.0/16", "10.10.0.0/16");
            const { exitCode, stdout, stderr } = await checkout.run(["deploy", "staging", "--local"]);
            assert.deepEqual([exitCode, stdout], [3, ""]);
            assert.match(stderr, /^understudy: Pulumi\.staging\.yaml has 1 problem\n {2}Pulumi\.staging\.yaml:\d+ understudy:network\.cidr: got "10\.10\.0\.0\/16"; /);
        });

        it("pushes nothing for a name that nobody has confirmed", async () => {
            const stderr = "understudy: production is only deployed when its name is confirmed\n  confirm it with --confirm production";
            assert.deepEqual(await checkout.run(["deploy", "production", "--local"]), { exitCode: 4, stdout: "", stderr });
        });

        it("looks for the world where nothing is wrong", async () => {
            const stderr = "understudy: the local world does not run\n  start it: understudy local up";
            assert.deepEqual(await checkout.run(["deploy", "staging", "--local"]), { exitCode: 12, stdout: "", stderr });
        });
    });

    describe("plan", () => {
        it("ends with what the stack would consist of, without account, engine or network", async () => {
            const { exitCode, stdout, stderr } = await checkout.run(["plan", "staging"]);
            assert.deepEqual([exitCode, stderr], [0, ""]);
            const lines = stdout.split("\n");
            const { resources } = await json<Plan>("plan", "staging");
            assert.deepEqual(lines.slice(0, 9), [
                "service  role    cpu/memory  tasks              hosts",
                "api      worker  256/512     1 on FARGATE_SPOT",
                "web      web     256/512     1 on FARGATE_SPOT  www.staging.example.com",
                "worker   worker  256/512     1 on FARGATE_SPOT",
                "",
                "service  variable  on a laptop  on AWS",
                "web      API_URL   api          api.staging.internal",
                "worker   API_URL   api          api.staging.internal",
                "",
            ]);
            assert.match(lines[9] ?? "", /^resource +name$/);
            assert.equal(lines.at(-1), `staging would consist of ${resources.length} resources`);
        });

        it("says when the stack is awake, where its settings do, and that nothing comes of it yet", async () => {
            checkout.edit("Pulumi.staging.yaml", "config:\n", 'config:\n  understudy:hours: {timezone: Europe/Berlin, days: [mon, sat], start: "09:00", stop: "18:30"}\n');
            const lines = (await checkout.run(["plan", "staging"])).stdout.split("\n");
            assert.equal(lines.at(-3), "staging is awake mon,sat 09:00-18:30 Europe/Berlin, 19 of 168 hours a week (not yet acted upon)");
            const hours = { timezone: "Europe/Berlin", days: ["mon", "sat"], start: "09:00", stop: "18:30" };
            assert.deepEqual((await json<Plan>("plan", "staging")).environment.hours, hours);
            assert.equal((await json<Plan>("plan", "--branch", "feature/search")).environment.hours, undefined);
        });

        it("is of one stack or of one branch", async () => {
            const refusal = { exitCode: 2, stdout: "", stderr: "understudy: one stack or one branch is planned\n  write a stack's name, or --branch <name>" };
            assert.deepEqual(await checkout.run(["plan"]), refusal);
            assert.deepEqual(await checkout.run(["plan", "staging", "--branch", "main"]), refusal);
        });

        it("of a branch names its host, and only what is the branch's", async () => {
            const { stack, environment, resources, problems, warnings } = await json<Plan>("plan", "--branch", "feature/search");
            assert.deepEqual([stack, problems, warnings], [search.stack, [], []]);
            assert.deepEqual(environment.services.flatMap(({ name, route }) => (route === undefined ? [] : [[name, route.hosts]])), [["web", search.hosts]]);
            const types = new Set(resources.map(({ type }) => type).filter((type) => type.startsWith("aws:")));
            assert.deepEqual([...types].sort(), [
                "aws:cloudwatch/logGroup:LogGroup",
                "aws:ecs/service:Service",
                "aws:ecs/taskDefinition:TaskDefinition",
                "aws:iam/role:Role",
                "aws:iam/rolePolicy:RolePolicy",
                "aws:lb/listenerRule:ListenerRule",
                "aws:lb/targetGroup:TargetGroup",
                "aws:servicediscovery/service:Service",
                "aws:ssm/parameter:Parameter",
            ]);
        });
    });
});
