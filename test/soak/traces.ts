import { execa } from "execa";
import fs from "node:fs";
import type { StateStore } from "../../automation/state/store";
import type { Stage } from "../engine/stage";

/** Everything in which an operation could leave something behind. */
export interface Traces {
    /** What exists in the emulator. */
    readonly inventory: readonly string[];
    /** What the state backend keeps of stacks that are there; what the engine logs of the past grows for ever. */
    readonly state: readonly string[];
    /** Processes that know this stage, by number and command. */
    readonly processes: readonly string[];
}

export async function readTraces(stage: Stage, store: StateStore): Promise<Traces> {
    const [inventory, keys, processes] = await Promise.all([stage.inventory(), store.list(".pulumi/"), processesOf(stage)]);
    return { inventory, state: keys.filter((key) => !key.startsWith(".pulumi/history/")), processes };
}

/** What is there now and was not before, or the other way round, one line each. */
export function differences(before: Traces, now: Traces): readonly string[] {
    return (["inventory", "state", "processes"] as const).flatMap((part) => [
        ...now[part].filter((line) => !before[part].includes(line)).map((line) => `${part}: left behind: ${line}`),
        ...before[part].filter((line) => !now[part].includes(line)).map((line) => `${part}: gone: ${line}`),
    ]);
}

/** Whatever the engine or this program starts for a stage has its folder among its variables or words. Only the words are told. */
async function processesOf({ home }: Stage): Promise<readonly string[]> {
    const withVariables = process.platform === "darwin" ? "-axEww" : "axeww";
    const [all, told] = [await listProcesses(withVariables), await listProcesses("-axww")];
    const known = new Set([...all].filter(([, line]) => line.includes(home)).map(([pid]) => pid));
    return [...told].filter(([pid]) => known.has(pid)).map(([pid, line]) => `${pid} ${line}`);
}

/** Command line by number. */
async function listProcesses(flags: string): Promise<ReadonlyMap<string, string>> {
    const { stdout } = await execa("ps", [flags, "-o", "pid=,command="], { maxBuffer: 1e9 });
    return new Map(stdout.split("\n").map((line) => [line.trim().split(" ", 1).join(""), line.trim().replace(/^\d+ /, "")]));
}

/** What this very process holds. */
export interface Held {
    /** Open files and sockets. */
    readonly handles: number;
    /** Resident memory, in megabytes. */
    readonly megabytes: number;
}

export function readHeld(): Held {
    globalThis.gc?.();
    const handles = fs.existsSync("/proc/self/fd") ? fs.readdirSync("/proc/self/fd").length : process.getActiveResourcesInfo().length;
    return { handles, megabytes: process.memoryUsage.rss() / 1e6 };
}
