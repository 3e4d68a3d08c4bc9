import type { Owner } from "./owner";

/** Somebody who has a place in the queue for one stack, or has the stack. */
export interface Entry {
    readonly owner: Owner;
    /** ISO 8601, of their clock: for people only. */
    readonly since: string;
    /** Rises while they live. */
    readonly beat: number;
}

export interface Waiting extends Entry {
    /** The number of the request: a later request has a higher one. */
    readonly number: number;
}

export interface Holding extends Entry {
    readonly token: string;
}

/** What the registry says about the queue for one stack. */
export interface Queue {
    readonly lease?: Holding;
    /** By token. */
    readonly waiting: Readonly<Record<string, Waiting>>;
    /** The newest request. */
    readonly request?: { readonly token: string; readonly number: number; readonly owner: Owner };
}

/**
 * Whose turn it is: of a branch environment the newest request alone counts, and replaces all that still wait; on a base everybody has their
 * turn, in the order in which they came.
 */
export type Order = "newest" | "first come";

export type Turn =
    | { readonly turn: "mine"; /** The lease of somebody who no longer lives, to take over. */ readonly dead?: Holding }
    | { readonly turn: "replaced"; readonly by: Owner | undefined }
    | { readonly turn: "wait"; /** Who is waited for. */ readonly for: Entry; /** How many come before: 1 is next. */ readonly place: number };

/**
 * Tells the living from the dead without comparing clocks: whoever's beat stays the same for `judged` milliseconds of this process's own
 * monotonic time is dead.
 */
export class Watch {
    private readonly seen = new Map<string, { readonly beat: number; readonly at: number }>();

    constructor(private readonly judged: number) {}

    /** Notes the beats of a queue, read at the time `now`. */
    note({ lease, waiting }: Queue, now: number): void {
        const entries = new Map<string, Entry>(Object.entries(waiting));
        if (lease !== undefined) entries.set(lease.token, lease);
        for (const token of this.seen.keys()) if (!entries.has(token)) this.seen.delete(token);
        for (const [token, { beat }] of entries) if (this.seen.get(token)?.beat !== beat) this.seen.set(token, { beat, at: now });
    }

    isSilent(token: string, now: number): boolean {
        const seen = this.seen.get(token);
        return seen !== undefined && now - seen.at >= this.judged;
    }
}

/** Whose turn it is, for the one who waits with `token`. `isDead` judges the others. Undefined when the queue does not know the token. */
export function turnOf(queue: Queue, token: string, order: Order, isDead: (token: string, entry: Entry) => boolean): Turn | undefined {
    const { lease, waiting, request } = queue;
    if (order === "newest" && request?.token !== token) return { turn: "replaced", by: request?.owner };
    const mine = waiting[token];
    if (mine === undefined) return undefined;
    const ahead = Object.entries(waiting)
        .filter(([other, entry]) => order === "first come" && entry.number < mine.number && !isDead(other, entry))
        .map(([, entry]) => entry)
        .sort((one, other) => one.number - other.number);
    const holder = lease !== undefined && !isDead(lease.token, lease) ? lease : undefined;
    const first = holder ?? ahead[0];
    if (first !== undefined) return { turn: "wait", for: first, place: ahead.length + (holder === undefined ? 0 : 1) };
    return { turn: "mine", ...(lease !== undefined && { dead: lease }) };
}
