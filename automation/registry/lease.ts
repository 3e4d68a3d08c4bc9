import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { throwIfInterrupted } from "../engine/workspace";
import { lineOf, UnderstudyError } from "../errors";
import type { Emit } from "../events";
import type { Change, Condition } from "./expression";
import { isGone, ownerName, type Owner } from "./owner";
import { turnOf, Watch, type Entry, type Holding, type Order, type Queue, type Turn } from "./queue";
import { NoTable, type Item, type Key, type Part, type Table } from "./table";

/** Milliseconds. */
export interface LeaseTiming {
    /** Between two signs of life of who has a lease. */
    readonly beat: number;
    /** Who gives no sign of life for so long is dead. A holder that cannot give one stops a fifth of this earlier. */
    readonly judged: number;
    /** The longest time between two looks of who waits. */
    readonly look: number;
}

export const usualTiming: LeaseTiming = { beat: 5_000, judged: 30_000, look: 2_000 };

export interface LeaseOptions {
    readonly table: Table;
    readonly key: Key;
    /** The stack, for those who read of it. */
    readonly stack: string;
    readonly order: Order;
    readonly owner: Owner;
    readonly emit: Emit;
    readonly signal: AbortSignal | undefined;
    /** How long to wait for others at most, in seconds. */
    readonly patience: number;
    readonly timing: LeaseTiming;
}

/** What somebody has who alone may work on a stack. */
export interface Lease {
    /** Aborted when the caller wants to stop, and when the lease is lost. */
    readonly signal: AbortSignal;
    /** The item as it was when the lease was taken. */
    readonly item: Item;
    /** Who had it before and never gave it back. */
    readonly dead?: Owner;
    /** Aborted once somebody has asked for the same environment anew, who waits now. */
    readonly outdated: AbortSignal;
    /** The failure of who stops since somebody has asked for the same environment anew. */
    superseded(): UnderstudyError;
    /** Changes the item; fails when the lease is lost. */
    update(change: Change): Promise<Item>;
    /** Changes the item and something else at once. False when a condition of the other change does not hold, or somebody writes there. */
    together(change: Change, other: Part): Promise<boolean>;
    /** Removes the item, unless there is a newer request, and ends the lease. */
    forget(): Promise<boolean>;
}

/**
 * Does `work` while nobody else has the stack, in this process or any other that uses the registry. Fails with kind `superseded` when a newer
 * request for the same environment replaces this one while it waits, and with `locked` when its patience ends, or when others have judged
 * this process dead, since it gave no sign of life, and took over.
 */
export async function whileHeld<T>(options: LeaseOptions, work: (lease: Lease) => Promise<T>): Promise<T> {
    const token = randomUUID();
    const { item, dead } = await acquire(options, token);
    const held = new Held(options, token, item, dead?.owner);
    try {
        return await work(held);
    } catch (error) {
        throw held.lost ?? error;
    } finally {
        await held.release();
    }
}

class Held implements Lease {
    private readonly stop = new AbortController();
    private readonly timing: LeaseTiming;
    private beats = 0;
    private ended = false;
    private readonly newer = new AbortController();
    private next: Owner | undefined;
    private nextBeat: NodeJS.Timeout | undefined;
    private watchdog: NodeJS.Timeout | undefined;
    private beating: Promise<void> = Promise.resolve();
    /** Why the lease is no longer this process's. */
    lost: UnderstudyError | undefined;

    constructor(
        private readonly options: LeaseOptions,
        private readonly token: string,
        readonly item: Item,
        readonly dead: Owner | undefined,
    ) {
        this.timing = options.timing;
        if (options.signal?.aborted === true) this.interrupt();
        options.signal?.addEventListener("abort", this.interrupt);
        this.plan();
        this.watch();
    }

    get signal(): AbortSignal {
        return this.stop.signal;
    }

    get outdated(): AbortSignal {
        return this.newer.signal;
    }

    superseded(): UnderstudyError {
        return superseded(this.options.stack, this.next);
    }

    async update(change: Change): Promise<Item> {
        const written = await this.options.table.update(this.options.key, { ...change, when: [...(change.when ?? []), ...this.mine()] });
        if (written === undefined) throw this.lose("somebody else has taken it over");
        return written;
    }

