import { setTimeout as sleep } from "node:timers/promises";
import type { Clients } from "../aws/clients";
import { isMissing } from "../aws/errors";
import { throwIfInterrupted } from "../engine/workspace";
import { UnderstudyError } from "../errors";

/** Something in AWS that an interrupted creation may have made. */
export interface Found {
    /** How Pulumi calls it: the id or the ARN that a finished creation would have left in the state. */
    readonly id: string;
    readonly tags: Readonly<Record<string, string>>;
}

/** How things of one resource type are found by what their creation was asked for, and removed. */
export interface OrphanKind {
    /** What there is, by the inputs that the engine recorded before it asked AWS; an automatic name is among them. */
    readonly find: (aws: Clients, inputs: Inputs) => Promise<readonly Found[]>;
    readonly remove: (aws: Clients, id: string, signal: AbortSignal | undefined) => Promise<unknown>;
}

export type Inputs = Readonly<Record<string, unknown>>;

/**
 * Every type that a branch stack owns, in the order in which they can be removed: what uses another comes before it. Of a base's own types
 * only those that nothing else hangs on.
 */
export const orphanKinds: ReadonlyMap<string, OrphanKind> = new Map<string, OrphanKind>([
    ["aws:lb/listenerRule:ListenerRule", { find: findRules, remove: async (aws, id) => (await aws.elb()).deleteRule({ RuleArn: id }) }],
    ["aws:ecs/service:Service", { find: findServices, remove: removeService }],
    ["aws:lb/targetGroup:TargetGroup", { find: findTargetGroups, remove: async (aws, id) => (await aws.elb()).deleteTargetGroup({ TargetGroupArn: id }) }],
    ["aws:servicediscovery/service:Service", { find: findDiscovery, remove: removeDiscovery }],
    ["aws:ecs/taskDefinition:TaskDefinition", { find: findDefinitions, remove: async (aws, id) => (await aws.ecs()).deregisterTaskDefinition({ taskDefinition: id }) }],
    ["aws:iam/rolePolicy:RolePolicy", { find: findRolePolicies, remove: removeRolePolicy }],
    ["aws:iam/role:Role", { find: findRoles, remove: async (aws, id) => (await aws.iam()).deleteRole({ RoleName: id }) }],
    ["aws:iam/policy:Policy", { find: findPolicies, remove: async (aws, id) => (await aws.iam()).deletePolicy({ PolicyArn: id }) }],
    ["aws:cloudwatch/logGroup:LogGroup", { find: findLogGroups, remove: async (aws, id) => (await aws.logs()).deleteLogGroup({ logGroupName: id }) }],
    ["aws:ssm/parameter:Parameter", { find: findParameters, remove: async (aws, id) => (await aws.ssm()).deleteParameter({ Name: id }) }],
    ["aws:ecs/cluster:Cluster", { find: findClusters, remove: async (aws, id) => (await aws.ecs()).deleteCluster({ cluster: id }) }],
    ["aws:ecr/repository:Repository", { find: findRepositories, remove: async (aws, id) => (await aws.ecr()).deleteRepository({ repositoryName: id }) }],
]);

async function findRules(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const elb = await aws.elb();
    const hosts = hostsOf(inputs);
    const { Rules = [] } = await elb.describeRules({ ListenerArn: text(inputs, "listenerArn") });
    const same = Rules.filter(({ Conditions = [] }) => Conditions.some(({ HostHeaderConfig }) => sameSet(HostHeaderConfig?.Values ?? [], hosts)));
    return tagged(same.flatMap(({ RuleArn }) => RuleArn ?? []), async (arn) => elbTags(aws, arn));
}

/** Host names of a rule's conditions as the program wrote them. */
function hostsOf(inputs: Inputs): readonly string[] {
    const conditions = inputs["conditions"] as readonly { readonly hostHeader?: { readonly values?: readonly string[] } }[] | undefined;
    return (conditions ?? []).flatMap(({ hostHeader }) => hostHeader?.values ?? []);
}

async function findTargetGroups(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const { TargetGroups = [] } = await (await aws.elb()).describeTargetGroups({ Names: [text(inputs, "name")] });
    return tagged(TargetGroups.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []), async (arn) => elbTags(aws, arn));
}

async function elbTags(aws: Clients, arn: string): Promise<Found["tags"]> {
    const { TagDescriptions = [] } = await (await aws.elb()).describeTags({ ResourceArns: [arn] });
    return tagMap(TagDescriptions.flatMap(({ Tags = [] }) => Tags));
}

async function findServices(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const { services = [] } = await (await aws.ecs()).describeServices({ cluster: text(inputs, "cluster"), services: [text(inputs, "name")], include: ["TAGS"] });
    return services.flatMap(({ serviceArn, status, tags = [] }) => (serviceArn === undefined || status === "INACTIVE" ? [] : [{ id: serviceArn, tags: ecsTags(tags) }]));
}

const drain = { pause: 1_000, tries: 300 } as const; // milliseconds; tasks have at most two minutes to stop

/** Ends a service and its tasks. While it drains, its name is taken and nothing can be made in its place. Fails when it does not end in time. */
async function removeService(aws: Clients, id: string, signal: AbortSignal | undefined): Promise<void> {
    const ecs = await aws.ecs();
    const [, cluster = ""] = id.slice(id.indexOf(":service/")).split("/");
    await ecs.deleteService({ cluster, service: id, force: true });
    for (let tried = 1; tried <= drain.tries; tried += 1) {
        const { services = [] } = await ecs.describeServices({ cluster, services: [id] });
        if (services.every(({ status }) => status === "INACTIVE")) return;
        throwIfInterrupted(signal);
        await sleep(drain.pause);
    }
    throw new UnderstudyError("update-failed", `${id}, which an interrupted run had made, does not end`, "wait until ECS shows it as INACTIVE, then run the same command again");
}

