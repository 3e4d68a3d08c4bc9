import { flag, regional, tagged, text } from "../../arguments";
import { Refusal, unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { tagMap } from "../../tags";
import { usersOf } from "./users";
import { retag, tagSpecifications } from "./tags";

export const subnet = resourceType({
    token: "aws:ec2/subnet:Subnet",
    arguments: {
        ...regional,
        vpcId: text({ required: true, replaces: true }),
        cidrBlock: text({ required: true, replaces: true }),
        availabilityZone: text({ computed: true, replaces: true }),
        availabilityZoneId: text({ computed: true, replaces: true }),
        mapPublicIpOnLaunch: flag({ default: false }),
        assignIpv6AddressOnCreation: flag({ default: false }),
        ...tagged,
    },
    outputs: ["arn", "ownerId"],
    async create(inputs, aws, made) {
        const ec2 = await aws.ec2();
        const { Subnet } = await ec2.createSubnet({
            VpcId: inputs.vpcId,
            CidrBlock: inputs.cidrBlock,
            AvailabilityZone: inputs.availabilityZone,
            AvailabilityZoneId: inputs.availabilityZoneId,
            TagSpecifications: tagSpecifications("subnet", inputs.tagsAll),
        });
        const id = Subnet?.SubnetId ?? "";
        made(id);
        await setFlags(id, inputs, aws);
        return id;
    },
    async read(id, aws) {
        const found = await unlessMissing((await aws.ec2()).describeSubnets({ SubnetIds: [id] }), "InvalidSubnetID.NotFound");
        const Subnet = found?.Subnets?.[0];
        if (Subnet === undefined) return undefined;
        return {
            vpcId: Subnet.VpcId,
            cidrBlock: Subnet.CidrBlock,
            availabilityZone: Subnet.AvailabilityZone,
            availabilityZoneId: Subnet.AvailabilityZoneId,
            mapPublicIpOnLaunch: Subnet.MapPublicIpOnLaunch,
            assignIpv6AddressOnCreation: Subnet.AssignIpv6AddressOnCreation,
            tagsAll: tagMap(Subnet.Tags),
            arn: Subnet.SubnetArn,
            ownerId: Subnet.OwnerId ?? aws.account,
        };
    },
    async update(id, update, aws) {
        await setFlags(id, update.news, aws);
        await retag(id, update, aws);
    },
    async delete(id, aws) {
        const users = await usersOf(aws, ({ subnets }) => subnets.includes(id));
        if (users.length > 0)
            throw new Refusal("DependencyViolation", `The subnet '${id}' has dependencies and cannot be deleted: ${users.join(", ")}`);
        await unlessMissing((await aws.ec2()).deleteSubnet({ SubnetId: id }), "InvalidSubnetID.NotFound");
    },
});

/** AWS takes only one of them in a call. */
async function setFlags(
    id: string,
    flags: { mapPublicIpOnLaunch: boolean; assignIpv6AddressOnCreation: boolean },
    aws: Aws,
): Promise<void> {
    const ec2 = await aws.ec2();
    await ec2.modifySubnetAttribute({ SubnetId: id, MapPublicIpOnLaunch: { Value: flags.mapPublicIpOnLaunch } });
    await ec2.modifySubnetAttribute({ SubnetId: id, AssignIpv6AddressOnCreation: { Value: flags.assignIpv6AddressOnCreation } });
}
