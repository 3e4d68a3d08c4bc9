import type { BaseSettings } from "../model/settings";
import { balancerLimits } from "../model/shards";
import type { Clients } from "./aws/clients";
import { calling } from "./aws/errors";
import { listRules } from "./aws/listenerRules";
import type { StackState } from "./state/stackState";

/** How much there is of something that AWS limits. */
export interface Quota {
    /** @example "rules" */
    readonly what: string;
    readonly used: number;
    readonly limit: number;
    /** Nobody told the account's own limit: this is the one that AWS documents as the usual one. */
    readonly assumed?: boolean;
    /** What to do before it is reached. */
    readonly advice: string;
}

/** Quotas that belong together, and how they are counted. */
export interface QuotaGroup {
    /** @example "load balancer ingress-balancer-0a1b2c3" */
    readonly name: string;
    /** Where the counted things are. @example "in cluster shop-staging" */
    readonly place?: string;
    readonly count: () => Promise<readonly Quota[]>;
}

/** What a base and its branches could use up, as far as the base's state knows where they are: roles, load balancers, services, tasks. */
export function quotasOf(aws: Clients, { account, ingress }: Pick<BaseSettings, "account" | "ingress">, { resources }: Pick<StackState, "resources">): readonly QuotaGroup[] {
    const made = (type: string): StackState["resources"] => resources.filter((resource) => resource.type === type).toSorted((a, b) => (a.urn < b.urn ? -1 : 1));
    const balancers = ingress.kind === "existing" ? [balancerOf(ingress.listenerArn)] : made("aws:lb/loadBalancer:LoadBalancer").flatMap(({ id }) => id ?? []);
    const clusters = made("aws:ecs/cluster:Cluster").flatMap(({ outputs }) => (typeof outputs["name"] === "string" ? [outputs["name"]] : []));
    const namespaces = made("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace").flatMap(({ id, outputs }) => (id === undefined ? [] : [{ id, name: String(outputs["name"]) }]));
    return [
        { name: "roles", place: `in account ${account}`, count: () => countRoles(aws) },
        ...balancers.map((arn) => ({ name: `load balancer ${arn.split("/")[2] ?? arn}`, count: () => countRouting(aws, arn, ingress.kind === "own") })),
        ...clusters.map((cluster) => ({ name: "services", place: `in cluster ${cluster}`, count: () => countServices(aws, cluster) })),
        ...clusters.map((cluster) => ({ name: "Fargate", place: `in cluster ${cluster}`, count: () => countProcessors(aws, cluster) })),
        ...namespaces.map(({ id, name }) => ({ name: "discovered tasks", place: `in ${name}`, count: () => countInstances(aws, id) })),
    ];
}

/** @example balancerOf("arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/main/1/2") ends with "loadbalancer/app/main/1" */
function balancerOf(listenerArn: string): string {
    return listenerArn.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "");
}

/** Codes by which Service Quotas knows a quota, and what it usually is: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html */
const known = {
    onDemand: { service: "fargate", code: "L-3032A538", usual: 6 },
    spot: { service: "fargate", code: "L-36FBB829", usual: 6 },
    services: { service: "ecs", code: "L-9EF96962", usual: 5000 },
    instances: { service: "AWSCloudMap", code: "L-D95E8A57", usual: 2000 },
} as const;

async function countRoles(aws: Clients): Promise<readonly Quota[]> {
    const { SummaryMap: summary = {} } = await calling("count roles", async () => (await aws.iam()).getAccountSummary({}));
    const limit = { limit: summary.RolesQuota ?? 1000, assumed: summary.RolesQuota === undefined };
    return [{ what: "roles", used: summary.Roles ?? 0, ...limit, advice: "remove branches, or raise it in Service Quotas (iam, L-FE177D64)" }];
}

