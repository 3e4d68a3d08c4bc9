import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import { ListHostedZonesCommand, Route53Client } from "@aws-sdk/client-route-53";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { ControlClient } from "../../../local/emulator/control";
import { identify, isRunning } from "../../../local/processes";
import { projectDirectory } from "../../../local/project";
import { ProcessRecords } from "../../../local/tasks/strays";
import {
    defaultDirectories,
    openWorld,
    readWorld,
    resetWorld,
    startWorld,
    stopWorld,
    worldStatus,
    type World,
    type WorldAccount,
} from "../../../local/world";
import { readRecord } from "../../../local/worldFile";
import { refusalOf, type ClientSettings } from "../emulator/support";
import { temporaryFolder } from "../engine/support";

const { cache } = defaultDirectories(projectDirectory);
const accounts: readonly WorldAccount[] = [
    { kind: "production", account: "111111111111", region: "eu-west-1", zone: "example.com", secrets: ["/shop/production/KEY"] },
    {
        kind: "staging",
        account: "222222222222",
        region: "eu-west-1",
        zone: "staging.example.com",
        secrets: ["/shop/staging/A", "/shop/staging/B"],
    },
];
const start = (directory: string, more: readonly WorldAccount[] = accounts): Promise<World> =>
    startWorld({ directory, cacheDir: cache, accounts: more });

/** AWS clients as any process makes them that has the world's environment: endpoint, region and credentials come from there. */
function settingsOf({ env }: World): ClientSettings {
    return {
        endpoint: env["AWS_ENDPOINT_URL"]!,
        region: env["AWS_REGION"]!,
        credentials: { accessKeyId: env["AWS_ACCESS_KEY_ID"]!, secretAccessKey: env["AWS_SECRET_ACCESS_KEY"]! },
        maxAttempts: 1,
        disableHostPrefix: true,
    };
}

async function deployer(world: World, account: string): Promise<ClientSettings> {
    const settings = settingsOf(world);
    const role = { RoleArn: `arn:aws:iam::${account}:role/understudy-deploy`, RoleSessionName: "test" };
    const { Credentials } = await new STSClient(settings).send(new AssumeRoleCommand(role));
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
    return { ...settings, credentials: { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! } };
}

/** All that is no function: of those, each world has its own. */
function dataOf(world: World | undefined): unknown {
    return JSON.parse(JSON.stringify(world));
}

function killProcess(directory: string, name: string): void {
    process.kill(readRecord(directory).processes.find((each) => each.name === name)!.pid, "SIGKILL");
}

async function untilEnded(directory: string, name: string): Promise<void> {
    while (worldStatus(directory).processes.find((each) => each.name === name)!.running) await new Promise(setImmediate);
}

