import type * as pulumi from "@pulumi/pulumi";
import { Bucket } from "../components/bucket/bucket";
import { Queue } from "../components/queue/queue";
import type { Environment } from "../model/environment";

/** Makes the queues and buckets of an environment. `forceDestroy`: a bucket goes with all that is in it. Returns what services wait for. */
export function makeStorage({ queues: declaredQueues, buckets: declaredBuckets }: Environment, forceDestroy: boolean, opts: pulumi.ComponentResourceOptions): readonly pulumi.CustomResource[] {
    const queues = declaredQueues.map((queue) => new Queue(`queue-${queue.name}`, queue, opts));
    const buckets = declaredBuckets.map((bucket) => new Bucket(`bucket-${bucket.name}`, { ...bucket, forceDestroy }, opts));
    return [...queues.map(({ queue }) => queue), ...buckets.map(({ bucket }) => bucket)];
}
