/** A promise that somebody else settles. */
export interface Deferred<T> {
    readonly promise: Promise<T>;
    resolve(value: T): void;
    reject(error: Error): void;
}

/** Nobody has to wait for it: a rejection that no one sees is no error of the program. */
export function makeDeferred<T>(): Deferred<T> {
    let settle: Pick<Deferred<T>, "resolve" | "reject"> | undefined;
    const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
    promise.catch(() => undefined);
    return { promise, resolve: (value) => settle?.resolve(value), reject: (error) => settle?.reject(error) };
}

/** Waits for a promise, but not past a signal: then the signal's reason is thrown, and nobody waits for the promise any more. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
    const aborted = makeDeferred<never>();
    const abort = (): void => {
        aborted.reject(signal.reason as Error);
    };
    promise.catch(() => undefined);
    signal.addEventListener("abort", abort, { once: true });
    try {
        signal.throwIfAborted();
        return await Promise.race([promise, aborted.promise]);
    } finally {
        signal.removeEventListener("abort", abort);
    }
}
