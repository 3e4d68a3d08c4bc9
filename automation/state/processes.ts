import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import { promisify } from "node:util";

/** Ticks per second in which Linux counts; the same on every architecture that Node.js runs on. */
const ticksPerSecond = 100;

/** When a process of this machine began: "gone" when there is none, "unknown" when there is one of which this cannot be read. */
export async function processStart(pid: number): Promise<Date | "gone" | "unknown"> {
    if (!exists(pid)) return "gone";
    if (process.platform !== "linux") return processStartByPs(pid);
    try {
        const [stat, system] = await Promise.all([fs.readFile(`/proc/${pid}/stat`, "utf8"), fs.readFile("/proc/stat", "utf8")]);
        return parseProcStat(stat, system);
    } catch {
        return exists(pid) ? "unknown" : "gone";
    }
}

/** Reads `/proc/<pid>/stat` and `/proc/stat`. */
export function parseProcStat(stat: string, system: string): Date | "gone" | "unknown" {
    const fields = parseProcFields(stat);
    if (fields[0] === "Z") return "gone"; // it has ended, and only its parent has not looked yet
    const ticks = Number(fields[19]);
    const boot = Number(/^btime (\d+)$/m.exec(system)?.[1]);
    return Number.isFinite(ticks) && Number.isFinite(boot) ? new Date((boot + ticks / ticksPerSecond) * 1000) : "unknown";
}

/** The fields of `/proc/<pid>/stat` from the state on. The command's name before it may hold spaces and brackets, so the last bracket counts. */
export function parseProcFields(stat: string): readonly string[] {
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

async function processStartByPs(pid: number): Promise<Date | "gone" | "unknown"> {
    try {
        const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)], { env: { LC_ALL: "C", PATH: "/usr/bin:/bin" } });
        const start = new Date(stdout.trim());
        return Number.isNaN(start.getTime()) ? "unknown" : start;
    } catch {
        return exists(pid) ? "unknown" : "gone";
    }
}

function exists(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM"; // it is there and somebody else's
    }
}
