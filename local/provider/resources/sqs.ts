import { between, flag, json, number, regional, tagged, text, type InputsOf } from "../arguments";
import { unlessMissing } from "../errors";
import { resourceType, type Failure } from "../resourceType";
import type { Aws } from "../session";
import { tagChanges } from "../tags";

const gone = "QueueDoesNotExist";
const arguments_ = {
    ...regional,
    name: text({ computed: true, replaces: true, limit: nameLimit }),
    fifoQueue: flag({ default: false, replaces: true }),
    contentBasedDeduplication: flag({ default: false }),
    visibilityTimeoutSeconds: number({ default: 30, limit: between(0, 43_200) }),
    messageRetentionSeconds: number({ default: 345_600, limit: between(60, 1_209_600) }),
    receiveWaitTimeSeconds: number({ default: 0, limit: between(0, 20) }),
    redrivePolicy: json(),
    sqsManagedSseEnabled: flag({ computed: true }),
    ...tagged,
};
type Inputs = InputsOf<typeof arguments_>;

/** How SQS calls the arguments that can be changed. */
const attributes = {
    contentBasedDeduplication: "ContentBasedDeduplication",
    visibilityTimeoutSeconds: "VisibilityTimeout",
    messageRetentionSeconds: "MessageRetentionPeriod",
    receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
    redrivePolicy: "RedrivePolicy",
    sqsManagedSseEnabled: "SqsManagedSseEnabled",
} as const;
type AttributeArgument = keyof typeof attributes;
const attributeArguments = Object.keys(attributes) as AttributeArgument[];

/** Known by its URL. */
export const queue = resourceType({
    token: "aws:sqs/queue:Queue",
    arguments: arguments_,
    outputs: ["arn", "url"],
    autoName: { argument: "name", maxLength: 80, shape: (name, { fifoQueue }) => (fifoQueue === true ? `${name}.fifo` : name) },
    limits({ name, fifoQueue, contentBasedDeduplication, redrivePolicy }, given) {
        const fifo = given("fifoQueue") ? fifoQueue : false;
        if (fifo === undefined) return [];
        return [
            ...nameOfKind(name, fifo),
            ...(contentBasedDeduplication === true && !fifo
                ? [{ property: "contentBasedDeduplication", reason: "content-based deduplication can only be set for a FIFO queue" }]
                : []),
            ...redriveProblems(redrivePolicy, fifo),
        ];
    },
    async create(inputs, aws) {
        const fitting = attributeArguments.filter((name) => inputs.fifoQueue || name !== "contentBasedDeduplication");
        const given = fitting.filter((name) => inputs[name] !== undefined);
        const { QueueUrl = "" } = await (
            await aws.sqs()
        ).createQueue({
            QueueName: inputs.name ?? "",
            Attributes: { ...(inputs.fifoQueue ? { FifoQueue: "true" } : {}), ...attributesOf(inputs, given) }, // "false" is refused
            tags: { ...inputs.tagsAll },
        });
        return QueueUrl;
    },
    async read(id, aws) {
        const sqs = await aws.sqs();
        const found = (await unlessMissing(sqs.getQueueAttributes({ QueueUrl: id, AttributeNames: ["All"] }), gone))?.Attributes;
        const tags = found && (await unlessMissing(sqs.listQueueTags({ QueueUrl: id }), gone));
        if (found === undefined || tags === undefined) return undefined;
        return {
            name: found["QueueArn"]?.split(":").at(-1),
            fifoQueue: found["FifoQueue"] === "true",
            contentBasedDeduplication: found["ContentBasedDeduplication"] === "true",
            visibilityTimeoutSeconds: Number(found["VisibilityTimeout"]),
            messageRetentionSeconds: Number(found["MessageRetentionPeriod"]),
            receiveWaitTimeSeconds: Number(found["ReceiveMessageWaitTimeSeconds"]),
            redrivePolicy: found["RedrivePolicy"] ?? null,
            sqsManagedSseEnabled: found["SqsManagedSseEnabled"] === "true",
            tagsAll: tags.Tags ?? {},
            arn: found["QueueArn"],
            url: id,
        };
    },
    async update(id, update, aws) {
        const changed = attributeArguments.filter((name) => update.changed.has(name));
        const Attributes = attributesOf(update.news, changed);
        if (changed.length > 0) await (await aws.sqs()).setQueueAttributes({ QueueUrl: id, Attributes });
        await retag(id, update, aws);
    },
    async delete(id, aws) {
        await unlessMissing((await aws.sqs()).deleteQueue({ QueueUrl: id }), gone);
    },
});

/** Attributes as SQS writes them, which are texts; an empty one takes a policy away. */
function attributesOf(inputs: Inputs, names: readonly AttributeArgument[]): Record<string, string> {
    return Object.fromEntries(names.map((name) => [attributes[name], String(inputs[name] ?? "")]));
}

async function retag(url: string, update: Parameters<typeof tagChanges>[0], aws: Aws): Promise<void> {
    const changes = tagChanges(update);
    if (changes === undefined) return;
    const sqs = await aws.sqs();
    if (changes.removed.length > 0) await sqs.untagQueue({ QueueUrl: url, TagKeys: [...changes.removed] });
    if (Object.keys(changes.put).length > 0) await sqs.tagQueue({ QueueUrl: url, Tags: { ...changes.put } });
}

function nameLimit(name: string): string | undefined {
    return /^[\w-]{1,80}$|^[\w-]{1,75}\.fifo$/.test(name)
        ? undefined
        : "must have 1 to 80 letters, digits, hyphens and underscores; with .fifo at the end for a FIFO queue";
}

function nameOfKind(name: string | undefined, fifo: boolean): readonly Failure[] {
    if (name === undefined || name.endsWith(".fifo") === fifo) return [];
    return [{ property: "name", reason: fifo ? "must end in .fifo for a FIFO queue" : "must not end in .fifo without fifoQueue" }];
}

/** A dead-letter queue takes what was received 1 to 1000 times, from queues of its own kind. */
function redriveProblems(policy: string | undefined, fifo: boolean): readonly Failure[] {
    if (policy === undefined) return [];
    const { deadLetterTargetArn, maxReceiveCount, ...rest } = JSON.parse(policy) as Readonly<Record<string, unknown>>;
    const problem = (reason: string): readonly Failure[] => [{ property: "redrivePolicy", reason }];
    if (typeof deadLetterTargetArn !== "string" || maxReceiveCount === undefined || Object.keys(rest).length > 0) {
        return problem("must have deadLetterTargetArn and maxReceiveCount, and nothing else");
    }
    const count = between(1, 1000)(maxReceiveCount as number);
    if (count !== undefined) return problem(`maxReceiveCount ${count}`);
    return deadLetterTargetArn.endsWith(".fifo") === fifo ? [] : problem("Dead-letter queue must be same type of queue as the source.");
}
