/** A signal that is aborted as soon as one of several is. What it follows forgets it when it is disposed of. */
export class Stop implements Disposable {
    private readonly controller = new AbortController();
    private readonly followed: AbortSignal[] = [];

    constructor(...signals: readonly (AbortSignal | undefined)[]) {
        for (const signal of signals) if (signal !== undefined) this.follow(signal);
    }

    get signal(): AbortSignal {
        return this.controller.signal;
    }

    /** Aborts when this one is aborted as well. */
    follow(signal: AbortSignal): void {
        if (signal.aborted) this.abort();
        signal.addEventListener("abort", this.abort);
        this.followed.push(signal);
    }

    [Symbol.dispose](): void {
        for (const signal of this.followed) signal.removeEventListener("abort", this.abort);
    }

    private readonly abort = (): void => this.controller.abort();
}
