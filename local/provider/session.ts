import { setTimeout as pause } from "node:timers/promises";
import type { Clients } from "./clients";
import { Refusal } from "./errors";
import type { Props } from "./values";

/** The account and Region an operation works in, and how to reach them. */
export interface Aws extends Clients {
    /** Account id, 12 digits. */
    readonly account: string;
    readonly region: string;
    /** @example "aws" */
    readonly partition: string;
    /**
     * Asks again until the answer is no longer undefined, and returns it. Fails after the time the engine gives the operation, or
     * `minutes`, and when the engine cancels.
     */
    waitFor<T>(what: string, minutes: number, ask: () => Promise<T | undefined>): Promise<T>;
    /** Does one thing after the other among those with the same key, for what must be looked up before it is done. */
    inTurn<T>(key: string, action: () => Promise<T>): Promise<T>;
}

/** A configured provider. */
export interface Session {
    readonly account: string;
    readonly region: string;
    readonly partition: string;
    /** Tags for every resource that can have tags. */
    readonly defaultTags: Props;
    /** Clients for a Region. */
    clients(region: string): Clients;
}

const pauseBetweenAsks = 200; // milliseconds

/** What an operation gets to work with. `timeout` in seconds is the engine's, 0: none. */
export function awsFor(session: Session, region: string, timeout: number, cancelled: AbortSignal): Aws {
    return {
        ...session.clients(region),
        account: session.account,
        partition: session.partition,
        region,
        inTurn,
        async waitFor(what, minutes, ask) {
            const end = Date.now() + (timeout > 0 ? timeout : minutes * 60) * 1000;
            for (;;) {
                const answer = await ask();
                if (answer !== undefined) return answer;
                if (cancelled.aborted) throw new Refusal("Cancelled", `while waiting for ${what}`);
                if (Date.now() > end) throw new Refusal("Timeout", `while waiting for ${what}`);
                await pause(pauseBetweenAsks);
            }
        },
    };
}

const turns = new Map<string, Promise<unknown>>();

async function inTurn<T>(key: string, action: () => Promise<T>): Promise<T> {
    const before = turns.get(key) ?? Promise.resolve();
    const mine = before.then(action, action);
    turns.set(key, mine);
    try {
        return await mine;
    } finally {
        if (turns.get(key) === mine) turns.delete(key);
    }
}
