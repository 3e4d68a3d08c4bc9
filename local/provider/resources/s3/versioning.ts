import { object, oneOf, regional, text } from "../../arguments";
import { unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { gone } from "./names";

const statuses = ["Enabled", "Suspended"] as const;

/** A bucket that was versioned once can only be suspended: removing this does that. */
export const bucketVersioning = resourceType({
    token: "aws:s3/bucketVersioning:BucketVersioning",
    arguments: {
        ...regional,
        bucket: text({ required: true, replaces: true }),
        versioningConfiguration: object({ status: oneOf(statuses, { required: true }) }, { required: true }),
    },
    outputs: [],
    async create({ bucket, versioningConfiguration: { status } }, aws) {
        await put(bucket, status, aws);
        return bucket;
    },
    async read(id, aws) {
        const found = await unlessMissing((await aws.s3()).getBucketVersioning({ Bucket: id }), gone);
        return found?.Status && { bucket: id, versioningConfiguration: { status: found.Status } };
    },
    update: (id, { news }, aws) => put(id, news.versioningConfiguration.status, aws),
    async delete(id, aws) {
        await unlessMissing(put(id, "Suspended", aws), gone);
    },
});

async function put(Bucket: string, Status: (typeof statuses)[number], aws: Aws): Promise<void> {
    await (await aws.s3()).putBucketVersioning({ Bucket, VersioningConfiguration: { Status } });
}
