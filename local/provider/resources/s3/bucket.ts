import { flag, regional, tagged, text } from "../../arguments";
import { Refusal, unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { tagList, tagMap } from "../../tags";
import { gone, nameLimit } from "./names";

export const bucket = resourceType({
    token: "aws:s3/bucket:Bucket",
    arguments: {
        ...regional,
        bucket: text({ computed: true, replaces: true, limit: nameLimit }),
        forceDestroy: flag({ default: false }),
        ...tagged,
    },
    outputs: ["arn", "bucketDomainName", "bucketRegionalDomainName"],
    autoName: { argument: "bucket", maxLength: 63, shape: (name) => name.toLowerCase() },
    async create({ bucket: name = "", tagsAll }, aws) {
        const Tags = Object.keys(tagsAll).length === 0 ? undefined : tagList(tagsAll);
        const LocationConstraint = aws.region === "us-east-1" ? undefined : (aws.region as "eu-west-1"); // for the first one there is no name
        const CreateBucketConfiguration = (Tags ?? LocationConstraint) === undefined ? undefined : { LocationConstraint, Tags };
        await (await aws.s3()).createBucket({ Bucket: name, CreateBucketConfiguration });
        return name;
    },
    async read(id, aws) {
        const s3 = await aws.s3();
        if ((await unlessMissing(s3.headBucket({ Bucket: id }), gone, "NotFound")) === undefined) return undefined;
        const tagging = await unlessMissing(s3.getBucketTagging({ Bucket: id }), gone, "NoSuchTagSet");
        return {
            bucket: id,
            tagsAll: tagMap(tagging?.TagSet),
            arn: `arn:${aws.partition}:s3:::${id}`,
            bucketDomainName: `${id}.s3.amazonaws.com`,
            bucketRegionalDomainName: `${id}.s3.${aws.region}.amazonaws.com`,
        };
    },
    async update(id, { changed, news }, aws) {
        if (!changed.has("tagsAll")) return;
        const s3 = await aws.s3();
        const TagSet = tagList(news.tagsAll);
        await (TagSet.length > 0 ? s3.putBucketTagging({ Bucket: id, Tagging: { TagSet } }) : s3.deleteBucketTagging({ Bucket: id }));
    },
    async delete(id, aws, state) {
        if (state["forceDestroy"] === true) await unlessMissing(empty(id, aws), gone);
        await unlessMissing((await aws.s3()).deleteBucket({ Bucket: id }), gone);
    },
});

/** Removes all versions, delete markers and begun uploads. Each page is the first one, since what the page before it had is gone. */
async function empty(name: string, aws: Aws): Promise<void> {
    while (await emptyPage(name, aws));
    while (await abortPage(name, aws));
}

/** False when there was nothing left. */
async function emptyPage(name: string, aws: Aws): Promise<boolean> {
    const s3 = await aws.s3();
    const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket: name });
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key = "", VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return false;
    const { Errors = [] } = await s3.deleteObjects({ Bucket: name, Delete: { Objects, Quiet: true } });
    const [first] = Errors;
    if (first !== undefined) throw new Refusal(first.Code ?? "InternalError", `${first.Key}: ${first.Message}`);
    return true;
}

async function abortPage(name: string, aws: Aws): Promise<boolean> {
    const s3 = await aws.s3();
    const { Uploads = [] } = await s3.listMultipartUploads({ Bucket: name });
    const abort = (Key = "", UploadId = "") => s3.abortMultipartUpload({ Bucket: name, Key, UploadId });
    await Promise.all(Uploads.map(({ Key, UploadId }) => unlessMissing(abort(Key, UploadId), "NoSuchUpload")));
    return Uploads.length > 0;
}
