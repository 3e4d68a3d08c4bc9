import { flag, oneOf, regional, tagged, text } from "../../arguments";
import { unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { tagMap } from "../../tags";
import { retag, tagSpecifications } from "./tags";

export const vpc = resourceType({
    token: "aws:ec2/vpc:Vpc",
    arguments: {
        ...regional,
        cidrBlock: text({ required: true, replaces: true }),
        instanceTenancy: oneOf(["default", "dedicated"], { default: "default", replaces: true }),
        enableDnsSupport: flag({ default: true }),
        enableDnsHostnames: flag({ default: false }),
        ...tagged,
    },
    outputs: [
        "arn",
        "ownerId",
        "mainRouteTableId",
        "defaultRouteTableId",
        "defaultSecurityGroupId",
        "defaultNetworkAclId",
        "dhcpOptionsId",
    ],
    async create({ cidrBlock, instanceTenancy, enableDnsSupport, enableDnsHostnames, tagsAll }, aws, made) {
        const ec2 = await aws.ec2();
        const { Vpc } = await ec2.createVpc({
            CidrBlock: cidrBlock,
            InstanceTenancy: instanceTenancy,
            TagSpecifications: tagSpecifications("vpc", tagsAll),
        });
        const id = Vpc?.VpcId ?? "";
        made(id);
        await setDns(id, { enableDnsSupport, enableDnsHostnames }, aws);
        return id;
    },
    async read(id, aws) {
        const ec2 = await aws.ec2();
        const found = await unlessMissing(ec2.describeVpcs({ VpcIds: [id] }), "InvalidVpcID.NotFound");
        const Vpc = found?.Vpcs?.[0];
        if (Vpc === undefined) return undefined;
        const ofVpc = { Name: "vpc-id", Values: [id] };
        const [support, hostnames, tables, groups, acls] = await Promise.all([
            ec2.describeVpcAttribute({ VpcId: id, Attribute: "enableDnsSupport" }),
            ec2.describeVpcAttribute({ VpcId: id, Attribute: "enableDnsHostnames" }),
            ec2.describeRouteTables({ Filters: [ofVpc, { Name: "association.main", Values: ["true"] }] }),
            ec2.describeSecurityGroups({ Filters: [ofVpc, { Name: "group-name", Values: ["default"] }] }),
            ec2.describeNetworkAcls({ Filters: [ofVpc, { Name: "default", Values: ["true"] }] }),
        ]);
        const mainRouteTableId = tables.RouteTables?.[0]?.RouteTableId;
        return {
            cidrBlock: Vpc.CidrBlock,
            instanceTenancy: Vpc.InstanceTenancy,
            enableDnsSupport: support.EnableDnsSupport?.Value,
            enableDnsHostnames: hostnames.EnableDnsHostnames?.Value,
            tagsAll: tagMap(Vpc.Tags),
            arn: `arn:${aws.partition}:ec2:${aws.region}:${aws.account}:vpc/${id}`,
            ownerId: Vpc.OwnerId ?? aws.account,
            mainRouteTableId,
            defaultRouteTableId: mainRouteTableId,
            defaultSecurityGroupId: groups.SecurityGroups?.[0]?.GroupId,
            defaultNetworkAclId: acls.NetworkAcls?.[0]?.NetworkAclId,
            dhcpOptionsId: Vpc.DhcpOptionsId,
        };
    },
    async update(id, update, aws) {
        const { enableDnsSupport, enableDnsHostnames } = update.news;
        await setDns(id, { enableDnsSupport, enableDnsHostnames }, aws);
        await retag(id, update, aws);
    },
    async delete(id, aws) {
        await unlessMissing((await aws.ec2()).deleteVpc({ VpcId: id }), "InvalidVpcID.NotFound");
    },
});

/** One call for each: AWS takes only one attribute at a time. Host names need support, so that comes first. */
async function setDns(id: string, dns: { enableDnsSupport: boolean; enableDnsHostnames: boolean }, aws: Aws): Promise<void> {
    const ec2 = await aws.ec2();
    await ec2.modifyVpcAttribute({ VpcId: id, EnableDnsSupport: { Value: dns.enableDnsSupport } });
    await ec2.modifyVpcAttribute({ VpcId: id, EnableDnsHostnames: { Value: dns.enableDnsHostnames } });
}
