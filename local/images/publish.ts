import {
    BatchCheckLayerAvailabilityCommand,
    CompleteLayerUploadCommand,
    type ECRClient,
    ImageAlreadyExistsException,
    InitiateLayerUploadCommand,
    LayerAlreadyExistsException,
    PutImageCommand,
    UploadLayerPartCommand,
} from "@aws-sdk/client-ecr";
import { digestOf, manifestMediaType } from "./manifest";
import type { LocalImage } from "./store";

/** Puts an image into a repository of the client's account under a tag, as `docker push` does; what is there already stays as it is. */
export async function publishImage(ecr: ECRClient, repositoryName: string, tag: string, image: LocalImage): Promise<void> {
    const { layers = [] } = await ecr.send(new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests: image.layers.map(digestOf) }));
    const missing = image.layers.filter((layer) => !layers.some(({ layerDigest }) => layerDigest === digestOf(layer)));
    await Promise.all(missing.map((layer) => uploadLayer(ecr, repositoryName, layer)));
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

/** A list of files fits into one part. */
async function uploadLayer(ecr: ECRClient, repositoryName: string, layer: string): Promise<void> {
    const content = Buffer.from(layer);
    const { uploadId } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
    await ecr.send(new UploadLayerPartCommand({ repositoryName, uploadId, partFirstByte: 0, partLastByte: content.length - 1, layerPartBlob: content }));
    try {
        await ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [digestOf(layer)] }));
    } catch (error) {
        if (!(error instanceof LayerAlreadyExistsException)) throw error; // somebody else pushes the same image
    }
}
