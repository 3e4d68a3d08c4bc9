import { setTimeout as sleep } from "node:timers/promises";
import { registryTableName } from "../../model/names";
import { laterExpiry, parseEnvironment, quotaProblem, statusesBefore, type EnvironmentEntry, type EnvironmentStatus, type Quota } from "../../model/registry";
import { chooseShard, describeFull, type BalancerUse } from "../../model/shards";
import type { Clients } from "../aws/clients";
import { throwIfInterrupted } from "../engine/workspace";
import { lineOf, UnderstudyError } from "../errors";
import { defaultPatience, type Context, type Patience } from "../options";
import type { Condition } from "./expression";
import { queueOf, usualTiming, whileHeld, type Lease, type LeaseOptions, type LeaseTiming } from "./lease";
import { isGone, thisOwner, type Owner } from "./owner";
import { NoTable, Table, type Item, type Key } from "./table";

/** An environment, and who works on it. */
export interface KnownEnvironment extends EnvironmentEntry {
    readonly worker?: { readonly owner: Owner; readonly since: string };
}

/** What is asked for when an environment is made or updated. */
export interface Claim {
    readonly branch: string;
    readonly url: string;
    readonly owner?: string | undefined;
    readonly pullRequest?: number | undefined;
    readonly commit?: string | undefined;
    /** How long it stays after the last request, in seconds. */
    readonly ttl: number;
    readonly quota: Quota;
    /** What it takes of a load balancer. */
    readonly use: BalancerUse;
    /** What its base takes of each of its load balancers. */
    readonly base: readonly BalancerUse[];
    /** The services that run in it; empty for all. */
    readonly only: readonly string[];
}

/** What an environment was given. */
export interface Claimed {
    readonly expires: string;
    readonly shard: number;
    /** The load balancer that it has to leave. */
    readonly movedFrom?: number;
}

const room: Key = { kind: "room", id: "environments" };

/** What a base knows of its branch environments, and the queues for them and for the base itself. */
export class Registry {
    private constructor(
        private readonly context: Context,
        private readonly table: Table,
        private readonly timing: LeaseTiming,
    ) {}

    /** The registry of a base, by its kind. */
    static open(context: Context, aws: Pick<Clients, "dynamodb">, { app, kind }: { readonly app: string; readonly kind: string }, timing = usualTiming): Registry {
        return new Registry(context, new Table(aws, registryTableName(app, kind)), timing);
    }

    /** Whether the base has one; not before it was first brought up, nor when it is gone. */
    async exists(): Promise<boolean> {
        try {
            await this.table.get(room);
            return true;
        } catch (error) {
            if (error instanceof NoTable) return false;
            throw error;
        }
    }

    async list(): Promise<readonly KnownEnvironment[]> {
        return (await this.table.list("environment")).flatMap((item) => known(item) ?? []);
    }

    /**
     * The same, but whoever is said to work on an environment does: where that is not sure, as long is waited as a sign of life may take to come.
     */
    async listSurely(): Promise<readonly KnownEnvironment[]> {
        const before = await this.table.list("environment");
        if (before.every((item) => known(item)?.worker === undefined)) return before.flatMap((item) => known(item) ?? []);
        await sleep(this.timing.judged, undefined, this.context.signal && { signal: this.context.signal }).catch(() => throwIfInterrupted(this.context.signal));
        const beats = new Map(before.map((item) => [item.id, queueOf(item).lease]));
        return (await this.table.list("environment")).flatMap((item) => {
            const environment = known(item);
            const { lease } = queueOf(item);
            const silent = lease !== undefined && beats.get(item.id)?.token === lease.token && beats.get(item.id)?.beat === lease.beat;
            return environment === undefined ? [] : [silent ? withoutWorker(environment) : environment];
        });
    }

    async read(id: string): Promise<KnownEnvironment | undefined> {
        const item = await this.table.get(environment(id));
        return item && known(item);
    }

    /** Does `work` while nobody else may touch the environment of a branch; waits, and gives way to newer requests. */
    async whileEnvironmentHeld<T>(id: string, stack: string, patience: Patience, work: (held: HeldEnvironment) => Promise<T>): Promise<T> {
        return whileHeld(this.leaseOptions(environment(id), stack, patience, "newest"), (lease) => work(new HeldEnvironment(this.table, id, lease)));
    }

    /** The same for somebody whom nobody has asked: waits for all who were asked before, and replaces nobody. */
    async whileNobodyHasEnvironment<T>(id: string, stack: string, patience: Patience, work: (held: HeldEnvironment) => Promise<T>): Promise<T> {
        return whileHeld(this.leaseOptions(environment(id), stack, patience, "first come"), (lease) => work(new HeldEnvironment(this.table, id, lease)));
    }

