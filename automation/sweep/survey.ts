import { branchRolePath, isBranchId } from "../../model/names";
import type { Contract } from "../../stacks/contract";
import type { Clients } from "../aws/clients";
import { calling, isMissing } from "../aws/errors";
import { orphanKinds } from "../state/orphans/kinds";
import { tagMap, type Tags } from "../state/orphans/kind";

/** Something in AWS that says of itself which environment it belongs to. */
export interface Tagged {
    /** @example "aws:lb/targetGroup:TargetGroup" */
    readonly type: string;
    /** How Pulumi calls it. */
    readonly id: string;
    readonly environment: string;
}

/** Where a base and its branches have what they make. */
export type Ground = Pick<Contract, "app" | "base" | "cluster" | "namespace" | "ingress">;

/** One kind of thing: everything there is of it that could be of a branch, with its name, and the tags of some. */
interface Survey {
    readonly type: string;
    readonly list: (aws: Clients, ground: Ground) => Promise<readonly Candidate[]>;
}

interface Candidate {
    readonly id: string;
    /** Where the id of a branch, or the hash in it, can be seen without asking for tags. */
    readonly name: string;
    readonly tags: () => Promise<Tags>;
}

/**
 * What there is of branch environments that are not `alive`, by the tags that the program puts on everything. In the order in which it can be
 * removed. Only of what no living environment's name is in are the tags asked for.
 */
export async function surveyDead(aws: Clients, ground: Ground, alive: readonly string[]): Promise<readonly Tagged[]> {
    const living = new Set(alive);
    const hashes = new Set(alive.map((id) => id.slice(-8)));
    const found: Tagged[] = [];
    for (const { type, list } of surveys) {
        const candidates = await calling(`look for what is left of ${type}`, () => list(aws, ground));
        for (const { id, name, tags } of candidates) {
            if ([...name.matchAll(/[0-9a-f]{8}/g)].some(([digits]) => hashes.has(digits))) continue;
            const { "understudy:app": app, "understudy:environment": environment = "" } = await calling(`read the tags of ${id}`, () => unlessGone(tags()));
            if (app === ground.app && isBranchId(environment) && !living.has(environment)) found.push({ type, id, environment });
        }
    }
    return found;
}

/** Removes something that {@link surveyDead} has found. What is gone already is no failure. */
export async function removeDead(aws: Clients, { type, id }: Tagged, signal: AbortSignal | undefined): Promise<void> {
    const kind = orphanKinds.get(type);
    if (kind === undefined) throw new Error(`nothing is known of ${type}`);
    try {
        if (type === roleType) await emptyRole(aws, id);
        await calling(`remove ${id}`, () => kind.remove(aws, id, signal));
    } catch (error) {
        if (!isMissing(error)) throw error;
    }
}

const roleType = "aws:iam/role:Role";

