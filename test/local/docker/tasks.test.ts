import { StopTaskCommand } from "@aws-sdk/client-ecs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Docker } from "../../../local/docker/docker";
import { imageLabel, removeContainers, removeImages, taskLabel, worldLabel } from "../../../local/docker/labels";
import type { TaskView } from "../../../local/emulator/views";
import { identify } from "../../../local/processes";
import { ensureBuilt } from "../../../local/project";
import { resetWorld, stopWorld } from "../../../local/world";
import { type WorldFacts, type WorldRecord, writeRecord } from "../../../local/worldFile";
import { place } from "../emulator/support";
import { serverSource, Stage, tasksOf, urlOf } from "../tasks/stage";
import { temporaryFolder } from "../tasks/support";
import { dockerOrSkip, makeBaseImage } from "./support";

const base = `understudy-test-base:${process.pid}`;
/** Of everything that these tests build, also halfway. */
const label = `understudy.test=${process.pid}`;
const secret = "-----BEGIN KEY-----\nline \"two\" = $x\n-----END KEY-----\n";

/** The RUN step makes a file that is nowhere in the context, so that only a build has it; it may overwrite what the context brought. */
const dockerfile = `
FROM ${base}
WORKDIR /srv/shop
COPY --chown=node . .
ARG REVISION=unknown
ENV PATH=/srv/bin:$PATH
USER node
RUN echo "built from $REVISION" > /tmp/made && echo "// changed" >> server.mjs
CMD ["node", "server.mjs"]
`;

