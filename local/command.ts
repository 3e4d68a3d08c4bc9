import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { limit } from "./limit";
import { signalGroup } from "./processes";
import { pause } from "./tasks/pause";

export interface CommandOptions {
    readonly cwd?: string;
    /** Complete: nothing of this process's own environment is added. */
    readonly env: NodeJS.ProcessEnv;
    /** How long it may take, in milliseconds. */
    readonly timeout: number;
    /** Ends it before. */
    readonly signal?: AbortSignal | undefined;
}

/** How long a program may take to end when it is asked to. */
const patienceInMs = 5_000;
/** So many of the last lines that a program wrote say what was wrong. */
const linesOfReason = 3;

/** A program has not ended well. The message ends with the last lines of its standard error. */
export class CommandError extends Error {
    override readonly name = "CommandError";

    /** `how` it ended: with an exit code, or by a signal. */
    constructor(command: string, how: string, stderr: string) {
        const lines = stderr.trim().split("\n").slice(-linesOfReason).join("; ");
        super(lines === "" ? `${command} ended with ${how}` : lines);
    }
}

/**
 * Runs a program to its end and returns what it wrote to standard output. It leads a process group of its own, so that it can be ended with
 * all that it has started: when it fails or takes too long, and when the signal comes. Whatever the reason of a failure, nothing of it runs
 * any more then. Fails with a `CommandError` when its exit code is not 0, with the signal's reason, or with the system's when it cannot be started.
 */
export async function runCommand(command: string, args: readonly string[], { cwd, env, timeout, signal }: CommandOptions): Promise<string> {
    using limited = limit(timeout, signal);
    limited.signal.throwIfAborted();
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const exited = new Promise((resolve) => child.once("exit", resolve));
    let ending: Promise<void> | undefined;
    limited.signal.addEventListener("abort", () => void (ending = endAll(child.pid, exited)), { once: true });
    try {
        const [code, by] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
        limited.signal.throwIfAborted();
        const [stdout, stderr] = await output;
        if (code !== 0) throw new CommandError(command, by ?? `exit code ${code}`, stderr);
        return stdout;
    } catch (error) {
        ending ??= endAll(child.pid, exited);
        throw error;
    } finally {
        await ending;
    }
}

/**
 * Ends a process group: politely, as long as its first process has not ended, and then for good. By the child itself and not by an identity, as
 * for processes of others: one that is this short-lived may have ended before anybody could look at it.
 */
async function endAll(leader: number | undefined, exited: Promise<unknown>): Promise<void> {
    if (leader === undefined) return; // it never started
    signalGroup(leader, "SIGTERM");
    const patience = new AbortController();
    await Promise.race([exited, pause(patienceInMs, patience.signal)]);
    patience.abort();
    signalGroup(leader, "SIGKILL");
}
