import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that cannot be confused with a later one that got the same number. */
export interface ProcessIdentity {
    readonly pid: number;
    /** When it started, in the system's own words. */
    readonly started: string;
}

const pollInMs = 20;
/** How long a process may take to end by itself before it is killed. */
const patienceInMs = 5_000;

/** The identity of a process that runs now; undefined when there is none, or only what is left of one that has ended. */
export function identify(pid: number): ProcessIdentity | undefined {
    const started = process.platform === "linux" ? startOnLinux(pid) : startElsewhere(pid);
    return started === undefined ? undefined : { pid, started };
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
    const own = identify(process.pid);
    if (own === undefined) throw new Error(`cannot see process ${process.pid}, which is this one: neither /proc nor ps can be read`);
    return own;
}

/** True while exactly this process runs. */
export function isRunning(identity: ProcessIdentity): boolean {
    return identify(identity.pid)?.started === identity.started;
}

/**
 * Ends a process and everything in its process group: asks first, and kills what is still there after `patience` milliseconds. The
 * process must lead its group, as one that was started `detached` does. A process that has ended, or whose number belongs to another
 * one by now, is left alone.
 */
export async function endGroup(identity: ProcessIdentity, patience = patienceInMs): Promise<void> {
    if (!isRunning(identity)) return;
    signalGroup(identity.pid, "SIGTERM");
    const deadline = Date.now() + patience;
    while (isRunning(identity) && Date.now() < deadline) await sleep(pollInMs);
    signalGroup(identity.pid, "SIGKILL"); // also what the first one has left behind
    while (isRunning(identity)) await sleep(pollInMs);
}

/** Sends a signal to a process group; one that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
    try {
        process.kill(-pid, signal);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
}

/** Fields 3 (state) and 22 (start) of /proc/<pid>/stat; field 2 is the program's name in parentheses and may hold anything. */
function startOnLinux(pid: number): string | undefined {
    const stat = readText(`/proc/${pid}/stat`);
    if (stat === undefined) return undefined;
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, started] = [fields[0], fields[19]];
    if (state === "Z" || state === "X" || started === undefined) return undefined;
    return `${started}@${readText("/proc/sys/kernel/random/boot_id")?.trim() ?? ""}`;
}

function startElsewhere(pid: number): string | undefined {
    try {
        const [state, ...started] = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "ignore"],
        })
            .trim()
            .split(/\s+/);
        return state === undefined || state.startsWith("Z") ? undefined : started.join(" ");
    } catch {
        return undefined;
    }
}

function readText(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}
