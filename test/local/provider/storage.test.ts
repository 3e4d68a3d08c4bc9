import assert from "node:assert/strict";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { textOf } from "../../../local/provider/state";
import type { Props } from "../../../local/provider/values";
import type { Stored, TestEngine } from "./support/engine";
import { testLifecycle } from "./support/lifecycle";
import { defaultTags, testWorld } from "./support/world";

const queueToken = "aws:sqs/queue:Queue";
const bucketToken = "aws:s3/bucket:Bucket";
const arnOf = (queue: string): string => `arn:aws:sqs:eu-west-1:222222222222:${queue}`;
const redrive = (queue: string, maxReceiveCount = 3): string => JSON.stringify({ deadLetterTargetArn: arnOf(queue), maxReceiveCount });

async function queueNamed(name: string, more: Props = {}): Promise<Stored> {
    const { engine } = await testWorld();
    return await engine.create(queueToken, name, { name, ...more });
}

async function bucketNamed(bucket: string, more: Props = {}): Promise<Stored> {
    const { engine } = await testWorld();
    return await engine.create(bucketToken, bucket, { bucket, ...more });
}

testLifecycle({
    token: queueToken,
    needs: async () => [(await queueNamed("dead.fifo", { fifoQueue: true })).id, redrive("dead.fifo")],
    given: () => ({ name: "jobs.fifo", fifoQueue: true, messageRetentionSeconds: 3600, tags: { Name: "one" } }),
    updated: ([, redrivePolicy]) => ({
        name: "jobs.fifo",
        fifoQueue: true,
        contentBasedDeduplication: true,
        visibilityTimeoutSeconds: 60,
        messageRetentionSeconds: 60,
        receiveWaitTimeSeconds: 20,
        redrivePolicy,
        sqsManagedSseEnabled: false,
        tags: { Name: "two" },
    }),
    replacing: () => ({ name: "other.fifo", fifoQueue: false }),
});

const keys = [
    { name: "kind", type: "S" },
    { name: "id", type: "S" },
];

testLifecycle({
    token: "aws:dynamodb/table:Table",
    needs: () => Promise.resolve(undefined),
    given: () => ({ name: "shop-dev-registry", billingMode: "PAY_PER_REQUEST", attributes: keys, hashKey: "kind", rangeKey: "id", deletionProtectionEnabled: true, tags: { Name: "one" } }),
    updated: () => ({
        name: "shop-dev-registry",
        billingMode: "PAY_PER_REQUEST",
        attributes: keys,
        hashKey: "kind",
        rangeKey: "id",
        pointInTimeRecovery: { enabled: true },
        deletionProtectionEnabled: false,
        tags: { Name: "two" },
    }),
    unchanged: ["attributes", "billingMode"],
    replacing: () => ({ name: "shop-other-registry", hashKey: "id", rangeKey: "kind" }),
});

testLifecycle({
    token: bucketToken,
    needs: () => Promise.resolve(undefined),
    given: () => ({ bucket: "files-of-staging", tags: { Name: "one" } }),
    updated: () => ({ bucket: "files-of-staging", tags: { Name: "two" } }),
    unchanged: ["forceDestroy"],
    replacing: () => ({ bucket: "other-files" }),
});

testLifecycle({
    token: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    needs: async () => (await bucketNamed("with-access-block")).id,
    given: (bucket) => ({ bucket, blockPublicAcls: true }),
    updated: (bucket) => ({
        bucket,
        blockPublicAcls: false,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
    }),
    replacing: () => ({ bucket: "other-files" }),
});

testLifecycle({
    token: "aws:s3/bucketVersioning:BucketVersioning",
    needs: async () => (await bucketNamed("with-versioning")).id,
    given: (bucket) => ({ bucket, versioningConfiguration: { status: "Enabled" } }),
    updated: (bucket) => ({ bucket, versioningConfiguration: { status: "Suspended" } }),
    replacing: () => ({ bucket: "other-files" }),
    leavesNoTrace: false,
});

testLifecycle({
    token: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    needs: async () => (await bucketNamed("with-lifecycle")).id,
    given: (bucket) => ({ bucket, rules: [{ id: "all", status: "Enabled", expiration: { days: 7 } }] }),
    updated: (bucket) => ({
        bucket,
        rules: [
            {
                id: "all",
                status: "Disabled",
                filter: { prefix: "" },
                noncurrentVersionExpiration: { noncurrentDays: 3 },
                abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
            },
            { id: "uploads", status: "Enabled", filter: { prefix: "uploads/" }, expiration: { days: 1 } },
        ],
    }),
    replacing: () => ({ bucket: "other-files" }),
});

