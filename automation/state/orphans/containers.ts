import { tagged, tagMap, text, waitUntilGone, type OrphanKind, type Tags } from "./kind";

/** Its tasks end with it. While it drains, its name is taken and nothing can be made in its place. */
export const service: OrphanKind = {
    async find(aws, inputs) {
        const { services = [] } = await (await aws.ecs()).describeServices({ cluster: text(inputs, "cluster"), services: [text(inputs, "name")], include: ["TAGS"] });
        return services.flatMap(({ serviceArn, status, tags }) => (serviceArn === undefined || status === "INACTIVE" ? [] : [{ id: serviceArn, tags: ecsTags(tags) }]));
    },
    async remove(aws, id, signal) {
        const ecs = await aws.ecs();
        const [, cluster = ""] = id.slice(id.indexOf(":service/")).split("/");
        await ecs.deleteService({ cluster, service: id, force: true });
        const inactive = async (): Promise<boolean> => ((await ecs.describeServices({ cluster, services: [id] })).services ?? []).every(({ status }) => status === "INACTIVE");
        await waitUntilGone(id, inactive, signal);
    },
};

/** What an interrupted run has registered is among the newest; a family that is years old has hundreds. */
const newestRevisions = 10;

export const taskDefinition: OrphanKind = {
    async find(aws, inputs) {
        const ecs = await aws.ecs();
        const { taskDefinitionArns = [] } = await ecs.listTaskDefinitions({ familyPrefix: text(inputs, "family"), status: "ACTIVE", sort: "DESC", maxResults: newestRevisions });
        return tagged(taskDefinitionArns, async (arn) => ecsTags((await ecs.describeTaskDefinition({ taskDefinition: arn, include: ["TAGS"] })).tags));
    },
    remove: async (aws, id) => (await aws.ecs()).deregisterTaskDefinition({ taskDefinition: id }),
};

export const cluster: OrphanKind = {
    async find(aws, inputs) {
        const { clusters = [] } = await (await aws.ecs()).describeClusters({ clusters: [text(inputs, "name")], include: ["TAGS"] });
        return clusters.flatMap(({ clusterArn, status, tags }) => (clusterArn === undefined || status === "INACTIVE" ? [] : [{ id: clusterArn, tags: ecsTags(tags) }]));
    },
    remove: async (aws, id) => (await aws.ecs()).deleteCluster({ cluster: id }),
};

export const repository: OrphanKind = {
    async find(aws, inputs) {
        const ecr = await aws.ecr();
        const { repositories = [] } = await ecr.describeRepositories({ repositoryNames: [text(inputs, "name")] });
        const found = repositories.map(async ({ repositoryName = "", repositoryArn = "" }) => ({
            id: repositoryName,
            tags: tagMap((await ecr.listTagsForResource({ resourceArn: repositoryArn })).tags),
        }));
        return Promise.all(found);
    },
    remove: async (aws, id) => (await aws.ecr()).deleteRepository({ repositoryName: id }),
};

function ecsTags(tags: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[] = []): Tags {
    return tagMap(tags.map(({ key, value }) => ({ Key: key, Value: value })));
}
