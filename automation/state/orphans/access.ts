import type { Clients } from "../../aws/clients";
import { tagged, tagMap, text, type Found, type OrphanKind } from "./kind";

export const role: OrphanKind = {
    find: async (aws, inputs) => findRole(aws, text(inputs, "name")),
    remove: async (aws, id) => (await aws.iam()).deleteRole({ RoleName: id }),
};

/** A role's own policy has no tags; it belongs to whom the role belongs. */
export const rolePolicy: OrphanKind = {
    async find(aws, inputs) {
        const [owner] = await findRole(aws, text(inputs, "role"));
        if (owner === undefined) return [];
        const { PolicyName } = await (await aws.iam()).getRolePolicy({ RoleName: owner.id, PolicyName: text(inputs, "name") });
        return PolicyName === undefined ? [] : [{ id: `${owner.id}:${PolicyName}`, tags: owner.tags }];
    },
    async remove(aws, id) {
        const [RoleName = "", PolicyName = ""] = id.split(":");
        await (await aws.iam()).deleteRolePolicy({ RoleName, PolicyName });
    },
};

export const policy: OrphanKind = {
    async find(aws, inputs) {
        const iam = await aws.iam();
        const { Policies = [] } = await iam.listPolicies({ Scope: "Local", PathPrefix: typeof inputs["path"] === "string" ? inputs["path"] : "/" });
        const same = Policies.filter(({ PolicyName }) => PolicyName === inputs["name"]).flatMap(({ Arn }) => Arn ?? []);
        return tagged(same, async (arn) => tagMap((await iam.listPolicyTags({ PolicyArn: arn })).Tags));
    },
    remove: async (aws, id) => (await aws.iam()).deletePolicy({ PolicyArn: id }),
};

export const logGroup: OrphanKind = {
    async find(aws, inputs) {
        const logs = await aws.logs();
        const name = text(inputs, "name");
        const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: name });
        if (!logGroups.some(({ logGroupName }) => logGroupName === name)) return [];
        return [{ id: name, tags: (await logs.listTagsLogGroup({ logGroupName: name })).tags ?? {} }];
    },
    remove: async (aws, id) => (await aws.logs()).deleteLogGroup({ logGroupName: id }),
};

export const parameter: OrphanKind = {
    async find(aws, inputs) {
        const ssm = await aws.ssm();
        const name = text(inputs, "name");
        await ssm.getParameter({ Name: name }); // listing tags of a name that does not exist is an error of another kind
        const { TagList } = await ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: name });
        return [{ id: name, tags: tagMap(TagList) }];
    },
    remove: async (aws, id) => (await aws.ssm()).deleteParameter({ Name: id }),
};

async function findRole(aws: Clients, name: string): Promise<readonly Found[]> {
    const { Role } = await (await aws.iam()).getRole({ RoleName: name });
    return Role?.RoleName === undefined ? [] : [{ id: Role.RoleName, tags: tagMap(Role.Tags) }];
}
