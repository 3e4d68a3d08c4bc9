import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { identify, isRunning, type ProcessIdentity } from "./processes";

/**
 * Notes of the engines that this tool starts on this machine, one file each in the system's temporary folder. A lock names a host and a
 * process number, and both repeat: the runners of a CI service often share one host name. A note says that the number is of this machine. One
 * whose tool was killed stays until somebody needs it or the system clears the folder: nobody knows whether a lock will still be asked about.
 */
function noteOf(pid: number): string {
    return path.join(os.tmpdir(), `understudy-engine-${pid}.json`);
}

/** Notes an engine that was just started. */
export function noteEngine(pid: number): void {
    const identity = identify(pid);
    if (identity === undefined) return;
    try {
        forgetEngine(pid);
        fs.writeFileSync(noteOf(pid), JSON.stringify(identity), { mode: 0o600, flag: "wx" }); // never through somebody else's link
    } catch {
        // The work can go on: without a note a lock that is left behind is only waited for.
    }
}

/** Drops the note of an engine that has ended. */
export function forgetEngine(pid: number): void {
    if (isOwn(noteOf(pid))) fs.rmSync(noteOf(pid), { force: true });
}

/** What is known of the engine with this number: "unknown" when this tool has started none on this machine. */
export function engineState(pid: number): "running" | "ended" | "unknown" {
    const identity = readNote(pid);
    if (identity === undefined) return "unknown";
    return isRunning(identity) ? "running" : "ended";
}

function readNote(pid: number): ProcessIdentity | undefined {
    try {
        return isOwn(noteOf(pid)) ? (JSON.parse(fs.readFileSync(noteOf(pid), "utf8")) as ProcessIdentity) : undefined;
    } catch {
        return undefined; // one that a kill has cut short
    }
}

/** False for what another user has put there: it would prove nothing. */
function isOwn(file: string): boolean {
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    return stat?.isFile() === true && stat.uid === process.getuid?.();
}
