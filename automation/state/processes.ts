import { execFileSync } from "node:child_process";
import fs from "node:fs";

/** A process that cannot be confused with a later one that got the same number. */
export interface ProcessIdentity {
    readonly pid: number;
    /** When it started, in the system's own words: no clock that somebody sets changes them. */
    readonly started: string;
}

/** The identity of a process of this machine; undefined when there is none, or only what is left of one that has ended. */
export function identify(pid: number): ProcessIdentity | undefined {
    const started = process.platform === "linux" ? startOnLinux(pid) : startElsewhere(pid);
    return started === undefined ? undefined : { pid, started };
}

/** True while exactly this process runs. */
export function isRunning(identity: ProcessIdentity): boolean {
    return identify(identity.pid)?.started === identity.started;
}

/** The fields of `/proc/<pid>/stat` from the state on. The command's name before it may hold spaces and brackets, so the last bracket counts. */
export function parseProcFields(stat: string): readonly string[] {
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Ticks since the machine started, and which start of the machine that was. */
function startOnLinux(pid: number): string | undefined {
    const stat = readText(`/proc/${pid}/stat`);
    if (stat === undefined) return undefined;
    const fields = parseProcFields(stat);
    const [state, started] = [fields[0], fields[19]];
    if (state === "Z" || state === "X" || started === undefined) return undefined; // it has ended, and only its parent has not looked yet
    return `${started}@${readText("/proc/sys/kernel/random/boot_id")?.trim() ?? ""}`;
}

function startElsewhere(pid: number): string | undefined {
    try {
        const words = ["-o", "state=,lstart=", "-p", String(pid)];
        const [state, ...started] = execFileSync("ps", words, { encoding: "utf8", env: { LC_ALL: "C", PATH: "/usr/bin:/bin" }, stdio: ["ignore", "pipe", "ignore"] }).trim().split(/\s+/);
        return state === undefined || state.startsWith("Z") ? undefined : started.join(" ");
    } catch {
        return undefined;
    }
}

function readText(file: string): string | undefined {
    try {
        return fs.readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}
