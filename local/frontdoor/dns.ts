import type { LoadBalancerView, LoadBalancingView, ZoneView } from "../emulator/views";

/** Where public DNS leads a name. */
export type Led =
    | { readonly kind: "balancer"; readonly loadBalancer: LoadBalancerView }
    /** The zone that the name is in is here, and none of its records leads it to a load balancer. */
    | { readonly kind: "nowhere" }
    /** No zone here has the name: whoever has it says where it leads. */
    | { readonly kind: "elsewhere" };

/** Tells of a name where public DNS leads it, by the records of this world. */
export function readDns({ publicZones, loadBalancers }: Pick<LoadBalancingView, "publicZones" | "loadBalancers">): (name: string) => Led {
    const zones = publicZones.map(readZone);
    const balancers = new Map(loadBalancers.map((loadBalancer) => [loadBalancer.dnsName.toLowerCase(), loadBalancer]));
    return (name) => {
        const zone = innermost(zones, name.toLowerCase());
        if (zone === undefined) return { kind: "elsewhere" };
        const loadBalancer = zone.targetsOf(name.toLowerCase()).map((target) => balancers.get(target)).find((found) => found !== undefined);
        return loadBalancer === undefined ? { kind: "nowhere" } : { kind: "balancer", loadBalancer };
    };
}

interface Zone {
    readonly name: string;
    /** The names to which a name's records lead. */
    readonly targetsOf: (name: string) => readonly string[];
}

/**
 * A name that exists has its own records and no others, whatever their type. One that does not has those of the wildcard right below the
 * nearest name above it that exists (RFC 4592); a name also exists when only names below it have records.
 */
function readZone({ name: zone, records }: ZoneView): Zone {
    const existing = new Set([zone, ...records.flatMap((record) => namesUpTo(zone, record.name))]);
    const targets = new Map<string, string[]>();
    for (const { name, target } of records) if (target !== undefined) targets.set(name, [...(targets.get(name) ?? []), target.toLowerCase()]);
    const targetsOf = (name: string): readonly string[] => targets.get(name) ?? [];
    return {
        name: zone,
        targetsOf: (name) => {
            if (existing.has(name)) return targetsOf(name);
            const nearest = namesUpTo(zone, name).find((above) => existing.has(above));
            return nearest === undefined ? [] : targetsOf(`*.${nearest}`);
        },
    };
}

/** A name and all above it, down to the zone's own. @example namesUpTo("example.com", "a.b.example.com") // ["a.b.example.com", "b.example.com", "example.com"] */
function namesUpTo(zone: string, name: string): readonly string[] {
    const names = [name];
    for (let rest = name; rest !== zone && rest.includes("."); names.push(rest)) rest = rest.slice(rest.indexOf(".") + 1);
    return names;
}

/** A zone inside another one was handed on by it. */
function innermost(zones: readonly Zone[], name: string): Zone | undefined {
    return zones.filter((zone) => name === zone.name || name.endsWith(`.${zone.name}`)).toSorted((a, b) => b.name.length - a.name.length)[0];
}
