import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup } from "../processes";
import type { Launch } from "./launch";

/** Longest time that output may still come from after the last process of a container has ended. */
const outputGraceInMs = 2_000;

/** A container of a task, whatever runs it. */
export interface RunningContainer {
    /** Leader of its process group; absent for one that Docker runs. */
    readonly pid?: number;
    /** Standard output and standard error. */
    readonly outputs: readonly Readable[];
    /** The exit code when it has ended; 128 and the signal's number when a signal ended it. */
    readonly exited: Promise<number>;
    /** Asks it to end, and ends it when it has not after `patienceInMs`. Returns the exit code. */
    stop(patienceInMs: number): Promise<number>;
}

/**
 * Starts a container as a process with a process group of its own. What a container engine would keep apart, it shares with the whole
 * machine: user, file system, memory and network. Throws when the program cannot be started, in the words of a container engine.
 */
export async function startContainer(launch: Launch): Promise<RunningContainer> {
    const child = spawn(launch.program, launch.args, {
        cwd: launch.cwd,
        env: launch.env,
        detached: true, // a process group of its own, so that what it starts ends with it
        stdio: ["ignore", "pipe", "pipe"],
    });
    try {
        await once(child, "spawn");
    } catch (error) {
        throw new Error(explainSpawnError(error as NodeJS.ErrnoException, launch), { cause: error });
    }
    const pid = child.pid ?? 0;
    const outputs = [child.stdout, child.stderr];
    const exited = watchExit(child, pid, outputs);
    return {
        pid,
        outputs,
        exited,
        stop: async (patienceInMs) => {
            signalGroup(pid, "SIGTERM");
            const patience = new AbortController();
            const impatience = sleep(patienceInMs, undefined, { signal: patience.signal }).then(
                () => {
                    signalGroup(pid, "SIGKILL");
                },
                () => undefined, // it ended in time
            );
            const code = await exited;
            patience.abort();
            await impatience;
            return code;
        },
    };
}

/** As in a container, everything ends with the first process. */
async function watchExit(child: ChildProcess, pid: number, outputs: readonly Readable[]): Promise<number> {
    const closed = new Promise((resolve) => child.once("close", resolve));
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    signalGroup(pid, "SIGKILL");
    const deadline = setTimeout(() => {
        for (const output of outputs) output.destroy(); // held open by a process that left the group
    }, outputGraceInMs);
    void closed.then(() => {
        clearTimeout(deadline);
    });
    return code ?? 128 + signalNumber(signal);
}

function signalNumber(signal: NodeJS.Signals | null): number {
    return signal === null ? 0 : constants.signals[signal];
}

function explainSpawnError({ code, message }: NodeJS.ErrnoException, { program, cwd }: Launch): string {
    const start = `failed to create task for container: exec: "${program}"`;
    if (code === "ENOENT") return `${start}: executable file not found in $PATH, or working directory ${cwd} does not exist`;
    if (code === "EACCES") return `${start}: permission denied`;
    return `${start}: ${message}`;
}
