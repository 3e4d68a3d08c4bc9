import { link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { makeFolder } from "./folders";
import { isRunning, ownIdentity, type ProcessIdentity } from "./processes";

const pollInMs = 50;
/** Looking at a lock and removing it takes no time; a guard that is older was left behind by a process that died in between. */
const staleGuardInMs = 10_000;

export interface LockOptions {
    /** Told once for whom it waits. */
    readonly onWait?: ((owner: ProcessIdentity) => void) | undefined;
    /** Ends the waiting; the work, which has begun by then or never does, is left alone. */
    readonly signal?: AbortSignal | undefined;
}

/**
 * Does `work` while this process, and nobody else, holds the lock `file`. Waits for its owner, unless that has died. Fails with the
 * signal's reason when that comes first.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, { onWait, signal }: LockOptions = {}): Promise<T> {
    makeFolder(dirname(file));
    let told = false;
    signal?.throwIfAborted();
    while (!(await take(file))) {
        signal?.throwIfAborted();
        const owner = await ownerOf(file);
        if (owner === undefined) continue; // released between the two looks
        if (!isRunning(owner)) {
            await removeDead(file);
            continue;
        }
        if (!told) onWait?.(owner);
        told = true;
        await sleep(pollInMs);
    }
    try {
        return await work();
    } finally {
        await rm(file, { force: true });
    }
}

/** Makes the lock if there is none. It has its content from the first moment, since it is a link to a file that is complete. */
async function take(file: string): Promise<boolean> {
    const own = `${file}.${randomUUID()}`;
    await writeFile(own, JSON.stringify(ownIdentity()));
    try {
        await link(own, file);
        return true;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
        throw error;
    } finally {
        await rm(own);
    }
}

async function ownerOf(file: string): Promise<ProcessIdentity | undefined> {
    try {
        return JSON.parse(await readFile(file, "utf8")) as ProcessIdentity;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}

/** Removes a lock if its owner has died. One process at a time: of two that saw the same dead owner, the later one must look again. */
export async function removeDead(file: string): Promise<void> {
    const guard = `${file}.guard`;
    try {
        await mkdir(guard);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        const made = await stat(guard).catch(() => undefined);
        if (made !== undefined && Date.now() - made.mtimeMs > staleGuardInMs) await rm(guard, { recursive: true, force: true });
        await sleep(pollInMs);
        return;
    }
    try {
        const owner = await ownerOf(file);
        if (owner !== undefined && !isRunning(owner)) await rm(file, { force: true });
    } finally {
        await rm(guard, { recursive: true, force: true });
    }
}
