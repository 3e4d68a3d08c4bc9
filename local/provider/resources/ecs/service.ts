import type { CreateServiceCommandInput, Service } from "@aws-sdk/client-ecs";
import { between, flag, number, object, oneOf, regional, set, tagged, text, type InputsOf } from "../../arguments";
import { errorLine, hasCode, unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { textOf } from "../../state";
import { lowerTagList, tagMap } from "../../tags";
import { isList, type Props } from "../../values";
import { strategy, writeStrategy } from "./cluster";
import { retag } from "./tags";

const arguments_ = {
    ...regional,
    name: text({ computed: true, replaces: true }),
    cluster: text({ required: true, replaces: true, same: sameName }),
    taskDefinition: text({ required: true, same: sameName }),
    desiredCount: number({ default: 0, limit: between(0, 5000) }),
    launchType: oneOf(["FARGATE"], { computed: true, replaces: true }),
    capacityProviderStrategies: set(strategy, { default: [], replaces: movesCapacity }),
    platformVersion: text({ computed: true }),
    deploymentMaximumPercent: number({ default: 200 }),
    deploymentMinimumHealthyPercent: number({ default: 100 }),
    deploymentCircuitBreaker: object(
        { enable: flag({ required: true }), rollback: flag({ required: true }) },
        { default: { enable: false, rollback: false } },
    ),
    availabilityZoneRebalancing: oneOf(["ENABLED", "DISABLED"], { computed: true }),
    enableExecuteCommand: flag({ default: false }),
    enableEcsManagedTags: flag({ default: false }),
    propagateTags: oneOf(["SERVICE", "TASK_DEFINITION", "NONE"], { default: "NONE" }),
    healthCheckGracePeriodSeconds: number({ default: 0, limit: between(0, 2_147_483_647) }),
    networkConfiguration: object(
        {
            subnets: set(text(), { required: true }),
            securityGroups: set(text(), { default: [] }),
            assignPublicIp: flag({ default: false }),
        },
        { required: true },
    ),
    loadBalancers: set(
        object({
            targetGroupArn: text({ required: true }),
            containerName: text({ required: true }),
            containerPort: number({ required: true }),
        }),
        { default: [] },
    ),
    serviceRegistries: object({ registryArn: text({ required: true }), port: number(), containerName: text(), containerPort: number() }),
    forceNewDeployment: flag({ default: false }),
    forceDelete: flag({ default: false }),
    waitForSteadyState: flag({
        default: false,
        limit: (wait) => (wait ? "must be false: the deployment is followed from outside" : undefined),
    }),
    ...tagged,
};
type Inputs = InputsOf<typeof arguments_>;

/** What can be said both when a service is made and when it is changed: the argument each setting comes from. */
const settings: Readonly<Record<string, (inputs: Inputs) => Partial<CreateServiceCommandInput>>> = {
    taskDefinition: ({ taskDefinition }) => ({ taskDefinition }),
    desiredCount: ({ desiredCount }) => ({ desiredCount }),
    capacityProviderStrategies: ({ capacityProviderStrategies: items }) =>
        items.length === 0 ? {} : { capacityProviderStrategy: writeStrategy(items) },
    platformVersion: ({ platformVersion }) => ({ platformVersion }),
    deploymentMaximumPercent: deploymentConfiguration,
    deploymentMinimumHealthyPercent: deploymentConfiguration,
    deploymentCircuitBreaker: deploymentConfiguration,
    availabilityZoneRebalancing: ({ availabilityZoneRebalancing }) => ({ availabilityZoneRebalancing }),
    enableExecuteCommand: ({ enableExecuteCommand }) => ({ enableExecuteCommand }),
    enableEcsManagedTags: ({ enableEcsManagedTags }) => ({ enableECSManagedTags: enableEcsManagedTags }),
    propagateTags: ({ propagateTags }) => ({ propagateTags }),
    healthCheckGracePeriodSeconds: ({ healthCheckGracePeriodSeconds }) => ({ healthCheckGracePeriodSeconds }),
    networkConfiguration: ({ networkConfiguration: { subnets, securityGroups, assignPublicIp } }) => ({
        networkConfiguration: {
            awsvpcConfiguration: {
                subnets: [...subnets],
                securityGroups: [...securityGroups],
                assignPublicIp: assignPublicIp ? "ENABLED" : "DISABLED",
            },
        },
    }),
    loadBalancers: ({ loadBalancers }) => ({ loadBalancers: loadBalancers.map((one) => ({ ...one })) }),
    serviceRegistries: ({ serviceRegistries }) => ({
        serviceRegistries: serviceRegistries === undefined ? [] : [{ ...serviceRegistries }],
    }),
};

export const service = resourceType({
    token: "aws:ecs/service:Service",
    arguments: arguments_,
    outputs: ["arn"],
    autoName: { argument: "name", maxLength: 255 },
    limits(_, given) {
        const reason = "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.";
        return given("launchType") && given("capacityProviderStrategies") ? [{ property: "launchType", reason }] : [];
    },
    async create(inputs, aws) {
        const { name = "", cluster, launchType, tagsAll } = inputs;
        const asked = Object.assign({}, ...Object.values(settings).map((write) => write(inputs))) as Partial<CreateServiceCommandInput>;
        const tags = Object.keys(tagsAll).length === 0 ? undefined : lowerTagList(tagsAll);
        const created = await createOnceReachable({ ...asked, serviceName: name, cluster, launchType, tags }, aws);
        return created?.serviceArn ?? "";
    },
    async read(id, aws, state) {
        const [clusterOfImport, nameOfImport] = id.split("/");
        const imported = id.startsWith("arn:") ? undefined : { cluster: clusterOfImport ?? "", name: nameOfImport ?? "" };
        const found = await find(imported?.name ?? id, imported?.cluster ?? clusterOf(id, state), aws);
        if (found?.status !== "ACTIVE") return undefined;
        return { id: found.serviceArn, ...readArguments(found), tagsAll: tagMap(found.tags), arn: found.serviceArn };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        const asked = Object.assign({}, ...[...changed].map((name) => settings[name]?.(news) ?? {})) as Partial<CreateServiceCommandInput>;
        if (Object.keys(asked).length > 0 || (news.forceNewDeployment && changed.has("forceNewDeployment"))) {
            const { cluster, forceNewDeployment } = news;
            await (await aws.ecs()).updateService({ ...asked, service: id, cluster, forceNewDeployment });
        }
        await retag(id, update, aws);
    },
    async delete(id, aws, state) {
        const cluster = clusterOf(id, state);
        const ecs = await aws.ecs();
        const found = await find(id, cluster, aws);
        if (found === undefined) return;
        const force = state["forceDelete"] === true;
        if (!force && found.status === "ACTIVE") await ecs.updateService({ service: id, cluster, desiredCount: 0 });
        await unlessMissing(ecs.deleteService({ service: id, cluster, force }), "ServiceNotFoundException", "ClusterNotFoundException");
        await aws.waitFor(`service ${id} to become inactive`, 20, async () =>
            (await find(id, cluster, aws)) === undefined ? true : undefined,
        );
    },
});

function deploymentConfiguration(inputs: Inputs): Partial<CreateServiceCommandInput> {
    return {
        deploymentConfiguration: {
            maximumPercent: inputs.deploymentMaximumPercent,
            minimumHealthyPercent: inputs.deploymentMinimumHealthyPercent,
            deploymentCircuitBreaker: inputs.deploymentCircuitBreaker,
        },
    };
}

/**
 * ECS takes only target groups that a load balancer sends requests to. The rule that does so may be made at the same moment, so the real
 * provider tries for a while.
 */
async function createOnceReachable(request: CreateServiceCommandInput, aws: Aws): Promise<Service | undefined> {
    const ecs = await aws.ecs();
    let refusal: unknown;
    try {
        return await aws.waitFor("a listener that sends requests to the target group", 2, async () => {
            try {
                return (await ecs.createService(request)).service;
            } catch (error) {
                if (!hasCode(error, "InvalidParameterException") || !/does not have an associated load balancer/.test(errorLine(error)))
                    throw error;
                refusal = error;
                return undefined;
            }
        });
    } catch (error) {
        throw hasCode(error, "Timeout") ? refusal : error;
    }
}

function readArguments(found: Service) {
    const { deploymentConfiguration: deployment, networkConfiguration } = found;
    const network = networkConfiguration?.awsvpcConfiguration ?? found.deployments?.[0]?.networkConfiguration?.awsvpcConfiguration;
    const breaker = deployment?.deploymentCircuitBreaker;
    return {
        name: found.serviceName,
        cluster: found.clusterArn,
        taskDefinition: found.taskDefinition,
        desiredCount: found.desiredCount,
        launchType: found.launchType,
        capacityProviderStrategies: found.capacityProviderStrategy ?? [],
        platformVersion: found.platformVersion,
        deploymentMaximumPercent: deployment?.maximumPercent,
        deploymentMinimumHealthyPercent: deployment?.minimumHealthyPercent,
        deploymentCircuitBreaker: breaker && { enable: breaker.enable, rollback: breaker.rollback },
        availabilityZoneRebalancing: found.availabilityZoneRebalancing,
        enableExecuteCommand: found.enableExecuteCommand,
        enableEcsManagedTags: found.enableECSManagedTags,
        propagateTags: found.propagateTags,
        healthCheckGracePeriodSeconds: found.healthCheckGracePeriodSeconds,
        networkConfiguration: network && {
            subnets: network.subnets,
            securityGroups: network.securityGroups,
            assignPublicIp: network.assignPublicIp === "ENABLED",
        },
        loadBalancers: found.loadBalancers ?? [],
        serviceRegistries: found.serviceRegistries?.[0] ?? null,
    };
}

/** The service, unless it is gone; ECS remembers it as INACTIVE for a while. */
async function find(service: string, cluster: string, aws: Aws): Promise<Service | undefined> {
    const call = (await aws.ecs()).describeServices({ services: [service], cluster, include: ["TAGS"] });
    const found = await unlessMissing(call, "ClusterNotFoundException");
    return found?.services?.find(({ status }) => status !== "INACTIVE");
}

/** @example clusterOf("arn:aws:ecs:eu-west-1:111111111111:service/shop-staging/web", {}) is "shop-staging" */
function clusterOf(id: string, state: Props): string {
    return textOf(state, "cluster") || (id.split("/").at(-2) ?? "default");
}

/** A name and the ARN that ends in it are the same. */
function sameName(one: string, other: string): boolean {
    return one === other || one.endsWith(`/${other}`) || other.endsWith(`/${one}`);
}

/** The real provider moves a service to other capacity only with a new deployment, and not from or to none. */
function movesCapacity(from: Props, to: Props): boolean {
    const before = from["capacityProviderStrategies"];
    const after = to["capacityProviderStrategies"];
    return to["forceNewDeployment"] !== true || !isList(before) || !isList(after) || before.length === 0 || after.length === 0;
}
