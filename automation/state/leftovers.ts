import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, parseProcFields } from "./processes";

/** One process of this machine. */
export interface ProcessEntry {
    readonly pid: number;
    readonly group: number;
    readonly session: number;
    /** Path of its program, as its first word names it; empty for one that has ended and that its parent has not looked at yet. */
    readonly program: string;
}

/** How long a process may take to end by itself before it is killed. */
const grace = 2_000; // milliseconds
const poll = 20;

/**
 * Ends what an engine has left behind that was killed: its language host, which would wait for it for minutes, the program, which may spin
 * and grow, and its other plugins. Returns how many processes that were. Does nothing while a process has the engine's number: as long as
 * anything is left of a session, the system gives its number to nobody else.
 */
export async function endLeftovers(engine: number): Promise<number> {
    const left = leftBy(engine, await readProcesses());
    if (left.length === 0 || identify(engine) !== undefined) return 0;
    const groups = new Set(left.map(({ group }) => group));
    const stubborn = await restAfter(groups, "SIGTERM");
    return left.length - (stubborn === 0 ? 0 : await restAfter(groups, "SIGKILL"));
}

/**
 * The processes that a dead engine has left: its plugins, each of which leads a group, with all that is in these groups. An engine that
 * this tool starts leads a session, which its plugins stay in.
 */
export function leftBy(engine: number, processes: readonly ProcessEntry[]): readonly ProcessEntry[] {
    const plugins = processes.filter(({ pid, group, program }) => pid === group && path.basename(program).startsWith("pulumi-"));
    const lost = plugins.filter(({ session }) => session === engine);
    const groups = new Set(lost.map(({ group }) => group));
    return processes.filter(({ group, program }) => groups.has(group) && program !== "");
}

/** Sends a signal to the groups, and tells how many processes of them are still there after the time of grace. */
async function restAfter(groups: ReadonlySet<number>, signal: NodeJS.Signals): Promise<number> {
    for (const group of groups) signalGroup(group, signal);
    for (const deadline = Date.now() + grace; ; await sleep(poll)) {
        const processes = await readProcesses();
        const rest = processes.filter(({ group, program }) => groups.has(group) && program !== "").length;
        if (rest === 0 || Date.now() > deadline) return rest;
    }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
    try {
        process.kill(-group, signal);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== "ESRCH" && code !== "EPERM") throw error; // gone, or another user's, who alone can end it
    }
}

/** All processes; none where the system tells no sessions, as on macOS: nobody can say there whose plugin one is. */
async function readProcesses(): Promise<readonly ProcessEntry[]> {
    return process.platform === "linux" ? readProc() : [];
}

async function readProc(): Promise<readonly ProcessEntry[]> {
    const numbers = (await fs.readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const entries = await Promise.all(
        numbers.map(async (pid) => {
            const files = ["stat", "cmdline"].map((name) => fs.readFile(`/proc/${pid}/${name}`, "utf8"));
            const [stat = "", words = ""] = await Promise.all(files).catch(() => []); // it has ended since
            return stat === "" ? [] : [parseProc(Number(pid), stat, words)];
        }),
    );
    return entries.flat();
}

/** Reads `/proc/<pid>/stat` and `/proc/<pid>/cmdline`. */
export function parseProc(pid: number, stat: string, words: string): ProcessEntry {
    const [, , group, session] = parseProcFields(stat);
    return { pid, group: Number(group), session: Number(session), program: words.split("\0", 1).join("") };
}
