import type { ECR } from "@aws-sdk/client-ecr";
import { isBranchId, keepTag, keepTagPrefix, keepTagsOf, repositoryName } from "../../model/names";
import type { Clients } from "./clients";
import { calling, isMissing } from "./errors";
import { findImage, getManifest, putManifest } from "./manifests";
import type { EnvironmentNames } from "./taskDefinitions";

/** An image with all its tags. */
export interface TaggedImage {
    readonly digest: string;
    readonly tags: readonly string[];
}

/** What came of keeping images. */
export interface KeptImages {
    /** One of them was not kept before. */
    readonly changed: boolean;
    /** Digests that the registry does not have. */
    readonly missing: readonly string[];
    /** What could not be kept although it is there, one sentence each. */
    readonly refused: readonly string[];
}

/** Gives images, by own image, the tags that keep them in their repositories for this environment: before any task runs them. */
export async function keepImages(aws: Clients, names: EnvironmentNames, needed: Readonly<Record<string, readonly string[]>>): Promise<KeptImages> {
    const ecr = await aws.ecr();
    const images = Object.entries(needed).flatMap(([image, digests]) => digests.map((digest) => ({ repository: repositoryName(names.app, image), digest })));
    const found = await Promise.all(images.map(({ repository, digest }) => calling(`keep the image ${repository}`, () => keepImage(ecr, repository, names.environment, digest))));
    const those = (state: Keeping): typeof images => images.filter((_image, index) => found[index] === state);
    return {
        changed: found.includes("kept now"),
        missing: those("missing").map(({ digest }) => digest),
        refused: those("full").map(({ repository, digest }) => `${repository}@${digest} has as many tags as ECR allows, so nothing but those of others keeps it from expiring`),
    };
}

type Keeping = "kept" | "kept now" | "missing" | "full";

async function keepImage(ecr: ECR, repositoryName: string, environment: string, imageDigest: string): Promise<Keeping> {
    const tag = keepTag(environment, imageDigest);
    const image = await findImage(ecr, repositoryName, { imageDigest });
    if (image?.imageTags?.includes(tag) === true) return "kept";
    const manifest = image && (await getManifest(ecr, repositoryName, imageDigest));
    if (manifest === undefined) return "missing";
    try {
        await putManifest(ecr, repositoryName, manifest, tag);
        return "kept now";
    } catch (error) {
        if (hasMostTags(error)) return "full";
        throw error;
    }
}

/** Takes the environment's tags from all images but those that it needs, by own image. No image is deleted by that. Returns what AWS refused. */
export async function giveUpImages(aws: Clients, names: EnvironmentNames, needed: Readonly<Record<string, readonly string[]>>): Promise<readonly string[]> {
    const ecr = await aws.ecr();
    const work = Object.entries(needed).map(([image, digests]) => {
        const repository = repositoryName(names.app, image);
        return calling(`give up images of ${repository}`, () => giveUp(ecr, repository, names.environment, digests));
    });
    return (await Promise.all(work)).flat();
}

/**
 * ECR deletes an image with its last tag, and knows no other way to take one away; whether it is the last one another environment may change at
 * the same time. So every tag goes to an image that this environment keeps before it is removed.
 */
async function giveUp(ecr: ECR, repositoryName: string, environment: string, needed: readonly string[]): Promise<readonly string[]> {
    const tags = planGivenUp(await taggedImages(ecr, repositoryName), environment, needed);
    const [refuge] = needed;
    if (refuge === undefined || tags.length === 0) return [];
    const manifest = await getManifest(ecr, repositoryName, refuge);
    if (manifest === undefined) return [];
    const moved: string[] = [];
    const refused: string[] = [];
    for (const tag of tags) {
        try {
            await putManifest(ecr, repositoryName, manifest, tag);
            moved.push(tag);
        } catch (error) {
            if (!hasMostTags(error)) throw error;
            refused.push(`${repositoryName}:${tag} stays: ${refuge} has as many tags as ECR allows`);
        }
    }
    return [...refused, ...(await removeTags(ecr, repositoryName, moved))];
}

/** Which of its tags an environment gives up that needs these digests. */
export function planGivenUp(images: readonly TaggedImage[], environment: string, needed: readonly string[]): readonly string[] {
    return images.flatMap(({ digest, tags }) => {
        const wanted = needed.includes(digest) ? keepTag(environment, digest) : undefined;
        return tags.filter((tag) => tag.startsWith(keepTagsOf(environment)) && tag !== wanted);
    });
}

function hasMostTags(error: unknown): boolean {
    return error instanceof Error && error.name === "LimitExceededException";
}

export interface RemovedImages {
    readonly removed: number;
    /** One sentence each. */
    readonly refused: readonly string[];
}

