import { setTimeout as sleep } from "node:timers/promises";

/** Waits. False when the signal ended the wait, or had come before. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    try {
        await sleep(milliseconds, undefined, { signal });
        return true;
    } catch {
        return false;
    }
}