    /** Does `work` while nobody else may touch a base; of several each has their turn. */
    async whileBaseHeld<T>(stack: string, patience: Patience, work: (lease: Lease) => Promise<T>): Promise<T> {
        return whileHeld(this.leaseOptions({ kind: "base", id: stack }, stack, patience, "first come"), work);
    }

    /** Ids of requests that nobody has ever worked on, and whose makers no longer wait: what a tool leaves that is killed before its turn. */
    async listForgotten(now: Date): Promise<readonly string[]> {
        const items = await this.table.list("environment");
        return items.flatMap((item) => (item["status"] === undefined && isForgotten(item, now) ? [item.id] : []));
    }

    /** Removes such a request, unless somebody has come back to it. */
    async forgetRequest(id: string): Promise<void> {
        await this.table.remove(environment(id), [{ missing: "status" }, { missing: "lease" }]);
    }

    /** Takes in an environment that it does not know. False when it knows one by now. */
    async add(entry: EnvironmentEntry): Promise<boolean> {
        return this.table.put({ ...environment(entry.id), ...entry, waiting: {} }, [{ missing: "status" }, { missing: "lease" }]);
    }

    /** Forgets an environment that was listed and on which nobody works. False when somebody has worked on it since. */
    async drop({ id, since }: Pick<EnvironmentEntry, "id" | "since">): Promise<boolean> {
        const item = await this.table.get(environment(id));
        const lease = item && queueOf(item).lease;
        if (item === undefined || item["since"] !== since || (lease !== undefined && !isGone(lease.owner))) return false;
        const same: readonly Condition[] = lease === undefined ? [{ missing: "lease" }] : [{ path: "lease.token", is: lease.token }];
        return this.table.remove(environment(id), [{ path: "since", is: since }, ...same]);
    }

    /** Changes when an environment expires. Undefined when there is none. */
    async extend(id: string, expires: string): Promise<KnownEnvironment | undefined> {
        return this.change(id, { set: { expires }, remove: ["warned"] });
    }

    /** Keeps an environment from expiring; without a reason lets it again. Undefined when there is none. */
    async pin(id: string, pinned: EnvironmentEntry["pinned"]): Promise<KnownEnvironment | undefined> {
        return this.change(id, pinned === undefined ? { remove: ["pinned"] } : { set: { pinned } });
    }

    /** Notes that it was said that the environment is about to expire. */
    async warned(id: string, now: string): Promise<void> {
        await this.change(id, { set: { warned: now } });
    }

    private async change(id: string, change: { readonly set?: Readonly<Record<string, unknown>>; readonly remove?: readonly string[] }): Promise<KnownEnvironment | undefined> {
        const item = await this.table.update(environment(id), { ...change, when: [{ exists: "status" }] });
        return item && known(item);
    }

    private leaseOptions(key: Key, stack: string, { patience = defaultPatience.patience }: Patience, order: LeaseOptions["order"]): LeaseOptions {
        const { env, emit, signal } = this.context;
        return { table: this.table, key, stack, order, owner: thisOwner(env), emit, signal, patience, timing: this.timing };
    }
}

/** The environment of a branch in the hands of the one who alone may work on it. Every change fails once that is over. */
export class HeldEnvironment {
    /** What was known of it before; undefined when it is new. */
    readonly before: EnvironmentEntry | undefined;
    private status: EnvironmentStatus | undefined;

    constructor(
        private readonly table: Table,
        private readonly id: string,
        readonly lease: Lease,
    ) {
        this.before = parseEnvironment(lease.item);
        this.status = this.before?.status;
    }

    /**
     * Makes room for the environment and notes that it is being brought up. Fails with kind `conflict` when it is another branch's, and with
     * `full` when no more environments may be made; a request for one that does not come to be is then forgotten.
     */
    async claim(claim: Claim): Promise<Claimed> {
        const { before } = this;
        const { branch, url, owner, pullRequest, commit, ttl, only } = claim;
        if (before !== undefined && before.branch !== branch) {
            throw new UnderstudyError("conflict", `the environment ${this.id} belongs to the branch ${before.branch}; the branch ${branch} has the same id`, "rename one of the branches");
        }
        const now = new Date();
        const said = { ...(owner !== undefined && { owner }), ...(pullRequest !== undefined && { pullRequest }), ...(commit !== undefined && { commit }) };
        const entry = { ...said, branch, url, ...(only.length > 0 && { only }), created: before?.created ?? now.toISOString(), active: now.toISOString(), expires: laterExpiry(before?.expires, now, ttl) };
        for (;;) {
            const settled = await this.settle(entry, claim);
            if (settled !== undefined) return { expires: entry.expires, ...settled };
            // Somebody else has taken room at the same time: count again.
        }
    }

