import { oneOf, regional, tagged, text } from "../../arguments";
import { unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { tagMap } from "../../tags";
import { retag, tagSpecifications } from "./tags";

export const internetGateway = resourceType({
    token: "aws:ec2/internetGateway:InternetGateway",
    arguments: { ...regional, vpcId: text({ computed: true }), ...tagged },
    outputs: ["arn", "ownerId"],
    async create({ vpcId, tagsAll }, aws, made) {
        const ec2 = await aws.ec2();
        const { InternetGateway } = await ec2.createInternetGateway({ TagSpecifications: tagSpecifications("internet-gateway", tagsAll) });
        const id = InternetGateway?.InternetGatewayId ?? "";
        made(id);
        if (vpcId !== undefined) await ec2.attachInternetGateway({ InternetGatewayId: id, VpcId: vpcId });
        return id;
    },
    async read(id, aws) {
        const gateway = await findInternetGateway(id, aws);
        if (gateway === undefined) return undefined;
        return {
            vpcId: gateway.Attachments?.[0]?.VpcId ?? null,
            tagsAll: tagMap(gateway.Tags),
            arn: `arn:${aws.partition}:ec2:${aws.region}:${aws.account}:internet-gateway/${id}`,
            ownerId: gateway.OwnerId ?? aws.account,
        };
    },
    async update(id, update, aws) {
        if (update.changed.has("vpcId")) {
            await detach(id, aws);
            await (await aws.ec2()).attachInternetGateway({ InternetGatewayId: id, VpcId: update.news.vpcId });
        }
        await retag(id, update, aws);
    },
    async delete(id, aws) {
        await detach(id, aws);
        await unlessMissing((await aws.ec2()).deleteInternetGateway({ InternetGatewayId: id }), "InvalidInternetGatewayID.NotFound");
    },
});

export const eip = resourceType({
    token: "aws:ec2/eip:Eip",
    arguments: { ...regional, domain: oneOf(["vpc"], { computed: true, replaces: true }), ...tagged },
    outputs: ["allocationId", "arn", "associationId", "networkInterface", "privateIp", "publicIp", "publicDns"],
    async create({ tagsAll }, aws) {
        const { AllocationId = "" } = await (
            await aws.ec2()
        ).allocateAddress({ Domain: "vpc", TagSpecifications: tagSpecifications("elastic-ip", tagsAll) });
        return AllocationId;
    },
    async read(id, aws) {
        const found = await unlessMissing((await aws.ec2()).describeAddresses({ AllocationIds: [id] }), "InvalidAllocationID.NotFound");
        const address = found?.Addresses?.[0];
        if (address === undefined) return undefined;
        return {
            domain: address.Domain,
            tagsAll: tagMap(address.Tags),
            allocationId: id,
            arn: `arn:${aws.partition}:ec2:${aws.region}:${aws.account}:elastic-ip/${id}`,
            associationId: address.AssociationId ?? "",
            networkInterface: address.NetworkInterfaceId ?? "",
            privateIp: address.PrivateIpAddress ?? "",
            publicIp: address.PublicIp,
            publicDns: `ec2-${address.PublicIp?.replaceAll(".", "-") ?? ""}.${aws.region}.compute.amazonaws.com`,
        };
    },
    update: retag,
    async delete(id, aws) {
        await unlessMissing((await aws.ec2()).releaseAddress({ AllocationId: id }), "InvalidAllocationID.NotFound");
    },
});

export const natGateway = resourceType({
    token: "aws:ec2/natGateway:NatGateway",
    arguments: {
        ...regional,
        subnetId: text({ required: true, replaces: true }),
        allocationId: text({ replaces: true }),
        connectivityType: oneOf(["public", "private"], { default: "public", replaces: true }),
        ...tagged,
    },
    outputs: ["associationId", "networkInterfaceId", "privateIp", "publicIp"],
    limits({ connectivityType = "public" }, given) {
        if (given("allocationId") === (connectivityType === "public")) return [];
        return [{ property: "allocationId", reason: "must be given for a public NAT gateway, and cannot be for a private one" }];
    },
    async create({ subnetId, allocationId, connectivityType, tagsAll }, aws, made) {
        const { NatGateway } = await (
            await aws.ec2()
        ).createNatGateway({
            SubnetId: subnetId,
            AllocationId: allocationId,
            ConnectivityType: connectivityType,
            TagSpecifications: tagSpecifications("natgateway", tagsAll),
        });
        const id = NatGateway?.NatGatewayId ?? "";
        made(id);
        await aws.waitFor(`NAT gateway ${id} to become available`, 10, async () =>
            (await findNatGateway(id, aws))?.State === "available" ? true : undefined,
        );
        return id;
    },
    async read(id, aws) {
        const gateway = await findNatGateway(id, aws);
        if (gateway === undefined) return undefined;
        const address = gateway.NatGatewayAddresses?.[0];
        return {
            subnetId: gateway.SubnetId,
            allocationId: address?.AllocationId ?? null,
            connectivityType: gateway.ConnectivityType,
            tagsAll: tagMap(gateway.Tags),
            associationId: address?.AssociationId ?? "",
            networkInterfaceId: address?.NetworkInterfaceId ?? "",
            privateIp: address?.PrivateIp ?? "",
            publicIp: address?.PublicIp ?? "",
        };
    },
    update: retag,
    async delete(id, aws) {
        await unlessMissing((await aws.ec2()).deleteNatGateway({ NatGatewayId: id }), "NatGatewayNotFound");
        await aws.waitFor(`NAT gateway ${id} to go`, 30, async () => ((await findNatGateway(id, aws)) === undefined ? true : undefined));
    },
});

async function findInternetGateway(id: string, aws: Aws) {
    const call = (await aws.ec2()).describeInternetGateways({ InternetGatewayIds: [id] });
    return (await unlessMissing(call, "InvalidInternetGatewayID.NotFound"))?.InternetGateways?.[0];
}

async function detach(id: string, aws: Aws): Promise<void> {
    const ec2 = await aws.ec2();
    const gateway = await findInternetGateway(id, aws);
    for (const { VpcId } of gateway?.Attachments ?? []) {
        await unlessMissing(ec2.detachInternetGateway({ InternetGatewayId: id, VpcId }), "Gateway.NotAttached");
    }
}

/** A NAT gateway stays visible for an hour after it was deleted. */
async function findNatGateway(id: string, aws: Aws) {
    const found = await unlessMissing((await aws.ec2()).describeNatGateways({ NatGatewayIds: [id] }), "NatGatewayNotFound");
    return found?.NatGateways?.find(({ State }) => State !== "deleted");
}
