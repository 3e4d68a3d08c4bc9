import { spawn } from "node:child_process";
import { open, readFile, truncate } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, isRunning, type ProcessIdentity } from "./processes";

/** One process of a world, while it runs or after it has died. */
export interface WorldProcess extends ProcessIdentity {
    /** @example "emulator" */
    readonly name: string;
    /** Everything it writes. */
    readonly log: string;
}

export interface ProcessPlan {
    readonly name: string;
    readonly command: string;
    readonly args: readonly string[];
    /** Complete: nothing of this process's own environment is added. */
    readonly env: NodeJS.ProcessEnv;
    readonly cwd: string;
    readonly log: string;
}

const pollInMs = 25;
const lastLines = 8;

/** Starts a process that outlives this one and leads a process group of its own. Its log begins empty. */
export async function startProcess({ name, command, args, env, cwd, log }: ProcessPlan): Promise<WorldProcess> {
    const file = await open(log, "a");
    try {
        await truncate(log);
        const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", file.fd, file.fd] });
        await new Promise<void>((resolve, reject) => {
            child.once("spawn", resolve);
            child.once("error", (error) => reject(new Error(`the ${name} could not be started: ${error.message}`, { cause: error })));
        });
        child.unref();
        const identity = child.pid === undefined ? undefined : identify(child.pid);
        if (identity === undefined) throw await failure(name, log, "ended at once");
        return { ...identity, name, log };
    } finally {
        await file.close();
    }
}

/** How long somebody waits. */
export interface Waiting {
    /** In milliseconds. */
    readonly timeout: number;
    /** Ends the waiting before. */
    readonly signal?: AbortSignal | undefined;
}

/**
 * Repeats `probe` until it answers with something, and returns that. Throws with the last lines of the log when the process ends before,
 * or after `timeout` milliseconds; and with the signal's reason when that comes.
 */
export async function whenReady<T>(process: WorldProcess, probe: () => Promise<T | undefined>, { timeout, signal }: Waiting): Promise<T> {
    const deadline = Date.now() + timeout;
    for (;;) {
        signal?.throwIfAborted();
        const answer = await probe();
        if (answer !== undefined) return answer;
        if (!isRunning(process)) throw await failure(process.name, process.log, "ended while it started");
        if (Date.now() > deadline) throw await failure(process.name, process.log, `was not ready after ${timeout / 1000} s`);
        await sleep(pollInMs);
    }
}

/** A probe that answers when somebody accepts connections on a port of this machine. */
export function accepting(port: number): () => Promise<true | undefined> {
    return () =>
        new Promise((resolve) => {
            const socket = connect({ port, host: "127.0.0.1" });
            const end = (answer: true | undefined): void => {
                socket.destroy();
                resolve(answer);
            };
            socket.once("connect", () => end(true));
            socket.once("error", () => end(undefined));
        });
}

/** A probe that answers with the first group of `pattern` when it stands in a log. */
export function logged(log: string, pattern: RegExp): () => Promise<string | undefined> {
    return async () => pattern.exec(await readFile(log, "utf8"))?.[1];
}

async function failure(name: string, log: string, what: string): Promise<Error> {
    const lines = (await readFile(log, "utf8")).trimEnd().split("\n").slice(-lastLines);
    const said = lines.join("\n") === "" ? "it wrote nothing" : `the end of ${log}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
    return new Error(`the ${name} ${what}; ${said}`);
}
