import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ECR } from "@aws-sdk/client-ecr";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import fc from "fast-check";
import { understudy, type CopiedImage, type Event, type ReleaseCopyOptions } from "../../automation/index";
import { calling } from "../../automation/aws/errors";
import { copyLayer, partsOf } from "../../automation/release/layers";
import { emulatorForTests, type TestEmulator } from "../local/emulator/support";
import { environmentOf } from "./support/emulatorClients";
import { compose, staging, TemporaryProject } from "./support/temporaryProject";

const part = 10 * 1024 * 1024;
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const production = staging.replaceAll("222222222222", "111111111111").replace("kind: staging", "kind: production").replace("staging.example.com", "example.com");
const twoImages = compose.replace("services:", "services:\n  api:\n    image: api\n    build: ./api");

function digestOf(content: string | Buffer): string {
    return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** A registry of an account, and what CI does with it. */
class Registry {
    constructor(readonly ecr: ECR) {}

    async upload(repositoryName: string, content: Buffer): Promise<{ readonly digest: string; readonly size: number }> {
        const { uploadId } = await this.ecr.initiateLayerUpload({ repositoryName });
        for (let partFirstByte = 0; partFirstByte < content.length; partFirstByte += part) {
            const layerPartBlob = content.subarray(partFirstByte, partFirstByte + part);
            await this.ecr.uploadLayerPart({ repositoryName, uploadId, partFirstByte, partLastByte: partFirstByte + layerPartBlob.length - 1, layerPartBlob });
        }
        await this.ecr.completeLayerUpload({ repositoryName, uploadId, layerDigests: [digestOf(content)] });
        return { digest: digestOf(content), size: content.length };
    }

    async put(repositoryName: string, content: object, imageTag?: string): Promise<string> {
        const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType: manifestType, ...content });
        await this.ecr.putImage({ repositoryName, imageManifest, ...(imageTag !== undefined && { imageTag }) });
        return digestOf(imageManifest);
    }

    /** An image of its own configuration and these layers; returns its digest. */
    async push(repositoryName: string, tag: string | undefined, ...layers: readonly Buffer[]): Promise<string> {
        const config = await this.upload(repositoryName, Buffer.from(JSON.stringify({ made: randomBytes(8).toString("hex") })));
        const uploaded = [];
        for (const layer of layers) uploaded.push(await this.upload(repositoryName, layer));
        return this.put(repositoryName, { config, layers: uploaded }, tag);
    }

    async digest(repositoryName: string, imageTag: string): Promise<string | undefined> {
        const { images = [] } = await this.ecr.batchGetImage({ repositoryName, imageIds: [{ imageTag }] });
        return images[0]?.imageId?.imageDigest;
    }

    async read(repositoryName: string, layerDigest: string): Promise<Buffer> {
        const { downloadUrl = "" } = await this.ecr.getDownloadUrlForLayer({ repositoryName, layerDigest });
        return Buffer.from(await (await fetch(downloadUrl)).arrayBuffer());
    }
}

