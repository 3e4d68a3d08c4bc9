import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { throwIfInterrupted } from "../engine/workspace";
import { UnderstudyError } from "../errors";
import type { Emit } from "../events";
import { engineState, forgetEngine } from "./engines";
import { endLeftovers } from "./leftovers";
import { identify } from "./processes";
import { lockFolder, type StateStore } from "./store";
import { removeTorn, unfinishedStates } from "./torn";

/** The engine's lock on one stack: an object in the backend that never ends by itself. */
export interface Lock {
    readonly key: string;
    /** Absent when the object cannot be understood. */
    readonly owner?: LockOwner;
}

export interface LockOwner {
    /** The engine's process, not the tool's. */
    readonly pid: number;
    readonly user: string;
    readonly host: string;
    readonly since: Date;
}

/** What can be found out about the processes of this machine. */
export interface ProcessTable {
    readonly host: string;
    /** True while a process has this number. */
    exists(pid: number): boolean;
    /** What is known of an engine of this number that this tool started here. */
    engine(pid: number): "running" | "ended" | "unknown";
    /** Forgets a dead engine. */
    forget(pid: number): void;
    /** Ends what a dead engine has left running; returns how many processes that were. */
    endLeftovers(pid: number): Promise<number>;
}

export const thisMachine: ProcessTable = { host: os.hostname(), exists: (pid) => identify(pid) !== undefined, engine: engineState, forget: forgetEngine, endLeftovers };

/**
 * True when the owner of a lock is proven dead: it was a process of this very machine, and is gone. The host name does not prove the first,
 * since the runners of a CI service share one: either this tool has noted that it started the engine here, or the backend is a folder
 * (`local`), which only processes of this machine lock. Whatever is not proven is alive.
 */
export function ownerIsDead({ owner }: Lock, machine: ProcessTable, local: boolean): boolean {
    if (owner === undefined || owner.host !== machine.host) return false;
    const engine = machine.engine(owner.pid);
    return engine === "unknown" ? local && !machine.exists(owner.pid) : engine === "ended";
}

/** All locks on a stack of a project. */
export async function readLocks(store: StateStore, project: string, stack: string): Promise<readonly Lock[]> {
    const keys = await store.list(lockFolder(project, stack));
    const locks = await Promise.all(keys.filter((key) => key.endsWith(".json")).map(async (key) => ({ key, text: await store.read(key) })));
    return locks.flatMap(({ key, text }) => (text === undefined ? [] : [parseLock(key, text)]));
}

export function parseLock(key: string, text: string): Lock {
    try {
        const { pid, username, hostname, timestamp } = JSON.parse(text) as Record<string, unknown>;
        const since = new Date(String(timestamp));
        if (typeof pid !== "number" || Number.isNaN(since.getTime())) return { key };
        return { key, owner: { pid, user: String(username), host: String(hostname), since } };
    } catch {
        return { key };
    }
}

export interface WaitOptions {
    readonly store: StateStore;
    readonly project: string;
    readonly stack: string;
    readonly emit: Emit;
    readonly signal: AbortSignal | undefined;
    /** How long to wait for others at most, in seconds. */
    readonly patience: number;
    /** Proves by other means that the owner of a lock is dead, such as by the end of the CI job in which it ran. */
    readonly provenDead?: (owner: LockOwner) => Promise<boolean>;
    /** Frees locks whose owners are not proven dead as well, since whoever asks has made sure of it. */
    readonly takeOver?: boolean;
    readonly machine?: ProcessTable;
}

const firstPause = 250; // milliseconds
const longestPause = 5_000;

/**
 * Does `work`, which the engine refuses while somebody else has the stack: frees the locks of owners that are proven dead, each by itself,
 * waits for all others, and tries again when somebody was faster.
 */
export async function whenFree<T>(options: WaitOptions, work: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + options.patience * 1000;
    for (;;) {
        await untilFree(options, deadline);
        try {
            return await work();
        } catch (error) {
            const refused = error instanceof UnderstudyError && error.kind === "locked";
            if (!refused || Date.now() > deadline) throw error;
            await pause(firstPause, options.signal); // both of two that start at once may be refused
        }
    }
}

async function untilFree(options: WaitOptions, deadline: number): Promise<void> {
    const { store, project, stack, emit, signal } = options;
    const told = new Set<string>();
    for (let length = firstPause; ; length = Math.min(length * 1.5, longestPause)) {
        throwIfInterrupted(signal);
        const locks = await readLocks(store, project, stack);
        const alive: Lock[] = [];
        for (const lock of locks) {
            if (!(await freeOfDead(lock, options)) && !(await freeByForce(lock, options))) alive.push(lock);
        }
        const [first] = alive;
        if (first === undefined) return removeTorn(store, project, stack);
        if (Date.now() > deadline) throw lockedError(stack, first);
        if (!told.has(first.key)) emit({ type: "waiting", for: stack, owner: ownerName(first), since: (first.owner?.since ?? new Date()).toISOString() });
        told.add(first.key);
        await pause(length, signal);
    }
}

/**
 * Removes a lock whose owner is proven dead, after all that the owner has left behind. False when that is not proven. Of several who do this at
 * once, those who come late find no lock, and touch nothing: the first one's engine may be at work already.
 */
async function freeOfDead(lock: Lock, { store, project, stack, emit, provenDead, machine = thisMachine }: WaitOptions): Promise<boolean> {
    if (lock.owner === undefined) return false;
    const here = ownerIsDead(lock, machine, store.local);
    if (!here && (await provenDead?.(lock.owner)) !== true) return false;
    const ended = here ? await machine.endLeftovers(lock.owner.pid) : 0;
    const left = await unfinishedStates(store, project, stack);
    if ((await store.read(lock.key)) === undefined) return true;
    await Promise.all(left.map((key) => store.remove(key))); // listed while the lock was there, so they are the dead one's
    await store.remove(lock.key);
    if (here) machine.forget(lock.owner.pid);
    const processes = ended === 0 ? "" : `, and ${ended === 1 ? "a process that it had left behind is" : `${ended} processes that it had left behind are`} ended`;
    emit({ type: "notice", message: `${stack} was locked by ${ownerName(lock)}, which no longer runs; the lock is removed${processes}` });
    return true;
}

/** Removes a lock on the word of whoever asks. An engine that lives nevertheless finds it gone when it ends, and may have written over what comes now. */
async function freeByForce(lock: Lock, { store, stack, emit, takeOver }: WaitOptions): Promise<boolean> {
    if (takeOver !== true) return false;
    await store.remove(lock.key);
    emit({ type: "warning", message: `${stack} was locked by ${ownerName(lock)}; the lock is removed, as --take-over says` });
    return true;
}

function lockedError(stack: string, lock: Lock): UnderstudyError {
    const since = lock.owner === undefined ? "" : ` since ${lock.owner.since.toISOString()}`;
    return new UnderstudyError(
        "locked",
        `${stack} is locked by ${ownerName(lock)}${since}`,
        "wait until they are done; if that process no longer runs, run the command again with --take-over",
    );
}

function ownerName({ key, owner }: Lock): string {
    return owner === undefined ? `somebody unknown (${key})` : `${owner.user}@${owner.host} (process ${owner.pid})`;
}

/** With jitter, so that two who wait do not keep meeting. Ends early when the caller wants to stop. */
async function pause(length: number, signal: AbortSignal | undefined): Promise<void> {
    await sleep(length * (0.5 + Math.random()), undefined, signal && { signal }).catch(() => throwIfInterrupted(signal));
}
