import { z } from "zod";

/**
 * What a base's registry keeps about one branch environment, and how that may change. Times are ISO 8601. Everything but the full name of the
 * branch can be rebuilt from stacks and tags.
 */

/** How far an environment is. An item without a status is a request that nobody has begun to work on. */
export const environmentStatuses = ["updating", "up", "failed", "removing"] as const;
export type EnvironmentStatus = (typeof environmentStatuses)[number];

/** From which statuses each can be reached; `undefined` is an environment that is not there yet. */
export const statusesBefore: Readonly<Record<EnvironmentStatus, readonly (EnvironmentStatus | undefined)[]>> = {
    updating: [undefined, "updating", "up", "failed", "removing"],
    up: ["updating"],
    failed: ["updating", "removing"],
    removing: [undefined, "updating", "up", "failed", "removing"],
};

const time = z.iso.datetime({ offset: false });

const entry = z.object({
    id: z.string(),
    /** Full name of the git branch. */
    branch: z.string(),
    status: z.enum(environmentStatuses),
    /** Since when it has the status. */
    since: time,
    /** Why it is `failed`, in one sentence. */
    reason: z.string().optional(),
    /** Who asked for it last. */
    owner: z.string().optional(),
    /** Number of the pull request that it belongs to. */
    pullRequest: z.number().int().optional(),
    /** Commit that it was last brought to. */
    commit: z.string().optional(),
    /** Where its main service is, or will be. */
    url: z.string(),
    created: time,
    /** When it was last up; absent when it never was. */
    ready: time.optional(),
    /** When somebody last asked for something of it. */
    active: time,
    /** When it may be removed; meaningless while it is pinned. */
    expires: time,
    pinned: z.object({ reason: z.string(), by: z.string().optional() }).optional(),
    /** Which of its base's load balancers serves it, counted from 0. */
    shard: z.number().int().default(0),
    /** What it takes of that load balancer. */
    use: z.object({ targetGroups: z.number(), rules: z.number(), targets: z.number() }).default({ targetGroups: 0, rules: 0, targets: 0 }),
    /** The services that run in it, where those are not all. */
    only: z.array(z.string()).readonly().optional(),
    /** When it was last said that it is about to expire. */
    warned: time.optional(),
});

/** One branch environment. */
export type EnvironmentEntry = Readonly<z.infer<typeof entry>>;

/** The environment that an item describes; undefined for one that nobody has begun to work on, or that another version wrote. */
export function parseEnvironment(item: unknown): EnvironmentEntry | undefined {
    const parsed = entry.safeParse(item);
    return parsed.success ? parsed.data : undefined;
}

export type Expiry = "pinned" | "expired" | "soon" | "later";

const warning = 24 * 60 * 60 * 1000;

/** Whether an environment may be removed at the time `now`, or is to be warned about, which is a day before. */
export function expiryOf({ expires, pinned }: Pick<EnvironmentEntry, "expires" | "pinned">, now: Date): Expiry {
    if (pinned !== undefined) return "pinned";
    const left = Date.parse(expires) - now.getTime();
    if (left <= 0) return "expired";
    return left <= warning ? "soon" : "later";
}

/** When an environment expires after something was asked of it, at the earliest: an extension is never cut short. */
export function laterExpiry(before: string | undefined, now: Date, ttl: number): string {
    return new Date(Math.max(now.getTime() + ttl * 1000, before === undefined ? 0 : Date.parse(before))).toISOString();
}

/** How many environments there may be. */
export interface Quota {
    readonly maximum: number;
    readonly perOwner: number;
}

/** Why one more environment of `owner` is too many, with who holds how many; undefined when there is room. */
export function quotaProblem(others: readonly Pick<EnvironmentEntry, "owner">[], owner: string | undefined, { maximum, perOwner }: Quota): string | undefined {
    const counts = new Map<string, number>();
    for (const other of others) counts.set(other.owner ?? "nobody", (counts.get(other.owner ?? "nobody") ?? 0) + 1);
    if (others.length >= maximum) {
        const held = [...counts].sort(([one, first], [other, second]) => second - first || (one < other ? -1 : 1)).map(([name, count]) => `${name} ${count}`);
        return `all ${maximum} environments that the settings allow are there (${held.join(", ")})`;
    }
    const own = owner === undefined ? 0 : (counts.get(owner) ?? 0);
    return own >= perOwner ? `${owner} has ${own} environments already, as many as the settings allow one person` : undefined;
}
