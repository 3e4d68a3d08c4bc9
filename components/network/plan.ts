import type { NetworkSettings } from "../../model/settings";

/** What there is to make, or to use as it is. */
export type NetworkPlan = (CreatedVpc | ExistingVpc) & {
    /** Tasks have public addresses of their own, because nothing translates for them. */
    readonly assignPublicIp: boolean;
};

export interface CreatedVpc {
    readonly kind: "created";
    readonly cidr: string;
    readonly zones: number;
    readonly natGateways: "None" | "Single" | "OnePerAz";
    /** One subnet of each type in each zone. */
    readonly subnetTypes: readonly ("Public" | "Private")[];
    /** The type in which tasks run. */
    readonly taskSubnets: "Public" | "Private";
}

export interface ExistingVpc {
    readonly kind: "existing";
    readonly vpcId: string;
    readonly publicSubnetIds: string[];
    readonly taskSubnetIds: string[];
}

const natGateways = { none: "None", single: "Single", perZone: "OnePerAz" } as const;

/**
 * Private subnets exist only where a NAT gateway gives them a way out: a task in a private subnet without one could not even pull its
 * image. Without NAT, tasks run in the public subnets with public addresses, and their security group keeps the internet out.
 */
export function planNetwork(settings: NetworkSettings): NetworkPlan {
    if ("vpcId" in settings) {
        const assignPublicIp = settings.privateSubnetIds.length === 0;
        return {
            kind: "existing",
            vpcId: settings.vpcId,
            publicSubnetIds: [...settings.publicSubnetIds],
            taskSubnetIds: [...(assignPublicIp ? settings.publicSubnetIds : settings.privateSubnetIds)],
            assignPublicIp,
        };
    }
    const { cidr, zones, nat } = settings;
    const created = { kind: "created", cidr, zones, natGateways: natGateways[nat] } as const;
    return nat === "none"
        ? { ...created, subnetTypes: ["Public"], taskSubnets: "Public", assignPublicIp: true }
        : { ...created, subnetTypes: ["Public", "Private"], taskSubnets: "Private", assignPublicIp: false };
}
