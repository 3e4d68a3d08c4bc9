import type { ECR } from "@aws-sdk/client-ecr";
import { isBranchId, keepTag, keepTagPrefix, keepTagsOf, repositoryName } from "../../model/names";
import type { Clients } from "./clients";
import { calling, isMissing } from "./errors";
import { getManifest, putManifest } from "./manifests";
import type { EnvironmentNames } from "./taskDefinitions";

/** An image with all its tags. */
export interface TaggedImage {
    readonly digest: string;
    readonly tags: readonly string[];
}

/** A tag that an environment gives up. */
export interface GivenUp {
    readonly tag: string;
    /** Without it the image has none. */
    readonly last: boolean;
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
    const { imageDetails: [image] = [] } = await ecr.describeImages({ repositoryName, imageIds: [{ imageDigest }] }).catch(noneIfMissing);
    if (image?.imageTags?.includes(tag) === true) return "kept";
    const manifest = image && (await getManifest(ecr, repositoryName, imageDigest));
    if (manifest === undefined) return "missing";
    try {
        await putManifest(ecr, repositoryName, manifest, tag);
        return "kept now";
    } catch (error) {
        if (error instanceof Error && error.name === "LimitExceededException") return "full";
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

/** ECR deletes an image with its last tag, and knows no other way to take one away. So the last tag of an image goes to one that has others before it is removed. */
async function giveUp(ecr: ECR, repositoryName: string, environment: string, needed: readonly string[]): Promise<readonly string[]> {
    const given = planGivenUp(await taggedImages(ecr, repositoryName), environment, needed);
    const [refuge] = needed;
    const manifest = refuge === undefined || !given.some(({ last }) => last) ? undefined : await getManifest(ecr, repositoryName, refuge);
    if (manifest !== undefined) for (const { tag, last } of given) if (last) await putManifest(ecr, repositoryName, manifest, tag);
    return removeTags(ecr, repositoryName, given.filter(({ last }) => !last || manifest !== undefined).map(({ tag }) => tag));
}

/** Which of its tags an environment gives up that needs these digests. */
export function planGivenUp(images: readonly TaggedImage[], environment: string, needed: readonly string[]): readonly GivenUp[] {
    return images.flatMap(({ digest, tags }) => {
        const wanted = needed.includes(digest) ? keepTag(environment, digest) : undefined;
        const given = tags.filter((tag) => tag.startsWith(keepTagsOf(environment)) && tag !== wanted);
        return given.map((tag, index) => ({ tag, last: given.length === tags.length && index === given.length - 1 }));
    });
}

export interface RemovedImages {
    readonly removed: number;
    /** One sentence each. */
    readonly refused: readonly string[];
}

/**
 * Removes what a branch environment that is gone has in its base's repositories: the images with its id, and those that are kept for it. An
 * image that has another tag as well is somebody else's too, and only loses these. Returns how many images are gone, and what AWS refused.
 */
export async function removeImages(aws: Clients, repositories: readonly string[], id: string): Promise<RemovedImages> {
    const ecr = await aws.ecr();
    const all = repositories.map((repository) =>
        calling(`remove the branch's images of ${repository}`, async () => removeFrom(ecr, repository, await taggedImages(ecr, repository), id)),
    );
    return sum(await Promise.all(all));
}

/** An image that is kept for an environment that is not there. */
export interface DeadImage {
    readonly repository: string;
    readonly image: TaggedImage;
    /** The environment. */
    readonly id: string;
}

/**
 * Images in these repositories that are kept for branch environments which are not `alive`, one entry for each of an image's environments. One
 * that has a branch's id and was never run stays: it may wait for its environment, and other tags look like ids too.
 */
export async function findDeadImages(aws: Clients, repositories: readonly string[], alive: readonly string[]): Promise<readonly DeadImage[]> {
    const ecr = await aws.ecr();
    const all = repositories.map((repository) =>
        calling(`look for images of branches that are gone in ${repository}`, async () =>
            (await taggedImages(ecr, repository)).flatMap((image) => keptFor(image).flatMap((id) => (alive.includes(id) ? [] : [{ repository, image, id }]))),
        ),
    );
    return (await Promise.all(all)).flat();
}

/** Ids of the branch environments for which an image is kept. */
function keptFor({ tags }: TaggedImage): readonly string[] {
    const names = tags.flatMap((tag) => (tag.startsWith(keepTagPrefix) ? [tag.slice(keepTagPrefix.length, tag.lastIndexOf("."))] : []));
    return [...new Set(names)].filter(isBranchId);
}

/** Takes the environment's tags from one image, which goes with its last one. Returns what AWS refused. */
export async function removeDeadImage(aws: Clients, { repository, image, id }: DeadImage): Promise<readonly string[]> {
    const ecr = await aws.ecr();
    const { refused } = await calling(`remove an image of ${repository}`, () => removeFrom(ecr, repository, [image], id));
    return refused;
}

async function removeFrom(ecr: ECR, repository: string, images: readonly TaggedImage[], id: string): Promise<RemovedImages> {
    const own = (tag: string): boolean => tag === id || tag.startsWith(keepTagsOf(id));
    const refused = await removeTags(ecr, repository, images.flatMap(({ tags }) => tags.filter(own)));
    return { removed: images.filter(({ tags }) => tags.length > 0 && tags.every(own)).length - refused.length, refused };
}

function sum(all: readonly RemovedImages[]): RemovedImages {
    return { removed: all.reduce((count, { removed }) => count + removed, 0), refused: all.flatMap(({ refused }) => refused) };
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

/** Removes tags; with the last one of an image ECR deletes the image. Returns what it refused. */
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

function noneIfMissing(error: unknown): { readonly imageDetails?: undefined } {
    if (!isMissing(error)) throw error;
    return {};
}
