import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { endGroup, identify } from "./processes";

export interface CommandOptions {
    readonly cwd?: string;
    /** Complete: nothing of this process's own environment is added. */
    readonly env: NodeJS.ProcessEnv;
    /** How long it may take, in milliseconds. */
    readonly timeout: number;
    /** Ends it before. */
    readonly signal?: AbortSignal | undefined;
}

/** A program has not ended well. */
export class CommandError extends Error {
    constructor(
        command: string,
        /** How it ended: with an exit code, or by a signal. */
        how: string,
        readonly stderr: string,
    ) {
        super(`${command} ended with ${how}`);
        this.name = "CommandError";
    }
}

/**
 * Runs a program to its end and returns what it wrote to standard output. It leads a process group of its own, so that it can be ended with
 * all that it has started: when it takes too long, and when the signal comes. Whatever the reason of a failure, nothing of it runs any more
 * then. Fails with a `CommandError` when its exit code is not 0, with the signal's reason, or with the system's when it cannot be started.
 */
export async function runCommand(command: string, args: readonly string[], { cwd, env, timeout, signal }: CommandOptions): Promise<string> {
    const limit = AbortSignal.any([AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])]);
    limit.throwIfAborted();
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    const end = (): void => void (identity && endGroup(identity));
    limit.addEventListener("abort", end, { once: true });
    try {
        const [code, by] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
        limit.throwIfAborted();
        const [stdout, stderr] = await output;
        if (code !== 0) throw new CommandError(command, by ?? `exit code ${code}`, stderr);
        return stdout;
    } finally {
        limit.removeEventListener("abort", end);
    }
}
