import type { LifecycleRule } from "@aws-sdk/client-s3";
import { atMost, between, list, number, object, oneOf, regional, text, type InputsOf, type ValueOf } from "../../arguments";
import { unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { gone } from "./names";

const days = number({ required: true, limit: between(1, 2_147_483_647) });
const rule = object({
    id: text({ required: true, limit: atMost(255) }),
    status: oneOf(["Enabled", "Disabled"], { required: true }),
    filter: object({ prefix: text({ default: "" }) }, { default: { prefix: "" } }),
    expiration: object({ days }),
    noncurrentVersionExpiration: object({ noncurrentDays: days }),
    abortIncompleteMultipartUpload: object({ daysAfterInitiation: days }),
});
type Rule = ValueOf<typeof rule>;

const arguments_ = {
    ...regional,
    bucket: text({ required: true, replaces: true }),
    rules: list(rule, { required: true, limit: rulesLimit }),
};
const none = "NoSuchLifecycleConfiguration";

/** A bucket has one. */
export const bucketLifecycleConfiguration = resourceType({
    token: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    arguments: arguments_,
    outputs: [],
    async create(inputs, aws) {
        await put(inputs, aws);
        return inputs.bucket;
    },
    async read(id, aws) {
        const call = (await aws.s3()).getBucketLifecycleConfiguration({ Bucket: id });
        const found = await unlessMissing(call, none, gone);
        return found && { bucket: id, rules: (found.Rules ?? []).map(read) };
    },
    update: (_, { news }, aws) => put(news, aws),
    async delete(id, aws) {
        await unlessMissing((await aws.s3()).deleteBucketLifecycle({ Bucket: id }), none, gone);
    },
});

async function put({ bucket, rules }: InputsOf<typeof arguments_>, aws: Aws): Promise<void> {
    await (await aws.s3()).putBucketLifecycleConfiguration({ Bucket: bucket, LifecycleConfiguration: { Rules: rules.map(written) } });
}

function written({ id, status, filter, expiration, ...rest }: Rule): LifecycleRule {
    const { noncurrentVersionExpiration: older, abortIncompleteMultipartUpload: upload } = rest;
    return {
        ID: id,
        Status: status,
        Filter: { Prefix: filter.prefix },
        Expiration: expiration && { Days: expiration.days },
        NoncurrentVersionExpiration: older && { NoncurrentDays: older.noncurrentDays },
        AbortIncompleteMultipartUpload: upload && { DaysAfterInitiation: upload.daysAfterInitiation },
    };
}

function read({ ID, Status, Filter, Expiration, ...rest }: LifecycleRule): object {
    const { NoncurrentVersionExpiration: older, AbortIncompleteMultipartUpload: upload } = rest;
    return {
        id: ID,
        status: Status,
        filter: { prefix: Filter?.Prefix ?? "" },
        expiration: Expiration && { days: Expiration.Days },
        noncurrentVersionExpiration: older && { noncurrentDays: older.NoncurrentDays },
        abortIncompleteMultipartUpload: upload && { daysAfterInitiation: upload.DaysAfterInitiation },
    };
}

function rulesLimit(rules: readonly Rule[]): string | undefined {
    if (rules.length === 0 || rules.length > 1000) return `must have 1 to 1000 rules; it has ${rules.length}`;
    if (new Set(rules.map(({ id }) => id)).size < rules.length) return "Rule ID must be unique. Found same ID for more than one rule";
    const acts = ({ expiration, noncurrentVersionExpiration, abortIncompleteMultipartUpload }: Rule): boolean =>
        [expiration, noncurrentVersionExpiration, abortIncompleteMultipartUpload].some((action) => action !== undefined);
    return rules.every(acts) ? undefined : "At least one action needs to be specified in a rule";
}
