import { execa } from "execa";
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { worldStatus } from "../../local/world";
import { contractVersion } from "../../stacks/contract";
import { projectDirectory, Stage } from "../engine/stage";
import { Checkout, type Ended, type RunOptions } from "./checkout";

/** What a bad input comes to: the exit code that docs/cli.md has for it, and the whole message with place and remedy. */
interface Refusal {
    readonly exitCode: number;
    readonly text: string;
}

/** Fails unless the command ended like this, with nothing after the message, no stack trace, and none of these secrets. */
function assertRefused({ exitCode, stdout, stderr }: Ended, refusal: Refusal, secrets: readonly string[] = []): void {
    assert.deepEqual({ exitCode, text: stderr.slice(Math.max(0, stderr.indexOf("understudy: "))) }, refusal);
    assert.equal(stdout, "");
    assert.doesNotMatch(stderr, /^\s+at /m);
    for (const secret of secrets) assert.ok(!stderr.includes(secret));
}

describe("bad input", () => {
    let checkout: Checkout;
    before(async () => {
        checkout = await Checkout.make();
    });
    after(() => checkout[Symbol.dispose]());
    afterEach(() => checkout.restore());

    /** Neither engine nor network is looked for before an input is read: a search that came too early would fail on its own. */
    async function refuses(words: string, refusal: Refusal, options: RunOptions = {}): Promise<void> {
        const before = checkout.files();
        assertRefused(await checkout.run(words.split(" "), options), refusal);
        assert.deepEqual(checkout.files(), before);
    }

    const nameIt = "  name the branch";
    const badName = 'understudy: "a..b": a branch name must not contain ".."\n  give the name as `git branch` prints it';

    for (const words of ["branch up", "branch down", "branch id"]) {
        it(`${words} on a detached HEAD`, async () => {
            await checkout.git("checkout", "--quiet", "--detach");
            await refuses(words, { exitCode: 2, text: `understudy: no branch is checked out here (detached HEAD)\n${nameIt}` });
        });
    }

    it("no git checkout", async () => {
        using bare = await Checkout.make();
        fs.rmSync(path.join(bare.directory, ".git"), { recursive: true });
        const text = `understudy: git does not say which branch is checked out in ${bare.directory}: not a git repository (or any of the parent directories): .git\n${nameIt}`;
        assertRefused(await bare.run(["branch", "up"], { env: { GIT_DISCOVERY_ACROSS_FILESYSTEM: "1" } }), { exitCode: 2, text });
    });

    it("no git", () => refuses("branch up", { exitCode: 2, text: `understudy: git, which knows the branch, is not in PATH\n${nameIt}` }, { env: { PATH: "/nonexistent" } }));

    for (const words of ["branch up a..b", "branch down --branch a..b", "branch url a..b", "plan --branch a..b"]) {
        it(`a name that git refuses: ${words}`, () => refuses(words, { exitCode: 2, text: badName }));
    }

    it("an id that no branch can have", async () => {
        const advice = "  give it as `understudy branch list --json` or `understudy branch id` print it";
        await refuses("branch down --id feature/search", { exitCode: 2, text: `understudy: --id feature/search is no branch id\n${advice}` });
        await refuses("branch down --id feature-search", { exitCode: 2, text: `understudy: --id feature-search is no branch id\n${advice}` });
    });

    for (const [words, text] of [
        ["--image =x", "--image =x names no service\n  write --image service=tag, or --image tag for all own images"],
        ["--image web=", "--image web= names no image\n  write --image service=tag, or --image tag for all own images"],
        ["--release ", '--release "" names no tag\n  give the tag to run'],
    ] as const) {
        it(`no image where one is to be named: ${words}`, () => refuses(`deploy staging ${words}`, { exitCode: 2, text: `understudy: ${text}` }));
    }

    for (const [words, exitCode, text] of [
        ["release copy", 2, "nothing says what to copy\n  name a release, or images with --image"],
        ["release copy 1.4.2 --image 1.4.3", 2, "two tags for all own images: 1.4.2 and --image 1.4.3\n  give one of them"],
        ["release copy 1.4.2 --to staging", 3, "staging is both sides of the copy\n  name two stacks with --from and --to"],
        ["release copy 1.4.2 --as a/b", 3, "a/b is no tag; one has at most 128 letters, digits and . _ -\n  give another one with --as"],
        ["release copy 1.4.2 --from qa", 3, "there is no Pulumi.qa.yaml\n  the stacks with a settings file are: dev, production, staging"],
    ] as const) {
        it(`a copy that cannot be meant: ${words}`, () => refuses(words, { exitCode, text: `understudy: ${text}` }));
    }

    it("no project", async () => {
        const text = `understudy: there is no Pulumi.yaml in ${checkout.home} or above it\n  work in a checkout of the environments' program`;
        assertRefused(await checkout.shell('cd "$HOME" && "$UNDERSTUDY" deploy staging'), { exitCode: 3, text });
    });

    describe("in the settings", () => {
        const unreadable = (reason: string): string => `understudy: Pulumi.staging.yaml cannot be read\n  Pulumi.staging.yaml: ${reason}\n  correct the file`;
        const files: readonly { readonly what: string; readonly content: string | Uint8Array; readonly text: string }[] = [
            {
                what: "nothing at all",
                content: "",
                text: "understudy: Pulumi.staging.yaml has no settings\n  Pulumi.staging.yaml: there are no settings in this file; write them below config, beginning with understudy:kind\n  correct the file",
            },
            { what: "a binary file", content: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]), text: unreadable("the file is not text in UTF-8") },
            { what: "text in another encoding", content: new Uint8Array(Buffer.from("config: { a: caf\u00e9 }", "latin1")), text: unreadable("the file is not text in UTF-8") },
            { what: "zero bytes", content: "config:\0", text: unreadable("the file is not text in UTF-8") },
            { what: "an alias to nothing", content: "config: *base\n", text: "understudy: Pulumi.staging.yaml cannot be read\n  Pulumi.staging.yaml:1 config: nothing before this line has the anchor &base\n  correct the file" },
            { what: "a list", content: "- config\n", text: "understudy: Pulumi.staging.yaml cannot be read\n  Pulumi.staging.yaml:1: a map of keys and values is expected\n  correct the file" },
        ];
        for (const { what, content, text } of files) {
            it(what, async () => {
                checkout.write("Pulumi.staging.yaml", content);
                await refuses("deploy staging", { exitCode: 3, text });
            });
        }

        it("a folder in their place", async () => {
            fs.rmSync(path.join(checkout.directory, "Pulumi.staging.yaml"));
            checkout.write("Pulumi.staging.yaml/file", "");
            await refuses("branch up main", { exitCode: 3, text: unreadable("the file cannot be read: it is a folder") });
            fs.rmSync(path.join(checkout.directory, "Pulumi.staging.yaml"), { recursive: true });
        });

        it("an unknown key and values of a wrong type, all at once", async () => {
            checkout.edit("Pulumi.staging.yaml", "understudy:access", "understudy:acess");
            checkout.edit("Pulumi.staging.yaml", 'understudy:account: "222222222222"', "understudy:account: 22");
            checkout.edit("Pulumi.staging.yaml", "cidr: 10.20.0.0/16", "cidr: [1]");
            const { stderr, ...ended } = await checkout.run(["deploy", "staging"]);
            const text = [
                "understudy: Pulumi.staging.yaml has 3 problems",
                '  Pulumi.staging.yaml:5 understudy:account: got "22"; an account id is expected, 12 digits in quotes; without quotes YAML reads a number, and one that begins with a zero as octal',
                "  Pulumi.staging.yaml:9 understudy:network.cidr: a range such as 10.0.0.0/16 is expected",
                '  Pulumi.staging.yaml:10 understudy:acess: unknown key; did you mean "access"? allowed: all of them',
                "  correct what is listed",
            ].join("\n");
            assertRefused({ ...ended, stderr: stderr.replace(/(?<=allowed: )kind, app, .*/, "all of them") }, { exitCode: 3, text });
        });
    });

    it("a network that another environment has, which deploy refuses before anything else", async () => {
        checkout.edit("Pulumi.staging.yaml", "10.20.0.0/16", "10.10.0.0/16");
        const { exitCode, stderr } = await checkout.run(["deploy", "staging"], { env: { PATH: "/nonexistent" } });
        assert.equal(exitCode, 3);
        assert.match(stderr, /Pulumi\.staging\.yaml:\d+ understudy:network\.cidr: got "10\.10\.0\.0\/16"; production's network has addresses of this range/);
    });

    it("a network that another environment has, which doctor finds", async () => {
        checkout.edit("Pulumi.staging.yaml", "cidr: 10.20.0.0/16", "cidr: 10.10.0.0/16");
        const { exitCode, stdout } = await checkout.run(["doctor", "--json"]);
        const checks = JSON.parse(stdout) as readonly { readonly name: string; readonly status: string; readonly message: string }[];
        const about = (stack: string): string | undefined => checks.find(({ name }) => name === `settings of ${stack}`)?.message;
        assert.equal(exitCode, 1);
        assert.match(about("staging") ?? "", /understudy:network\.cidr: got "10\.10\.0\.0\/16"; production's network has addresses of this range/);
        assert.match(about("dev") ?? "", /complete/);
    });

    describe("in the Compose file", () => {
        const files: readonly { readonly what: string; readonly content: string | Uint8Array; readonly lines: readonly string[] }[] = [
            { what: "nothing at all", content: "", lines: ["app/compose.yaml:1: the file is empty; it needs at least one service under services"] },
            { what: "a binary file", content: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff]), lines: ["app/compose.yaml: the file is not text in UTF-8"] },
        ];
        const unshared = '  warning: Pulumi.staging.yaml understudy:sharedSecrets: got "SESSION_SECRET"; no service lists a secret of this name; allowed: none';
        for (const { what, content, lines } of files) {
            it(what, async () => {
                checkout.write("app/compose.yaml", content);
                const problems = lines.map((line) => `  ${line}`);
                await refuses("deploy staging", { exitCode: 3, text: ["understudy: app has 1 problem", ...problems, unshared, "  correct what is listed"].join("\n") });
                const { exitCode, stdout } = await checkout.run(["model"]);
                assert.deepEqual([exitCode, stdout], [3, problems.join("\n")]);
            });
        }
    });

    it("no state backend at all, to list", async () => {
        for (const stack of ["staging", "dev"]) checkout.edit(`Pulumi.${stack}.yaml`, "understudy:backend: s3", "understudy:backend: file:///nowhere # s3");
        await refuses("branch list", { exitCode: 11, text: "understudy: the state backend file:///nowhere is not there\n  make the folder, or correct `understudy:backend`" });
    });

    describe("without a local world", () => {
        const text = "understudy: the local world does not run\n  start it: understudy local up";
        it("doctor --local says that it does not run", async () => {
            const { exitCode, stdout } = await checkout.run(["doctor", "--local"]);
            assert.deepEqual([exitCode, stdout], [1, "✗ local world: the local world does not run\n    start it: understudy local up"]);
        });
        it("plan --local plans what it plans for AWS", async () => {
            const [local, aws] = await Promise.all([["--local"], []].map((more) => checkout.run(["plan", "staging", ...more])));
            assert.equal(local?.exitCode, 0);
            assert.deepEqual(local, aws);
        });
        for (const words of ["deploy staging --local", "branch url main --local", "env staging --local"]) {
            it(words, () => refuses(words, { exitCode: 12, text }));
        }
        it("local status", async () => {
            assert.deepEqual(await checkout.run(["local", "status"]), { exitCode: 12, stdout: "the local world does not run", stderr: "" });
        });
        it("local up, with tasks or a provider of no kind", async () => {
            const stderr = [
                'understudy: UNDERSTUDY_TASKS: got "pods"; allowed: containers, processes; write processes',
                "  unset it, and tasks are containers where a Docker daemon answers",
            ].join("\n");
            assert.deepEqual(await checkout.run(["local", "up"], { env: { UNDERSTUDY_TASKS: "pods" } }), { exitCode: 2, stdout: "", stderr });
            const provider = await checkout.run(["local", "up"], { env: { UNDERSTUDY_PROVIDER: "mine" } });
            assert.deepEqual([provider.exitCode, provider.stderr.split("\n")[0]], [2, 'understudy: UNDERSTUDY_PROVIDER: got "mine"; allowed: official']);
        });
    });
});

