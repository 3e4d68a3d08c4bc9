import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ECR } from "@aws-sdk/client-ecr";
import type { Clients } from "../../automation/aws/clients";
import { findDeadImages, giveUpImages, keepImages, findBranchImages, planGivenUp, removeBranchImages } from "../../automation/aws/keptImages";
import { keepTag } from "../../model/names";
import { emulatorForTests, type TestEmulator } from "../local/emulator/support";
import { clientsOf } from "./support/emulatorClients";

const names = { app: "shop", environment: "staging" };
const id = "feature-x-1a2b3c4d";
const branch = { app: "shop", environment: id };
const repositories = ["shop/web", "shop/api"];

describe("images that environments need, in the registry", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let aws: Clients;
    let ecr: ECR;

    before(async () => {
        emulator = await emulatorForTests();
        aws = clientsOf(emulator.staging);
        ecr = new ECR(emulator.staging);
    });
    after(() => emulator.stop());

    beforeEach(async () => {
        for (const repositoryName of repositories) await ecr.createRepository({ repositoryName });
    });
    afterEach(async () => {
        await emulator.control.setFaults([]);
        for (const repositoryName of repositories) await ecr.deleteRepository({ repositoryName, force: true });
    });

    /** Puts an image into a repository under these tags and returns its digest. */
    async function push(repositoryName: string, content: string, ...tags: readonly string[]): Promise<string> {
        const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", layers: [], annotations: { content } });
        for (const imageTag of tags) await ecr.putImage({ repositoryName, imageManifest, imageTag });
        if (tags.length === 0) await ecr.putImage({ repositoryName, imageManifest });
        return `sha256:${createHash("sha256").update(imageManifest).digest("hex")}`;
    }

    /** Tags by digest. */
    async function tagsOf(repositoryName: string): Promise<Readonly<Record<string, readonly string[]>>> {
        const { imageDetails = [] } = await ecr.describeImages({ repositoryName });
        return Object.fromEntries(imageDetails.map(({ imageDigest = "", imageTags = [] }) => [imageDigest, imageTags]));
    }

    it("get a tag of the environment, once, also without any other", async () => {
        const [web, api] = [await push("shop/web", "web", "1.0.0"), await push("shop/api", "api")];
        const needed = { web: [web], api: [api] };
        assert.deepEqual(await keepImages(aws, names, needed), { changed: true, missing: [], refused: [] });
        assert.deepEqual(await tagsOf("shop/web"), { [web]: ["1.0.0", keepTag("staging", web)] });
        assert.deepEqual(await tagsOf("shop/api"), { [api]: [keepTag("staging", api)] });
        assert.deepEqual(await keepImages(aws, names, needed), { changed: false, missing: [], refused: [] });
    });

    it("are named where the registry has no such image, or no such repository", async () => {
        const web = await push("shop/web", "web", "1.0.0");
        const gone = `sha256:${"0".repeat(64)}`;
        assert.deepEqual(await keepImages(aws, names, { web: [web, gone], old: [web] }), { changed: true, missing: [gone, web], refused: [] });
    });

    it("are told of where they have as many tags as ECR allows", async () => {
        const web = await push("shop/web", "web", "1.0.0");
        await emulator.control.setFaults([{ service: "ecr", operation: "PutImage", error: { code: "LimitExceededException", message: "1000 tags", status: 400 } }]);
        const refused = [`shop/web@${web} has as many tags as ECR allows, so nothing but those of others keeps it from expiring`];
        const hasty = { ecr: () => Promise.resolve(ecr) } as unknown as Clients; // none: the SDK takes such an answer for throttling
        assert.deepEqual(await keepImages(hasty, names, { web: [web] }), { changed: false, missing: [], refused });
    });

    it("are given up without being deleted, whatever tags they have", async () => {
        const [now, tagged, last, others] = [await push("shop/web", "1", "staging.1"), await push("shop/web", "2", "staging.2"), await push("shop/web", "3"), await push("shop/web", "4")];
        await keepImages(aws, names, { web: [now, tagged, last, others] });
        await keepImages(aws, branch, { web: [others] });
        assert.deepEqual(await giveUpImages(aws, names, { web: [now] }), []);
        assert.deepEqual(await tagsOf("shop/web"), { [now]: ["staging.1", keepTag("staging", now)], [tagged]: ["staging.2"], [last]: [], [others]: [keepTag(id, others)] });
        assert.deepEqual(await giveUpImages(aws, names, { web: [now] }), []);
        await keepImages(aws, names, { web: [last] });
        assert.deepEqual((await tagsOf("shop/web"))[last], [keepTag("staging", last)]);
    });

    it("of a branch that is gone go with it, but for what somebody else has a tag on", async () => {
        const own = await push("shop/web", "own", id);
        const before = await push("shop/web", "before"); // the branch's tag has moved on
        const shared = await push("shop/web", "shared", "staging.1", id.replace("x", "y"));
        const other = await push("shop/api", "other", id);
        const untouched = await push("shop/api", "untouched", `${id}0`, `a-${id}`);
        await keepImages(aws, branch, { web: [own, before, shared], api: [other] });
        await keepImages(aws, names, { web: [shared], api: [other] });
        await keepImages(aws, { app: "shop", environment: `a-${id}` }, { api: [untouched] });

        const found = await findBranchImages(aws, [...repositories, "shop/gone"], id);
        assert.deepEqual(await removeBranchImages(aws, found), { removed: 2, refused: [] });
        assert.deepEqual(await tagsOf("shop/web"), { [shared]: ["staging.1", "feature-y-1a2b3c4d", keepTag("staging", shared)] });
        assert.deepEqual(await tagsOf("shop/api"), { [other]: [keepTag("staging", other)], [untouched]: [`${id}0`, `a-${id}`, keepTag(`a-${id}`, untouched)] });
        assert.deepEqual(await removeBranchImages(aws, found), { removed: 0, refused: [] });
        assert.deepEqual(await findBranchImages(aws, repositories, id), []);
    });

    it("of a branch that are pushed while it goes stay for the next one", async () => {
        const before = await push("shop/web", "before", id);
        await keepImages(aws, branch, { web: [before] });
        const found = await findBranchImages(aws, repositories, id);
        const pushed = await push("shop/web", "pushed", id);
        assert.deepEqual(await removeBranchImages(aws, found), { removed: 1, refused: [] });
        assert.deepEqual(await tagsOf("shop/web"), { [pushed]: [id] });
    });

    it("that two environments give up at the same time are not deleted", async () => {
        const [now, shared] = [await push("shop/web", "now"), await push("shop/web", "shared")];
        for (const owner of [names, branch]) await keepImages(aws, owner, { web: [now, shared] });
        assert.deepEqual(await Promise.all([names, branch].map((owner) => giveUpImages(aws, owner, { web: [now] }))), [[], []]);
        assert.deepEqual((await tagsOf("shop/web"))[shared], []);
    });

    it("of branches that are gone are found by what keeps them, and go one by one", async () => {
        const [dead, alive, waiting] = [await push("shop/web", "dead", id), await push("shop/web", "alive"), await push("shop/web", "waiting", "y-1a2b3c4d", "deadbeef")];
        const shared = await push("shop/api", "shared", "1.0.0");
        await keepImages(aws, branch, { web: [dead], api: [shared] });
        await keepImages(aws, { app: "shop", environment: "z-1a2b3c4d" }, { web: [alive], api: [shared] });
        await keepImages(aws, names, { api: [shared] });
        const found = await findDeadImages(aws, [...repositories, "shop/gone"], ["z-1a2b3c4d"]);
        assert.deepEqual(found.map(({ repository, image: { digest }, id: of }) => [repository, digest, of]), [["shop/web", dead, id], ["shop/api", shared, id]]);
        for (const each of found) assert.deepEqual((await removeBranchImages(aws, [each])).refused, []);
        assert.deepEqual(Object.keys(await tagsOf("shop/web")), [alive, waiting]);
        assert.deepEqual(await tagsOf("shop/api"), { [shared]: ["1.0.0", keepTag("z-1a2b3c4d", shared), keepTag("staging", shared)] });
        assert.deepEqual(await findDeadImages(aws, repositories, ["z-1a2b3c4d"]), []);
    });

    it("of a branch stay, and are told, where a manifest list needs them", async () => {
        const child = await push("shop/web", "child", id);
        const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [{ digest: child }] });
        const { image } = await ecr.putImage({ repositoryName: "shop/web", imageManifest, imageTag: "staging.1" });
        const list = image?.imageId?.imageDigest ?? "";
        assert.deepEqual(await removeBranchImages(aws, await findBranchImages(aws, repositories, id)), { removed: 0, refused: [`shop/web:${id} stays: Requested image referenced by manifest list: [${list}]`] });
    });
});

describe("the tags that an environment gives up", () => {
    const [one, two] = [`sha256:${"1".repeat(64)}`, `sha256:${"2".repeat(64)}`];
    const [keepOne, keepTwo] = [keepTag("staging", one), keepTag("staging", two)];

    it("are those of images that it does not need, and those that stand on another image", () => {
        const images = [
            { digest: one, tags: ["1.0.0", keepOne, keepTwo] },
            { digest: two, tags: [keepTag("staging", "sha256:3"), keepTag("staging", "sha256:4")] },
        ];
        assert.deepEqual(planGivenUp(images, "staging", [one]), [keepTwo, "keep.staging.3", "keep.staging.4"]);
    });

    it("are none of another environment, however its name begins", () => {
        assert.deepEqual(planGivenUp([{ digest: one, tags: ["keep.staging-2.111111111111", "keep.x-1a2b3c4d.1", "staging.keep", "keep."] }], "staging", []), []);
    });
});
