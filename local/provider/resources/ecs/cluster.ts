import type { CapacityProviderStrategyItem, Cluster } from "@aws-sdk/client-ecs";
import { number, object, oneOf, regional, set, tagged, text, type InputsOf, type ValueOf } from "../../arguments";
import { Refusal, unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { lowerTagList, tagMap } from "../../tags";
import { retag } from "./tags";

const settings = set(object({ name: oneOf(["containerInsights"], { required: true }), value: text({ required: true }) }), {
    computed: true,
});

export const cluster = resourceType({
    token: "aws:ecs/cluster:Cluster",
    arguments: { ...regional, name: text({ computed: true, replaces: true, limit: nameLimit }), settings, ...tagged },
    outputs: ["arn"],
    autoName: { argument: "name", maxLength: 255 },
    async create({ name = "", settings: wanted, tagsAll }, aws) {
        return await aws.inTurn(`cluster ${aws.region} ${name}`, async () => {
            if ((await findCluster(name, aws)) !== undefined) {
                throw new Refusal(
                    "InvalidParameterException",
                    "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
                );
            }
            const created = await (
                await aws.ecs()
            ).createCluster({ clusterName: name, settings: wanted && [...wanted], tags: lowerTagList(tagsAll) });
            return created.cluster?.clusterArn ?? "";
        });
    },
    async read(id, aws) {
        const found = await findCluster(id, aws);
        if (found === undefined) return undefined;
        return { name: found.clusterName, settings: found.settings, tagsAll: tagMap(found.tags), arn: found.clusterArn };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        if (changed.has("settings")) await (await aws.ecs()).updateCluster({ cluster: id, settings: [...(news.settings ?? [])] });
        await retag(id, update, aws);
    },
    async delete(id, aws) {
        await unlessMissing((await aws.ecs()).deleteCluster({ cluster: id }), "ClusterNotFoundException");
    },
});

const strategyFields = {
    capacityProvider: text({ required: true }),
    weight: number({ default: 0 }),
    base: number({ default: 0 }),
};

/** Where tasks run, as an argument of clusters and services. */
export const strategy = object(strategyFields);

const providerArguments = {
    ...regional,
    clusterName: text({ required: true, replaces: true }),
    capacityProviders: set(oneOf(["FARGATE", "FARGATE_SPOT"]), { default: [] }),
    defaultCapacityProviderStrategies: set(strategy, { default: [] }),
};

/** The capacity providers of a cluster: a setting of the cluster that is a resource of its own. */
export const clusterCapacityProviders = resourceType({
    token: "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    arguments: providerArguments,
    outputs: [],
    async create(inputs, aws) {
        await putProviders(inputs, aws);
        return inputs.clusterName;
    },
    async read(id, aws) {
        const found = await findCluster(id, aws);
        if (found === undefined) return undefined;
        const { clusterName, capacityProviders, defaultCapacityProviderStrategy } = found;
        return { clusterName, capacityProviders, defaultCapacityProviderStrategies: defaultCapacityProviderStrategy ?? [] };
    },
    update: async (_, { news }, aws) => putProviders(news, aws),
    async delete(id, aws) {
        const call = putProviders({ clusterName: id, capacityProviders: [], defaultCapacityProviderStrategies: [] }, aws);
        await unlessMissing(call, "ClusterNotFoundException");
    },
});

async function putProviders(
    inputs: Pick<InputsOf<typeof providerArguments>, "clusterName" | "capacityProviders" | "defaultCapacityProviderStrategies">,
    aws: Aws,
) {
    await (
        await aws.ecs()
    ).putClusterCapacityProviders({
        cluster: inputs.clusterName,
        capacityProviders: [...inputs.capacityProviders],
        defaultCapacityProviderStrategy: writeStrategy(inputs.defaultCapacityProviderStrategies),
    });
}

/** Strategies as AWS takes them. */
export function writeStrategy(items: readonly ValueOf<typeof strategy>[]): CapacityProviderStrategyItem[] {
    return items.map(({ capacityProvider, weight, base }) => ({ capacityProvider, weight, base }));
}

/** The cluster with that name or ARN; undefined when it is not there, or deleted and still remembered. */
export async function findCluster(id: string, aws: Aws): Promise<Cluster | undefined> {
    const { clusters = [] } = await (await aws.ecs()).describeClusters({ clusters: [id], include: ["TAGS", "SETTINGS"] });
    return clusters.find(({ status }) => status !== "INACTIVE");
}

function nameLimit(name: string): string | undefined {
    return /^[a-zA-Z0-9_-]{1,255}$/.test(name) ? undefined : "must have 1 to 255 letters, digits, hyphens and underscores";
}
