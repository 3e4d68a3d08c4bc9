import { regional, tagged, text } from "../../arguments";
import { Refusal, unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { textOf } from "../../state";
import { tagMap } from "../../tags";
import { retag, tagSpecifications } from "./tags";

export const routeTable = resourceType({
    token: "aws:ec2/routeTable:RouteTable",
    arguments: { ...regional, vpcId: text({ required: true, replaces: true }), ...tagged },
    outputs: ["arn", "ownerId"],
    async create({ vpcId, tagsAll }, aws) {
        const TagSpecifications = tagSpecifications("route-table", tagsAll);
        const { RouteTable } = await (await aws.ec2()).createRouteTable({ VpcId: vpcId, TagSpecifications });
        return RouteTable?.RouteTableId ?? "";
    },
    async read(id, aws) {
        const table = await findTable(id, aws);
        if (table === undefined) return undefined;
        return {
            vpcId: table.VpcId,
            tagsAll: tagMap(table.Tags),
            arn: `arn:${aws.partition}:ec2:${aws.region}:${aws.account}:route-table/${id}`,
            ownerId: table.OwnerId ?? aws.account,
        };
    },
    update: retag,
    async delete(id, aws) {
        await unlessMissing((await aws.ec2()).deleteRouteTable({ RouteTableId: id }), "InvalidRouteTableID.NotFound");
    },
});

/** The id is that of an import with the real provider: `<route table>_<destination>`. */
export const route = resourceType({
    token: "aws:ec2/route:Route",
    arguments: {
        ...regional,
        routeTableId: text({ required: true, replaces: true }),
        destinationCidrBlock: text({ required: true, replaces: true }),
        gatewayId: text(),
        natGatewayId: text(),
    },
    outputs: ["origin", "state"],
    limits(_, given) {
        const targets = (["gatewayId", "natGatewayId"] as const).filter(given);
        return targets.length === 1 ? [] : [{ property: "gatewayId", reason: "exactly one of gatewayId and natGatewayId must be given" }];
    },
    async create({ routeTableId, destinationCidrBlock, gatewayId, natGatewayId }, aws) {
        if ((await findRoute(routeTableId, destinationCidrBlock, aws)) !== undefined) {
            throw new Refusal("RouteAlreadyExists", `The route identified by ${destinationCidrBlock} already exists.`);
        }
        await (
            await aws.ec2()
        ).createRoute({
            RouteTableId: routeTableId,
            DestinationCidrBlock: destinationCidrBlock,
            GatewayId: gatewayId,
            NatGatewayId: natGatewayId,
        });
        return `${routeTableId}_${destinationCidrBlock}`;
    },
    async read(id, aws) {
        const [routeTableId = "", destinationCidrBlock = ""] = id.split("_");
        const found = await findRoute(routeTableId, destinationCidrBlock, aws);
        if (found === undefined) return undefined;
        const { GatewayId = null, NatGatewayId = null, Origin, State } = found;
        return { routeTableId, destinationCidrBlock, gatewayId: GatewayId, natGatewayId: NatGatewayId, origin: Origin, state: State };
    },
    async update(_, { news: { routeTableId, destinationCidrBlock, gatewayId, natGatewayId } }, aws) {
        await (
            await aws.ec2()
        ).replaceRoute({
            RouteTableId: routeTableId,
            DestinationCidrBlock: destinationCidrBlock,
            GatewayId: gatewayId,
            NatGatewayId: natGatewayId,
        });
    },
    async delete(id, aws) {
        const [RouteTableId = "", DestinationCidrBlock = ""] = id.split("_");
        await unlessMissing(
            (await aws.ec2()).deleteRoute({ RouteTableId, DestinationCidrBlock }),
            "InvalidRoute.NotFound",
            "InvalidRouteTableID.NotFound",
        );
    },
});

/**
 * A subnet has one route table, so the association is found by its subnet: giving it another table gives it another id on AWS. It is
 * imported as `<subnet>/<route table>`.
 */
export const routeTableAssociation = resourceType({
    token: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    arguments: { ...regional, subnetId: text({ required: true, replaces: true }), routeTableId: text({ required: true }) },
    outputs: [],
    async create({ subnetId, routeTableId }, aws) {
        if ((await findAssociation(subnetId, aws)) !== undefined) {
            throw new Refusal(
                "Resource.AlreadyAssociated",
                `the specified association for subnet ${subnetId} conflicts with an existing association`,
            );
        }
        const { AssociationId = "" } = await (await aws.ec2()).associateRouteTable({ SubnetId: subnetId, RouteTableId: routeTableId });
        return AssociationId;
    },
    async read(id, aws, state) {
        const imported = id.startsWith("subnet-") ? id.split("/")[0] : undefined;
        const subnetId = imported ?? textOf(state, "subnetId");
        const association = await findAssociation(subnetId, aws);
        if (association === undefined) return undefined;
        const { RouteTableAssociationId, RouteTableId } = association;
        return { ...(imported === undefined ? {} : { id: RouteTableAssociationId }), subnetId, routeTableId: RouteTableId };
    },
    async update(_, { news: { subnetId, routeTableId } }, aws) {
        const association = await findAssociation(subnetId, aws);
        await (
            await aws.ec2()
        ).replaceRouteTableAssociation({ AssociationId: association?.RouteTableAssociationId, RouteTableId: routeTableId });
    },
    async delete(_, aws, state) {
        const association = await findAssociation(textOf(state, "subnetId"), aws);
        if (association === undefined) return;
        const gone = (await aws.ec2()).disassociateRouteTable({ AssociationId: association.RouteTableAssociationId });
        await unlessMissing(gone, "InvalidAssociationID.NotFound");
    },
});

async function findTable(id: string, aws: Aws) {
    const found = await unlessMissing((await aws.ec2()).describeRouteTables({ RouteTableIds: [id] }), "InvalidRouteTableID.NotFound");
    return found?.RouteTables?.[0];
}

async function findRoute(table: string, destination: string, aws: Aws) {
    return (await findTable(table, aws))?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === destination);
}

async function findAssociation(subnet: string, aws: Aws) {
    const Filters = [{ Name: "association.subnet-id", Values: [subnet] }];
    const { RouteTables = [] } = await (await aws.ec2()).describeRouteTables({ Filters });
    return RouteTables.flatMap(({ Associations = [] }) => Associations).find(({ SubnetId }) => SubnetId === subnet);
}
