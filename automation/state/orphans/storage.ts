import { isMissing } from "../../aws/errors";
import { UnderstudyError } from "../../errors";
import { tagMap, text, waitUntilGone, type OrphanKind } from "./kind";

export const queue: OrphanKind = {
    async find(aws, inputs) {
        const sqs = await aws.sqs();
        const { QueueUrl = "" } = await sqs.getQueueUrl({ QueueName: text(inputs, "name") });
        return [{ id: QueueUrl, tags: (await sqs.listQueueTags({ QueueUrl })).Tags ?? {} }];
    },
    remove: async (aws, id) => (await aws.sqs()).deleteQueue({ QueueUrl: id }),
};

/** One that holds something is somebody's memory, and stays. */
export const table: OrphanKind = {
    async find(aws, inputs) {
        const dynamodb = await aws.dynamodb();
        const { Table } = await dynamodb.describeTable({ TableName: text(inputs, "name") });
        const { Tags } = await dynamodb.listTagsOfResource({ ResourceArn: Table?.TableArn });
        return [{ id: Table?.TableName ?? "", tags: tagMap(Tags) }];
    },
    async remove(aws, id, signal) {
        const dynamodb = await aws.dynamodb();
        const { Count = 0 } = await dynamodb.scan({ TableName: id, Select: "COUNT", Limit: 1 });
        if (Count > 0) {
            throw new UnderstudyError("update-failed", `the table ${id}, which an interrupted run had made, is not empty`, "remove the table, then run the same command again");
        }
        const { Table } = await dynamodb.describeTable({ TableName: id });
        // It is empty, so the protection that its creation was asked for protects nothing.
        if (Table?.DeletionProtectionEnabled === true) await dynamodb.updateTable({ TableName: id, DeletionProtectionEnabled: false });
        await dynamodb.deleteTable({ TableName: id });
        const gone = async (): Promise<boolean> => {
            try {
                await dynamodb.describeTable({ TableName: id });
                return false;
            } catch (error) {
                if (isMissing(error)) return true;
                throw error;
            }
        };
        await waitUntilGone(id, gone, signal);
    },
};

/** One that has no tags at all is not known to be anybody's, and counts as somebody else's. Nothing is thrown away with it. */
export const bucket: OrphanKind = {
    async find(aws, inputs) {
        const s3 = await aws.s3();
        const name = text(inputs, "bucket");
        await s3.headBucket({ Bucket: name }); // where there is none it says "NotFound"
        const untagged = (error: unknown): { readonly TagSet?: never } => {
            if (hasName(error, "NoSuchTagSet")) return {};
            throw error;
        };
        const { TagSet } = await s3.getBucketTagging({ Bucket: name }).catch(untagged);
        return [{ id: name, tags: tagMap(TagSet) }];
    },
    async remove(aws, id) {
        try {
            await (await aws.s3()).deleteBucket({ Bucket: id });
        } catch (error) {
            if (hasName(error, "NoSuchBucket")) return;
            if (!hasName(error, "BucketNotEmpty")) throw error;
            throw new UnderstudyError("update-failed", `the bucket ${id}, which an interrupted run had made, is not empty`, "remove what is in it, or the bucket, then run the same command again");
        }
    },
};

function hasName(error: unknown, name: string): boolean {
    return error instanceof Error && error.name === name;
}
