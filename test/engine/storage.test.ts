import assert from "node:assert/strict";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { ECS } from "@aws-sdk/client-ecs";
import { ControlClient } from "../../local/emulator/control";
import { branchId, bucketName, queueName } from "../../model/names";
import { Checkout } from "./checkout";
import { Stage } from "./stage";

const branch = "feature/orders";
const id = branchId(branch);
const [account, region] = ["222222222222", "eu-west-1"];
const declared = "x-understudy:\n  queues:\n    orders: {fifo: true, maxReceives: 1}\n  buckets:\n    uploads: {versioned: true, expiryDays: 30}\n";

describe("queues and buckets", function () {
    this.timeout(300_000);
    let checkout: Checkout;
    let stage: Stage;
    let sqs: SQS;
    let s3: S3;
    let ecs: ECS;

    before(async () => {
        checkout = await Checkout.open();
        await checkout.commit("Take orders", { "app/compose.yaml": `${checkout.read("app/compose.yaml")}\n${declared}` });
        stage = await Stage.open(checkout.directory);
        const { endpoint } = stage.world;
        const place = { endpoint, region, credentials: await new ControlClient(endpoint).rootCredentials(account) };
        [sqs, s3, ecs] = [new SQS({ ...place, useQueueUrlAsEndpoint: false }), new S3({ ...place, forcePathStyle: true }), new ECS(place)];
        const { exitCode, stderr } = await stage.cli("deploy", "staging");
        assert.equal(exitCode, 0, String(stderr));
    });

    after(async () => {
        await (stage as Stage | undefined)?.close();
        checkout[Symbol.dispose]();
    });

    const queueUrl = async (environment: string, suffix: "" | "-dead" = ""): Promise<string> =>
        (await sqs.getQueueUrl({ QueueName: queueName("shop", environment, { name: "orders", fifo: true }, suffix) })).QueueUrl ?? "";
    const bucketOf = (environment: string): string => bucketName({ app: "shop", account, region }, environment, { name: "uploads" });

    it("are each environment's own, known to its containers, and go with it, whatever is in them", async () => {
        const before = await stage.inventory();
        const checked = await checkout.git("checkout", "--quiet", "-b", branch);
        assert.equal(checked, "");
        const { exitCode, stderr } = await stage.cli("branch", "up");
        assert.equal(exitCode, 0, String(stderr));

        const { taskDefinition } = await ecs.describeTaskDefinition({ taskDefinition: `shop-${id}-web` });
        const variables = new Map(taskDefinition?.containerDefinitions?.[0]?.environment?.map(({ name, value }) => [name, value]));
        assert.equal(variables.get("QUEUE_ORDERS"), `https://sqs.eu-west-1.amazonaws.com/222222222222/${queueName("shop", id, { name: "orders", fifo: true })}`);
        assert.equal(variables.get("BUCKET_UPLOADS"), bucketOf(id));

        await sqs.sendMessage({ QueueUrl: await queueUrl(id), MessageBody: "one", MessageGroupId: "all" });
        const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: await queueUrl("staging"), AttributeNames: ["ApproximateNumberOfMessages", "RedrivePolicy"] });
        assert.equal(Attributes?.["ApproximateNumberOfMessages"], "0");
        assert.match(Attributes["RedrivePolicy"] ?? "", /shop_staging_orders-dead\.fifo/);
        assert.match(await queueUrl(id, "-dead"), /orders-dead\.fifo$/);

        for (const Body of ["first", "second"]) await s3.putObject({ Bucket: bucketOf(id), Key: "a/b", Body });
        await s3.deleteObject({ Bucket: bucketOf(id), Key: "a/b" });
        const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket: bucketOf(id) });
        assert.deepEqual([Versions.length, DeleteMarkers.length], [2, 1]);
        await s3.putObject({ Bucket: bucketOf("staging"), Key: "kept", Body: "staging's" });

        await stage.api().branch.down({ branch });
        assert.deepEqual(
            (await stage.inventory()).filter((line) => !line.includes("kept") && !/ ecr image /.test(line)),
            before.filter((line) => !/ ecr image /.test(line)),
        );
        assert.equal(await (await s3.getObject({ Bucket: bucketOf("staging"), Key: "kept" })).Body?.transformToString(), "staging's");
    });
});
