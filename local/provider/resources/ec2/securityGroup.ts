import { atMost, regional, tagged, text } from "../../arguments";
import { Refusal, unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { tagMap } from "../../tags";
import { retag, tagSpecifications } from "./tags";
import { usersOf } from "./users";

/** A security group without rules: each rule is a resource of its own, and the one that AWS gives to every new group is taken away. */
export const securityGroup = resourceType({
    token: "aws:ec2/securityGroup:SecurityGroup",
    arguments: {
        ...regional,
        name: text({ computed: true, replaces: true, limit: groupNameLimit }),
        description: text({ default: "Managed by Pulumi", replaces: true, limit: atMost(255) }),
        vpcId: text({ computed: true, replaces: true }),
        ...tagged,
    },
    outputs: ["arn", "ownerId"],
    autoName: { argument: "name", maxLength: 255 },
    async create({ name = "", description, vpcId, tagsAll }, aws, made) {
        const ec2 = await aws.ec2();
        const TagSpecifications = tagSpecifications("security-group", tagsAll);
        const { GroupId = "" } = await ec2.createSecurityGroup({
            GroupName: name,
            Description: description,
            VpcId: vpcId,
            TagSpecifications,
        });
        made(GroupId);
        const { SecurityGroupRules = [] } = await ec2.describeSecurityGroupRules({ Filters: [{ Name: "group-id", Values: [GroupId] }] });
        const SecurityGroupRuleIds = SecurityGroupRules.flatMap(({ IsEgress, SecurityGroupRuleId }) =>
            IsEgress === true ? (SecurityGroupRuleId ?? []) : [],
        );
        if (SecurityGroupRuleIds.length > 0) await ec2.revokeSecurityGroupEgress({ GroupId, SecurityGroupRuleIds });
        return GroupId;
    },
    async read(id, aws) {
        const found = await unlessMissing((await aws.ec2()).describeSecurityGroups({ GroupIds: [id] }), "InvalidGroup.NotFound");
        const group = found?.SecurityGroups?.[0];
        if (group === undefined) return undefined;
        return {
            name: group.GroupName,
            description: group.Description,
            vpcId: group.VpcId,
            tagsAll: tagMap(group.Tags),
            arn: `arn:${aws.partition}:ec2:${aws.region}:${aws.account}:security-group/${id}`,
            ownerId: group.OwnerId ?? aws.account,
        };
    },
    update: retag,
    async delete(id, aws) {
        const users = [...(await usersOf(aws, ({ securityGroups }) => securityGroups.includes(id))), ...(await referencesTo(id, aws))];
        if (users.length > 0) throw new Refusal("DependencyViolation", `resource ${id} has a dependent object: ${users.join(", ")}`);
        await unlessMissing((await aws.ec2()).deleteSecurityGroup({ GroupId: id }), "InvalidGroup.NotFound");
    },
});

function groupNameLimit(name: string): string | undefined {
    return name.startsWith("sg-") ? "must not begin with sg-" : atMost(255)(name);
}

/** Rules of other groups that name this one. */
async function referencesTo(id: string, aws: Aws): Promise<readonly string[]> {
    const { SecurityGroupRules = [] } = await (await aws.ec2()).describeSecurityGroupRules({});
    return SecurityGroupRules.filter(({ GroupId, ReferencedGroupInfo }) => GroupId !== id && ReferencedGroupInfo?.GroupId === id)
        .map(({ SecurityGroupRuleId = "", GroupId = "" }) => `rule ${SecurityGroupRuleId} of ${GroupId}`)
        .sort();
}
