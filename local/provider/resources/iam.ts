import type { IAM, Policy } from "@aws-sdk/client-iam";
import { atMost, between, flag, json, number, tagged, text } from "../arguments";
import { Refusal, unlessMissing } from "../errors";
import { resourceType } from "../resourceType";
import type { Aws } from "../session";
import { tagChanges, tagList, tagMap } from "../tags";

const gone = ["NoSuchEntityException", "NoSuchEntity"] as const;
const path = text({ default: "/", replaces: true, limit: pathLimit });

export const role = resourceType({
    token: "aws:iam/role:Role",
    arguments: {
        name: text({ computed: true, replaces: true, limit: nameLimit(64) }),
        path,
        assumeRolePolicy: json({ required: true }),
        description: text({ limit: atMost(1000) }),
        maxSessionDuration: number({ default: 3600, limit: between(3600, 43_200) }),
        permissionsBoundary: text(),
        forceDetachPolicies: flag({ default: false }),
        ...tagged,
    },
    outputs: ["arn", "createDate", "uniqueId"],
    autoName: { argument: "name", maxLength: 64 },
    async create(inputs, aws) {
        const { Role } = await (
            await aws.iam()
        ).createRole({
            RoleName: inputs.name ?? "",
            Path: inputs.path,
            AssumeRolePolicyDocument: inputs.assumeRolePolicy,
            Description: inputs.description,
            MaxSessionDuration: inputs.maxSessionDuration,
            PermissionsBoundary: inputs.permissionsBoundary,
            Tags: tagList(inputs.tagsAll),
        });
        return Role?.RoleName ?? "";
    },
    async read(id, aws) {
        const found = (await unlessMissing((await aws.iam()).getRole({ RoleName: id }), ...gone))?.Role;
        if (found === undefined) return undefined;
        return {
            name: found.RoleName,
            path: found.Path,
            assumeRolePolicy: decodeURIComponent(found.AssumeRolePolicyDocument ?? ""),
            description: found.Description ?? null,
            maxSessionDuration: found.MaxSessionDuration,
            permissionsBoundary: found.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
            tagsAll: tagMap(found.Tags),
            arn: found.Arn,
            createDate: found.CreateDate,
            uniqueId: found.RoleId,
        };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        const iam = await aws.iam();
        if (changed.has("assumeRolePolicy")) await iam.updateAssumeRolePolicy({ RoleName: id, PolicyDocument: news.assumeRolePolicy });
        if (changed.has("description") || changed.has("maxSessionDuration")) {
            await iam.updateRole({ RoleName: id, Description: news.description ?? "", MaxSessionDuration: news.maxSessionDuration });
        }
        if (changed.has("permissionsBoundary")) await setBoundary(id, news.permissionsBoundary, iam);
        const tags = tagChanges(update);
        if (tags !== undefined && tags.removed.length > 0) await iam.untagRole({ RoleName: id, TagKeys: [...tags.removed] });
        if (tags !== undefined && Object.keys(tags.put).length > 0) await iam.tagRole({ RoleName: id, Tags: tagList(tags.put) });
    },
    async delete(id, aws, state) {
        const iam = await aws.iam();
        if (state["forceDetachPolicies"] === true) await detachAll(id, iam);
        await unlessMissing(iam.deleteRole({ RoleName: id }), ...gone);
    },
});

async function setBoundary(name: string, boundary: string | undefined, iam: IAM): Promise<void> {
    if (boundary === undefined) await iam.deleteRolePermissionsBoundary({ RoleName: name });
    else await iam.putRolePermissionsBoundary({ RoleName: name, PermissionsBoundary: boundary });
}

async function detachAll(name: string, iam: IAM): Promise<void> {
    const attached = await unlessMissing(iam.listAttachedRolePolicies({ RoleName: name }), ...gone);
    for (const { PolicyArn } of attached?.AttachedPolicies ?? []) await iam.detachRolePolicy({ RoleName: name, PolicyArn });
    const inline = await unlessMissing(iam.listRolePolicies({ RoleName: name }), ...gone);
    for (const PolicyName of inline?.PolicyNames ?? []) await iam.deleteRolePolicy({ RoleName: name, PolicyName });
}

/** A policy inside a role. The id is `<role>:<policy>`. */
export const rolePolicy = resourceType({
    token: "aws:iam/rolePolicy:RolePolicy",
    arguments: {
        name: text({ computed: true, replaces: true, limit: nameLimit(128) }),
        role: text({ required: true, replaces: true }),
        policy: json({ required: true, limit: sizeLimit(10_240) }),
    },
    outputs: [],
    autoName: { argument: "name", maxLength: 128 },
    async create({ name = "", role: RoleName, policy }, aws) {
        await (await aws.iam()).putRolePolicy({ RoleName, PolicyName: name, PolicyDocument: policy });
        return `${RoleName}:${name}`;
    },
    async read(id, aws) {
        const [RoleName = "", PolicyName = ""] = id.split(":");
        const found = await unlessMissing((await aws.iam()).getRolePolicy({ RoleName, PolicyName }), ...gone);
        return found && { name: PolicyName, role: RoleName, policy: decodeURIComponent(found.PolicyDocument ?? "") };
    },
    async update(id, { news }, aws) {
        const [RoleName = "", PolicyName = ""] = id.split(":");
        await (await aws.iam()).putRolePolicy({ RoleName, PolicyName, PolicyDocument: news.policy });
    },
    async delete(id, aws) {
        const [RoleName = "", PolicyName = ""] = id.split(":");
        await unlessMissing((await aws.iam()).deleteRolePolicy({ RoleName, PolicyName }), ...gone);
    },
});