describe("a release that is copied to another account's registry", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let source: Registry;
    let target: Registry;
    const project = new TemporaryProject({ "Pulumi.yaml": "name: understudy\n", "Pulumi.staging.yaml": staging, "Pulumi.production.yaml": production, "app/compose.yaml": twoImages });
    let events: Event[] = [];

    before(async () => {
        emulator = await emulatorForTests();
        [source, target] = await Promise.all([registryOf("222222222222"), registryOf("111111111111")]);
    });
    after(async () => {
        await emulator.stop();
        project[Symbol.dispose]();
    });
    beforeEach(async () => {
        events = [];
        for (const { ecr } of [source, target]) for (const image of ["shop-web", "api"]) await ecr.createRepository({ repositoryName: `shop/${image}` });
    });
    afterEach(async () => {
        await emulator.control.setFaults([]);
        for (const { ecr } of [source, target]) {
            for (const image of ["shop-web", "api"]) await ecr.deleteRepository({ repositoryName: `shop/${image}`, force: true }).catch(() => undefined);
        }
    });

    /** The registry of an account whose deploy role the operator may assume. */
    async function registryOf(account: string): Promise<Registry> {
        const settings = { ...emulator.staging, credentials: await emulator.control.rootCredentials(account) };
        const statement = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "sts:AssumeRole" };
        const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
        await new IAMClient(settings).send(new CreateRoleCommand({ RoleName: "understudy-deploy", AssumeRolePolicyDocument }));
        return new Registry(new ECR(settings));
    }

    /** Copies, and stops that as soon as a first part has arrived, if there is something to stop it with. */
    async function copy(options: ReleaseCopyOptions, stop?: AbortController): Promise<readonly CopiedImage[]> {
        const onEvent = (event: Event): void => {
            events.push(event);
            if (event.type === "transfer") stop?.abort();
        };
        const api = understudy({ directory: project.directory, surroundings: { env: environmentOf(emulator.operator) }, onEvent, ...(stop && { signal: stop.signal }) });
        return (await api.release.copy(options)).images;
    }

    function uploads(): number {
        return events.filter(({ type }) => type === "transfer").length;
    }

    it("has the same digests, tags and bytes there, with each side's own role", async () => {
        const [large, small] = [randomBytes(part + 5), randomBytes(100)];
        const [web, api] = [await source.push("shop/shop-web", "1.4.2", large, small), await source.push("shop/api", "1.4.2", small)];
        const images = await copy({ release: "1.4.2" });
        assert.deepEqual(images.map(({ image, digest, tag, layers }) => [image, digest, tag, layers]), [["api", api, "1.4.2", 2], ["shop-web", web, "1.4.2", 3]]);
        assert.deepEqual([await target.digest("shop/shop-web", "1.4.2"), await target.digest("shop/api", "1.4.2")], [web, api]);
        assert.ok((await target.read("shop/shop-web", digestOf(large))).equals(large));
        const last = events.filter((event) => event.type === "transfer").filter(({ image }) => image === "shop-web").at(-1);
        assert.deepEqual(last && [last.bytes, last.of], [images[1]!.bytes, images[1]!.bytes]);
        assert.equal(uploads(), 2 + 1 + 1 + 1 + 1, "a part each, two of the large layer");
    });

    it("said again is not copied again", async () => {
        const digest = await source.push("shop/shop-web", "1.4.2", randomBytes(100));
        await copy({ images: { web: "1.4.2" } });
        events = [];
        assert.deepEqual(await copy({ images: { web: "1.4.2" } }), [{ image: "shop-web", digest, tag: "1.4.2", layers: 0, bytes: 0 }]);
        assert.equal(uploads(), 0);
    });

    it("takes only the layers that are missing", async () => {
        const shared = randomBytes(100);
        await source.push("shop/shop-web", "1.4.2", shared);
        await copy({ images: { web: "1.4.2" } });
        await source.put("shop/shop-web", { config: await source.upload("shop/shop-web", Buffer.from("new")), layers: [{ digest: digestOf(shared), size: 100 }] }, "1.4.3");
        const [image] = await copy({ images: { web: "1.4.3" } });
        assert.deepEqual([image?.layers, image?.bytes], [1, 3]);
    });

    it("is for all architectures that it was for", async () => {
        const children = [await source.push("shop/shop-web", undefined, randomBytes(10)), await source.push("shop/shop-web", undefined, randomBytes(20))];
        const mediaType = "application/vnd.oci.image.index.v1+json";
        const list = await source.put("shop/shop-web", { mediaType, manifests: children.map((digest) => ({ digest, size: 1, mediaType: manifestType })) }, "1.4.2");
        await copy({ images: { web: "1.4.2" } });
        assert.equal(await target.digest("shop/shop-web", "1.4.2"), list);
        const { imageDetails = [] } = await target.ecr.describeImages({ repositoryName: "shop/shop-web" });
        assert.deepEqual(imageDetails.map(({ imageDigest, imageTags = [] }) => [imageDigest, imageTags]), [...children.map((digest) => [digest, []]), [list, ["1.4.2"]]]);
    });

    it("leaves out layers that no registry keeps", async () => {
        const config = await source.upload("shop/shop-web", Buffer.from("{}"));
        const foreign = { digest: digestOf("elsewhere"), size: 9, urls: ["https://example.com/base"], mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" };
        const digest = await source.put("shop/shop-web", { config, layers: [foreign] }, "1.4.2");
        await copy({ images: { web: "1.4.2" } });
        assert.equal(await target.digest("shop/shop-web", "1.4.2"), digest);
    });

    it("may be called otherwise there, or by its digest alone", async () => {
        const digest = await source.push("shop/shop-web", "staging.1.4.2");
        await copy({ images: { web: "staging.1.4.2" }, as: "production.1.4.2" });
        assert.deepEqual([await target.digest("shop/shop-web", "production.1.4.2"), await target.digest("shop/shop-web", "staging.1.4.2")], [digest, undefined]);
        const api = await source.push("shop/api", "x");
        assert.deepEqual(await copy({ images: { api } }), [{ image: "api", digest: api, layers: 1, bytes: 27 }]);
    });

    it("that breaks off goes on with what is missing", async () => {
        const layers = [randomBytes(part + 1), randomBytes(part + 2), randomBytes(part + 3)];
        const digest = await source.push("shop/shop-web", "1.4.2", ...layers);
        await emulator.control.setFaults([{ service: "ecr", operation: "UploadLayerPart", every: 6, error: { code: "UploadNotFoundException", message: "gone", status: 400 } }]);
        await assert.rejects(copy({ images: { web: "1.4.2" } }));
        assert.equal(await target.digest("shop/shop-web", "1.4.2"), undefined);
        await emulator.control.setFaults([]);
        events = [];
        const [image] = await copy({ images: { web: "1.4.2" } });
        assert.ok(image!.layers >= 1 && image!.layers < 4, `${image!.layers} layers were missing`);
        assert.equal(await target.digest("shop/shop-web", "1.4.2"), digest);
    });

    it("that is stopped ends at once, and goes on later", async () => {
        const digest = await source.push("shop/shop-web", "1.4.2", ...Array.from({ length: 4 }, () => randomBytes(part + 1)));
        const [most, delay] = [1000, 20_000];
        const upload = { service: "ecr", operation: "UploadLayerPart" };
        // The first part takes long enough for others to be under way, and those take longer than anybody who stops would wait.
        await emulator.control.setFaults([{ ...upload, delay: 2_000, times: 1 }, { ...upload, delay, times: most }, { service: "ecr", operation: "GetDownloadUrlForLayer", times: most }]);
        const stop = new AbortController();
        let stopped = 0;
        stop.signal.addEventListener("abort", () => (stopped = performance.now()));
        await assert.rejects(copy({ images: { web: "1.4.2" } }, stop), { kind: "interrupted" });
        assert.ok(performance.now() - stopped < delay / 2, "it has waited for parts that were under way");
        await sleep(200);
        const left = await emulator.control.faults();
        const [uploaded = 0, asked = 0] = left.map(({ times = 0 }) => most - times);
        // Four layers are under way at a time, and the first part that arrives ends it: what is more was begun afterwards.
        assert.equal(left.length, 2);
        assert.ok(1 + uploaded <= 4, `${1 + uploaded} parts were sent`);
        assert.ok(asked <= 4, `${asked} layers were asked for`);
        assert.equal(uploads(), 1);

        await emulator.control.setFaults([]);
        await copy({ images: { web: "1.4.2" } });
        assert.equal(await target.digest("shop/shop-web", "1.4.2"), digest);
    });

    it("comes through throttling", async () => {
        await source.push("shop/shop-web", "1.4.2", randomBytes(100));
        await emulator.control.setFaults([{ service: "ecr", every: 3, error: { code: "ThrottlingException", message: "Rate exceeded", status: 400 } }]);
        await copy({ images: { web: "1.4.2" } });
    });

    describe("is refused", () => {
        it("where another image has the tag", async () => {
            await source.push("shop/shop-web", "1.4.2");
            const other = await target.push("shop/shop-web", "1.4.2");
            await assert.rejects(copy({ images: { web: "1.4.2" } }), {
                kind: "refused",
                message: `production has another image under this tag: shop/shop-web:1.4.2 is ${other}`,
                advice: "give the copy another tag with --as",
            });
            assert.equal(uploads(), 0);
        });

        it("where the source has not all of it", async () => {
            await source.push("shop/shop-web", "1.4.2");
            await assert.rejects(copy({ release: "1.4.2" }), { kind: "image-missing", message: "this image is not in the registry: shop/api:1.4.2" });
        });

        it("where the target has no repository", async () => {
            await source.push("shop/shop-web", "1.4.2");
            await target.ecr.deleteRepository({ repositoryName: "shop/shop-web" });
            await assert.rejects(copy({ images: { web: "1.4.2" } }), { kind: "not-found", message: "production has no repository shop/shop-web yet" });
        });

        const rows: readonly { readonly options: ReleaseCopyOptions; readonly message: string }[] = [
            { options: {}, message: "nothing says which images to copy" },
            { options: { release: "1", to: "staging" }, message: "staging is both sides of the copy" },
            { options: { release: "1", as: "a b" }, message: "a b is no tag; one has at most 128 letters, digits and . _ -" },
            { options: { release: "latest" }, message: ["api", "shop-web"].map((image) => `image ${image}: the tag latest moves, so nobody could say later what production ran; give a release, such as 1.4.2, or a digest`).join("\n") },
            { options: { images: { shop: "1" } }, message: "shop is no service or image of the application; there are: api, shop-web, web" },
        ];
        for (const { options, message } of rows) it(`with ${JSON.stringify(options)}`, () => assert.rejects(copy(options), { kind: "settings", message }));

        it("for a caller who may not become the role of both", async () => {
            const api = understudy({ directory: project.directory, surroundings: { env: { ...environmentOf(emulator.staging) } } });
            await assert.rejects(api.release.copy({ release: "1.4.2" }), { kind: "credentials" });
        });
    });
});

