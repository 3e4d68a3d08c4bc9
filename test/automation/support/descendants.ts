import { execFileSync } from "node:child_process";

export interface Descendant {
    readonly pid: number;
    /** With all its words. */
    readonly command: string;
}

/** The processes that a process has started, with all that they have started. */
export function descendantsOf(pid: number): readonly Descendant[] {
    const processes = table();
    const below = (parent: number): readonly Descendant[] =>
        processes.filter((entry) => entry.parent === parent).flatMap((entry) => [{ pid: entry.pid, command: entry.command }, ...below(entry.pid)]);
    return below(pid);
}

/** Those that still run. */
export function running(descendants: readonly Descendant[]): readonly Descendant[] {
    const now = new Set(table().map(({ pid, command }) => `${pid} ${command}`));
    return descendants.filter(({ pid, command }) => now.has(`${pid} ${command}`));
}

function table(): readonly (Descendant & { readonly parent: number })[] {
    const lines = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8", maxBuffer: Infinity }).split("\n");
    return lines.flatMap((line) => {
        const [, pid, parent, state = "", command = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
        return pid === undefined || state.startsWith("Z") ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
    });
}