/** Every type that a branch stack makes and that has tags, or whose tags are those of what it is in. */
const surveys: readonly Survey[] = [
    {
        type: "aws:ecs/service:Service",
        async list(aws, { cluster }) {
            const ecs = await aws.ecs();
            const { paginateListServices } = await import("@aws-sdk/client-ecs");
            const found: Candidate[] = [];
            for await (const { serviceArns = [] } of paginateListServices({ client: ecs }, { cluster: cluster.name })) {
                for (const arn of serviceArns) found.push({ id: arn, name: arn, tags: async () => tagMap(upper((await ecs.listTagsForResource({ resourceArn: arn })).tags)) });
            }
            return found;
        },
    },
    {
        type: "aws:lb/listenerRule:ListenerRule",
        async list(aws, { ingress }) {
            const elb = await aws.elb();
            const { paginateDescribeRules } = await import("@aws-sdk/client-elastic-load-balancing-v2");
            const found: Candidate[] = [];
            for (const { listenerArn } of [ingress, ...ingress.furtherShards]) {
                for await (const { Rules = [] } of paginateDescribeRules({ client: elb }, { ListenerArn: listenerArn })) {
                    for (const { RuleArn: id = "", IsDefault, Conditions = [] } of Rules) {
                        const hosts = Conditions.flatMap(({ HostHeaderConfig }) => HostHeaderConfig?.Values ?? []).join(" ");
                        if (IsDefault !== true) found.push({ id, name: hosts, tags: () => balancerTags(aws, id) });
                    }
                }
            }
            return found;
        },
    },
    {
        type: "aws:lb/targetGroup:TargetGroup",
        async list(aws) {
            const { paginateDescribeTargetGroups } = await import("@aws-sdk/client-elastic-load-balancing-v2");
            const found: Candidate[] = [];
            for await (const { TargetGroups = [] } of paginateDescribeTargetGroups({ client: await aws.elb() }, {})) {
                found.push(...TargetGroups.map(({ TargetGroupArn: id = "", TargetGroupName: name = "" }) => ({ id, name: name.slice(0, 8), tags: () => balancerTags(aws, id) })));
            }
            return found;
        },
    },
    {
        type: "aws:servicediscovery/service:Service",
        async list(aws, { namespace }) {
            const discovery = await aws.discovery();
            const { paginateListServices } = await import("@aws-sdk/client-servicediscovery");
            const request = { Filters: [{ Name: "NAMESPACE_ID" as const, Values: [namespace.id], Condition: "EQ" as const }] };
            const found: Candidate[] = [];
            for await (const { Services = [] } of paginateListServices({ client: discovery }, request)) {
                for (const { Id = "", Arn = "", Name: name = "" } of Services) {
                    found.push({ id: Id, name, tags: async () => tagMap((await discovery.listTagsForResource({ ResourceARN: Arn })).Tags) });
                }
            }
            return found;
        },
    },
    {
        type: roleType,
        async list(aws, { app, base }) {
            const iam = await aws.iam();
            const { paginateListRoles } = await import("@aws-sdk/client-iam");
            const found: Candidate[] = [];
            for await (const { Roles = [] } of paginateListRoles({ client: iam }, { PathPrefix: branchRolePath(app, base) })) {
                for (const { RoleName: id = "" } of Roles) found.push({ id, name: id.slice(0, 8), tags: async () => tagMap((await iam.listRoleTags({ RoleName: id })).Tags) });
            }
            return found;
        },
    },
    {
        type: "aws:cloudwatch/logGroup:LogGroup",
        async list(aws, { app }) {
            const logs = await aws.logs();
            const { paginateDescribeLogGroups } = await import("@aws-sdk/client-cloudwatch-logs");
            const found: Candidate[] = [];
            for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, { logGroupNamePrefix: `/${app}/` })) {
                for (const { logGroupName: id = "" } of logGroups) found.push({ id, name: id.split("/")[2] ?? "", tags: async () => (await logs.listTagsLogGroup({ logGroupName: id })).tags ?? {} });
            }
            return found.filter(({ name }) => isBranchId(name));
        },
    },
    {
        type: "aws:ssm/parameter:Parameter",
        async list(aws, { app }) {
            const ssm = await aws.ssm();
            const { paginateDescribeParameters } = await import("@aws-sdk/client-ssm");
            const request = { ParameterFilters: [{ Key: "Path", Option: "Recursive", Values: [`/${app}`] }] };
            const found: Candidate[] = [];
            for await (const { Parameters = [] } of paginateDescribeParameters({ client: ssm }, request)) {
                for (const { Name: id = "" } of Parameters) {
                    found.push({ id, name: id.split("/")[2] ?? "", tags: async () => tagMap((await ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: id })).TagList) });
                }
            }
            return found.filter(({ name }) => isBranchId(name));
        },
    },
    {
        type: "aws:sqs/queue:Queue",
        async list(aws, { app }) {
            const sqs = await aws.sqs();
            const { paginateListQueues } = await import("@aws-sdk/client-sqs");
            const found: Candidate[] = [];
            for await (const { QueueUrls = [] } of paginateListQueues({ client: sqs }, { QueueNamePrefix: `${app}_`, MaxResults: 1_000 })) {
                for (const id of QueueUrls) found.push({ id, name: id.split("/").at(-1)?.split("_")[1] ?? "", tags: async () => (await sqs.listQueueTags({ QueueUrl: id })).Tags ?? {} });
            }
            return found;
        },
    },
    {
        type: "aws:s3/bucket:Bucket",
        async list(aws, { app }) {
            const s3 = await aws.s3();
            const { Buckets = [] } = await s3.listBuckets({});
            const own = Buckets.flatMap(({ Name = "" }) => (Name.startsWith(`${app}--`) ? [Name] : []));
            return own.map((id) => ({ id, name: id.split("--")[1] ?? "", tags: async () => tagMap((await s3.getBucketTagging({ Bucket: id })).TagSet) }));
        },
    },
];

/** A service that is gone between being listed and being asked, or one that has no tags at all, is nobody's. */
async function unlessGone(tags: Promise<Tags>): Promise<Tags> {
    try {
        return await tags;
    } catch (error) {
        if (isMissing(error) || (error instanceof Error && error.name === "NoSuchTagSet")) return {};
        throw error;
    }
}

async function balancerTags(aws: Clients, arn: string): Promise<Tags> {
    const { TagDescriptions = [] } = await (await aws.elb()).describeTags({ ResourceArns: [arn] });
    return tagMap(TagDescriptions.flatMap(({ Tags = [] }) => Tags));
}

function upper(tags: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[] = []): readonly { Key: string | undefined; Value: string | undefined }[] {
    return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

/** AWS deletes no role that has policies. */
async function emptyRole(aws: Clients, RoleName: string): Promise<void> {
    const iam = await aws.iam();
    const [{ PolicyNames = [] }, { AttachedPolicies = [] }] = await Promise.all([iam.listRolePolicies({ RoleName }), iam.listAttachedRolePolicies({ RoleName })]);
    for (const PolicyName of PolicyNames) await iam.deleteRolePolicy({ RoleName, PolicyName });
    for (const { PolicyArn } of AttachedPolicies) await iam.detachRolePolicy({ RoleName, PolicyArn });
}
