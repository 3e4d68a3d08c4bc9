import { flag, number, object, oneOf, regional, set, tagged, text, type InputsOf } from "../arguments";
import { unlessMissing } from "../errors";
import { resourceType, type Failure } from "../resourceType";
import type { Aws } from "../session";
import { tagChanges, tagList, tagMap } from "../tags";

const gone = "ResourceNotFoundException";

const arguments_ = {
    ...regional,
    name: text({ computed: true, replaces: true, limit: nameLimit }),
    billingMode: oneOf(["PROVISIONED", "PAY_PER_REQUEST"], { default: "PROVISIONED" }),
    attributes: set(object({ name: text({ required: true }), type: oneOf(["S", "N", "B"], { required: true }) }), { required: true }),
    hashKey: text({ required: true, replaces: true }),
    rangeKey: text({ replaces: true }),
    pointInTimeRecovery: object(
        { enabled: flag({ required: true }), recoveryPeriodInDays: number({ computed: true }) },
        { computed: true },
    ),
    deletionProtectionEnabled: flag({ default: false }),
    ...tagged,
};
type Inputs = InputsOf<typeof arguments_>;

/** A table that is paid by the request. */
export const table = resourceType({
    token: "aws:dynamodb/table:Table",
    arguments: arguments_,
    outputs: ["arn"],
    autoName: { argument: "name", maxLength: 255 },
    limits({ billingMode, attributes, hashKey, rangeKey }, given) {
        const keys = [hashKey, ...(given("rangeKey") ? [rangeKey] : [])].filter((key) => key !== undefined);
        return [
            ...(billingMode === "PAY_PER_REQUEST" ? [] : [{ property: "billingMode", reason: "must be PAY_PER_REQUEST: this provider makes no other tables" }]),
            ...(attributes === undefined ? [] : unindexed(attributes.map(({ name }) => name), keys)),
        ];
    },
    async create(inputs, aws, made) {
        const dynamodb = await aws.dynamodb();
        await dynamodb.createTable({
            TableName: inputs.name,
            BillingMode: inputs.billingMode,
            AttributeDefinitions: inputs.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
            KeySchema: keysOf(inputs),
            DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
            Tags: tagList(inputs.tagsAll),
        });
        const id = inputs.name ?? "";
        made(id);
        await ready(aws, id);
        if (inputs.pointInTimeRecovery?.enabled === true) await setRecovery(aws, id, inputs);
        return id;
    },
    async read(id, aws) {
        const dynamodb = await aws.dynamodb();
        const found = (await unlessMissing(dynamodb.describeTable({ TableName: id }), gone))?.Table;
        if (found === undefined || found.TableStatus === "DELETING") return undefined;
        const [{ Tags }, backups] = await Promise.all([
            dynamodb.listTagsOfResource({ ResourceArn: found.TableArn }),
            dynamodb.describeContinuousBackups({ TableName: id }),
        ]);
        const key = (kind: "HASH" | "RANGE"): string | null => found.KeySchema?.find(({ KeyType }) => KeyType === kind)?.AttributeName ?? null;
        const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
        return {
            name: found.TableName,
            billingMode: found.BillingModeSummary?.BillingMode ?? "PROVISIONED",
            attributes: (found.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => ({ name: AttributeName, type: AttributeType })),
            hashKey: key("HASH"),
            rangeKey: key("RANGE"),
            pointInTimeRecovery: { enabled: recovery?.PointInTimeRecoveryStatus === "ENABLED" },
            deletionProtectionEnabled: found.DeletionProtectionEnabled ?? false,
            tagsAll: tagMap(Tags),
            arn: found.TableArn,
        };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        const dynamodb = await aws.dynamodb();
        if (changed.has("deletionProtectionEnabled")) {
            await dynamodb.updateTable({ TableName: id, DeletionProtectionEnabled: news.deletionProtectionEnabled });
            await ready(aws, id);
        }
        if (changed.has("pointInTimeRecovery")) await setRecovery(aws, id, news);
        const tags = tagChanges(update);
        if (tags === undefined) return;
        const ResourceArn = `arn:${aws.partition}:dynamodb:${aws.region}:${aws.account}:table/${id}`;
        if (tags.removed.length > 0) await dynamodb.untagResource({ ResourceArn, TagKeys: [...tags.removed] });
        if (Object.keys(tags.put).length > 0) await dynamodb.tagResource({ ResourceArn, Tags: tagList(tags.put) });
    },
    async delete(id, aws) {
        const { waitUntilTableNotExists } = await import("@aws-sdk/client-dynamodb");
        const client = await aws.dynamodb();
        const deleted = await unlessMissing(client.deleteTable({ TableName: id }), gone);
        if (deleted !== undefined) await waitUntilTableNotExists({ client, ...waiting }, { TableName: id });
    },
});

const waiting = { maxWaitTime: 300, minDelay: 1, maxDelay: 5 } as const; // seconds

async function ready(aws: Aws, id: string): Promise<void> {
    const { waitUntilTableExists } = await import("@aws-sdk/client-dynamodb");
    await waitUntilTableExists({ client: await aws.dynamodb(), ...waiting }, { TableName: id });
}

async function setRecovery(aws: Aws, id: string, { pointInTimeRecovery }: Inputs): Promise<void> {
    await (
        await aws.dynamodb()
    ).updateContinuousBackups({ TableName: id, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: pointInTimeRecovery?.enabled ?? false } });
}

function keysOf({ hashKey, rangeKey }: Inputs): { AttributeName: string; KeyType: "HASH" | "RANGE" }[] {
    return [{ AttributeName: hashKey, KeyType: "HASH" as const }, ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: "RANGE" as const }])];
}

/** AWS takes no attribute that is no key: all others need no declaration. */
function unindexed(attributes: readonly string[], keys: readonly string[]): readonly Failure[] {
    const spare = attributes.filter((name) => !keys.includes(name));
    const missing = keys.filter((name) => !attributes.includes(name));
    if (spare.length === 0 && missing.length === 0) return [];
    return [{ property: "attributes", reason: "must declare the hash key and the range key, and nothing else" }];
}

function nameLimit(name: string): string | undefined {
    return /^[A-Za-z0-9_.-]{3,255}$/.test(name) ? undefined : "must have 3 to 255 letters, digits and . _ -";
}