    async together(change: Change, other: Part): Promise<boolean> {
        const { table, key } = this.options;
        const written = await table.transact([{ key, change: { ...change, when: [...(change.when ?? []), ...this.mine()] } }, other]);
        if (!written) await this.update({ set: { "lease.beat": (this.beats += 1) } }); // fails when it was the lease that did not hold
        return written;
    }

    async forget(): Promise<boolean> {
        this.ended = true;
        const gone = await this.options.table.remove(this.options.key, [...this.mine(), { either: [[{ missing: "request" }], [{ path: "request.token", is: this.token }]] }]);
        if (!gone) this.ended = false;
        return gone;
    }

    /** Gives the lease back. One that cannot be given back ends by itself, since its beat stays the same. */
    async release(): Promise<void> {
        const forgotten = this.ended;
        this.ended = true;
        clearTimeout(this.nextBeat);
        clearTimeout(this.watchdog);
        this.options.signal?.removeEventListener("abort", this.interrupt);
        await this.beating;
        if (forgotten || this.lost !== undefined) return;
        try {
            await this.options.table.update(this.options.key, { remove: ["lease"], when: this.mine() });
        } catch (error) {
            if (error instanceof NoTable) return; // the base itself is gone
            const seconds = this.timing.judged / 1000;
            this.options.emit({ type: "warning", message: `${this.options.stack} could not be given back, and is free in ${seconds} s: ${lineOf(error)}` });
        }
    }

    private readonly interrupt = (): void => this.stop.abort();

    private mine(): readonly Condition[] {
        return [{ path: "lease.token", is: this.token }];
    }

    private plan(): void {
        this.nextBeat = setTimeout(() => {
            this.beating = this.beat();
        }, this.timing.beat);
    }

    private watch(): void {
        clearTimeout(this.watchdog);
        const limit = this.timing.judged * 0.8;
        this.watchdog = setTimeout(() => this.lose(`the registry could not be reached for ${limit / 1000} s`), limit);
    }

    private async beat(): Promise<void> {
        try {
            const item = await this.options.table.update(this.options.key, { set: { "lease.beat": (this.beats += 1) }, when: this.mine() });
            if (this.ended) return;
            if (item === undefined) this.lose("somebody else has taken it over");
            else {
                const { request } = queueOf(item);
                if (request !== undefined && request.token !== this.token) {
                    this.next = request.owner;
                    this.newer.abort();
                }
                this.watch();
            }
        } catch (error) {
            // What fails now may work the next time; the watchdog ends it otherwise. A base's registry goes with the base.
            if (error instanceof NoTable) clearTimeout(this.watchdog);
        }
        if (!this.ended && this.lost === undefined) this.plan();
    }

    private lose(reason: string): UnderstudyError {
        this.lost ??= new UnderstudyError("locked", `${this.options.stack} is no longer this process's: ${reason}`, "look at it with `understudy branch list`, and run the command again if it is still wanted");
        this.stop.abort();
        return this.lost;
    }
}

