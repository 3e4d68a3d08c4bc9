import type { ECR, ImageDetail, ImageIdentifier } from "@aws-sdk/client-ecr";
import { isMissing } from "./errors";

/** What a registry says of an image: one of a single architecture, or a list of such. */
export interface Manifest {
    readonly digest: string;
    readonly mediaType: string;
    /** As it was put: the digest is about these very bytes. */
    readonly text: string;
}

/** Every kind of manifest, so that the registry answers with the one it has instead of another that it makes of it. */
const mediaTypes = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/** What ECR says of an image; undefined when the repository, or the image in it, is not there. */
export async function findImage(ecr: ECR, repositoryName: string, id: ImageIdentifier): Promise<ImageDetail | undefined> {
    return (await ecr.describeImages({ repositoryName, imageIds: [id] }).catch(unlessMissing))?.imageDetails?.[0];
}

/** The manifest of an image; undefined when the repository, or the image in it, is not there. */
export async function getManifest(ecr: ECR, repositoryName: string, imageDigest: string): Promise<Manifest | undefined> {
    const answer = await ecr.batchGetImage({ repositoryName, imageIds: [{ imageDigest }], acceptedMediaTypes: mediaTypes }).catch(unlessMissing);
    const [image] = answer?.images ?? [];
    if (image?.imageManifest === undefined) return undefined;
    return { digest: imageDigest, text: image.imageManifest, mediaType: image.imageManifestMediaType ?? mediaTypeOf(image.imageManifest) };
}

/** Puts a manifest into a repository, under a tag if one is given, which moves there from any other image. It may be there already. */
export async function putManifest(ecr: ECR, repositoryName: string, { digest, text, mediaType }: Manifest, imageTag?: string): Promise<void> {
    const image = { repositoryName, imageManifest: text, imageManifestMediaType: mediaType, imageDigest: digest };
    await ecr.putImage(imageTag === undefined ? image : { ...image, imageTag }).catch((error: unknown) => {
        if (!(error instanceof Error) || error.name !== "ImageAlreadyExistsException") throw error;
    });
}

function unlessMissing(error: unknown): undefined {
    if (!isMissing(error)) throw error;
}

function mediaTypeOf(text: string): string {
    const { mediaType } = JSON.parse(text) as { readonly mediaType?: string };
    return mediaType ?? "application/vnd.oci.image.manifest.v1+json";
}
