import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { ECR } from "@aws-sdk/client-ecr";
import { emulatorForTests, refusalOf, type TestEmulator } from "./support";

const part = 5 * 1024 * 1024;
const repositoryName = "shop/web";
const place = "in the repository with name 'shop/web' in the registry with id '222222222222'";

function digestOf(content: string | Buffer): string {
    return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function manifestOf(parts: object): string {
    return JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", ...parts });
}

describe("emulator: layers of images", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let ecr: ECR;

    before(async () => {
        emulator = await emulatorForTests();
        ecr = new ECR(emulator.staging);
        await ecr.createRepository({ repositoryName });
    });
    after(() => emulator.stop());

    /** Uploads the parts one after the other, without completing them. */
    async function begin(...parts: readonly Buffer[]): Promise<string> {
        const { uploadId = "" } = await ecr.initiateLayerUpload({ repositoryName });
        let partFirstByte = 0;
        for (const layerPartBlob of parts) {
            const partLastByte = partFirstByte + layerPartBlob.length - 1;
            const { lastByteReceived } = await ecr.uploadLayerPart({ repositoryName, uploadId, partFirstByte, partLastByte, layerPartBlob });
            assert.equal(lastByteReceived, partLastByte);
            partFirstByte = partLastByte + 1;
        }
        return uploadId;
    }

    async function upload(...parts: readonly Buffer[]): Promise<string> {
        const layerDigests = [digestOf(Buffer.concat([...parts]))];
        const { layerDigest = "" } = await ecr.completeLayerUpload({ repositoryName, uploadId: await begin(...parts), layerDigests });
        return layerDigest;
    }

    it("are uploaded in parts, found by their digest, and downloaded as they were", async () => {
        const parts = [randomBytes(part), randomBytes(part), randomBytes(17)];
        const content = Buffer.concat(parts);
        const digest = await upload(...parts);
        assert.equal(digest, digestOf(content));

        const missing = digestOf("missing");
        const { layers = [], failures = [] } = await ecr.batchCheckLayerAvailability({ repositoryName, layerDigests: [digest, missing] });
        assert.deepEqual(layers.map(({ layerDigest, layerAvailability, layerSize }) => [layerDigest, layerAvailability, layerSize]), [[digest, "AVAILABLE", content.length]]);
        assert.deepEqual(failures.map(({ layerDigest }) => layerDigest), [missing]);

        const { downloadUrl = "", layerDigest } = await ecr.getDownloadUrlForLayer({ repositoryName, layerDigest: digest });
        assert.equal(layerDigest, digest);
        assert.ok(content.equals(Buffer.from(await (await fetch(downloadUrl)).arrayBuffer())));
        assert.equal((await fetch(downloadUrl.replace(digest, missing))).status, 404);
    });

    const refusals: readonly { readonly what: string; readonly call: () => Promise<unknown>; readonly refusal: RegExp }[] = [
        {
            what: "a digest that is not the content's",
            call: async () => ecr.completeLayerUpload({ repositoryName, uploadId: await begin(Buffer.from("a")), layerDigests: [digestOf("b")] }),
            refusal: /^InvalidLayerException: The layer digest calculated by ECR, '.*', does not match the digest specified, '.*'$/,
        },
        {
            what: "a layer without any part",
            call: async () => ecr.completeLayerUpload({ repositoryName, uploadId: await begin(), layerDigests: [digestOf("")] }),
            refusal: new RegExp(`^EmptyUploadException: The upload with id '.*' ${place} does not contain any layer parts$`),
        },
        { what: "a part below 5 MiB that is not the last", call: () => upload(randomBytes(part - 1), randomBytes(1)), refusal: new RegExp(`^LayerPartTooSmallException: .* ${place} must be at least 5 MiB in size$`) },
        {
            what: "a layer that is there",
            call: async () => {
                const content = Buffer.from("the same");
                await upload(content);
                await upload(content);
            },
            refusal: new RegExp(`^LayerAlreadyExistsException: Layer with digest '${digestOf("the same")}' already exists ${place}$`),
        },
        {
            what: "the download of a layer that is not there",
            call: () => ecr.getDownloadUrlForLayer({ repositoryName, layerDigest: digestOf("no") }),
            refusal: new RegExp(`^LayersNotFoundException: The layer with digest '${digestOf("no")}' does not exist ${place}$`),
        },
        {
            what: "an image without its layers",
            call: () => ecr.putImage({ repositoryName, imageManifest: manifestOf({ config: { digest: digestOf("no") }, layers: [] }) }),
            refusal: new RegExp(`^LayersNotFoundException: Layers with digests '\\[${digestOf("no")}\\]' required`),
        },
        {
            what: "a manifest list without its images",
            call: () => ecr.putImage({ repositoryName, imageManifest: manifestOf({ manifests: [{ digest: digestOf("no") }] }) }),
            refusal: new RegExp(`^ReferencedImagesNotFoundException: Images with digests '\\[${digestOf("no")}\\]' required`),
        },
    ];
    for (const { what, call, refusal } of refusals) it(`fails on ${what}`, async () => assert.match(await refusalOf(call()), refusal));

    it("keeps an image that a manifest list needs, and lets it go after the list", async () => {
        const child = manifestOf({ layers: [], annotations: { name: "child" } });
        const list = manifestOf({ manifests: [{ digest: digestOf(child) }] });
        await ecr.putImage({ repositoryName, imageManifest: child, imageTag: "child" });
        await ecr.putImage({ repositoryName, imageManifest: list, imageTag: "list" });
        const remove = async (imageTag: string): Promise<unknown> => (await ecr.batchDeleteImage({ repositoryName, imageIds: [{ imageTag }] })).failures!.map(({ failureCode }) => failureCode);
        assert.deepEqual([await remove("child"), await remove("list"), await remove("child")], [["ImageReferencedByManifestList"], [], []]);
    });

    it("gives an image a thousand tags and no more", async () => {
        const imageManifest = manifestOf({ layers: [], annotations: { name: "popular" } });
        for (let first = 0; first < 1000; first += 50) {
            await Promise.all(Array.from({ length: 50 }, (_, index) => ecr.putImage({ repositoryName, imageManifest, imageTag: `${first + index}` })));
        }
        assert.match(await refusalOf(ecr.putImage({ repositoryName, imageManifest, imageTag: "1000" })), /^LimitExceededException: The maximum limit of 1000 tags per image/);
        const { imageDetails: [image] = [] } = await ecr.describeImages({ repositoryName, imageIds: [{ imageDigest: digestOf(imageManifest) }] });
        assert.equal(image?.imageTags?.length, 1000);
    });
});