/** An image in a repository that a branch environment has by its tags. */
export interface BranchImage {
    readonly repository: string;
    readonly image: TaggedImage;
    /** The environment. */
    readonly id: string;
}

/** What a branch environment has in its base's repositories: the images with its id, and those that are kept for it. */
export async function findBranchImages(aws: Clients, repositories: readonly string[], id: string): Promise<readonly BranchImage[]> {
    return inAll(aws, repositories, "look for the branch's images", (image) => (image.tags.some(isTagOf(id)) ? [id] : []));
}

/**
 * Images in these repositories that are kept for branch environments which are not `alive`, one entry for each of an image's environments. One
 * that has a branch's id and was never run stays: it may wait for its environment, and other tags look like ids too.
 */
export async function findDeadImages(aws: Clients, repositories: readonly string[], alive: readonly string[]): Promise<readonly BranchImage[]> {
    return inAll(aws, repositories, "look for images of branches that are gone", (image) => keptFor(image).filter((id) => !alive.includes(id)));
}

async function inAll(aws: Clients, repositories: readonly string[], doing: string, idsOf: (image: TaggedImage) => readonly string[]): Promise<readonly BranchImage[]> {
    const ecr = await aws.ecr();
    const all = repositories.map((repository) =>
        calling(`${doing} in ${repository}`, async () => (await taggedImages(ecr, repository)).flatMap((image) => idsOf(image).map((id) => ({ repository, image, id })))),
    );
    return (await Promise.all(all)).flat();
}

/** Ids of the branch environments for which an image is kept. */
function keptFor({ tags }: TaggedImage): readonly string[] {
    const names = tags.flatMap((tag) => (tag.startsWith(keepTagPrefix) ? [tag.slice(keepTagPrefix.length, tag.lastIndexOf("."))] : []));
    return [...new Set(names)].filter(isBranchId);
}

/**
 * Takes the environment's tags from images that were found, unless they have gone to other images since, such as one that was just pushed. An image
 * goes with its last tag; one that has another tag as well is somebody else's too. Returns how many are gone, and what AWS refused.
 */
export async function removeBranchImages(aws: Clients, images: readonly BranchImage[]): Promise<RemovedImages> {
    const ecr = await aws.ecr();
    const results: RemovedImages[] = [];
    for (const { repository, image, id } of images) {
        const result = await calling(`remove an image of ${repository}`, async () => {
            const { imageTags: tags = [] } = (await findImage(ecr, repository, { imageDigest: image.digest })) ?? {};
            const own = tags.filter(isTagOf(id));
            const refused = await removeTags(ecr, repository, own);
            return { removed: own.length > 0 && own.length === tags.length && refused.length === 0 ? 1 : 0, refused };
        });
        results.push(result);
    }
    return { removed: results.reduce((count, { removed }) => count + removed, 0), refused: results.flatMap(({ refused }) => refused) };
}

function isTagOf(id: string): (tag: string) => boolean {
    return (tag) => tag === id || tag.startsWith(keepTagsOf(id));
}

/** All images of a repository that have a tag; none when it is not there. */
async function taggedImages(ecr: ECR, repositoryName: string): Promise<readonly TaggedImage[]> {
    const { paginateDescribeImages } = await import("@aws-sdk/client-ecr");
    const found: TaggedImage[] = [];
    try {
        for await (const { imageDetails = [] } of paginateDescribeImages({ client: ecr, pageSize: 1000 }, { repositoryName, filter: { tagStatus: "TAGGED" } })) {
            found.push(...imageDetails.map(({ imageDigest: digest = "", imageTags: tags = [] }) => ({ digest, tags })));
        }
    } catch (error) {
        if (!isMissing(error)) throw error;
    }
    return found;
}

/** The most that ECR takes at once. */
const mostRemoved = 100;

/**
 * Removes tags; with the last one of an image ECR deletes the image. Returns what it refused. The digest is not named: what ECR does to other tags
 * of an image that is named by both is not documented.
 */
async function removeTags(ecr: ECR, repositoryName: string, tags: readonly string[]): Promise<readonly string[]> {
    const refused: string[] = [];
    for (let first = 0; first < tags.length; first += mostRemoved) {
        const imageIds = tags.slice(first, first + mostRemoved).map((imageTag) => ({ imageTag }));
        const { failures = [] } = await ecr.batchDeleteImage({ repositoryName, imageIds });
        for (const { imageId, failureCode, failureReason } of failures) {
            if (failureCode !== "ImageNotFound") refused.push(`${repositoryName}:${imageId?.imageTag ?? ""} stays: ${failureReason ?? failureCode ?? "no reason given"}`);
        }
    }
    return refused;
}