/** A managed policy on a role. The id is that of an import with the real provider: `<role>/<policy ARN>`. */
export const rolePolicyAttachment = resourceType({
    token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    arguments: { role: text({ required: true, replaces: true }), policyArn: text({ required: true, replaces: true }) },
    outputs: [],
    deleteFirst: true,
    async create({ role: RoleName, policyArn }, aws) {
        await (await aws.iam()).attachRolePolicy({ RoleName, PolicyArn: policyArn });
        return `${RoleName}/${policyArn}`;
    },
    async read(id, aws) {
        const { RoleName, PolicyArn } = attachmentOf(id);
        const found = await unlessMissing((await aws.iam()).listAttachedRolePolicies({ RoleName }), ...gone);
        const attached = found?.AttachedPolicies?.some((one) => one.PolicyArn === PolicyArn) ?? false;
        return attached ? { role: RoleName, policyArn: PolicyArn } : undefined;
    },
    async delete(id, aws) {
        await unlessMissing((await aws.iam()).detachRolePolicy(attachmentOf(id)), ...gone);
    },
});

function attachmentOf(id: string): { readonly RoleName: string; readonly PolicyArn: string } {
    const slash = id.indexOf("/");
    return { RoleName: id.slice(0, slash), PolicyArn: id.slice(slash + 1) };
}

const versionsKept = 5;

/** A managed policy. */
export const policy = resourceType({
    token: "aws:iam/policy:Policy",
    arguments: {
        name: text({ computed: true, replaces: true, limit: nameLimit(128) }),
        path,
        description: text({ replaces: true, limit: atMost(1000) }),
        policy: json({ required: true, limit: sizeLimit(6144) }),
        ...tagged,
    },
    outputs: ["arn", "attachmentCount", "policyId"],
    autoName: { argument: "name", maxLength: 128 },
    async create(inputs, aws) {
        const { Policy: created } = await (
            await aws.iam()
        ).createPolicy({
            PolicyName: inputs.name ?? "",
            Path: inputs.path,
            Description: inputs.description,
            PolicyDocument: inputs.policy,
            Tags: tagList(inputs.tagsAll),
        });
        return created?.Arn ?? "";
    },
    async read(id, aws) {
        const iam = await aws.iam();
        const found = await findPolicy(id, aws);
        if (found === undefined) return undefined;
        const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: id, VersionId: found.DefaultVersionId ?? "v1" });
        return {
            name: found.PolicyName,
            path: found.Path,
            description: found.Description ?? null,
            policy: decodeURIComponent(PolicyVersion?.Document ?? ""),
            tagsAll: tagMap(found.Tags),
            arn: found.Arn,
            attachmentCount: found.AttachmentCount,
            policyId: found.PolicyId,
        };
    },
    async update(id, update, aws) {
        const iam = await aws.iam();
        if (update.changed.has("policy")) {
            await dropOldestVersion(id, iam);
            await iam.createPolicyVersion({ PolicyArn: id, PolicyDocument: update.news.policy, SetAsDefault: true });
        }
        const tags = tagChanges(update);
        if (tags !== undefined && tags.removed.length > 0) await iam.untagPolicy({ PolicyArn: id, TagKeys: [...tags.removed] });
        if (tags !== undefined && Object.keys(tags.put).length > 0) await iam.tagPolicy({ PolicyArn: id, Tags: tagList(tags.put) });
    },
    async delete(id, aws) {
        const iam = await aws.iam();
        const found = await findPolicy(id, aws);
        if (found === undefined) return;
        if ((found.AttachmentCount ?? 0) > 0) throw new Refusal("DeleteConflict", "Cannot delete a policy attached to entities.");
        for (const VersionId of await otherVersions(id, iam)) await iam.deletePolicyVersion({ PolicyArn: id, VersionId });
        await unlessMissing(iam.deletePolicy({ PolicyArn: id }), ...gone);
    },
});

async function findPolicy(arn: string, aws: Aws): Promise<Policy | undefined> {
    return (await unlessMissing((await aws.iam()).getPolicy({ PolicyArn: arn }), ...gone))?.Policy;
}

/** Versions that are not the default one, the oldest first. */
async function otherVersions(arn: string, iam: IAM): Promise<readonly string[]> {
    const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn: arn });
    const others = Versions.filter(({ IsDefaultVersion }) => IsDefaultVersion !== true).map(({ VersionId = "v1" }) => VersionId);
    return others.toSorted((one, other) => Number(one.slice(1)) - Number(other.slice(1)));
}

/** IAM keeps five versions of a policy and refuses a sixth. */
async function dropOldestVersion(arn: string, iam: IAM): Promise<void> {
    const [oldest, ...others] = await otherVersions(arn, iam);
    if (oldest !== undefined && others.length + 2 >= versionsKept) await iam.deletePolicyVersion({ PolicyArn: arn, VersionId: oldest });
}

function nameLimit(length: number): (name: string) => string | undefined {
    return (name) => (/^[\w+=,.@-]*$/.test(name) ? atMost(length)(name) : "can only contain letters, digits and +=,.@_-");
}

/** IAM counts a document without white space. */
function sizeLimit(characters: number): (document: string) => string | undefined {
    return (document) => {
        try {
            const { length } = JSON.stringify(JSON.parse(document));
            return length <= characters ? undefined : `LimitExceeded: cannot exceed quota of ${characters} characters; it has ${length}`;
        } catch {
            return "must be JSON";
        }
    };
}

function pathLimit(value: string): string | undefined {
    return /^\/(?:[\x21-\x2e\x30-\x7e]+\/)*$/.test(value) && value.length <= 512
        ? undefined
        : "must begin and end with / and have at most 512 characters";
}
