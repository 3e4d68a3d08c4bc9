import assert from "node:assert/strict";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { emulatorForTests, place, refusalOf, type TestEmulator } from "./support";

const here = { LocationConstraint: place.region } as const;

describe("emulator: queues and buckets", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let sqs: SQS;
    let s3: S3;
    before(async () => {
        emulator = await emulatorForTests();
        sqs = new SQS(emulator.staging);
        s3 = bucketsOf(emulator.staging);
    });
    after(() => emulator.stop());
    afterEach(() => emulator.control.setFaults([]));

    function bucketsOf(settings: TestEmulator["staging"]): S3 {
        return new S3({ ...settings, forcePathStyle: true });
    }

    async function queueUrl(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
        return (await sqs.createQueue({ QueueName, Attributes })).QueueUrl ?? "";
    }

    async function bodies(QueueUrl: string, WaitTimeSeconds: number): Promise<readonly (string | undefined)[]> {
        return ((await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds })).Messages ?? []).map(({ Body }) => Body);
    }

    it("are there for every account, each account's own, and in the inventory with all that is in them", async () => {
        const before = await emulator.control.inventory();
        assert.deepEqual(before.filter((line) => / (sqs|s3) /.test(line)), []);
        for (const account of ["111111111111", "222222222222", "333333333333"]) {
            const settings = { ...emulator.staging, credentials: await emulator.control.rootCredentials(account) };
            const [queues, buckets, Bucket] = [new SQS(settings), bucketsOf(settings), `files-of-${account}`];
            assert.match((await queues.createQueue({ QueueName: "jobs" })).QueueUrl ?? "", new RegExp(`/${account}/jobs$`));
            await buckets.createBucket({ Bucket, CreateBucketConfiguration: here });
            await buckets.putObject({ Bucket, Key: "plain", Body: "x" });
        }
        const Bucket = "files-of-222222222222";
        await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
        const { VersionId: version } = await s3.putObject({ Bucket, Key: "plain", Body: "y" });
        const { VersionId: marker } = await s3.deleteObject({ Bucket, Key: "plain" });
        const { UploadId: upload } = await s3.createMultipartUpload({ Bucket, Key: "begun" });
        const known = new Set(before);
        assert.deepEqual(
            (await emulator.control.inventory()).filter((line) => !known.has(line)),
            [
                "111111111111 aws s3 bucket files-of-111111111111",
                "111111111111 aws s3 object files-of-111111111111/plain@null",
                "111111111111 eu-west-1 sqs queue jobs",
                "222222222222 aws s3 bucket files-of-222222222222",
                `222222222222 aws s3 delete-marker files-of-222222222222/plain@${marker}`,
                "222222222222 aws s3 object files-of-222222222222/plain@null",
                `222222222222 aws s3 object files-of-222222222222/plain@${version}`,
                `222222222222 aws s3 upload files-of-222222222222/begun@${upload}`,
                "222222222222 eu-west-1 sqs queue jobs",
                "333333333333 aws s3 bucket files-of-333333333333",
                "333333333333 aws s3 object files-of-333333333333/plain@null",
                "333333333333 eu-west-1 sqs queue jobs",
            ].sort(),
        );
        assert.equal(await refusalOf(s3.listObjectsV2({ Bucket: "files-of-111111111111" })), "AccessDenied: Access Denied");
        assert.equal(await refusalOf(s3.getObject({ Bucket: "files-of-111111111111", Key: "plain" })), "AccessDenied: Access Denied");
    });

    describe("a bucket", () => {
        before(() => s3.createBucket({ Bucket: "files", CreateBucketConfiguration: { ...here, Tags: [{ Key: "own", Value: "1" }] } }));

        it("has the tags that it was made with", async () => {
            assert.deepEqual((await s3.getBucketTagging({ Bucket: "files" })).TagSet, [{ Key: "own", Value: "1" }]);
        });

        it("asks who calls", async () => {
            const as = (accessKeyId: string): S3 => bucketsOf({ ...emulator.staging, credentials: { accessKeyId, secretAccessKey: "x" } });
            const list = (client: S3): Promise<string> => refusalOf(client.listObjectsV2({ Bucket: "files" }));
            assert.match(await list(as("AKIANOBODY0000000000")), /^InvalidAccessKeyId: The AWS Access Key Id you provided does not exist/);
            assert.equal(await list(as("ASIAEXPIRED000000000")), "ExpiredToken: The provided token has expired.");
            const anonymous = await fetch(`${emulator.staging.endpoint}/files`);
            assert.equal(anonymous.status, 403);
            assert.match(await anonymous.text(), /<Code>AccessDenied<\/Code>/);
        });

        it("fails calls that a fault rule names", async () => {
            const error = { code: "SlowDown", message: "Please reduce your request rate.", status: 503 };
            for (const operation of ["PutObject", "GetObject", "ListObjectsV2", "PutBucketLifecycleConfiguration"]) {
                await emulator.control.setFaults([{ service: "s3", operation, error }]);
                const Rules = [{ ID: "a", Status: "Enabled", Filter: {}, Expiration: { Days: 1 } } as const];
                const calls = [
                    s3.putObject({ Bucket: "files", Key: "a", Body: "x" }),
                    s3.getObject({ Bucket: "files", Key: "a" }),
                    s3.listObjectsV2({ Bucket: "files" }),
                    s3.putBucketLifecycleConfiguration({ Bucket: "files", LifecycleConfiguration: { Rules } }),
                ];
                const answers = await Promise.allSettled(calls);
                const slow = answers.filter((answer) => answer.status === "rejected" && (answer.reason as Error).name === "SlowDown");
                assert.equal(slow.length, 1, operation);
            }
        });

        it("gives an object to whoever has a URL that was signed for it", async () => {
            await s3.putObject({ Bucket: "files", Key: "signed", Body: "for you" });
            const day = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
            const { accessKeyId } = emulator.staging.credentials;
            const credential = encodeURIComponent(`${accessKeyId}/${day.slice(0, 8)}/${place.region}/s3/aws4_request`);
            const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}&X-Amz-Date=${day}&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0`;
            const answer = await fetch(`${emulator.staging.endpoint}/files/signed?${query}`);
            assert.deepEqual([answer.status, await answer.text()], [200, "for you"]);
        });

        it("keeps its versions while versioning is suspended", async () => {
            const Bucket = "suspended";
            await s3.createBucket({ Bucket, CreateBucketConfiguration: here });
            const turn = (Status: "Enabled" | "Suspended") => s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } });
            const versions = async (): Promise<readonly string[]> => {
                const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket });
                return [...Versions.map(({ VersionId }) => `object ${VersionId}`), ...DeleteMarkers.map(({ VersionId }) => `marker ${VersionId}`)].sort();
            };
            await turn("Enabled");
            const { VersionId } = await s3.putObject({ Bucket, Key: "a", Body: "1" });
            await turn("Suspended");
            for (const Body of ["2", "3"]) await s3.putObject({ Bucket, Key: "a", Body });
            assert.deepEqual(await versions(), [`object ${VersionId}`, "object null"].sort());
            await s3.deleteObject({ Bucket, Key: "a" });
            assert.deepEqual(await versions(), ["marker null", `object ${VersionId}`].sort());
            assert.equal(await (await s3.getObject({ Bucket, Key: "a", VersionId })).Body?.transformToString(), "1");
            for (const id of ["null", VersionId]) await s3.deleteObject({ Bucket, Key: "a", VersionId: id });
            assert.deepEqual(await versions(), []);
            await s3.deleteBucket({ Bucket });
        });
    });

    describe("a queue", () => {
        it("lets a receiver wait, who gets what comes and holds nobody up meanwhile", async () => {
            const url = await queueUrl("waited");
            const start = Date.now();
            const received = bodies(url, 20);
            await sqs.listQueues({});
            await sqs.sendMessage({ QueueUrl: url, MessageBody: "hello" });
            assert.deepEqual(await received, ["hello"]);
            assert.ok(Date.now() - start < 5_000);
        });

        it("lets a receiver wait as long as the queue says, in vain", async () => {
            const url = await queueUrl("empty", { ReceiveMessageWaitTimeSeconds: "1" });
            const start = Date.now();
            assert.equal((await sqs.receiveMessage({ QueueUrl: url })).Messages, undefined);
            assert.ok(Date.now() - start >= 1_000);
            assert.deepEqual(await bodies(url, 0), []);
        });

        it("gives nothing to a receiver that has gone away", async () => {
            const url = await queueUrl("left");
            const controller = new AbortController();
            const waiting = new SQS(emulator.staging).receiveMessage({ QueueUrl: url, WaitTimeSeconds: 20 }, { abortSignal: controller.signal });
            const aborted = assert.rejects(waiting, { name: "AbortError" });
            setTimeout(() => controller.abort(), 300);
            await aborted;
            await new Promise((resolve) => setTimeout(resolve, 600));
            await sqs.sendMessage({ QueueUrl: url, MessageBody: "kept" });
            assert.deepEqual(await bodies(url, 0), ["kept"]);
        });

        it("gives what nobody deleted in time again, and then to the dead letters' queue", async () => {
            const dead = await queueUrl("dead");
            const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:${place.region}:${place.account}:dead`, maxReceiveCount: 2 });
            const url = await queueUrl("failing", { VisibilityTimeout: "1", RedrivePolicy });
            await sqs.sendMessage({ QueueUrl: url, MessageBody: "poison" });
            for (let turn = 0; turn < 2; turn += 1) assert.deepEqual(await bodies(url, 5), ["poison"]);
            const [nothing, letters] = await Promise.all([bodies(url, 2), bodies(dead, 5)]);
            assert.deepEqual([nothing, letters], [[], ["poison"]]);
        });

        it("refuses dead letters for a queue that does not exist, or that is of another kind", async () => {
            const set = (QueueUrl: string, queue: string): Promise<string> => {
                const deadLetterTargetArn = `arn:aws:sqs:${place.region}:${place.account}:${queue}`;
                const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
                return refusalOf(sqs.setQueueAttributes({ QueueUrl, Attributes: { RedrivePolicy } }));
            };
            const url = await queueUrl("strict");
            await queueUrl("strict.fifo", { FifoQueue: "true" });
            assert.match(await set(url, "none"), /^InvalidParameterValue: Value .* Reason: Dead letter target does not exist\.$/);
            assert.match(await set(url, "strict.fifo"), /^InvalidParameterValue: .* Reason: Dead-letter queue must be same type of queue as the source\.$/);
            const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ["RedrivePolicy"] });
            assert.equal(Attributes?.["RedrivePolicy"], undefined);
        });
    });
});
