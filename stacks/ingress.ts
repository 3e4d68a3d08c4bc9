import type * as pulumi from "@pulumi/pulumi";
import { ruleAddresses } from "../model/access";
import { BorrowedIngress } from "../components/ingress/borrowedIngress";
import type { Ingress } from "../components/ingress/ingress";
import { OwnIngress } from "../components/ingress/ownIngress";
import type { Network } from "../components/network/network";
import type { PriorityRange } from "../components/routing/priorities";
import type { Environment } from "../model/environment";
import type { BaseSettings } from "../model/settings";
import { findZone } from "./lookup";

/** The way in that the settings ask for, with what has to be known of it before it is made. */
export interface ChosenIngress {
    /** Priorities that the base's own rules take; those above are for branches. */
    readonly priorities: PriorityRange;
    /** Networks that every rule must name; empty where none has to. */
    readonly sourceAddresses: readonly string[];
    readonly create: (network: Network, opts: pulumi.ComponentResourceOptions) => Ingress;
}

/** On a load balancer of its own nobody else has rules, so that the range is the same everywhere. */
const ownPriorities: PriorityRange = [1, 999];

/** Chooses between a load balancer of its own and a listener that exists. Refuses a zone that does not. */
export async function chooseIngress(
    environment: Environment,
    settings: BaseSettings,
    provider: pulumi.ProviderResource,
): Promise<ChosenIngress> {
    const { ingress, access, deletionProtection } = settings;
    if (ingress.kind === "existing") {
        const { listenerArn, securityGroupId, priorities } = ingress;
        return {
            priorities,
            sourceAddresses: ruleAddresses(access),
            create: ({ taskSecurityGroupId }, opts) => {
                const args = { listenerArn, balancerSecurityGroupId: securityGroupId, taskSecurityGroupId, floorPriority: priorities[1] + 1 };
                return new BorrowedIngress("ingress", args, opts);
            },
        };
    }
    const { zone, services } = environment;
    const zoneId = await findZone(environment, provider);
    const hosts = services.flatMap(({ route }) => route?.hosts ?? []);
    return {
        priorities: ownPriorities,
        sourceAddresses: [],
        create: ({ vpcId, publicSubnetIds, taskSecurityGroupId }, opts) => {
            const where = { vpcId, publicSubnetIds, taskSecurityGroupId, floorPriority: ownPriorities[1] + 1 };
            return new OwnIngress("ingress", { zone, zoneId, hosts, access, deletionProtection, shards: ingress.shards, ...where }, opts);
        },
    };
}