async function acquire(options: LeaseOptions, token: string): Promise<{ readonly item: Item; readonly dead?: Holding }> {
    const { table, key, order, owner, signal } = options;
    const { judged, look } = options.timing;
    const watch = new Watch(judged);
    const number = await takeNumber(table, key);
    const deadline = performance.now() + options.patience * 1000;
    const said = new Set<string>();
    let beat = 0;
    let pause = 100;
    let item = await join(options, token, number);
    try {
        for (;;) {
            throwIfInterrupted(signal);
            const now = performance.now();
            const queue = queueOf(item);
            watch.note(queue, now);
            const isDead = (other: string, entry: Entry): boolean => watch.isSilent(other, now) || isGone(entry.owner);
            const turn: Turn = turnOf(queue, token, order, isDead) ?? { turn: "replaced", by: undefined };
            if (turn.turn === "replaced") throw superseded(options.stack, turn.by);
            if (turn.turn === "mine") {
                const { dead } = turn;
                const silent = Object.entries(queue.waiting).flatMap(([other, entry]) => (isDead(other, entry) ? [`waiting.${other}`] : []));
                const free: readonly Condition[] = dead === undefined ? [{ missing: "lease" }] : [{ path: "lease.token", is: dead.token }, { path: "lease.beat", is: dead.beat }];
                const newest: readonly Condition[] = order === "newest" ? [{ path: "request.token", is: token }] : [];
                const lease = { token, owner, since: new Date().toISOString(), beat: 0 };
                const taken = await table.update(key, { set: { lease }, remove: [`waiting.${token}`, ...silent], when: [...free, ...newest] });
                if (taken !== undefined) return { item: taken, ...(dead !== undefined && { dead }) };
                item = (await table.get(key)) ?? item;
                if (queueOf(item).lease?.token === token) return { item, ...(dead !== undefined && { dead }) }; // the answer to the first try was lost
            } else {
                if (now > deadline) throw lockedError(options.stack, turn.for);
                tell(options, turn, said);
                await sleep(pause * (0.5 + Math.random() / 2), undefined, signal && { signal }).catch(() => throwIfInterrupted(signal));
                pause = Math.min(pause * 1.5, look);
            }
            item = (await table.update(key, { set: { [`waiting.${token}.beat`]: (beat += 1) }, when: [{ exists: `waiting.${token}` }] })) ?? (await rejoin(options, token, number));
        }
    } catch (error) {
        await leave(table, key, token);
        throw error;
    }
}

/** The number of a request: later ones have higher ones, as long as the item lives. Makes the item where there is none. */
async function takeNumber(table: Table, key: Key): Promise<number> {
    for (;;) {
        const item = await table.update(key, { add: { requests: 1 }, when: [{ exists: "waiting" }] });
        if (item !== undefined) return Number(item["requests"]);
        await table.update(key, { set: { waiting: {} }, when: [{ missing: "waiting" }] });
    }
}

/** Takes a place in the queue, and says of the newest request that it is one. Returns the item, whose newest request may be another's. */
async function join({ table, key, order, owner }: LeaseOptions, token: string, number: number): Promise<Item> {
    const waiting = { [`waiting.${token}`]: { owner, since: new Date().toISOString(), beat: 0, number } };
    if (order === "first come") return (await table.update(key, { set: waiting, when: [{ exists: "waiting" }] })) ?? { ...key };
    const newest: Condition = { either: [[{ missing: "request" }], [{ path: "request.number", below: number }]] };
    const joined = await table.update(key, { set: { ...waiting, request: { token, number, owner } }, when: [{ exists: "waiting" }, newest] });
    return joined ?? (await table.get(key)) ?? { ...key };
}

/** Of a base, one who was taken for dead comes back to their place. Of a branch, they were replaced. */
async function rejoin(options: LeaseOptions, token: string, number: number): Promise<Item> {
    if (options.order === "first come") return await join(options, token, number);
    return (await options.table.get(options.key)) ?? { ...options.key };
}

async function leave(table: Table, key: Key, token: string): Promise<void> {
    await table.update(key, { remove: [`waiting.${token}`], when: [{ exists: `waiting.${token}` }] }).catch(() => undefined); // it dies by itself
}

/** What an item says about its queue. */
export function queueOf(item: Item): Queue {
    const { lease, waiting, request } = item as Partial<Queue>;
    return { waiting: waiting ?? {}, ...(lease !== undefined && { lease }), ...(request !== undefined && { request }) };
}

function tell({ emit, stack }: LeaseOptions, { for: entry, place }: Turn & { readonly turn: "wait" }, said: Set<string>): void {
    const owner = ownerName(entry.owner);
    if (said.has(`${owner} ${place}`)) return;
    said.add(`${owner} ${place}`);
    emit({ type: "waiting", for: stack, owner, since: entry.since, place });
}

function superseded(stack: string, by: Owner | undefined): UnderstudyError {
    const who = by === undefined ? "a newer request" : `a newer request of ${ownerName(by)}`;
    return new UnderstudyError("superseded", `${who} for ${stack} has replaced this one`, "look at what comes of it with `understudy branch list`");
}

function lockedError(stack: string, { owner, since }: Entry): UnderstudyError {
    return new UnderstudyError("locked", `${ownerName(owner)} works on ${stack} since ${since}`, "wait until they are done; who has died is replaced after half a minute");
}
