import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
    BatchGetImageCommand,
    CreateRepositoryCommand,
    DescribeImagesCommand,
    ECRClient,
    ListImagesCommand,
    PutImageCommand,
    type ImageTagMutability,
} from "@aws-sdk/client-ecr";
import { emulatorForTests, refusalOf, type TestEmulator } from "./support";

describe("emulator: images", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let ecr: ECRClient;

    before(async () => {
        emulator = await emulatorForTests();
        ecr = new ECRClient(emulator.staging);
    });
    after(() => emulator.stop());

    const createRepository = (name: string, mutability: ImageTagMutability): Promise<unknown> =>
        ecr.send(new CreateRepositoryCommand({ repositoryName: name, imageTagMutability: mutability }));
    const manifestOf = (name: string): string =>
        JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", layers: [], annotations: { name } });
    const digestOf = (manifest: string): string => `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
    const put = async (repository: string, manifest: string, tag?: string): Promise<string | undefined> => {
        const input = { repositoryName: repository, imageManifest: manifest, ...(tag === undefined ? {} : { imageTag: tag }) };
        return (await ecr.send(new PutImageCommand(input))).image!.imageId!.imageDigest;
    };
    const imagesOf = async (repository: string): Promise<unknown> => {
        const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName: repository }));
        return imageDetails!.map(({ imageDigest, imageTags }) => [imageDigest, imageTags ?? []]);
    };

    it("names an image by the SHA-256 of its manifest", async () => {
        await createRepository("shop/web", "MUTABLE");
        const manifest = manifestOf("one");
        assert.equal(await put("shop/web", manifest, "main"), digestOf(manifest));
        assert.deepEqual(await imagesOf("shop/web"), [[digestOf(manifest), ["main"]]]);
    });

    it("moves a tag, and keeps the image that had it", async () => {
        await createRepository("shop/moved", "MUTABLE");
        const [one, two] = [manifestOf("one"), manifestOf("two")];
        await put("shop/moved", one, "main");
        await put("shop/moved", two, "main");
        assert.deepEqual(await imagesOf("shop/moved"), [
            [digestOf(one), []],
            [digestOf(two), ["main"]],
        ]);
        await put("shop/moved", one, "main");
        assert.deepEqual(await imagesOf("shop/moved"), [
            [digestOf(one), ["main"]],
            [digestOf(two), []],
        ]);
    });

    it("gets an image by any of its tags or its digest, with its manifest as it was put", async () => {
        await createRepository("shop/got", "MUTABLE");
        const manifest = manifestOf("one");
        await put("shop/got", manifest, "main");
        await put("shop/got", manifest, "1.4.2");
        const imageIds = [{ imageTag: "main" }, { imageTag: "1.4.2" }, { imageDigest: digestOf(manifest) }, { imageTag: "none" }];
        const { images, failures } = await ecr.send(new BatchGetImageCommand({ repositoryName: "shop/got", imageIds }));
        assert.deepEqual(
            images!.map(({ imageId, imageManifest }) => [imageId!.imageTag, imageId!.imageDigest, imageManifest]),
            [
                ["main", digestOf(manifest), manifest],
                ["1.4.2", digestOf(manifest), manifest],
                ["1.4.2", digestOf(manifest), manifest],
            ],
        );
        assert.deepEqual(failures, [
            { imageId: { imageTag: "none" }, failureCode: "ImageNotFound", failureReason: "Requested image not found" },
        ]);
        const listed = await ecr.send(new ListImagesCommand({ repositoryName: "shop/got" }));
        assert.deepEqual(
            listed.imageIds!.map(({ imageTag }) => imageTag),
            ["main", "1.4.2"],
        );
    });

    it("fails on the same image under the same tag", async () => {
        await createRepository("shop/same", "MUTABLE");
        const manifest = manifestOf("one");
        await put("shop/same", manifest, "main");
        assert.equal(
            await refusalOf(put("shop/same", manifest, "main")),
            `ImageAlreadyExistsException: Image with digest '${digestOf(manifest)}' and tag 'main' already exists in the repository ` +
                "with name 'shop/same' in registry with id '222222222222'",
        );
    });

    it("fails on moving a tag that is immutable", async () => {
        await createRepository("shop/fixed", "IMMUTABLE");
        await put("shop/fixed", manifestOf("one"), "1.4.2");
        assert.equal(
            await refusalOf(put("shop/fixed", manifestOf("two"), "1.4.2")),
            "ImageTagAlreadyExistsException: The image tag '1.4.2' already exists in the 'shop/fixed' repository " +
                "and cannot be overwritten because the tag is immutable.",
        );
    });

    it("fails on a repository that does not exist", async () => {
        assert.equal(
            await refusalOf(put("shop/none", manifestOf("one"), "main")),
            "RepositoryNotFoundException: The repository with name 'shop/none' does not exist in the registry with id '222222222222'",
        );
    });
});
