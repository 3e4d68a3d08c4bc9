import type { EC2, RouteTable } from "@aws-sdk/client-ec2";
import type { Clients } from "../../aws/clients";
import { hasTags, tagMap, tagsOf, text, waitUntilGone, type Inputs, type OrphanKind, type Tags } from "./kind";

export const vpc = byTags("vpc-", (ec2, id) => ec2.deleteVpc({ VpcId: id }));
export const subnet = byTags("subnet-", (ec2, id) => ec2.deleteSubnet({ SubnetId: id }));
export const routeTable = byTags("rtb-", (ec2, id) => ec2.deleteRouteTable({ RouteTableId: id }));
export const securityGroup = byTags("sg-", (ec2, id) => ec2.deleteSecurityGroup({ GroupId: id }));
export const address = byTags("eipalloc-", (ec2, id) => ec2.releaseAddress({ AllocationId: id }));

export const internetGateway = byTags("igw-", async (ec2, id) => {
    const { InternetGateways = [] } = await ec2.describeInternetGateways({ InternetGatewayIds: [id] });
    const attachments = InternetGateways.flatMap(({ Attachments = [] }) => Attachments);
    await Promise.all(attachments.map(({ VpcId }) => ec2.detachInternetGateway({ InternetGatewayId: id, VpcId })));
    await ec2.deleteInternetGateway({ InternetGatewayId: id });
});

export const ingressRule = securityGroupRule(false, (ec2, rule) => ec2.revokeSecurityGroupIngress(rule));
export const egressRule = securityGroupRule(true, (ec2, rule) => ec2.revokeSecurityGroupEgress(rule));

interface RuleKey {
    readonly GroupId: string | undefined;
    readonly SecurityGroupRuleIds: string[];
}

function securityGroupRule(egress: boolean, revoke: (ec2: EC2, rule: RuleKey) => Promise<unknown>): OrphanKind {
    return {
        async find(aws, inputs) {
            const Filters = [{ Name: "group-id", Values: [text(inputs, "securityGroupId")] }];
            const { SecurityGroupRules = [] } = await (await aws.ec2()).describeSecurityGroupRules({ Filters });
            const same = SecurityGroupRules.filter(({ IsEgress, Tags }) => IsEgress === egress && hasTags(tagMap(Tags), tagsOf(inputs)));
            return same.map(({ SecurityGroupRuleId = "", Tags }) => ({ id: SecurityGroupRuleId, tags: tagMap(Tags) }));
        },
        async remove(aws, id) {
            const ec2 = await aws.ec2();
            const { SecurityGroupRules = [] } = await ec2.describeSecurityGroupRules({ SecurityGroupRuleIds: [id] });
            await revoke(ec2, { GroupId: SecurityGroupRules[0]?.GroupId, SecurityGroupRuleIds: [id] });
        },
    };
}

/** Its address is free, and its subnet can go, once it is gone. AWS still shows it for an hour after that. */
export const natGateway: OrphanKind = {
    async find(aws, inputs) {
        const Filter = [{ Name: "subnet-id", Values: [text(inputs, "subnetId")] }];
        const { NatGateways = [] } = await (await aws.ec2()).describeNatGateways({ Filter });
        const same = NatGateways.filter(({ State, Tags }) => !leaving(State) && hasTags(tagMap(Tags), tagsOf(inputs)));
        return same.map(({ NatGatewayId = "", Tags }) => ({ id: NatGatewayId, tags: tagMap(Tags) }));
    },
    async remove(aws, id, signal) {
        const ec2 = await aws.ec2();
        await ec2.deleteNatGateway({ NatGatewayId: id });
        const deleted = async (): Promise<boolean> => ((await ec2.describeNatGateways({ NatGatewayIds: [id] })).NatGateways ?? []).every(({ State }) => State === "deleted");
        await waitUntilGone(id, deleted, signal);
    },
};

function leaving(state: string | undefined): boolean {
    return state === "deleting" || state === "deleted";
}

/** A route has no tags; it belongs to whom its table belongs. */
export const route: OrphanKind = {
    key: (inputs) => `${text(inputs, "routeTableId")} ${text(inputs, "destinationCidrBlock")}`,
    async find(aws, inputs) {
        const table = await tableOf(aws, inputs);
        const same = (table?.Routes ?? []).filter(({ DestinationCidrBlock }) => DestinationCidrBlock === inputs["destinationCidrBlock"]);
        return same.map(({ DestinationCidrBlock = "" }) => ({ id: `${text(inputs, "routeTableId")}_${DestinationCidrBlock}`, tags: tagMap(table?.Tags) }));
    },
    async remove(aws, id) {
        const [RouteTableId, DestinationCidrBlock] = id.split("_");
        await (await aws.ec2()).deleteRoute({ RouteTableId, DestinationCidrBlock });
    },
};

/** So does what ties a table to a subnet. */
export const routeTableAssociation: OrphanKind = {
    async find(aws, inputs) {
        const table = await tableOf(aws, inputs);
        const same = (table?.Associations ?? []).filter(({ SubnetId }) => SubnetId === inputs["subnetId"]);
        return same.map(({ RouteTableAssociationId = "" }) => ({ id: RouteTableAssociationId, tags: tagMap(table?.Tags) }));
    },
    remove: async (aws, id) => (await aws.ec2()).disassociateRouteTable({ AssociationId: id }),
};

async function tableOf(aws: Clients, inputs: Inputs): Promise<RouteTable | undefined> {
    return (await (await aws.ec2()).describeRouteTables({ RouteTableIds: [text(inputs, "routeTableId")] })).RouteTables?.[0];
}

/** EC2 gives names to nothing: what a creation has made is known by its id's beginning, and by having all the tags that it was asked for. */
function byTags(prefix: string, remove: (ec2: EC2, id: string) => Promise<unknown>): OrphanKind {
    return {
        async find(aws, inputs) {
            const wanted = tagsOf(inputs);
            const found = [...(await taggedWith(await aws.ec2(), wanted))].map(([id, tags]) => ({ id, tags }));
            return found.filter(({ id, tags }): boolean => id.startsWith(prefix) && hasTags(tags, wanted));
        },
        remove: async (aws, id) => remove(await aws.ec2(), id),
    };
}

async function taggedWith(ec2: EC2, wanted: Tags): Promise<ReadonlyMap<string, Tags>> {
    const { paginateDescribeTags } = await import("@aws-sdk/client-ec2");
    const filter = { Filters: [{ Name: "key", Values: Object.keys(wanted) }, { Name: "value", Values: [...new Set(Object.values(wanted))] }] };
    const found = new Map<string, Tags>();
    for await (const { Tags = [] } of paginateDescribeTags({ client: ec2 }, filter)) {
        for (const { ResourceId = "", Key = "", Value = "" } of Tags) found.set(ResourceId, { ...found.get(ResourceId), [Key]: Value });
    }
    return found;
}
