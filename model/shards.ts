import type { Environment } from "./environment";
import { ruleConditions } from "./ruleConditions";

/** What somebody takes of a load balancer, or what one holds. */
export interface BalancerUse {
    readonly targetGroups: number;
    /** Listener rules, default ones not counted. */
    readonly rules: number;
    /** Tasks that are registered at the same time. */
    readonly targets: number;
}

/**
 * What AWS lets a load balancer hold when nobody has asked for more; of target groups there never is more
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
 */
export const balancerLimits: BalancerUse = { targetGroups: 100, rules: 100, targets: 1000 };

const nothing: BalancerUse = { targetGroups: 0, rules: 0, targets: 0 };

/** The rule that keeps priorities for branches stands on every load balancer. */
const floor: BalancerUse = { ...nothing, rules: 1 };

/** While a service is deployed its new tasks are registered beside the old ones. */
const mostTasksPerCount = 2;

/**
 * What the web services of an environment take of its load balancer: a target group each, the rules that their hosts need, and their tasks.
 * `addresses` are those that every rule has to name; they may need more rules than one.
 */
export function balancerUse({ services }: Pick<Environment, "services">, addresses: readonly string[]): BalancerUse {
    const uses = services.flatMap(({ route, count }) =>
        route === undefined ? [] : [{ targetGroups: 1, rules: ruleConditions(route.hosts, addresses).length, targets: count * mostTasksPerCount }],
    );
    return sum(uses);
}

/** What a base takes by itself of each of its load balancers, in the order of the shards: its own services are on the first. */
export function baseUse(environment: Pick<Environment, "services">, addresses: readonly string[], shards: number): readonly BalancerUse[] {
    return Array.from({ length: shards }, (_, shard) => (shard === 0 ? sum([floor, balancerUse(environment, addresses)]) : floor));
}

/** A branch environment with the shard that it has. */
export interface PlacedEnvironment {
    /** Its branch id. */
    readonly name: string;
    /** Place of its load balancer among its base's, from 0. */
    readonly shard: number;
    readonly use: BalancerUse;
}

/** A branch environment that wants a shard, or to keep its own. */
export type WantedPlace = Pick<PlacedEnvironment, "name" | "use">;

export type ShardChoice =
    | {
          readonly kind: "placed";
          readonly shard: number;
          /** The shard that it has to leave, because it has no room there any more or the shard is gone. */
          readonly movedFrom?: number;
      }
    /** No load balancer has room. */
    | { readonly kind: "full"; readonly shards: readonly ShardUse[] };

/** How full a load balancer is without the environment that asks. */
export interface ShardUse {
    readonly shard: number;
    readonly taken: BalancerUse;
    /** What its base has of that. */
    readonly base: BalancerUse;
    /** The environments on it, the largest first. */
    readonly environments: readonly PlacedEnvironment[];
}

/**
 * The shard for an environment. One that has a shard keeps it while it has room there, also when it grows, since to move is to be away for a
 * while. Otherwise it is the first one that has room: on the first of all an environment needs no DNS record of its own. `base` says what
 * the base itself takes of each shard; the order of `placed` makes no difference.
 */
export function chooseShard(
    wanted: WantedPlace,
    placed: readonly PlacedEnvironment[],
    base: readonly BalancerUse[],
    limits: BalancerUse = balancerLimits,
): ShardChoice {
    const others = placed.filter(({ name }) => name !== wanted.name);
    const shards = base.map((own, shard) => useOfShard(shard, own, others));
    const roomy = shards.filter(({ taken }) => missing(taken, wanted.use, limits).length === 0).map(({ shard }) => shard);
    const current = placed.find(({ name }) => name === wanted.name)?.shard;
    const [first] = roomy;
    if (first === undefined) return { kind: "full", shards };
    if (current === undefined) return { kind: "placed", shard: first };
    return roomy.includes(current) ? { kind: "placed", shard: current } : { kind: "placed", shard: first, movedFrom: current };
}

function useOfShard(shard: number, base: BalancerUse, others: readonly PlacedEnvironment[]): ShardUse {
    const environments = others.filter((each) => each.shard === shard).toSorted((a, b) => b.use.rules - a.use.rules || b.use.targetGroups - a.use.targetGroups || (a.name < b.name ? -1 : 1));
    return { shard, base, taken: sum([base, ...environments.map(({ use }) => use)]), environments };
}

/** How many of those who hold something are named. */
const mostNamed = 5;

/**
 * Why no load balancer has room, with who holds how much of what is short.
 * @example "there is no room for 2 rules: shard 0 has 99 of 100 rules (the base 3, login-1a2b3c4d 4, and 46 more 92)"
 */
export function describeFull(wanted: WantedPlace, shards: readonly ShardUse[], limits: BalancerUse = balancerLimits): string {
    const short = keys.filter((key) => shards.some(({ taken }) => missing(taken, wanted.use, limits).includes(key)));
    const parts = shards.map((use) => {
        const lacking = missing(use.taken, wanted.use, limits);
        return `shard ${use.shard} has ${list.format(lacking.map((key) => `${number(use.taken[key])} of ${counted(limits[key], key)} (${holders(use, key)})`))}`;
    });
    return `there is no room for ${list.format(short.map((key) => counted(wanted.use[key], key)))}: ${parts.join("; ")}`;
}

const list = new Intl.ListFormat("en");

function holders({ base, environments }: ShardUse, key: keyof BalancerUse): string {
    const holding = environments.filter(({ use }) => use[key] > 0).toSorted((a, b) => b.use[key] - a.use[key]);
    const rest = holding.slice(mostNamed);
    const named = holding.slice(0, mostNamed).map(({ name, use }) => `${name} ${number(use[key])}`);
    const others = rest.length === 0 ? [] : [`and ${rest.length} more ${number(rest.reduce((total, { use }) => total + use[key], 0))}`];
    return [`the base ${number(base[key])}`, ...named, ...others].join(", ");
}

const keys = ["targetGroups", "rules", "targets"] as const satisfies readonly (keyof BalancerUse)[];
const words: Readonly<Record<keyof BalancerUse, string>> = { targetGroups: "target group", rules: "rule", targets: "target" };

/** What there would be too much of. */
function missing(taken: BalancerUse, more: BalancerUse, limits: BalancerUse): readonly (keyof BalancerUse)[] {
    return keys.filter((key) => taken[key] + more[key] > limits[key]);
}

function sum(uses: readonly BalancerUse[]): BalancerUse {
    const total = (key: keyof BalancerUse): number => uses.reduce((all, use) => all + use[key], 0);
    return { targetGroups: total("targetGroups"), rules: total("rules"), targets: total("targets") };
}

function counted(count: number, key: keyof BalancerUse): string {
    return `${number(count)} ${words[key]}${count === 1 ? "" : "s"}`;
}

function number(count: number): string {
    return count.toLocaleString("en");
}
