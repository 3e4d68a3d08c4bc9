/** What a queue is asked for, in SQS's terms. */
export interface QueueNeeds {
    readonly fifo: boolean;
    /** Seconds; absent: AWS's 30. */
    readonly visibilityTimeout?: number;
    /** Seconds; absent: AWS's four days. */
    readonly retention?: number;
    readonly maxReceives: number;
}

/** Arguments of the queue itself, but for its names. */
export interface QueueSettings {
    readonly fifoQueue?: true;
    readonly contentBasedDeduplication?: true;
    readonly visibilityTimeoutSeconds?: number;
    readonly messageRetentionSeconds?: number;
    /** Waiting for messages costs one request instead of one every moment. */
    readonly receiveWaitTimeSeconds: number;
}

/** The longest that SQS lets a receiver wait, in seconds. */
const longPolling = 20;
/** The longest that SQS keeps a message, in seconds: who looks into a dead-letter queue does so days later. */
export const deadLetterRetention = 14 * 24 * 60 * 60;

/** A FIFO queue takes the content for what makes a message the same, so that senders need no id of their own. */
export function queueSettings({ fifo, visibilityTimeout, retention }: QueueNeeds): QueueSettings {
    return {
        ...(fifo && { fifoQueue: true, contentBasedDeduplication: true }),
        ...(visibilityTimeout !== undefined && { visibilityTimeoutSeconds: visibilityTimeout }),
        ...(retention !== undefined && { messageRetentionSeconds: retention }),
        receiveWaitTimeSeconds: longPolling,
    };
}
