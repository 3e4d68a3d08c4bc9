import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../childName";
import { stableJson } from "../json";
import { deadLetterRetention, queueSettings, type QueueNeeds } from "./plan";

export interface QueueArgs extends QueueNeeds {
    /** Its name on AWS. @example "shop_staging_orders" */
    readonly queueName: string;
    /** Name of its dead-letter queue on AWS, of the same kind. @example "shop_staging_orders-dead" */
    readonly deadLetterName: string;
}

/**
 * An SQS queue with its dead-letter queue, both encrypted with SQS's own key. AWS refuses to make a queue for a minute after one of the same
 * name was removed (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html); the provider waits for that.
 */
export class Queue extends pulumi.ComponentResource {
    readonly queue: aws.sqs.Queue;

    constructor(name: string, args: QueueArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:queue:Queue", name, {}, opts);

        const dead = new aws.sqs.Queue(
            childName(name, "dead"),
            { name: args.deadLetterName, ...(args.fifo && { fifoQueue: true }), messageRetentionSeconds: deadLetterRetention, sqsManagedSseEnabled: true },
            { parent: this },
        );
        this.queue = new aws.sqs.Queue(
            childName(name, "queue"),
            {
                name: args.queueName,
                ...queueSettings(args),
                sqsManagedSseEnabled: true,
                redrivePolicy: dead.arn.apply((deadLetterTargetArn) => stableJson({ deadLetterTargetArn, maxReceiveCount: args.maxReceives })),
            },
            { parent: this },
        );
        this.registerOutputs({ url: this.queue.url });
    }
}