describe("the copy of a layer", () => {
    it("cuts a stream into parts of one size, and loses nothing", async () => {
        await fc.assert(
            fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 })), fc.integer({ min: 1, max: 50 }), async (chunks, size) => {
                const parts: Buffer[] = [];
                for await (const each of partsOf(streamOf(chunks), size)) parts.push(Buffer.from(each));
                assert.ok(Buffer.concat(parts).equals(Buffer.concat(chunks)));
                assert.ok(parts.every(({ length }, index) => (index < parts.length - 1 ? length === size : length > 0 && length <= size)));
            }),
        );
    });

    it("reads no further than the target has taken", async () => {
        const [size, partSize] = [200 * 1024 * 1024, 1024 * 1024];
        let sent = 0;
        const server = http.createServer((_request, response) => {
            const write = (): void => {
                for (let more = true; more && sent < size; sent += 65_536) more = response.write(Buffer.alloc(65_536));
                if (sent >= size) response.end();
            };
            response.on("drain", write);
            write();
        });
        await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
        try {
            let [taken, ahead] = [0, 0];
            const downloadUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
            const from = { getDownloadUrlForLayer: () => Promise.resolve({ downloadUrl }) } as unknown as ECR;
            const to = {
                initiateLayerUpload: () => Promise.resolve({ uploadId: "1", partSize }),
                uploadLayerPart: async ({ partFirstByte, partLastByte, layerPartBlob }: { partFirstByte: number; partLastByte: number; layerPartBlob: Uint8Array }) => {
                    assert.deepEqual([partFirstByte, partLastByte + 1, layerPartBlob.length], [taken, taken + layerPartBlob.length, Math.min(partSize, size - taken)]);
                    await new Promise((resolve) => setTimeout(resolve, 2));
                    ahead = Math.max(ahead, sent - taken);
                    taken += layerPartBlob.length;
                },
                completeLayerUpload: () => Promise.resolve({}),
            } as unknown as ECR;
            await copyLayer({ ecr: from, repository: "a" }, { ecr: to, repository: "b" }, { digest: "sha256:1", size }, () => undefined, new AbortController().signal);
            assert.equal(taken, size);
            assert.ok(ahead < 24 * partSize, `${ahead} bytes were under way`); // one part here, the rest in the system's buffers
        } finally {
            server.close();
        }
    });

    it("that is cut in the middle says to do it again", async () => {
        const server = http.createServer((_request, response) => {
            response.writeHead(200, { "content-length": part }).write("x", () => response.destroy());
        });
        await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
        try {
            const downloadUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
            const from = { getDownloadUrlForLayer: () => Promise.resolve({ downloadUrl }) } as unknown as ECR;
            const to = { initiateLayerUpload: () => Promise.resolve({}) } as unknown as ECR;
            const copied = calling("copy it", () => copyLayer({ ecr: from, repository: "a" }, { ecr: to, repository: "b" }, { digest: "sha256:1", size: part }, () => undefined, new AbortController().signal));
            await assert.rejects(copied, { kind: "network", message: "could not copy it: the connection broke off (terminated)", advice: "run the same command again" });
        } finally {
            server.close();
        }
    });

    for (const { what, answer, message } of [
        { what: "a refused download", answer: 403, message: "the layer sha256:1 of a cannot be read: status 403" },
        { what: "a damaged one", answer: 200, message: "the layer sha256:1 of a did not arrive whole" },
    ]) {
        it(`fails on ${what}`, async () => {
            const server = http.createServer((_request, response) => response.writeHead(answer).end("x"));
            await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
            try {
                const downloadUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
                const from = { getDownloadUrlForLayer: () => Promise.resolve({ downloadUrl }) } as unknown as ECR;
                const damaged = Object.assign(new Error("does not match"), { name: "InvalidLayerException" });
                const to = { initiateLayerUpload: () => Promise.resolve({}), uploadLayerPart: () => Promise.resolve({}), completeLayerUpload: () => Promise.reject(damaged) } as unknown as ECR;
                const copied = copyLayer({ ecr: from, repository: "a" }, { ecr: to, repository: "b" }, { digest: "sha256:1", size: 1 }, () => undefined, new AbortController().signal);
                await assert.rejects(copied, { kind: "network", message });
            } finally {
                server.close();
            }
        });
    }
});

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
}
