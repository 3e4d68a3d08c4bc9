import { flag, regional, text, type InputsOf } from "../../arguments";
import { unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { gone } from "./names";

const arguments_ = {
    ...regional,
    bucket: text({ required: true, replaces: true }),
    blockPublicAcls: flag({ default: false }),
    blockPublicPolicy: flag({ default: false }),
    ignorePublicAcls: flag({ default: false }),
    restrictPublicBuckets: flag({ default: false }),
};
const none = "NoSuchPublicAccessBlockConfiguration";

/** A bucket has one. */
export const bucketPublicAccessBlock = resourceType({
    token: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    arguments: arguments_,
    outputs: [],
    async create(inputs, aws) {
        await put(inputs, aws);
        return inputs.bucket;
    },
    async read(id, aws) {
        const call = (await aws.s3()).getPublicAccessBlock({ Bucket: id });
        const found = (await unlessMissing(call, none, gone))?.PublicAccessBlockConfiguration;
        return (
            found && {
                bucket: id,
                blockPublicAcls: found.BlockPublicAcls ?? false,
                blockPublicPolicy: found.BlockPublicPolicy ?? false,
                ignorePublicAcls: found.IgnorePublicAcls ?? false,
                restrictPublicBuckets: found.RestrictPublicBuckets ?? false,
            }
        );
    },
    update: (_, { news }, aws) => put(news, aws),
    async delete(id, aws) {
        await unlessMissing((await aws.s3()).deletePublicAccessBlock({ Bucket: id }), none, gone);
    },
});

async function put(inputs: InputsOf<typeof arguments_>, aws: Aws): Promise<void> {
    await (
        await aws.s3()
    ).putPublicAccessBlock({
        Bucket: inputs.bucket,
        PublicAccessBlockConfiguration: {
            BlockPublicAcls: inputs.blockPublicAcls,
            BlockPublicPolicy: inputs.blockPublicPolicy,
            IgnorePublicAcls: inputs.ignorePublicAcls,
            RestrictPublicBuckets: inputs.restrictPublicBuckets,
        },
    });
}
