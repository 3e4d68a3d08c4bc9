import assert from "node:assert/strict";
import type { Environment } from "../../model/environment";
import { buildBase } from "../../stacks/base";
import { branch } from "../../stacks/branch";
import { deploy } from "../support/deploy";
import { awaitedBy, kindsAndNames, theOne } from "../support/registered";
import { branchWorld, plannedBase, plannedBranch, worldOf } from "./fixtures";

/** The environment with a queue and a bucket. */
function stored(environment: Environment): Environment {
    const orders = { name: "orders", fifo: true, visibilityTimeout: 120, maxReceives: 3, queueName: "shop_217d2bf5_orders.fifo", deadLetterName: "shop_217d2bf5_orders-dead.fifo" };
    const uploads = { name: "uploads", versioned: true, expiryDays: 30, bucketName: "shop--217d2bf5--uploads-1f2e3d4c" };
    return { ...environment, queues: [orders], buckets: [uploads] };
}

const typesOfStorage = /^(Queue|Bucket)/;

describe("an environment with queues and buckets", () => {
    it("has its own, with what nobody could handle beside each queue", async () => {
        const { environment, settings } = plannedBranch();
        const { resources } = await deploy(() => branch(stored(environment), settings), branchWorld());

        assert.deepEqual(kindsAndNames(resources).filter((line) => typesOfStorage.test(line)), [
            "Bucket bucket-uploads",
            "Bucket bucket-uploads-bucket",
            "BucketLifecycleConfiguration bucket-uploads-lifecycle",
            "BucketPublicAccessBlock bucket-uploads-private",
            "BucketVersioning bucket-uploads-versions",
            "Queue queue-orders",
            "Queue queue-orders-dead",
            "Queue queue-orders-queue",
        ]);
        assert.deepEqual(theOne(resources, "Queue", "queue-orders-queue").inputs, {
            name: "shop_217d2bf5_orders.fifo",
            fifoQueue: true,
            contentBasedDeduplication: true,
            visibilityTimeoutSeconds: 120,
            receiveWaitTimeSeconds: 20,
            sqsManagedSseEnabled: true,
            redrivePolicy: '{"deadLetterTargetArn":"arn:aws:mock:::queue-orders-dead","maxReceiveCount":3}',
        });
        assert.deepEqual(theOne(resources, "Queue", "queue-orders-dead").inputs, {
            name: "shop_217d2bf5_orders-dead.fifo",
            fifoQueue: true,
            messageRetentionSeconds: 1_209_600,
            sqsManagedSseEnabled: true,
        });
    });

    it("removes a branch's buckets with all that is in them, and production's only when they are empty", async () => {
        const ofBranch = plannedBranch();
        const branchs = await deploy(() => branch(stored(ofBranch.environment), ofBranch.settings), branchWorld());
        assert.deepEqual(theOne(branchs.resources, "Bucket", "bucket-uploads-bucket").inputs, { bucket: "shop--217d2bf5--uploads-1f2e3d4c", forceDestroy: true });

        const ofProduction = plannedBase("production");
        const character = { lendsToBranches: false, containerInsights: "disabled", keptReleases: 1, pointInTimeRecovery: false } as const;
        const productions = await deploy(() => buildBase(stored(ofProduction.environment), ofProduction.settings, character), worldOf("production"));
        assert.equal(theOne(productions.resources, "Bucket", "bucket-uploads-bucket").inputs["forceDestroy"], false);
    });

    it("lets its tasks use them, and starts none before they are there", async () => {
        const { environment, settings } = plannedBranch();
        const { resources } = await deploy(() => branch(stored(environment), settings), branchWorld());

        const { policy } = theOne(resources, "RolePolicy", "217d2bf5-services-task").inputs;
        assert.match(String(policy), /"Resource":\["arn:aws:sqs:eu-west-1:222222222222:shop_217d2bf5_orders\.fifo"\],"Sid":"UseQueues"/);
        assert.match(String(policy), /"Resource":\["arn:aws:s3:::shop--217d2bf5--uploads-1f2e3d4c\/\*"\],"Sid":"UseObjects"/);
        const awaited = [...awaitedBy(theOne(resources, "TaskDefinition", "217d2bf5-web-definition"), resources)];
        const storage = awaited.filter((urn) => /Queue|Bucket/.test(urn)).map((urn) => urn.split("::").at(-1));
        assert.deepEqual(storage.toSorted(), ["bucket-uploads-bucket", "queue-orders-dead", "queue-orders-queue"]);
    });
});