    /**
     * Does what brings the environment up, and notes what came of it: `up`, or `failed` with the reason. Of one that gives way to a newer request
     * nothing is noted: that one will say it.
     */
    async untilUp<T>(work: () => Promise<T>): Promise<T> {
        try {
            const done = await work();
            await this.enter("up", { ready: new Date().toISOString() });
            return done;
        } catch (error) {
            if (!(error instanceof UnderstudyError && error.kind === "superseded")) await this.noteFailure(error);
            throw error;
        }
    }

    /** Notes why the environment is not as it should be. What cannot be noted must not hide the failure itself. */
    async noteFailure(error: unknown): Promise<void> {
        await this.enter("failed", { reason: lineOf(error) }).catch(() => undefined);
    }

    /** Notes how far the environment is. */
    async enter(status: EnvironmentStatus, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
        const allowed = statusesBefore[status];
        if (!allowed.includes(this.status)) throw new Error(`${this.id} is ${this.status ?? "not there"}, from which it cannot be ${status}`);
        await this.lease.update({ set: { ...more, status, since: new Date().toISOString() }, remove: "reason" in more ? [] : ["reason"] });
        this.status = status;
    }

    /** Forgets the environment, which is gone. False when it was asked for anew meanwhile. */
    async forget(): Promise<boolean> {
        if (await this.lease.forget()) return true;
        const all = new Set([...Object.keys(this.before ?? {}), "status", "since", "reason"].filter((name) => name !== "id")); // each once, or DynamoDB refuses
        await this.lease.update({ remove: [...all] });
        return false;
    }

    /** Takes an environment in, or lets it go on, unless there are too many or no load balancer has room. Undefined when that changed meanwhile. */
    private async settle(entry: Readonly<Record<string, unknown>>, { owner, quota, use, base, only }: Claim): Promise<Pick<Claimed, "shard" | "movedFrom"> | undefined> {
        const counted = await this.table.get(room); // before what it counts, so that whoever comes in between is noticed
        const items = await this.table.list("environment");
        const all = items.flatMap((item) => parseEnvironment(item) ?? []);
        const others = all.filter(({ id }) => id !== this.id);
        const problem = this.before === undefined ? quotaProblem(others, owner, quota) : undefined;
        if (problem !== undefined) throw await this.full(problem, "remove one with `understudy branch down`, or raise `understudy:branches` of the base's settings and deploy it");
        const wanted = { name: this.id, use };
        const choice = chooseShard(wanted, all.map(({ id, shard, use: taken }) => ({ name: id, shard, use: taken })), base);
        if (choice.kind === "full") throw await this.full(describeFull(wanted, choice.shards), "remove an environment with `understudy branch down`, or raise `understudy:ingress: {shards}` of the base and deploy it");

        const { shard, movedFrom } = choice;
        const version = Number(counted?.["version"] ?? 0);
        const unchanged: Condition = counted === undefined ? { missing: "version" } : { path: "version", is: version };
        const now = { ...entry, shard, use, status: "updating", since: new Date().toISOString() };
        const gone = ["warned", "reason", ...(only.length === 0 ? ["only"] : [])];
        const taken = await this.lease.together({ set: now, remove: gone }, { key: room, change: { set: { version: version + 1 }, when: [unchanged] } });
        if (!taken) return undefined;
        this.status = "updating";
        return { shard, ...(movedFrom !== undefined && { movedFrom }) };
    }

    /** Of a new environment for which there is no room nothing stays. */
    private async full(problem: string, advice: string): Promise<UnderstudyError> {
        if (this.before === undefined) await this.lease.forget();
        return new UnderstudyError("full", problem, advice);
    }
}

/** An hour is longer than anybody waits. */
function isForgotten(item: Item, now: Date): boolean {
    const { lease, waiting } = queueOf(item);
    return lease === undefined && Object.values(waiting).every(({ owner, since }) => isGone(owner) || now.getTime() - Date.parse(since) > 3_600_000);
}

function environment(id: string): Key {
    return { kind: "environment", id };
}

function withoutWorker({ worker: _, ...environment }: KnownEnvironment): KnownEnvironment {
    return environment;
}

function known(item: Item): KnownEnvironment | undefined {
    const entry = parseEnvironment(item);
    if (entry === undefined) return undefined;
    const { lease } = queueOf(item);
    return { ...entry, ...(lease !== undefined && !isGone(lease.owner) && { worker: { owner: lease.owner, since: lease.since } }) };
}
