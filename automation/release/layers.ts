import type { ECR } from "@aws-sdk/client-ecr";
import { getManifest, type Manifest } from "../aws/manifests";
import { UnderstudyError } from "../errors";

/** A layer, or the configuration of an image, which a registry keeps in the same way. */
export interface Layer {
    readonly digest: string;
    /** In bytes. */
    readonly size: number;
}

/** An image with all that it consists of. */
export interface WholeImage {
    /** Each after those that it names; the image itself is the last one. */
    readonly manifests: readonly Manifest[];
    /** Each once. */
    readonly layers: readonly Layer[];
}

interface ManifestContent {
    readonly config?: Descriptor;
    readonly layers?: readonly Descriptor[];
    readonly manifests?: readonly Descriptor[];
}

interface Descriptor extends Layer {
    readonly mediaType?: string;
    /** Where it is when no registry has it. */
    readonly urls?: readonly string[];
}

/** Reads what an image consists of, those of all architectures if it is for several. Fails with kind `image-missing` when a part is gone. */
export async function readImage(ecr: ECR, repository: string, digest: string): Promise<WholeImage> {
    const manifest = await getManifest(ecr, repository, digest);
    if (manifest === undefined) throw new UnderstudyError("image-missing", `${repository}@${digest} is not in the registry`, "build and push the image again");
    const { config, layers, manifests } = JSON.parse(manifest.text) as ManifestContent;
    if (manifests === undefined && (config === undefined || layers === undefined)) {
        throw new UnderstudyError("image-missing", `${repository}@${digest} is a ${manifest.mediaType}, which is not known here`, "push the image as an OCI image, or as one of Docker's second version");
    }
    const parts = await Promise.all((manifests ?? []).map((part) => readImage(ecr, repository, part.digest)));
    const own = [config, ...(layers ?? [])].filter((layer) => layer !== undefined && !isElsewhere(layer)) as readonly Descriptor[];
    const all = [...own, ...parts.flatMap((part) => part.layers)].map(({ digest: name, size }) => ({ digest: name, size }));
    return {
        manifests: [...parts.flatMap((part) => part.manifests), manifest].filter(({ digest: name }, index, list) => list.findIndex((other) => other.digest === name) === index),
        layers: [...new Map(all.map((layer) => [layer.digest, layer])).values()],
    };
}

/** A layer that its owner does not let registries keep: who runs the image gets it from there. */
function isElsewhere({ mediaType = "", urls = [] }: Descriptor): boolean {
    return urls.length > 0 || /foreign|nondistributable/.test(mediaType);
}

/** The most that ECR takes at once. */
const mostChecked = 100;

/** Those of the layers that a repository does not have. */
export async function missingLayers(ecr: ECR, repositoryName: string, layers: readonly Layer[]): Promise<readonly Layer[]> {
    const there = new Set<string>();
    for (let first = 0; first < layers.length; first += mostChecked) {
        const layerDigests = layers.slice(first, first + mostChecked).map(({ digest }) => digest);
        const answer = await ecr.batchCheckLayerAvailability({ repositoryName, layerDigests });
        for (const { layerDigest = "", layerAvailability } of answer.layers ?? []) if (layerAvailability === "AVAILABLE") there.add(layerDigest);
    }
    return layers.filter(({ digest }) => !there.has(digest));
}

/** One side of a copy. */
export interface Side {
    readonly ecr: ECR;
    readonly repository: string;
}

/** What ECR wants a part to be when it does not say, in bytes. */
const usualPart = 10 * 1024 * 1024;

/**
 * Copies a layer, one part at a time: the next one is only read when this one has arrived, so that no more than a part of it is in memory. What
 * arrives is held to its digest by ECR. `onPart` is told the bytes of each part.
 */
export async function copyLayer(from: Side, to: Side, { digest }: Layer, onPart: (bytes: number) => void, signal: AbortSignal): Promise<void> {
    const { downloadUrl = "" } = await from.ecr.getDownloadUrlForLayer({ repositoryName: from.repository, layerDigest: digest }, { abortSignal: signal });
    const response = await fetch(downloadUrl, { signal });
    if (!response.ok || response.body === null) throw new UnderstudyError("network", `the layer ${digest} of ${from.repository} cannot be read: status ${response.status}`, again);

    const upload = await to.ecr.initiateLayerUpload({ repositoryName: to.repository }, { abortSignal: signal });
    const place = { repositoryName: to.repository, uploadId: upload.uploadId };
    let partFirstByte = 0;
    for await (const part of partsOf(response.body, upload.partSize ?? usualPart)) {
        await to.ecr.uploadLayerPart({ ...place, partFirstByte, partLastByte: partFirstByte + part.length - 1, layerPartBlob: part }, { abortSignal: signal });
        partFirstByte += part.length;
        onPart(part.length);
    }
    try {
        await to.ecr.completeLayerUpload({ ...place, layerDigests: [digest] }, { abortSignal: signal });
    } catch (error) {
        const name = error instanceof Error ? error.name : "";
        if (name === "InvalidLayerException" || name === "EmptyUploadException") throw new UnderstudyError("network", `the layer ${digest} of ${from.repository} did not arrive whole`, again, { cause: error });
        if (name !== "LayerAlreadyExistsException") throw error; // somebody else has pushed it meanwhile
    }
}

const again = "run the same command again; it goes on with what is missing";

/** A stream cut into pieces of this size, and a smaller last one. A piece is only good until the next is asked for. */
export async function* partsOf(stream: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void, undefined> {
    const buffer = Buffer.allocUnsafe(size);
    let filled = 0;
    for await (const chunk of stream) {
        for (let read = 0; read < chunk.length; ) {
            const taken = Math.min(size - filled, chunk.length - read);
            buffer.set(chunk.subarray(read, read + taken), filled);
            [filled, read] = [filled + taken, read + taken];
            if (filled < size) continue;
            yield buffer;
            filled = 0;
        }
    }
    if (filled > 0) yield buffer.subarray(0, filled);
}
