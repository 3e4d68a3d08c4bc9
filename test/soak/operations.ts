import { setTimeout as sleep } from "node:timers/promises";
import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import { exitCodes, UnderstudyError, type ErrorKind } from "../../automation/index";
import { readLocks } from "../../automation/state/locks";
import type { StateStore } from "../../automation/state/store";
import { branchId, branchStack } from "../../model/names";
import { projectDirectory, type Stage } from "../engine/stage";
import type { Random } from "./random";

export const releases = ["blue", "green"] as const;

const interruptions = ["SIGINT of the tool", "SIGINT of the engine", "SIGKILL of the tool", "SIGKILL of the engine", "SIGKILL of both"] as const;
type Interruption = (typeof interruptions)[number];

/** One call that somebody might make for a branch, or for all, and what becomes of it on the way. */
export interface Operation {
    readonly command: "up" | "down" | "sweep";
    /** Tag of the images of `up`. */
    readonly release: string;
    readonly interruption?: Interruption;
    /** When it is interrupted, as a part of the time it usually takes. */
    readonly moment: number;
}

/** How an operation ended. */
export interface Outcome {
    readonly operation: Operation;
    /** `killed`: its process could say nothing any more. `unexpected`: a failure that is none of the documented kinds. */
    readonly end: "done" | "killed" | "unexpected" | ErrorKind;
    /** What it said when it failed. */
    readonly message: string;
    readonly seconds: number;
}

/** Half of the operations are interrupted, and of twelve of them eight make or update, three remove, and one sweeps. */
export function randomOperation(random: Random): Operation {
    const chance = random.next();
    const command = chance < 8 / 12 ? "up" : chance < 11 / 12 ? "down" : "sweep";
    const release = random.pick(releases);
    const [interrupted, interruption, moment] = [random.next() < 1 / 2, random.pick(interruptions), random.next()];
    return { command, release, moment, ...(interrupted && { interruption }) };
}

export interface Surroundings {
    readonly stage: Stage;
    /** Staging's. */
    readonly store: StateStore;
    /** How long each command takes undisturbed, in seconds: what it took last, but waiting for others is not the rule. */
    readonly usual: Record<Operation["command"], number>;
}

/** Carries out one operation for a branch. Never rejects. */
export async function carryOut(surroundings: Surroundings, branch: string, operation: Operation): Promise<Outcome> {
    const begin = performance.now();
    const ended = await (operation.interruption === undefined ? undisturbed(surroundings, branch, operation) : interrupted(surroundings, branch, operation, operation.interruption));
    const seconds = (performance.now() - begin) / 1000;
    if (operation.interruption === undefined && ended.end === "done") surroundings.usual[operation.command] = Math.min(seconds, 2 * surroundings.usual[operation.command]);
    return { operation, seconds, ...ended };
}

type Ended = Pick<Outcome, "end" | "message">;

/** Within this process, so that whatever a call keeps is seen to grow. */
async function undisturbed({ stage }: Surroundings, branch: string, { command, release }: Operation): Promise<Ended> {
    try {
        const { branch: calls } = stage.api();
        if (command === "up") await calls.up({ branch, release });
        else if (command === "down") await calls.down({ branch });
        else await calls.sweep({ apply: true });
        return { end: "done", message: "" };
    } catch (error) {
        if (error instanceof UnderstudyError) return { end: error.kind, message: error.message };
        return { end: "unexpected", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
}

/** As a process of its own, at which signals are sent. */
async function interrupted(surroundings: Surroundings, branch: string, { command, release, moment }: Operation, interruption: Interruption): Promise<Ended> {
    const words = ["branch", command, ...(command === "sweep" ? ["--yes"] : [branch]), "--local", "--json", ...(command === "up" ? ["--image", release] : [])];
    const tool = spawn(path.join(projectDirectory, "bin", "understudy"), words, {
        cwd: projectDirectory,
        env: { ...process.env, UNDERSTUDY_HOME: surroundings.stage.home, CI: "true" },
        stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
        tool.once("error", reject);
        tool.once("exit", resolve);
    });
    const said = text(tool.stderr);
    await sleep(1000 * moment * surroundings.usual[command]);
    await interrupt(tool, interruption, () => engineOf(surroundings.store, branch, tool));
    return endOf(await ended, (await said).trim());
}

async function interrupt(tool: ChildProcess, interruption: Interruption, engine: () => Promise<number | undefined>): Promise<void> {
    switch (interruption) {
        case "SIGINT of the tool":
            tool.kill("SIGINT");
            return;
        case "SIGKILL of the tool":
            tool.kill("SIGKILL");
            return;
        case "SIGINT of the engine":
            return signal(await engine(), "SIGINT");
        case "SIGKILL of the engine":
            return signal(await engine(), "SIGKILL");
        case "SIGKILL of both": {
            const pid = await engine();
            tool.kill("SIGKILL");
            return signal(pid, "SIGKILL");
        }
    }
}

/** The engine that works for a tool, as soon as it has the stack's lock; undefined when the tool ends before. */
async function engineOf(store: StateStore, branch: string, tool: ChildProcess): Promise<number | undefined> {
    while (tool.exitCode === null && tool.signalCode === null) {
        const [lock] = await readLocks(store, "understudy", branchStack(branchId(branch)));
        if (lock?.owner !== undefined) return lock.owner.pid;
        await sleep(20);
    }
    return undefined;
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
    try {
        if (pid !== undefined) process.kill(pid, name);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it has ended meanwhile
    }
}

/** What the exit code of the tool means; null is a signal. */
function endOf(exitCode: number | null, said: string): Ended {
    if (exitCode === null) return { end: "killed", message: "" };
    if (exitCode === 0) return { end: "done", message: "" };
    const [kind] = Object.entries(exitCodes).find(([, code]) => code === exitCode) ?? [];
    const message = said.split("\n").find((line) => line.startsWith("understudy: ")) ?? said;
    return { end: (kind as ErrorKind | undefined) ?? "unexpected", message: kind === undefined ? said : message };
}
