import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TaskView } from "../../../local/emulator/views";
import { type Forward, forward } from "../../../local/tasks/loopback";
import { endStrayTasks } from "../../../local/tasks/strays";
import { isRunning, type ProcessIdentity } from "../../../local/processes";
import { ensureBuilt } from "../../../local/project";
import { nothing, type WorldRecord, writeRecord } from "../../../local/worldFile";
import { place } from "../emulator/support";
import { Stage, tasksOf, urlOf } from "./stage";

interface RunnerProcess {
    readonly child: ChildProcess;
    readonly lines: string[];
    /** Waits for a line of its log. */
    said(pattern: RegExp): Promise<string>;
}

describe("task runner: the process", function () {
    this.timeout(30_000);
    const stage = Stage.make({ runner: false });
    const runners: ChildProcess[] = [];
    let detour: Forward | undefined;
    let detourPort: number;
    let record: WorldRecord;

    before(async () => {
        detourPort = Number(new URL(stage.emulator.operator.endpoint).port);
        await openDetour();
        const facts = {
            endpoint: `http://127.9.9.9:${detourPort}`,
            frontDoorPort: 0,
            region: place.region,
            kinds: ["staging"],
            engineDirectory: "",
        };
        record = { facts, complete: false, processes: [] };
        writeRecord(stage.worldDirectory, record);
    });
    afterEach(async () => {
        for (const { serviceName } of (await stage.emulator.control.ecs()).services) await stage.deleteService(serviceName);
        const left = runners.splice(0).filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
        for (const child of left) child.kill();
        await Promise.all(left.map((child) => once(child, "exit")));
        await endStrayTasks(stage.worldDirectory, undefined);
    });
    after(() => detour?.close());

    /** Another address of the emulator, which can be closed. */
    async function openDetour(): Promise<void> {
        detour = await forward("127.9.9.9", detourPort, () => ({ host: "127.0.0.1", port: detourPort }));
    }

    function startRunner(): RunnerProcess {
        const main = join(ensureBuilt(), "local/tasks/main.js");
        const child = spawn(process.execPath, [main], {
            env: {
                ...process.env,
                UNDERSTUDY_WORLD_DIRECTORY: stage.worldDirectory,
                UNDERSTUDY_TIME_SCALE: "0.05",
                AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
            },
            stdio: ["ignore", "pipe", "pipe"],
        });
        runners.push(child);
        const lines: string[] = [];
        const waiting = new Set<() => void>();
        for (const output of [child.stdout, child.stderr]) {
            createInterface(output).on("line", (line) => {
                lines.push(line);
                for (const look of waiting) look();
            });
        }
        const said = (pattern: RegExp): Promise<string> =>
            new Promise((resolve) => {
                const look = (): void => {
                    const line = lines.find((known) => pattern.test(known));
                    if (line !== undefined) resolve(line);
                };
                waiting.add(look);
                look();
            });
        return { child, lines, said };
    }

    async function startService(name: string): Promise<TaskView> {
        const definition = await stage.define(name);
        await stage.createService({ serviceName: name, taskDefinition: definition });
        await stage.untilCompleted(name, definition);
        return tasksOf(await stage.emulator.control.ecs(), name)[0]!;
    }

    function processesOf(taskId: string): readonly ProcessIdentity[] {
        return JSON.parse(
            readFileSync(join(stage.worldDirectory, "tasks/processes", `${taskId}.json`), "utf8"),
        ) as readonly ProcessIdentity[];
    }

    it("ends all its tasks on SIGTERM, and says so", async () => {
        const runner = startRunner();
        const task = await startService("ended");
        const processes = processesOf(task.taskId);
        assert.equal(processes.length, 1);

        runner.child.kill("SIGTERM");
        assert.deepEqual(await once(runner.child, "exit"), [0, null]);

        assert.deepEqual(processes.filter(isRunning), []);
        const stopped = await stage.untilStopped(task.taskId);
        assert.deepEqual(
            [stopped.stopCode, stopped.stoppedReason, stopped.containers[0]!.exitCode],
            ["TerminationNotice", "The task runner was stopped", 0],
        );
        assert.deepEqual(readdirSync(join(stage.worldDirectory, "tasks/processes")), []);
        assert.match(runner.lines.at(-1)!, /^\S+Z ended with all tasks$/);
    });

    it("ends what a runner left behind that was killed, and starts it again", async () => {
        const first = startRunner();
        const task = await startService("orphaned");
        const processes = processesOf(task.taskId);
        first.child.kill("SIGKILL");
        await once(first.child, "exit");
        assert.equal(processes.filter(isRunning).length, 1);

        const second = startRunner();
        await second.said(/ended 1 containers of an earlier runner$/);
        const stopped = await stage.untilStopped(task.taskId);
        const [next] = await stage.until("another runs", (ecs) => {
            const tasks = tasksOf(ecs, "orphaned").filter(({ lastStatus }) => lastStatus === "RUNNING");
            return tasks.length === 1 && tasks;
        });

        assert.deepEqual(processes.filter(isRunning), []);
        assert.deepEqual([stopped.stopCode, stopped.stoppedReason], ["TerminationNotice", "The task runner was stopped"]);
        assert.notEqual(next!.taskId, task.taskId);
    });

    it("fails on a second runner for the same world", async () => {
        const first = startRunner();
        await first.said(/running tasks for/);
        const second = startRunner();
        assert.deepEqual(await once(second.child, "exit"), [1, null]);
        await second.said(new RegExp(`^a task runner already works for ${stage.worldDirectory}: process ${first.child.pid!}$`));
    });

    it("fails on a folder without a world and on a wrong time scale", async () => {
        const main = join(ensureBuilt(), "local/tasks/main.js");
        const failing = [
            {
                env: { UNDERSTUDY_WORLD_DIRECTORY: "/nowhere" },
                message: 'there is no local world in "/nowhere"; start one with understudy local up',
            },
            {
                env: { UNDERSTUDY_WORLD_DIRECTORY: stage.worldDirectory, UNDERSTUDY_TIME_SCALE: "fast" },
                message: 'UNDERSTUDY_TIME_SCALE: got "fast"; allowed: a number above 0, up to 1; write 0.1',
            },
        ];
        for (const { env, message } of failing) {
            const child = spawn(process.execPath, [main], {
                env: { ...process.env, ...env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
                stdio: ["ignore", "pipe", "pipe"],
            });
            let said = "";
            child.stderr.on("data", (chunk) => (said += String(chunk)));
            assert.deepEqual(await once(child, "close"), [1, null]);
            assert.equal(said, `${message}\n`);
        }
    });

    it("waits for an emulator that does not answer, keeps its tasks, and catches up", async () => {
        const runner = startRunner();
        const task = await startService("patient");
        detour!.close();
        await runner.said(/the emulator at \S+ does not answer, waiting for it: ./);
        assert.equal(await (await fetch(urlOf(task))).text(), "hello");
        await stage.updateService("patient", { desiredCount: 2 });
        await fetch(urlOf(task, "/exit/0")).catch(() => undefined);

        await openDetour();
        await runner.said(/answers again/);
        await stage.untilStopped(task.taskId);
        await stage.until("both run", (ecs) => tasksOf(ecs, "patient").filter(({ lastStatus }) => lastStatus === "RUNNING").length === 2);
        assert.equal(runner.lines.filter((line) => line.includes("does not answer")).length, 1);
    });

    it("ends with its tasks when its world is gone", async () => {
        const runner = startRunner();
        const task = await startService("abandoned");
        const processes = processesOf(task.taskId);
        writeRecord(stage.worldDirectory, nothing);
        detour!.close();
        assert.deepEqual(await once(runner.child, "exit"), [0, null]);
        assert.deepEqual(processes.filter(isRunning), []);
        await runner.said(/ending: its world is gone$/);
        writeRecord(stage.worldDirectory, record);
        await openDetour();
    });

    it("needs next to no processor time when nothing happens", async function () {
        if (process.platform !== "linux") this.skip();
        const runner = startRunner();
        await startService("idle");
        const ticksOf = (): number => {
            const [, , , , , , , , , , , user, system] = readFileSync(`/proc/${runner.child.pid!}/stat`, "utf8")
                .replace(/\(.*\)/, "()")
                .split(" ");
            return (Number(user) + Number(system)) * 10;
        };
        const before = ticksOf();
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        const milliseconds = ticksOf() - before;
        assert.ok(milliseconds <= 60, `${milliseconds} ms of processor time in 2 s`);
    });
});