describe("tasks as containers", function () {
    this.timeout(60_000);
    const shim = join(temporaryFolder(), "bin");
    const path = process.env.PATH;
    const stage = Stage.make({
        docker: async (hook) => {
            const docker = await dockerOrSkip(hook);
            await makeBaseImage(docker, base, label);
            return docker;
        },
    });
    let docker: Docker;
    let image: string;

    before(async () => {
        docker = stage.docker!;
        image = await stage.publish({ "server.mjs": serverSource, Dockerfile: dockerfile });
        await new SSMClient(stage.emulator.staging).send(new PutParameterCommand({ Name: "/shop/KEY", Value: secret, Type: "SecureString" }));
        writeCommandLog();
    });
    after(async () => {
        process.env.PATH = path;
        if (stage.docker === undefined) return;
        await removeContainers(docker, worldLabel(stage.worldDirectory));
        await removeImages(docker, label);
    });

    /** From now on every command line of `docker` is written down. */
    function writeCommandLog(): void {
        mkdirSync(shim);
        const real = path!.split(":").map((folder) => join(folder, "docker")).find((file) => existsSync(file))!;
        writeFileSync(join(shim, "docker"), `#!/bin/sh\nprintf '%s\\n' "$*" >> ${shim}/log\nexec ${real} "$@"\n`);
        chmodSync(join(shim, "docker"), 0o755);
        process.env.PATH = `${shim}:${path!}`;
    }

    const runningTask = (service: string): Promise<TaskView> =>
        stage.until(`${service} runs`, (ecs) => tasksOf(ecs, service).find(({ lastStatus }) => lastStatus === "RUNNING"));
    const get = async (task: TaskView, page: string): Promise<string> =>
        stage.until(`${page} answers`, async () => (await fetch(urlOf(task, page)).catch(() => undefined))?.text());
    /** Names of all that Docker has of a world or task. */
    const left = async (owner: string): Promise<readonly string[]> => {
        const filter = ["--filter", `label=${owner}`];
        const lists = [["ps", "--all", "--format", "{{.Names}}", ...filter], ["volume", "ls", "--quiet", ...filter]];
        return (await Promise.all(lists.map((list) => docker.run(list)))).flatMap((text) => text.split("\n").filter(Boolean)).sort();
    };

    it("runs what the Dockerfile's steps made, behind a load balancer", async () => {
        const definition = await stage.define("built", { image, linuxParameters: { initProcessEnabled: true } });
        const group = await stage.targetGroup("built", { HealthCheckPath: "/health" });
        const loadBalancers = [{ targetGroupArn: group, containerName: "main", containerPort: 8080 }];
        await stage.createService({ serviceName: "built", taskDefinition: definition, loadBalancers });
        await stage.untilCompleted("built", definition);
        const task = await runningTask("built");
        assert.deepEqual(await stage.targetHealth(group), ["healthy"]);
        assert.equal(await get(task, `/file/${encodeURIComponent("/tmp/made")}`), `built from ${"0".repeat(40)}\n`);
        assert.deepEqual(await left(taskLabel(task.taskId)), [`understudy-${task.taskId}-main`]);
        await stage.deleteService("built");
        await stage.untilStopped(task.taskId);
        assert.deepEqual(await left(taskLabel(task.taskId)), []);
    });

    it("gives a container its environment, secrets with line breaks too, and shows none of them in a command line", async () => {
        const definition = await stage.define("inside", {
            image,
            workingDirectory: "/tmp",
            command: ["node", "/srv/shop/server.mjs"],
            environment: [
                { name: "HOME", value: "/srv/home" },
                { name: "DOCKER_HOST", value: "not for the command" },
                { name: "EMPTY", value: "" },
                { name: "SPACES", value: "  #two words " },
            ],
            secrets: [{ name: "KEY", valueFrom: "/shop/KEY" }],
        });
        await stage.createService({ serviceName: "inside", taskDefinition: definition });
        const { env, cwd } = JSON.parse(await get(await runningTask("inside"), "/env")) as { env: Record<string, string>; cwd: string };
        assert.deepEqual(
            [env.KEY, env.HOME, env.DOCKER_HOST, env.EMPTY, env.SPACES, env.PATH!.split(":")[0], env.AWS_REGION, env.AWS_ENDPOINT_URL, cwd],
            [secret, "/srv/home", "not for the command", "", "  #two words ", "/srv/bin", "eu-west-1", stage.emulator.operator.endpoint, "/tmp"],
        );
        assert.equal(env.UNDERSTUDY_TASKS, undefined);
        assert.equal(env.TMPDIR, undefined);
        const credentials = await fetch(env.AWS_CONTAINER_CREDENTIALS_FULL_URI!, { headers: { authorization: env.AWS_CONTAINER_AUTHORIZATION_TOKEN! } });
        assert.equal(credentials.status, 200);

        const commands = readFileSync(join(shim, "log"), "utf8");
        assert.match(commands, /^create .*--env KEY /m);
        for (const hidden of ["END KEY", "not for the command", "two words", env.AWS_CONTAINER_AUTHORIZATION_TOKEN!]) assert.ok(!commands.includes(hidden), hidden);
        const files = readdirSync(stage.worldDirectory, { recursive: true, encoding: "utf8" });
        assert.deepEqual(files.filter((file) => file.endsWith(".env")), []);
        await stage.deleteService("inside");
    });

    it("replaces a container that crashes", async () => {
        await stage.createService({ serviceName: "crashing", taskDefinition: await stage.define("crashing", { image }) });
        const first = await runningTask("crashing");
        await get(first, "/");
        await fetch(urlOf(first, "/exit/3")).catch(() => undefined);
        const stopped = await stage.untilStopped(first.taskId);
        assert.deepEqual([stopped.stopCode, stopped.containers[0]!.exitCode], ["EssentialContainerExited", 3]);
        assert.equal(await get(await runningTask("crashing"), "/"), "hello");
        await stage.deleteService("crashing");
    });

    it("replaces a container that fails its own check", async () => {
        const script = "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))";
        const definition = await stage.define("frail", { image, healthCheck: { command: ["CMD", "node", "-e", script], interval: 5, retries: 2 } });
        await stage.createService({ serviceName: "frail", taskDefinition: definition });
        await stage.untilCompleted("frail", definition);
        const first = await runningTask("frail");
        await fetch(urlOf(first, "/health/500"));
        const stopped = await stage.untilStopped(first.taskId);
        assert.deepEqual([stopped.stoppedReason, stopped.healthStatus], ["Task failed container health checks", "UNHEALTHY"]);
        await stage.deleteService("frail");
    });

    it("ends a container that is stopped: asked first, then forced", async () => {
        const ids = [
            await stage.runTask(await stage.define("polite", { image })),
            await stage.runTask(await stage.define("stubborn", { image, environment: [{ name: "STUBBORN", value: "yes" }], stopTimeout: 2 })),
        ];
        const tasks = await Promise.all(
            ids.map((id) => stage.until("it runs", ({ tasks }) => tasks.find(({ taskId, lastStatus }) => taskId === id && lastStatus === "RUNNING"))),
        );
        for (const task of tasks) await get(task, "/");
        for (const task of ids) await stage.ecs.send(new StopTaskCommand({ cluster: "staging", task, reason: "enough" }));
        const stopped = await Promise.all(ids.map((id) => stage.untilStopped(id)));
        assert.deepEqual(stopped.map(({ stopCode, containers }) => [stopCode, containers[0]!.exitCode]), [["UserInitiated", 0], ["UserInitiated", 137]]);
        assert.deepEqual(await stage.logLines(`polite/main/${ids[0]!}`), ["ending"]);
    });

    it("lets the containers of a task share a volume, which ends with the task", async () => {
        const mountPoints = [{ sourceVolume: "data", containerPath: "/tmp/data" }];
        const definition = await stage.define(
            "sharing",
            { image, mountPoints: [{ ...mountPoints[0], readOnly: true }], dependsOn: [{ containerName: "prepare", condition: "SUCCESS" }] },
            { name: "prepare", image, essential: false, user: "root", mountPoints, command: ["/bin/sh", "-c", "echo shared > /tmp/data/file"] },
        );
        await stage.createService({ serviceName: "sharing", taskDefinition: definition });
        const task = await runningTask("sharing");
        assert.equal(await get(task, `/file/${encodeURIComponent("/tmp/data/file")}`), "shared\n");
        const names = ["main", "prepare", "data"].map((name) => `understudy-${task.taskId}-${name}`);
        assert.deepEqual(await left(taskLabel(task.taskId)), names.sort());
        await stage.deleteService("sharing");
        await stage.untilStopped(task.taskId);
        assert.deepEqual(await left(taskLabel(task.taskId)), []);
    });

    it("makes a container as its definition says", async () => {
        const script = `
            const { readFileSync, writeFileSync } = require("node:fs");
            const mounts = readFileSync("/proc/mounts", "utf8");
            const size = (path) => /size=\\w+/.exec(mounts.split("\\n").find((line) => line.includes(" " + path + " ")))[0];
            let readOnly = "no"; try { writeFileSync("/etc/x", ""); } catch ({ code }) { readOnly = code; }
            console.log(process.getuid(), readOnly, size("/run/cache"), size("/dev/shm"), /open files +\\d+ +\\d+/.exec(readFileSync("/proc/self/limits", "utf8"))[0].replace(/ +/g, " "));
        `;
        const id = await stage.runTask(
            await stage.define("limits", {
                ...{ image, entryPoint: ["node"], command: ["-e", script], user: "0", readonlyRootFilesystem: true },
                linuxParameters: { tmpfs: [{ containerPath: "/run/cache", size: 8, mountOptions: ["noexec"] }], sharedMemorySize: 16 },
                ulimits: [{ name: "nofile", softLimit: 600, hardLimit: 600 }],
            }),
        );
        await stage.untilStopped(id);
        assert.deepEqual(await stage.logLines(`limits/main/${id}`), ["0 EROFS size=8192k size=16384k open files 600 600"]);
    });

    it("fails on a program that is not there, and on an image that nobody has, with ECS's reason", async () => {
        const program = await stage.untilStopped(await stage.runTask(await stage.define("nothing", { image, command: ["nothing-like-this"] })));
        assert.equal(program.stopCode, "TaskFailedToStart");
        assert.match(program.stoppedReason!, /^CannotStartContainerError: failed to create .*exec: "nothing-like-this": executable file not found in \$PATH/);
        assert.deepEqual(await left(taskLabel(program.taskId)), []);
        const reference = "127.0.0.1:9/nobody/nothing:1.0";
        const { stoppedReason } = await stage.untilStopped(await stage.runTask(await stage.define("foreign", { image: reference })));
        assert.ok(stoppedReason!.startsWith(`CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reference}: `), stoppedReason);
    });

    it("runs an image of somebody else that Docker has", async () => {
        const id = await stage.runTask(await stage.define("other", { image: base, command: ["node", "-p", "'as it is'"] }));
        await stage.untilStopped(id);
        assert.deepEqual(await stage.logLines(`other/main/${id}`), ["as it is"]);
    });

    it("runs an image that cannot be built as a process, and says why", async () => {
        const files = { "server.mjs": serverSource, Dockerfile: `FROM ${base}\nWORKDIR /srv\nCOPY . .\nRUN echo "a word" && exit 3\nCMD ["node", "server.mjs"]\n` };
        const unbuilt = await stage.publish(files);
        const problem = stage.notBuilt.at(-1)!;
        const [, reason = "", log = ""] = /^test cannot be built, so it runs as a process: (.+) \((\/.+)\)$/.exec(problem) ?? assert.fail(problem);
        assert.match(reason, /exit 3.*: 3$/);
        assert.match(readFileSync(log, "utf8"), /^a word$/m);
        await stage.createService({ serviceName: "unbuilt", taskDefinition: await stage.define("unbuilt", { image: unbuilt }) });
        const task = await runningTask("unbuilt");
        const { cwd } = JSON.parse(await get(task, "/env")) as { cwd: string };
        assert.ok(cwd.startsWith(stage.worldDirectory), cwd);
        assert.deepEqual(await left(taskLabel(task.taskId)), []);
        await stage.deleteService("unbuilt");
    });

    it("builds an image once, and again when it is gone", async () => {
        const files = { "server.mjs": serverSource, Dockerfile: dockerfile };
        const builds = (): number => readFileSync(join(shim, "log"), "utf8").split("\n").filter((line) => line.startsWith("build ")).length;
        const before = builds();
        await Promise.all([stage.publish(files), stage.publish(files)]);
        assert.equal(builds(), before);
        const list = ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "--filter", `label=${imageLabel(stage.worldDirectory)}`];
        const [tag = ""] = (await docker.run(list)).split("\n");
        await docker.run(["image", "rm", "--force", tag]);
        await Promise.all([stage.publish(files), stage.publish(files)]);
        assert.equal(builds(), before + 1);
    });

    describe("with a runner of its own process", () => {
        const facts = (): WorldFacts => ({ endpoint: stage.emulator.operator.endpoint, frontDoorPort: 0, region: place.region, kinds: ["staging"], engineDirectory: "" });
        const world = worldLabel(stage.worldDirectory);
        const images = (): Promise<string> => docker.run(["image", "ls", "--quiet", "--filter", `label=${imageLabel(stage.worldDirectory)}`]);

        before(async () => {
            await stage.runner?.stop();
            stage.runner = undefined;
        });

        /** A runner that leads a process group, as in a world, and is written down like one. */
        function startRunner(): ChildProcess {
            const record: WorldRecord = { facts: facts(), docker: docker.daemon, complete: true, processes: [] };
            writeRecord(stage.worldDirectory, record);
            const child = spawn(process.execPath, [join(ensureBuilt(), "local/tasks/main.js")], {
                env: { ...process.env, UNDERSTUDY_WORLD_DIRECTORY: stage.worldDirectory, UNDERSTUDY_TIME_SCALE: "0.05" },
                stdio: "ignore",
                detached: true,
            });
            writeRecord(stage.worldDirectory, { ...record, processes: [{ ...identify(child.pid!)!, name: "task-runner", log: "" }] });
            return child;
        }

        async function startService(serviceName: string): Promise<TaskView> {
            const mountPoints = [{ sourceVolume: "data", containerPath: "/data" }];
            await stage.createService({ serviceName, taskDefinition: await stage.define(serviceName, { image, mountPoints }) });
            const task = await runningTask(serviceName);
            await get(task, "/");
            return task;
        }

        it("hears a container's last words when all of the runner's process group is asked to end", async () => {
            const runner = startRunner();
            const { taskId } = await startService("ended");
            const exit = once(runner, "exit");
            process.kill(-runner.pid!, "SIGTERM");
            await exit;
            const { containers, stopCode } = await stage.untilStopped(taskId);
            assert.deepEqual([stopCode, containers[0]!.exitCode], ["TerminationNotice", 0]);
            assert.deepEqual(await stage.logLines(`ended/main/${taskId}`), ["ending"]);
            assert.deepEqual(await left(world), []);
            await stage.deleteService("ended");
        });

        it("leaves no container, volume or process after local down when it was killed, and no image after local reset", async () => {
            const runner = startRunner();
            const { taskId } = await startService("orphaned");
            const exit = once(runner, "exit");
            runner.kill("SIGKILL");
            await exit;
            assert.deepEqual(await left(world), [`understudy-${taskId}-data`, `understudy-${taskId}-main`]);

            await stopWorld(stage.worldDirectory);
            assert.deepEqual(await left(world), []);
            await stage.until("its commands have ended", () => !commandLines().some((line) => line.includes(taskId)));

            assert.notEqual(await images(), "");
            await resetWorld(stage.worldDirectory);
            assert.equal(await images(), "");
        });
    });
});

/** Arguments of every process of this machine. */
function commandLines(): readonly string[] {
    return readdirSync("/proc").flatMap((name) => {
        try {
            return /^\d+$/.test(name) ? [readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ")] : [];
        } catch {
            return []; // it has ended since
        }
    });
}
