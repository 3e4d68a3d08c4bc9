/** What a request must be like for one listener rule. */
export interface RuleCondition {
    /** Host names, any of which will do. */
    readonly hosts: readonly string[];
    /** Addresses it may come from, any of which will do; empty: from anywhere. */
    readonly addresses: readonly string[];
}

/** Values in all conditions of one rule together (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html). */
export const valuesPerRule = 5;

/**
 * The fewest rules that together let every address reach every host: each rule takes a share of the hosts and a share of the addresses,
 * and every pair of shares has its rule.
 */
export function ruleConditions(hosts: readonly string[], addresses: readonly string[]): readonly RuleCondition[] {
    if (addresses.length === 0) return chunks(hosts, valuesPerRule).map((share) => ({ hosts: share, addresses: [] }));
    const hostsPerRule = bestShare(hosts.length, addresses.length);
    return chunks(hosts, hostsPerRule).flatMap((share) =>
        chunks(addresses, valuesPerRule - hostsPerRule).map((from) => ({ hosts: share, addresses: from })),
    );
}

/** How many of a rule's values the hosts take, so that there are as few rules as possible. */
function bestShare(hosts: number, addresses: number): number {
    const shares = Array.from({ length: valuesPerRule - 1 }, (_, index) => index + 1);
    const rules = (share: number): number => Math.ceil(hosts / share) * Math.ceil(addresses / (valuesPerRule - share));
    return shares.reduce((best, share) => (rules(share) < rules(best) ? share : best));
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
    return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
