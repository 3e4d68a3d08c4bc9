import { setTimeout as sleep } from "node:timers/promises";
import { lockFolder, stackFolder, type StateStore } from "./store";

// An engine that is killed while it writes leaves files in a folder backend that no later engine clears away. (A bucket has an object whole or
// not at all.) For each object it first writes `<object>.<time>.tmp`, then `<object>.attrs`, and then gives the first one its name.

/** Longer than a write takes. */
const writing = 1_000; // milliseconds

/**
 * Removes what would keep the engine from a stack that nobody has: details of an object that are cut short (it refuses the whole state for
 * them, but reads a state without any), and a lock that was never finished (it counts as one).
 */
export async function removeTorn(store: StateStore, project: string, stack: string): Promise<void> {
    if (!store.local) return;
    await removeTornDetails(store, project, stack);
    const begun = await unfinished(store, lockFolder(project, stack));
    if (begun.length === 0) return;
    await sleep(writing);
    const left = await unfinished(store, lockFolder(project, stack));
    await Promise.all(left.filter((key) => begun.includes(key)).map((key) => store.remove(key)));
}

/** Removes details that are cut short, also of a stack that somebody else has: nobody misses them, even while they are being written. */
export async function removeTornDetails(store: StateStore, project: string, stack: string): Promise<void> {
    if (!store.local) return;
    const details = (await store.list(stateFiles(project, stack))).filter((key) => key.endsWith(".attrs"));
    await Promise.all(details.map(async (key) => isJson(await store.read(key)) || store.remove(key)));
}

/** What was never finished of a stack's state, or is being written just now. */
export async function unfinishedStates(store: StateStore, project: string, stack: string): Promise<readonly string[]> {
    return store.local ? unfinished(store, stateFiles(project, stack)) : [];
}

function stateFiles(project: string, stack: string): string {
    return `${stackFolder(project)}${stack}.`;
}

async function unfinished(store: StateStore, prefix: string): Promise<readonly string[]> {
    return (await store.list(prefix)).filter((key) => key.endsWith(".tmp"));
}

/** Also what has gone meanwhile: then there is nothing to remove. */
function isJson(text = "{}"): boolean {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}