async function findDefinitions(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const ecs = await aws.ecs();
    const { taskDefinitionArns = [] } = await ecs.listTaskDefinitions({ familyPrefix: text(inputs, "family"), status: "ACTIVE", sort: "DESC" });
    return tagged(taskDefinitionArns, async (arn) => ecsTags((await ecs.describeTaskDefinition({ taskDefinition: arn, include: ["TAGS"] })).tags ?? []));
}

async function findClusters(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const { clusters = [] } = await (await aws.ecs()).describeClusters({ clusters: [text(inputs, "name")], include: ["TAGS"] });
    return clusters.flatMap(({ clusterArn, status, tags = [] }) => (clusterArn === undefined || status === "INACTIVE" ? [] : [{ id: clusterArn, tags: ecsTags(tags) }]));
}

async function findDiscovery(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const discovery = await aws.discovery();
    const { namespaceId = "" } = (inputs["dnsConfig"] ?? {}) as { readonly namespaceId?: string };
    const { paginateListServices } = await import("@aws-sdk/client-servicediscovery");
    const request = { Filters: [{ Name: "NAMESPACE_ID" as const, Values: [namespaceId], Condition: "EQ" as const }] };
    const found: Found[] = [];
    for await (const { Services = [] } of paginateListServices({ client: discovery }, request)) {
        for (const { Id = "", Arn = "", Name } of Services) {
            if (Name === inputs["name"]) found.push({ id: Id, tags: tagMap((await discovery.listTagsForResource({ ResourceARN: Arn })).Tags ?? []) });
        }
    }
    return found;
}

async function removeDiscovery(aws: Clients, id: string): Promise<void> {
    const discovery = await aws.discovery();
    const { Instances = [] } = await discovery.listInstances({ ServiceId: id });
    await Promise.all(Instances.map(({ Id = "" }) => discovery.deregisterInstance({ ServiceId: id, InstanceId: Id })));
    await discovery.deleteService({ Id: id });
}

async function findRoles(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const iam = await aws.iam();
    const { Role } = await iam.getRole({ RoleName: text(inputs, "name") });
    return Role?.RoleName === undefined ? [] : [{ id: Role.RoleName, tags: tagMap(Role.Tags ?? []) }];
}

/** A role's own policy has no tags; it belongs to whom the role belongs. */
async function findRolePolicies(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const [role] = await findRoles(aws, { name: inputs["role"] });
    if (role === undefined) return [];
    const { PolicyName } = await (await aws.iam()).getRolePolicy({ RoleName: role.id, PolicyName: text(inputs, "name") });
    return PolicyName === undefined ? [] : [{ id: `${role.id}:${PolicyName}`, tags: role.tags }];
}

async function removeRolePolicy(aws: Clients, id: string): Promise<void> {
    const [RoleName = "", PolicyName = ""] = id.split(":");
    await (await aws.iam()).deleteRolePolicy({ RoleName, PolicyName });
}

async function findPolicies(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const iam = await aws.iam();
    const { Policies = [] } = await iam.listPolicies({ Scope: "Local", PathPrefix: typeof inputs["path"] === "string" ? inputs["path"] : "/" });
    const same = Policies.filter(({ PolicyName }) => PolicyName === inputs["name"]).flatMap(({ Arn }) => Arn ?? []);
    return tagged(same, async (arn) => tagMap((await iam.listPolicyTags({ PolicyArn: arn })).Tags ?? []));
}

async function findLogGroups(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const logs = await aws.logs();
    const name = text(inputs, "name");
    const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: name });
    if (!logGroups.some(({ logGroupName }) => logGroupName === name)) return [];
    return [{ id: name, tags: (await logs.listTagsLogGroup({ logGroupName: name })).tags ?? {} }];
}

async function findParameters(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const ssm = await aws.ssm();
    const name = text(inputs, "name");
    await ssm.getParameter({ Name: name }); // listing tags of a name that does not exist is an error of another kind
    const { TagList = [] } = await ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: name });
    return [{ id: name, tags: tagMap(TagList) }];
}

async function findRepositories(aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    const ecr = await aws.ecr();
    const { repositories = [] } = await ecr.describeRepositories({ repositoryNames: [text(inputs, "name")] });
    const found = repositories.map(async ({ repositoryName = "", repositoryArn = "" }) => ({
        id: repositoryName,
        tags: tagMap((await ecr.listTagsForResource({ resourceArn: repositoryArn })).tags ?? []),
    }));
    return Promise.all(found);
}

/** What a lookup finds; an answer that it does not exist is nothing found. */
export async function findOrphans(kind: OrphanKind, aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    try {
        return await kind.find(aws, inputs);
    } catch (error) {
        if (isMissing(error)) return [];
        throw error;
    }
}

async function tagged(ids: readonly string[], tagsOf: (id: string) => Promise<Found["tags"]>): Promise<readonly Found[]> {
    return Promise.all(ids.map(async (id) => ({ id, tags: await tagsOf(id) })));
}

function tagMap(tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]): Found["tags"] {
    return Object.fromEntries(tags.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ""]])));
}

function ecsTags(tags: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[]): Found["tags"] {
    return tagMap(tags.map(({ key, value }) => ({ Key: key, Value: value })));
}

function text(inputs: Inputs, key: string): string {
    const value = inputs[key];
    if (typeof value === "string") return value;
    throw new Error(`the recorded inputs have no ${key}`);
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
    return one.length === other.length && one.every((value) => other.includes(value));
}
