import { flag, json, object, oneOf, regional, set, tagged, text } from "../arguments";
import { unlessMissing } from "../errors";
import { resourceType } from "../resourceType";
import type { Aws } from "../session";
import { tagChanges, tagList, tagMap } from "../tags";

const gone = "RepositoryNotFoundException";

const repositoryArguments = {
    ...regional,
    name: text({ computed: true, replaces: true, limit: nameLimit }),
    imageTagMutability: oneOf(["MUTABLE", "IMMUTABLE"], { default: "MUTABLE" }),
    imageScanningConfiguration: object({ scanOnPush: flag({ required: true }) }, { default: { scanOnPush: false } }),
    encryptionConfigurations: set(
        object({ encryptionType: oneOf(["AES256", "KMS"], { default: "AES256" }), kmsKey: text({ computed: true }) }),
        {
            computed: true,
            replaces: true,
        },
    ),
    forceDelete: flag({ default: false }),
    ...tagged,
};

export const repository = resourceType({
    token: "aws:ecr/repository:Repository",
    arguments: repositoryArguments,
    outputs: ["arn", "registryId", "repositoryUrl"],
    autoName: { argument: "name", maxLength: 256 },
    async create(inputs, aws) {
        const [encryption] = inputs.encryptionConfigurations ?? [];
        const { repository: created } = await (
            await aws.ecr()
        ).createRepository({
            repositoryName: inputs.name ?? "",
            imageTagMutability: inputs.imageTagMutability,
            imageScanningConfiguration: inputs.imageScanningConfiguration,
            encryptionConfiguration: encryption,
            tags: tagList(inputs.tagsAll),
        });
        return created?.repositoryName ?? "";
    },
    async read(id, aws) {
        const ecr = await aws.ecr();
        const found = (await unlessMissing(ecr.describeRepositories({ repositoryNames: [id] }), gone))?.repositories?.[0];
        if (found === undefined) return undefined;
        const { tags } = await ecr.listTagsForResource({ resourceArn: found.repositoryArn ?? "" });
        return {
            name: found.repositoryName,
            imageTagMutability: found.imageTagMutability,
            imageScanningConfiguration: { scanOnPush: found.imageScanningConfiguration?.scanOnPush ?? false },
            encryptionConfigurations: found.encryptionConfiguration && [found.encryptionConfiguration],
            tagsAll: tagMap(tags),
            arn: found.repositoryArn,
            registryId: found.registryId,
            repositoryUrl: found.repositoryUri,
        };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        const ecr = await aws.ecr();
        if (changed.has("imageTagMutability")) {
            await ecr.putImageTagMutability({ repositoryName: id, imageTagMutability: news.imageTagMutability });
        }
        if (changed.has("imageScanningConfiguration")) {
            const { imageScanningConfiguration } = news;
            await ecr.putImageScanningConfiguration({ repositoryName: id, imageScanningConfiguration });
        }
        await retag(id, update, aws);
    },
    async delete(id, aws, state) {
        const force = state["forceDelete"] === true;
        await unlessMissing((await aws.ecr()).deleteRepository({ repositoryName: id, force }), gone);
    },
});

async function retag(name: string, update: Parameters<typeof tagChanges>[0], aws: Aws): Promise<void> {
    const changes = tagChanges(update);
    if (changes === undefined) return;
    const ecr = await aws.ecr();
    const resourceArn = `arn:${aws.partition}:ecr:${aws.region}:${aws.account}:repository/${name}`;
    if (changes.removed.length > 0) await ecr.untagResource({ resourceArn, tagKeys: [...changes.removed] });
    if (Object.keys(changes.put).length > 0) await ecr.tagResource({ resourceArn, tags: tagList(changes.put) });
}

/** A repository has one lifecycle policy. */
export const lifecyclePolicy = resourceType({
    token: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    arguments: { ...regional, repository: text({ required: true, replaces: true }), policy: json({ required: true, replaces: true }) },
    outputs: ["registryId"],
    deleteFirst: true,
    async create({ repository: repositoryName, policy }, aws) {
        await (await aws.ecr()).putLifecyclePolicy({ repositoryName, lifecyclePolicyText: policy });
        return repositoryName;
    },
    async read(id, aws) {
        const call = (await aws.ecr()).getLifecyclePolicy({ repositoryName: id });
        const found = await unlessMissing(call, "LifecyclePolicyNotFoundException", gone);
        return found && { repository: id, policy: found.lifecyclePolicyText, registryId: found.registryId ?? aws.account };
    },
    async delete(id, aws) {
        await unlessMissing((await aws.ecr()).deleteLifecyclePolicy({ repositoryName: id }), "LifecyclePolicyNotFoundException", gone);
    },
});

/** Who may use a repository: at most one policy. */
export const repositoryPolicy = resourceType({
    token: "aws:ecr/repositoryPolicy:RepositoryPolicy",
    arguments: { ...regional, repository: text({ required: true, replaces: true }), policy: json({ required: true }) },
    outputs: ["registryId"],
    async create({ repository: repositoryName, policy }, aws) {
        await (await aws.ecr()).setRepositoryPolicy({ repositoryName, policyText: policy });
        return repositoryName;
    },
    async read(id, aws) {
        const call = (await aws.ecr()).getRepositoryPolicy({ repositoryName: id });
        const found = await unlessMissing(call, "RepositoryPolicyNotFoundException", gone);
        return found && { repository: id, policy: found.policyText, registryId: found.registryId ?? aws.account };
    },
    async update(id, { news }, aws) {
        await (await aws.ecr()).setRepositoryPolicy({ repositoryName: id, policyText: news.policy });
    },
    async delete(id, aws) {
        await unlessMissing((await aws.ecr()).deleteRepositoryPolicy({ repositoryName: id }), "RepositoryPolicyNotFoundException", gone);
    },
});

function nameLimit(name: string): string | undefined {
    const allowed = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
    return allowed.test(name) && name.length >= 2 && name.length <= 256
        ? undefined
        : "must have 2 to 256 lower-case letters and digits, with hyphens, underscores, periods and slashes between them";
}