describe("local world", function () {
    this.timeout(180_000);
    const directories: string[] = [];
    after(() => Promise.all(directories.map((directory) => stopWorld(directory)))); // before the folders are gone that say what to stop
    const folder = temporaryFolder();
    const fresh = (): string => {
        directories.push(join(folder(), "world"));
        return directories.at(-1)!;
    };

    describe("while it runs", () => {
        let directory: string;
        let world: World;
        before(async () => {
            directory = fresh();
            world = await start(directory);
        });

        it("is what anybody finds in its folder", () => {
            assert.deepEqual(dataOf(openWorld(directory)), dataOf(world));
            assert.deepEqual(dataOf(readWorld(directory)), dataOf(world));
            const { running, processes } = worldStatus(directory);
            assert.equal(running, true);
            assert.deepEqual(
                processes.map((each) => [each.name, each.running]),
                [
                    ["emulator", true],
                    ["task-runner", true],
                    ["front-door", true],
                ],
            );
        });

        it("has a state backend for each account, outside the program's folder", () => {
            assert.deepEqual(world.backends, {
                production: `file://${directory}/state/production`,
                staging: `file://${directory}/state/staging`,
            });
            assert.ok(existsSync(join(directory, "state", "staging")));
        });

        it("keeps its passphrase to its owner", () => {
            const file = world.env["PULUMI_CONFIG_PASSPHRASE_FILE"]!;
            assert.equal(statSync(file).mode & 0o777, 0o600);
            assert.equal(readFileSync(file, "utf8").length, 43);
        });

        it("has the engine first in PATH, and the providers where the engine looks for them", () => {
            assert.ok(existsSync(join(world.env["PATH"]!.split(":")[0]!, "pulumi")));
            assert.ok(existsSync(join(world.env["PULUMI_HOME"]!, "plugins")));
        });

        it("lets the operator work in every account through its role, and through no other", async () => {
            for (const { account, zone } of accounts) {
                const { HostedZones } = await new Route53Client(await deployer(world, account)).send(new ListHostedZonesCommand({}));
                assert.deepEqual(
                    HostedZones!.map(({ Name }) => Name),
                    [`${zone}.`],
                );
            }
            assert.match(await refusalOf(deployer(world, "333333333333")), /^AccessDenied: /);
        });

        it("has secrets of random values", async () => {
            const ssm = new SSMClient(await deployer(world, "222222222222"));
            const names = ["/shop/staging/A", "/shop/staging/B"];
            const { Parameters } = await ssm.send(new GetParametersCommand({ Names: names, WithDecryption: true }));
            assert.deepEqual(
                Parameters!.map(({ Name, Type, Value }) => [Name, Type, Value!.length]).sort(),
                names.map((name) => [name, "SecureString", 32]),
            );
            assert.notEqual(Parameters![0]!.Value, Parameters![1]!.Value);
        });

        it("answers at its front door", async () => {
            const page = await (await fetch(world.frontDoor)).text();
            assert.match(page, /<html/i);
        });

        it("is not started twice; what its accounts are missing is added", async () => {
            const more = accounts.map((account) => ({ ...account, secrets: [...account.secrets, `/shop/${account.kind}/NEW`] }));
            const before = await new ControlClient(world.endpoint).inventory();
            const worlds = await Promise.all([start(directory, more), start(directory, more)]);
            assert.deepEqual(worlds.map(dataOf), [dataOf(world), dataOf(world)]);
            const added = (await new ControlClient(world.endpoint).inventory()).filter((line) => !before.includes(line));
            assert.deepEqual(added, [
                "111111111111 eu-west-1 ssm parameter /shop/production/NEW",
                "222222222222 eu-west-1 ssm parameter /shop/staging/NEW",
            ]);
        });

        it("shares nothing with another world", async () => {
            const other = await start(fresh());
            const all = ({ endpoint, frontDoor, backends, env }: World): readonly string[] => [
                endpoint,
                frontDoor,
                ...Object.values(backends),
                ...["PULUMI_HOME", "PULUMI_CONFIG_PASSPHRASE_FILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"].map(
                    (name) => env[name]!,
                ),
            ];
            assert.deepEqual(
                all(world).filter((value) => all(other).includes(value)),
                [],
            );
            const before = await new ControlClient(world.endpoint).inventory();
            await new ECSClient(await deployer(other, "222222222222")).send(new CreateClusterCommand({ clusterName: "other" }));
            assert.deepEqual(await new ControlClient(world.endpoint).inventory(), before);

            await stopWorld(other.directory);
            assert.equal(worldStatus(directory).running, true);
        });
    });

    describe("at its end", () => {
        it("has no process left, keeps its logs, and begins empty the next time", async () => {
            const directory = fresh();
            const first = await start(directory);
            await new ECSClient(await deployer(first, "222222222222")).send(new CreateClusterCommand({ clusterName: "staging" }));
            writeFileSync(join(directory, "state", "staging", "stack.json"), "{}");
            const { processes } = readRecord(directory);

            await stopWorld(directory);

            assert.deepEqual(processes.filter(isRunning), []);
            assert.equal(openWorld(directory), undefined);
            assert.deepEqual(worldStatus(directory), { running: false, processes: [] });
            assert.ok(existsSync(join(directory, "logs", "emulator.log")));
            await stopWorld(directory);

            const second = await start(directory);
            assert.equal(
                (await new ControlClient(second.endpoint).inventory()).some((line) => line.includes("ecs cluster")),
                false,
            );
            assert.equal(existsSync(join(directory, "state", "staging", "stack.json")), false);
        });

        it("has nothing left after a reset", async () => {
            const directory = fresh();
            await start(directory);
            const { processes } = readRecord(directory);
            await resetWorld(directory);
            assert.deepEqual(processes.filter(isRunning), []);
            assert.equal(existsSync(directory), false);
        });

        it("deletes no folder that is not a world's", async () => {
            const directory = folder();
            writeFileSync(join(directory, "thesis.txt"), "");
            const refusal = { kind: "refused", message: `${directory} is not the folder of a local world, so nothing in it is deleted` };
            await assert.rejects(resetWorld(directory), refusal);
            await assert.rejects(start(directory), refusal);
            assert.ok(existsSync(join(directory, "thesis.txt")));
        });
    });

    describe("after a crash", () => {
        it("of any part, is no world any more, and stops or starts like any other", async () => {
            const directory = fresh();
            for (const part of ["emulator", "front-door", "task-runner"]) {
                await start(directory);
                const { processes } = readRecord(directory);
                const world = readWorld(directory);
                assert.equal(world.stopped(), undefined);
                killProcess(directory, part);
                await untilEnded(directory, part);
                assert.equal(world.stopped(), `the ${part.replaceAll("-", " ")} of the local world`);
                assert.equal(openWorld(directory), undefined);
                assert.equal(worldStatus(directory).running, false);

                if (part === "emulator") await stopWorld(directory);
                else await start(directory);
                assert.deepEqual(processes.filter(isRunning), []);
                assert.equal(openWorld(directory) !== undefined, part !== "emulator");
            }
        });

        it("of the task runner, the containers that it left behind are ended", async () => {
            const directory = fresh();
            await start(directory);
            const container = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { detached: true, stdio: "ignore" });
            await once(container, "spawn");
            const identity = identify(container.pid!)!;
            killProcess(directory, "task-runner");
            await untilEnded(directory, "task-runner");
            new ProcessRecords(directory).put("0123456789abcdef", [identity.pid]);

            await stopWorld(directory);

            while (isRunning(identity)) await new Promise(setImmediate);
        });

        it("of the program that starts it, at any moment, everything that it started is found and ended", async () => {
            for (const wanted of ["emulator", "task-runner"]) {
                const directory = fresh();
                const script = `
                    require("ts-node/register/transpile-only");
                    const { startWorld } = require("./local/world");
                    void startWorld(${JSON.stringify({ directory, cacheDir: cache, accounts })});`;
                const starter = spawn(process.execPath, ["-e", script], { cwd: projectDirectory, stdio: "ignore" });
                while (!readRecord(directory).processes.some(({ name }) => name === wanted)) await new Promise(setImmediate);
                starter.kill("SIGKILL");
                await once(starter, "exit");
                const { processes } = readRecord(directory);
                assert.equal(openWorld(directory), undefined);

                await stopWorld(directory);

                assert.deepEqual(processes.filter(isRunning), []);
            }
        });
    });

    it("fails on a part that cannot start, with the end of its log, and leaves nothing running", async () => {
        const directory = fresh();
        process.env["UNDERSTUDY_TIME_SCALE"] = "much";
        try {
            await assert.rejects(start(directory), (error: Error) => {
                assert.match(
                    error.message,
                    /^the task-runner ended while it started; the end of .*task-runner\.log:\n {2}UNDERSTUDY_TIME_SCALE: got "much"/,
                );
                return true;
            });
        } finally {
            delete process.env["UNDERSTUDY_TIME_SCALE"];
        }
        assert.deepEqual(worldStatus(directory), { running: false, processes: [] });
    });

    it("fails on no account at all", async () => {
        await assert.rejects(start(fresh(), []), {
            message: "a local world needs at least one account: give the project a settings file of production, staging or dev",
        });
    });

    it("is not there for its own processes before it is started", () => {
        const directory = folder();
        mkdirSync(directory, { recursive: true });
        assert.throws(() => readWorld(directory), {
            message: `there is no local world in ${JSON.stringify(directory)}; start one with understudy local up`,
        });
    });
});
