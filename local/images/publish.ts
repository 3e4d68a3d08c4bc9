import { type ECRClient, ImageAlreadyExistsException, PutImageCommand } from "@aws-sdk/client-ecr";
import { manifestMediaType } from "./manifest";
import type { LocalImage } from "./store";

/** Puts an image into a repository of the client's account under a tag; when it is there under that tag already, nothing happens. */
export async function publishImage(ecr: ECRClient, repositoryName: string, tag: string, image: LocalImage): Promise<void> {
    try {
        await ecr.send(
            new PutImageCommand({
                repositoryName,
                imageManifest: image.manifest,
                imageManifestMediaType: manifestMediaType,
                imageDigest: image.digest,
                imageTag: tag,
            }),
        );
    } catch (error) {
        if (!(error instanceof ImageAlreadyExistsException)) throw error;
    }
}
