import assert from "node:assert/strict";
import { S3 } from "@aws-sdk/client-s3";
import { makeClients, type Clients } from "../../../automation/aws/clients";
import { findOrphans, nothingOfItsOwn, orphanKinds } from "../../../automation/state/orphans/kinds";
import type { OrphanKind } from "../../../automation/state/orphans/kind";
import { defaultTags, region, testWorld, type TestWorld } from "./support/world";

/** A creation that was interrupted is known by the inputs that the engine had recorded, and by them alone. */
describe("what an interrupted creation has made", () => {
    let world: TestWorld;
    let aws: Clients;

    before(async () => {
        world = await testWorld();
        const { endpoint, credentials } = world.emulator.staging;
        const env = {
            AWS_ENDPOINT_URL: endpoint,
            AWS_ACCESS_KEY_ID: credentials.accessKeyId,
            AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        };
        aws = makeClients(env, { region });
    });

    function kindOf(token: string): OrphanKind {
        return orphanKinds.get(token) ?? assert.fail(`${token} has no kind`);
    }

    for (const [token, given] of [
        ["aws:sqs/queue:Queue", { tags: { own: "1" } }],
        ["aws:sqs/queue:Queue", { name: "fixed.fifo", fifoQueue: true }],
        ["aws:s3/bucket:Bucket", { tags: { own: "1" } }],
        ["aws:s3/bucket:Bucket", { bucket: "fixed-files" }],
    ] as const) {
        it(`${token} is found with its tags, removed, and not found any more: ${JSON.stringify(given)}`, async () => {
            const kind = kindOf(token);
            const { id, inputs } = await world.engine.create(token, "interrupted", given);
            const tags = { ...defaultTags, ...("tags" in given ? given.tags : {}) };
            assert.deepEqual(await findOrphans(kind, aws, inputs), [{ id, tags }]);
            await kind.remove(aws, id, undefined);
            assert.deepEqual(await findOrphans(kind, aws, inputs), []);
        });
    }

    it("a bucket that is nobody's is found without tags, and one that is not empty stays", async () => {
        const kind = kindOf("aws:s3/bucket:Bucket");
        const s3 = new S3({ ...world.emulator.staging, forcePathStyle: true });
        await s3.createBucket({ Bucket: "nobodys-files", CreateBucketConfiguration: { LocationConstraint: region } });
        assert.deepEqual(await findOrphans(kind, aws, { bucket: "nobodys-files" }), [{ id: "nobodys-files", tags: {} }]);
        await s3.putObject({ Bucket: "nobodys-files", Key: "a", Body: "x" });
        await assert.rejects(kind.remove(aws, "nobodys-files", undefined), {
            kind: "update-failed",
            message: "the bucket nobodys-files, which an interrupted run had made, is not empty",
        });
        await s3.deleteObject({ Bucket: "nobodys-files", Key: "a" });
        await kind.remove(aws, "nobodys-files", undefined);
        await kind.remove(aws, "nobodys-files", undefined);
    });

    it("settings of a bucket are nothing of their own, and go before it", () => {
        const order = [...orphanKinds.keys()];
        for (const name of ["PublicAccessBlock", "Versioning", "LifecycleConfiguration"]) {
            const token = `aws:s3/bucket${name}:Bucket${name}`;
            assert.equal(kindOf(token), nothingOfItsOwn);
            assert.ok(order.indexOf(token) < order.indexOf("aws:s3/bucket:Bucket"));
        }
    });
});
