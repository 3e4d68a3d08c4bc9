import type { AccessSettings } from "../../model/settings";
import { admittedNetworks } from "../../model/access";

export interface OwnIngressPlan {
    readonly certificate: {
        readonly domainName: string;
        readonly subjectAlternativeNames: readonly string[];
    };
    /** Addresses that lead to the load balancer. */
    readonly records: readonly { readonly role: string; readonly name: string }[];
    /** Who may knock, on which port. */
    readonly doors: readonly Door[];
    /** Load balancers after the first, by their place. */
    readonly furtherShards: readonly number[];
}

export interface Door {
    readonly role: string;
    readonly port: number;
    /** IPv4 network. */
    readonly network: string;
}

const ports = { http: 80, https: 443 } as const;

/**
 * One wildcard certificate and record serve every host of the environment and of its branches, so that a branch waits for neither. Further
 * load balancers share the certificate and the doors; hosts lead to them by records of their own. The zone's own name is not covered by its wildcard and joins only where a service answers there.
 * A security group holds 60 rules, two for each network (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html).
 */
export function planOwnIngress(zone: string, hosts: readonly string[], access: AccessSettings, shards: number): OwnIngressPlan {
    const apex = hosts.includes(zone);
    const wildcard = `*.${zone}`;
    return {
        certificate: { domainName: wildcard, subjectAlternativeNames: apex ? [zone] : [] },
        records: [{ role: "record-wildcard", name: wildcard }, ...(apex ? [{ role: "record-apex", name: zone }] : [])],
        doors: admittedNetworks(access).flatMap((network) =>
            Object.entries(ports).map(([protocol, port]) => ({ role: `${protocol}-from-${network}`, port, network })),
        ),
        furtherShards: Array.from({ length: shards - 1 }, (_, index) => index + 1),
    };
}

/** Role of a part of one shard. The first was there before there were others, and is called as it always was. */
export function shardRole(role: string, shard: number): string {
    return shard === 0 ? role : `${role}-${shard}`;
}