/** Rules and target groups of one load balancer, whoever made them. */
async function countRouting(aws: Clients, balancer: string, own: boolean): Promise<readonly Quota[]> {
    return calling("count the rules of a load balancer", async () => {
        const elb = await aws.elb();
        const [{ Limits = [] }, { Listeners = [] }] = await Promise.all([elb.describeAccountLimits({}), elb.describeListeners({ LoadBalancerArn: balancer })]);
        const rules = (await Promise.all(Listeners.map(({ ListenerArn = "" }) => listRules(aws, ListenerArn)))).flat();
        const actions = rules.flatMap(({ Actions = [] }) => Actions);
        const groups = new Set(actions.flatMap(({ TargetGroupArn, ForwardConfig }) => [TargetGroupArn, ...(ForwardConfig?.TargetGroups ?? []).map((group) => group.TargetGroupArn)]));
        groups.delete(undefined); // of rules that answer by themselves
        const limitOf = (name: string, usual: number): Pick<Quota, "limit" | "assumed"> => {
            const told = Limits.find(({ Name }) => Name === `${name}-per-application-load-balancer`)?.Max;
            return { limit: Number(told ?? usual), assumed: told === undefined };
        };
        const advice = own ? "raise understudy:ingress.shards and deploy it, or remove branches" : "remove branches, or what others have on it";
        return [
            { what: "target groups", used: groups.size, ...limitOf("target-groups", balancerLimits.targetGroups), advice },
            { what: "rules", used: rules.filter(({ IsDefault }) => IsDefault !== true).length, ...limitOf("rules", balancerLimits.rules), advice },
        ];
    });
}

async function countServices(aws: Clients, cluster: string): Promise<readonly Quota[]> {
    const found = await calling("count services", async () => (await aws.ecs()).describeClusters({ clusters: [cluster] }));
    return [await quota(aws, "services", found.clusters?.[0]?.activeServicesCount ?? 0, known.services)];
}

/** What one describeTasks takes at most. */
const tasksPerCall = 100;

/** Processors of all tasks that run or are to run: CPU units of 1,024 to a vCPU. What other clusters of the account run is not among them. */
async function countProcessors(aws: Clients, cluster: string): Promise<readonly Quota[]> {
    const units = { onDemand: 0, spot: 0 };
    await calling("count tasks", async () => {
        const ecs = await aws.ecs();
        const { paginateListTasks } = await import("@aws-sdk/client-ecs");
        for await (const { taskArns = [] } of paginateListTasks({ client: ecs, pageSize: tasksPerCall }, { cluster })) {
            const { tasks = [] } = taskArns.length === 0 ? {} : await ecs.describeTasks({ cluster, tasks: taskArns });
            for (const { cpu, capacityProviderName } of tasks) units[capacityProviderName === "FARGATE_SPOT" ? "spot" : "onDemand"] += Number(cpu ?? 0);
        }
    });
    return Promise.all([quota(aws, "vCPU on demand", units.onDemand / 1024, known.onDemand), quota(aws, "vCPU on Spot", units.spot / 1024, known.spot)]);
}

async function countInstances(aws: Clients, namespace: string): Promise<readonly Quota[]> {
    let instances = 0;
    await calling("count discovered tasks", async () => {
        const { paginateListServices } = await import("@aws-sdk/client-servicediscovery");
        const Filters = [{ Name: "NAMESPACE_ID" as const, Values: [namespace], Condition: "EQ" as const }];
        for await (const { Services = [] } of paginateListServices({ client: await aws.discovery() }, { Filters })) {
            for (const { InstanceCount = 0 } of Services) instances += InstanceCount;
        }
    });
    return [await quota(aws, "instances", instances, known.instances)];
}

/** A quota with the account's own limit. A limit that nobody has asked to change is not told in every Region: then it is the usual one. */
async function quota(aws: Clients, what: string, used: number, { service, code, usual }: (typeof known)[keyof typeof known]): Promise<Quota> {
    const told = await calling(`ask for the quota ${code} of ${service}`, async () => {
        const quotas = await aws.quotas();
        return quotas.getServiceQuota({ ServiceCode: service, QuotaCode: code }).catch(unlessUnknown);
    });
    const limit = told?.Quota?.Value;
    return { what, used, limit: limit ?? usual, assumed: limit === undefined, advice: `raise it in Service Quotas (${service}, ${code}), or remove branches` };
}

function unlessUnknown(error: unknown): undefined {
    if (!(error instanceof Error) || error.name !== "NoSuchResourceException") throw error;
}
