import { setTimeout as sleep } from "node:timers/promises";
import { ControlError } from "../emulator/control";
import { unlessAborted } from "./deferred";

const firstPauseInMs = 100;
const longestPauseInMs = 5_000;

/**
 * Repeats a call to the emulator until it answers, pausing longer each time. A refusal is an answer: it is thrown, like the reason of
 * `signal` when that comes first.
 */
export async function reliably<T>(call: () => Promise<T>, signal: AbortSignal, onFailure?: (error: unknown) => void): Promise<T> {
    for (let pause = firstPauseInMs; ; pause = Math.min(pause * 2, longestPauseInMs)) {
        try {
            return await unlessAborted(call(), signal);
        } catch (error) {
            signal.throwIfAborted();
            if (error instanceof ControlError && error.status < 500) throw error;
            onFailure?.(error);
        }
        await sleep(pause, undefined, { signal });
    }
}

/** Waits for a call that needs no answer when what it is about does not exist, or no longer. */
export async function unlessGone(call: Promise<unknown>): Promise<void> {
    await call.catch((error: unknown) => {
        if (!(error instanceof ControlError && error.status === 404)) throw error;
    });
}