describe("queues and buckets", () => {
    let engine: TestEngine;
    let s3: S3;
    let sqs: SQS;

    before(async () => {
        const { engine: shared, emulator } = await testWorld();
        engine = shared;
        s3 = new S3({ ...emulator.staging, forcePathStyle: true });
        sqs = new SQS(emulator.staging);
    });

    describe("a queue", () => {
        it("is known by its URL, and has what its creation was asked for at once, tags too", async () => {
            const queue = await queueNamed("asked", { visibilityTimeoutSeconds: 0, receiveWaitTimeSeconds: 5, tags: { own: "1" } });
            assert.equal(queue.id, (await sqs.getQueueUrl({ QueueName: "asked" })).QueueUrl);
            assert.deepEqual([queue.outputs["arn"], queue.outputs["url"]], [arnOf("asked"), queue.id]);
            assert.deepEqual((await sqs.listQueueTags({ QueueUrl: queue.id })).Tags, { ...defaultTags, own: "1" });
            const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl: queue.id, AttributeNames: ["All"] });
            const { VisibilityTimeout, ReceiveMessageWaitTimeSeconds, MessageRetentionPeriod, SqsManagedSseEnabled } = Attributes;
            assert.deepEqual(
                [VisibilityTimeout, ReceiveMessageWaitTimeSeconds, MessageRetentionPeriod, SqsManagedSseEnabled],
                ["0", "5", "345600", "true"],
            );
            await engine.delete(queue);
        });

        it("has a name made for it, with .fifo at its end where it must be", async () => {
            const [plain, fifo] = [await engine.create(queueToken, "auto", {}), await engine.create(queueToken, "first", { fifoQueue: true })];
            assert.match(textOf(plain.outputs, "name"), /^auto-[0-9a-f]{7}$/);
            assert.match(textOf(fifo.outputs, "name"), /^first-[0-9a-f]{7}\.fifo$/);
            const { inputs } = await engine.check(fifo.urn, {}, fifo.inputs);
            assert.equal(`${textOf(inputs, "name")}.fifo`, textOf(fifo.inputs, "name"));
            const { inputs: same } = await engine.check(fifo.urn, { fifoQueue: true, visibilityTimeoutSeconds: 5 }, fifo.inputs);
            assert.equal(same["name"], fifo.inputs["name"]);
            for (const each of [plain, fifo]) await engine.delete(each);
        });

        it("takes its dead letters' queue in any layout of JSON, and gives it up", async () => {
            const dead = await queueNamed("dead-letters");
            const queue = await queueNamed("with-dead-letters", { redrivePolicy: redrive("dead-letters") });
            const spaced = `{ "maxReceiveCount": 3, "deadLetterTargetArn": "${arnOf("dead-letters")}" }`;
            assert.deepEqual((await engine.diff(queue, { ...queue.inputs, redrivePolicy: spaced })).changes, {});
            const without = await engine.update(queue, { name: "with-dead-letters" });
            assert.equal(without.outputs["redrivePolicy"], undefined);
            for (const each of [without, dead]) await engine.delete(each);
        });

        it("is refused with dead letters for a queue that does not exist, and stays as it was", async () => {
            const redrivePolicy = redrive("nowhere");
            const reason = `InvalidParameterValue: Value ${redrivePolicy} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.`;
            await assert.rejects(queueNamed("lost", { redrivePolicy }), { message: `SQS CreateQueue: ${reason}` });
            const queue = await queueNamed("kept");
            await assert.rejects(engine.update(queue, { name: "kept", redrivePolicy }), { message: `SQS SetQueueAttributes: ${reason}` });
            assert.deepEqual(await engine.refresh(queue), queue);
            await engine.delete(queue);
        });

        it("is refused where one of its name has other attributes", async () => {
            const queue = await queueNamed("taken");
            await assert.rejects(queueNamed("taken", { visibilityTimeoutSeconds: 60 }), /^Error: SQS CreateQueue: QueueNameExists: /);
            await engine.delete(queue);
        });

        it("goes with what is in it", async () => {
            const queue = await queueNamed("filled");
            await sqs.sendMessage({ QueueUrl: queue.id, MessageBody: "left" });
            await engine.delete(queue);
            assert.equal(await engine.refresh(queue), undefined);
        });
    });

    describe("a bucket", () => {
        const versioned = async (bucket: string, more: Props = {}): Promise<Stored> => {
            const made = await bucketNamed(bucket, more);
            await engine.create("aws:s3/bucketVersioning:BucketVersioning", bucket, {
                bucket,
                versioningConfiguration: { status: "Enabled" },
            });
            return made;
        };
        const put = (Bucket: string, Key: string, Body = "x"): Promise<unknown> => s3.putObject({ Bucket, Key, Body });

        it("is known by its name, and has its tags at once", async () => {
            const bucket = await bucketNamed("known-files", { tags: { own: "1" } });
            assert.equal(bucket.id, "known-files");
            const { arn, bucketDomainName, bucketRegionalDomainName } = bucket.outputs;
            assert.deepEqual(
                [arn, bucketDomainName, bucketRegionalDomainName],
                ["arn:aws:s3:::known-files", "known-files.s3.amazonaws.com", "known-files.s3.eu-west-1.amazonaws.com"],
            );
            assert.equal((await s3.getBucketLocation({ Bucket: "known-files" })).LocationConstraint, "eu-west-1");
            const tags = (await s3.getBucketTagging({ Bucket: "known-files" })).TagSet?.map(({ Key, Value }) => [Key, Value]);
            assert.deepEqual(Object.fromEntries(tags ?? []), { ...defaultTags, own: "1" });
            await engine.delete(bucket);
        });

        it("has a name made for it, in lower-case letters", async () => {
            const bucket = await engine.create(bucketToken, "Uploads", {});
            assert.match(bucket.id, /^uploads-[0-9a-f]{7}$/);
            await engine.delete(bucket);
        });

        it("is refused where there is one of its name, in this account or another", async () => {
            const bucket = await bucketNamed("only-once");
            await assert.rejects(bucketNamed("only-once"), /^Error: S3 CreateBucket: BucketAlreadyOwnedByYou: /);
            await engine.delete(bucket);
            const { emulator } = await testWorld();
            const others = new S3({ ...emulator.operator, forcePathStyle: true });
            await others.createBucket({ Bucket: "others-files", CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } });
            await assert.rejects(bucketNamed("others-files"), /^Error: S3 CreateBucket: BucketAlreadyExists: /);
            await others.deleteBucket({ Bucket: "others-files" });
        });

        it("stays as long as something is in it, also only a version or a delete marker", async () => {
            const bucket = await versioned("full-files");
            await put("full-files", "a");
            await s3.deleteObject({ Bucket: "full-files", Key: "a" });
            await assert.rejects(engine.delete(bucket), /^Error: S3 DeleteBucket: BucketNotEmpty: /);
            assert.deepEqual(await engine.refresh(bucket), bucket);
            await engine.delete(await engine.update(bucket, { bucket: "full-files", forceDestroy: true }));
        });

        it("goes with all versions, delete markers and begun uploads when it is to be destroyed by force", async () => {
            const bucket = await versioned("forced-files", { forceDestroy: true });
            for (const body of ["1", "2", "3"]) await put("forced-files", "a/b c+d&é", body);
            await s3.deleteObject({ Bucket: "forced-files", Key: "a/b c+d&é" });
            await s3.putBucketVersioning({ Bucket: "forced-files", VersioningConfiguration: { Status: "Suspended" } });
            await put("forced-files", "later");
            await s3.createMultipartUpload({ Bucket: "forced-files", Key: "begun" });
            await engine.delete(bucket);
            assert.equal(await engine.refresh(bucket), undefined);
        });

        it("goes page by page", async () => {
            const bucket = await bucketNamed("long-files", { forceDestroy: true });
            const keys = Array.from({ length: 1001 }, (_, index) => `${index}`);
            for (let at = 0; at < keys.length; at += 50) await Promise.all(keys.slice(at, at + 50).map((key) => put("long-files", key)));
            assert.equal((await s3.listObjectVersions({ Bucket: "long-files" })).IsTruncated, true);
            await engine.delete(bucket);
            assert.equal(await engine.refresh(bucket), undefined);
        });

        it("stays when one object of it may not be removed", async () => {
            const bucket = await bucketNamed("locked-files", { forceDestroy: true });
            await put("locked-files", "kept");
            const { emulator } = await testWorld();
            const error = { code: "AccessDenied", message: "Access Denied", status: 403 };
            await emulator.control.setFaults([{ service: "s3", operation: "DeleteObjects", times: 1, error }]);
            await assert.rejects(engine.delete(bucket), { message: "S3 DeleteObjects: AccessDenied: Access Denied" });
            await engine.delete(bucket);
        });

        it("that is gone has no settings, and removing them is no error", async () => {
            const bucket = await bucketNamed("left-files");
            const settings = [
                await engine.create("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "left", { bucket: "left-files" }),
                await engine.create("aws:s3/bucketVersioning:BucketVersioning", "left", {
                    bucket: "left-files",
                    versioningConfiguration: { status: "Enabled" },
                }),
                await engine.create("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "left", {
                    bucket: "left-files",
                    rules: [{ id: "all", status: "Enabled", expiration: { days: 1 } }],
                }),
            ];
            await engine.delete(bucket);
            for (const setting of settings) {
                assert.equal(await engine.refresh(setting), undefined);
                await engine.delete(setting);
            }
            await assert.rejects(engine.create("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "none", { bucket: "left-files" }), {
                message: "S3 PutPublicAccessBlock: NoSuchBucket: The specified bucket does not exist",
            });
        });

        it("whose versioning is taken away keeps its versions: it is suspended", async () => {
            const bucket = await bucketNamed("suspended-files");
            const versioning = await engine.create("aws:s3/bucketVersioning:BucketVersioning", "suspended", {
                bucket: "suspended-files",
                versioningConfiguration: { status: "Enabled" },
            });
            await engine.delete(versioning);
            assert.equal((await s3.getBucketVersioning({ Bucket: "suspended-files" })).Status, "Suspended");
            await engine.delete(bucket);
        });
    });
});
