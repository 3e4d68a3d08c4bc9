import type { Application } from "../application";
import type { EnvironmentBucket, EnvironmentQueue } from "../environment";
import { bucketName, bucketVariable, queueName, queueVariable } from "../names";
import type { Scope } from "./scope";

/** The queues and buckets that an environment has of its own, so that no other takes its messages or sees its files. */
export interface Storage {
    readonly queues: readonly EnvironmentQueue[];
    readonly buckets: readonly EnvironmentBucket[];
}

export function planStorage({ queues, buckets }: Application, { settings, name }: Scope): Storage {
    return {
        queues: queues.map((queue) => ({
            ...queue,
            queueName: queueName(settings.app, name, queue),
            deadLetterName: queueName(settings.app, name, queue, "-dead"),
        })),
        buckets: buckets.map((bucket) => ({ ...bucket, bucketName: bucketName(settings, name, bucket) })),
    };
}

/** The variables with which containers find them. A Compose file that sets one of them means the laptop's. */
export function storageVariables(application: Application, scope: Scope): Readonly<Record<string, string>> {
    const { queues, buckets } = planStorage(application, scope);
    const { account, region } = scope.settings;
    return Object.fromEntries([
        ...queues.map((queue) => [queueVariable(queue), `https://sqs.${region}.amazonaws.com/${account}/${queue.queueName}`] as const),
        ...buckets.map((bucket) => [bucketVariable(bucket), bucket.bucketName] as const),
    ]);
}
