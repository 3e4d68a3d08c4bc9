import { setTimeout as sleep } from "node:timers/promises";
import type { ControlClient } from "../emulator/control";
import type { LoadBalancingView } from "../emulator/views";

const silencePauseInMs = 500;

/** The load balancers as they are now, followed in the background, so that a request has nothing to wait for. */
export class LatestView {
    private view: LoadBalancingView | undefined;
    private refreshing: Promise<LoadBalancingView> | undefined;
    private readonly ending = new AbortController();
    private following: Promise<void> = Promise.resolve();

    constructor(
        private readonly control: ControlClient,
        private readonly log: (message: string) => void,
        /** Told again and again while the emulator does not answer. */
        private readonly onSilence: () => void,
    ) {}

    /** Begins to follow; ends with `close`. */
    follow(): void {
        this.following = this.followOn();
    }

    async close(): Promise<void> {
        this.ending.abort();
        await this.following;
    }

    /** What was last heard; undefined while the emulator does not answer. */
    get known(): LoadBalancingView | undefined {
        return this.view;
    }

    /** What was last heard. Asks when nothing was yet. */
    async current(): Promise<LoadBalancingView> {
        return this.view ?? this.refresh();
    }

    /** Asks now: for the answer that something is not there, which must not be an old one. */
    async refresh(): Promise<LoadBalancingView> {
        this.refreshing ??= this.control.loadBalancing().finally(() => (this.refreshing = undefined));
        this.view = await this.refreshing;
        return this.view;
    }

    private async followOn(): Promise<void> {
        const { signal } = this.ending;
        let silent = false;
        do {
            try {
                this.view = await this.control.loadBalancing({ after: this.view?.revision ?? -1, signal });
                if (silent) this.log("the emulator answers again");
                silent = false;
            } catch (error) {
                this.view = undefined; // an emulator that was started anew has another world
                if (signal.aborted) return;
                if (!silent) this.log(`the emulator does not answer, waiting for it: ${reasonOf(error)}`);
                silent = true;
                this.onSilence();
                await sleep(silencePauseInMs);
            }
        } while (!signal.aborted);
    }
}

function reasonOf(error: unknown): string {
    const { message, cause } = error as Error;
    return cause instanceof Error ? cause.message : message;
}
