/** Wakes one waiting loop. Rings while nobody waits are not lost; several of them count as one. */
export class Bell {
    private pending = true;
    private wake: (() => void) | undefined;
    private alarm: { readonly time: number; readonly timer: NodeJS.Timeout } | undefined;

    ring(): void {
        this.pending = true;
        this.wake?.();
    }

    /** Rings at a time, in milliseconds since 1970. Of several such times the earliest counts: whoever is woken asks again. */
    ringAt(time: number): void {
        if (this.alarm !== undefined && this.alarm.time <= time) return;
        clearTimeout(this.alarm?.timer);
        const timer = setTimeout(
            () => {
                this.alarm = undefined;
                this.ring();
            },
            Math.max(time - Date.now(), 0),
        );
        this.alarm = { time, timer };
    }

    /** Waits for the next ring; at first, and after a ring in between, not at all. */
    async rung(): Promise<void> {
        if (!this.pending) await new Promise<void>((resolve) => (this.wake = resolve));
        this.wake = undefined;
        this.pending = false;
    }

    /** Forgets the time that was set. */
    close(): void {
        clearTimeout(this.alarm?.timer);
    }
}