describe("bad input, with an emulator", function () {
    this.timeout(300_000);
    const passphrase = "not-the-passphrase";
    let stage: Stage;
    let checkout: Checkout;
    let states: string;
    let inventory: readonly string[];

    before(async () => {
        checkout = await Checkout.make();
        stage = await Stage.open();
        states = path.join(checkout.home, "states");
        fs.mkdirSync(states);
        await stage.api().deploy("staging");
        await stage.push("staging", "main", "1.0.0");
        inventory = await stage.inventory();
    });
    after(async () => {
        checkout[Symbol.dispose]();
        await stage.close();
    });

    /** The state of staging in a backend of the checkout's own, which a test may spoil. */
    beforeEach(async () => {
        await checkout.restore();
        fs.rmSync(states, { recursive: true });
        fs.cpSync((stage.world.backends["staging"] ?? "").slice("file://".length), states, { recursive: true });
        for (const stack of ["production", "staging", "dev"]) {
            const backend = stack === "staging" ? states : path.join(checkout.home, stack);
            fs.mkdirSync(backend, { recursive: true });
            checkout.edit(`Pulumi.${stack}.yaml`, "understudy:backend: s3", `understudy:backend: file://${backend} # s3`);
        }
    });

    const stateFile = (): string => path.join(states, ".pulumi/stacks/understudy/staging.json");
    const published = (version: number): string => `"version": ${version},`;
    const editState = (from: string, to: string): void => {
        const text = fs.readFileSync(stateFile(), "utf8");
        assert.ok(text.includes(from), `the state has no ${from}`);
        fs.writeFileSync(stateFile(), text.replace(from, to));
    };

    /** Everything in the checkout, and what the state says of resources. A run that was begun leaves a line in its history, which is meant. */
    function written(): { readonly own: unknown; readonly state: unknown } {
        const own = Object.entries(checkout.files()).filter(([file]) => !file.startsWith(states));
        const { checkpoint } = JSON.parse(fs.readFileSync(stateFile(), "utf8")) as { checkpoint: { latest: { resources: readonly Record<string, unknown>[] } } };
        const resources = checkpoint.latest.resources.map(({ urn, id, inputs, outputs }) => ({ urn, id, inputs, outputs }));
        const locks = fs.readdirSync(path.join(states, ".pulumi/locks"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
        const stacks = fs.readdirSync(path.join(states, ".pulumi/stacks/understudy")).filter((name) => name.endsWith(".json"));
        return { own, state: { resources, locks: locks.map(({ name }) => name), stacks } };
    }

    async function refuses(words: string, refusal: Refusal, env: RunOptions["env"] = {}): Promise<void> {
        const before = written();
        const ended = await checkout.run(words.split(" "), { env: { ...stage.world.env, ...env } });
        const own = fs.readFileSync(stage.world.env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "", "utf8").trim();
        assertRefused(ended, refusal, [own, passphrase, stage.world.env["AWS_SECRET_ACCESS_KEY"] ?? ""]);
        assert.deepEqual(written(), before);
        assert.deepEqual(await stage.inventory(), inventory);
    }

    /** The registry is the first that is asked. */
    const asked = [
        ["deploy staging --release 1.0.0", "could not read the registry shop-staging-registry"],
        ["deploy staging", "could not read the registry shop-staging-registry"],
        ["branch up feature/search --image 1.0.0", "could not write the registry shop-staging-registry"],
    ] as const;

    describe("AWS that cannot be reached", () => {
        const env = { AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
        const why = "AWS cannot be reached (connect ECONNREFUSED 127.0.0.1:1)\n  look at the network connection, and with the local world at `understudy local status`";
        for (const [words, what] of asked) it(words, () => refuses(words, { exitCode: 12, text: `understudy: ${what}: ${why}` }, env));
        it("while the state is in a bucket", async () => {
            checkout.edit("Pulumi.staging.yaml", `file://${states} # `, "");
            const backend = "s3://understudy-state-222222222222?region=eu-west-1&awssdk=v2";
            await refuses("branch up feature/search --image 1.0.0", { exitCode: 12, text: `understudy: could not read the state backend ${backend}: ${why}` }, env);
        });
    });

    describe("a state backend that is not there", () => {
        it("as a folder", async () => {
            checkout.edit("Pulumi.staging.yaml", `file://${states}`, "file:///nowhere");
            await refuses("branch up main", { exitCode: 11, text: "understudy: the state backend file:///nowhere is not there\n  make the folder, or correct `understudy:backend`" });
        });
        it("as a bucket", async () => {
            checkout.edit("Pulumi.staging.yaml", `file://${states} # `, "");
            const backend = "s3://understudy-state-222222222222?region=eu-west-1&awssdk=v2";
            const text = `understudy: could not read the state backend ${backend}: the bucket of the state is not there (The specified bucket does not exist)\n  look at \`understudy:backend\` of the settings`;
            await refuses("deploy staging", { exitCode: 11, text });
        });
    });

    describe("expired credentials", () => {
        const env = { AWS_ACCESS_KEY_ID: "ASIAEXPIRED000000000" };
        const why = "the AWS credentials have expired (The security token included in the request is expired)\n  log in to AWS again";
        for (const [words, what] of asked) it(words, () => refuses(words, { exitCode: 9, text: `understudy: ${what}: ${why}` }, env));
    });

    describe("a passphrase", () => {
        /** What `pulumi` writes into the settings of a stack with a passphrase. */
        beforeEach(() => {
            const [, salt = ""] = /"salt": "([^"]+)"/.exec(fs.readFileSync(stateFile(), "utf8")) ?? [];
            checkout.edit("Pulumi.staging.yaml", "config:", `encryptionsalt: ${salt}\nconfig:`);
        });
        it("that is wrong", () =>
            refuses(
                "deploy staging",
                {
                    exitCode: 10,
                    text: "understudy: the passphrase of the state's secrets is wrong\n  set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the one the stack was made with",
                },
                { PULUMI_CONFIG_PASSPHRASE: passphrase },
            ));
        it("that is missing", () =>
            refuses(
                "deploy staging",
                {
                    exitCode: 10,
                    text: "understudy: the passphrase of the state's secrets is missing\n  set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that can be read",
                },
                { PULUMI_CONFIG_PASSPHRASE_FILE: undefined },
            ));
    });

    describe("a state", () => {
        const newerPulumi = { exitCode: 14, text: "understudy: staging: the state was written by a newer Pulumi\n  install the Pulumi that wrote it, or a newer one" };
        for (const words of ["deploy staging", "branch up feature/search --image 1.0.0", "destroy staging --confirm staging"]) {
            it(`of a newer Pulumi: ${words}`, async () => {
                editState('"version": 3', '"version": 99');
                await refuses(words, newerPulumi);
            });
        }

        for (const words of ["deploy staging", "destroy staging --confirm staging"]) {
            it(`of another application, whose environment it is: ${words}`, async () => {
                for (const stack of ["production", "staging", "dev"]) checkout.edit(`Pulumi.${stack}.yaml`, "understudy:app: shop", "understudy:app: blog");
                const text =
                    "understudy: staging exists elsewhere: understudy:app is blog, but it was made with shop\n" +
                    "  correct the settings; to move it, destroy it with the former settings first; another application has another `understudy:backend`";
                await refuses(words, { exitCode: 3, text });
            });
        }

        it("of a newer version of this program, to deploy", async () => {
            editState(published(contractVersion), published(contractVersion + 1));
            await refuses("deploy staging", { exitCode: 14, text: "understudy: staging was deployed by a newer version of this program\n  use that version, or a newer one" });
        });

        const contracts = [
            {
                version: contractVersion + 1,
                exitCode: 14,
                lines: [
                    `  stack staging contract.version: got "${contractVersion + 1}"; this program reads version ${contractVersion}, and the base was made by a newer one; use that version of the program`,
                    "  use the version of this program that made the base, or a newer one",
                ],
            },
            {
                version: contractVersion - 1,
                exitCode: 6,
                lines: [
                    `  stack staging contract.version: got "${contractVersion - 1}"; this program reads version ${contractVersion}, and the base was made by an older one; update it with \`understudy deploy staging\``,
                    "  bring the base up with `understudy deploy staging`",
                ],
            },
        ];
        for (const { version, exitCode, lines } of contracts) {
            it(`of ${version > contractVersion ? "a newer" : "an older"} version of this program, to stand on`, async () => {
                editState(published(contractVersion), published(version));
                await refuses("branch up feature/search --image 1.0.0", { exitCode, text: ["understudy: no branch can stand on the base staging", ...lines].join("\n") });
            });
        }
    });

    describe("another account or role than the settings say", () => {
        it("is refused before the engine starts", async () => {
            checkout.edit("Pulumi.staging.yaml", "  understudy:role: arn:aws:iam::222222222222:role/understudy-deploy\n", "");
            const text =
                "understudy: the AWS credentials are of account 123456789012, but the settings say 222222222222\n" +
                "  log in to the account of the settings, or correct `understudy:account` or `understudy:role`";
            await refuses("deploy staging", { exitCode: 9, text });
            await refuses("branch up feature/search --image 1.0.0", { exitCode: 9, text });
        });

        it("is refused in the settings themselves when the role is another account's", async () => {
            checkout.edit("Pulumi.staging.yaml", "222222222222:role", "333333333333:role");
            const text =
                "understudy: Pulumi.staging.yaml has 1 problem\n" +
                '  Pulumi.staging.yaml:7 understudy:role: got "arn:aws:iam::333333333333:role/understudy-deploy"; ' +
                "this is of account 333333333333, but understudy:account says 222222222222\n  correct what is listed";
            await refuses("deploy staging", { exitCode: 3, text });
        });

        it("is refused when there is no such role", async () => {
            checkout.edit("Pulumi.staging.yaml", "role/understudy-deploy", "role/nobody");
            const text =
                "understudy: could not read the registry shop-staging-registry: the role cannot be assumed " +
                "(User: arn:aws:sts::123456789012:user/moto is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/nobody)\n" +
                "  the settings name the role; log in as somebody who may assume it";
            await refuses("deploy staging", { exitCode: 9, text });
        });

        it("is refused by plain pulumi as well", async () => {
            checkout.edit("Pulumi.staging.yaml", "  understudy:role: arn:aws:iam::222222222222:role/understudy-deploy\n", "");
            const before = written();
            const { exitCode, stdout } = await execa(
                "pulumi",
                ["up", "--stack", "staging", "--config-file", path.join(checkout.directory, "Pulumi.staging.yaml"), "--yes", "--skip-preview", "--non-interactive"],
                { cwd: projectDirectory, env: { ...stage.world.env, PULUMI_BACKEND_URL: `file://${states}` }, reject: false },
            );
            assert.equal(exitCode, 255);
            assert.match(stdout, /AWS account ID not allowed: 123456789012; allowed: 222222222222/);
            assert.deepEqual(written().state, before.state); // it writes a salt into the settings file, as ever
            assert.deepEqual(await stage.inventory(), inventory);
        });
    });

    describe("an emulator that has died", () => {
        it("is a local world that does not run", async () => {
            const emulator = worldStatus(stage.world.directory).processes.find(({ name }) => name === "emulator");
            assert.ok(emulator);
            process.kill(emulator.pid, "SIGKILL");
            while (worldStatus(stage.world.directory).running) await new Promise(setImmediate);
            const { exitCode, stderr } = await stage.cli("branch", "list");
            assert.deepEqual([exitCode, stderr], [12, "understudy: the local world does not run\n  start it: understudy local up"]);
        });
    });
});
