/** A time limit that also ends when somebody else says so. */
export interface Limit extends Disposable {
    readonly signal: AbortSignal;
}

/**
 * A signal that comes after so many milliseconds, or with another signal and its reason. A clock of its own: Node.js 20 may forget the one
 * of an `AbortSignal.timeout` that only an `AbortSignal.any` still knows.
 */
export function limit(milliseconds: number, other?: AbortSignal): Limit {
    const controller = new AbortController();
    const pass = (): void => controller.abort(other?.reason);
    const timer = setTimeout(() => controller.abort(new Error(`no end after ${milliseconds / 1_000} s`)), milliseconds);
    if (other?.aborted === true) pass();
    other?.addEventListener("abort", pass, { once: true });
    const dispose = (): void => {
        clearTimeout(timer);
        other?.removeEventListener("abort", pass);
    };
    return { signal: controller.signal, [Symbol.dispose]: dispose };
}
