import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../childName";
import { lifecycleRules } from "./plan";

export interface BucketArgs {
    /** Its name, which is unique in the world. @example "shop--staging--uploads-1f2e3d4c" */
    readonly bucketName: string;
    readonly versioned: boolean;
    /** Days after which an object is removed; absent: never. */
    readonly expiryDays?: number;
    /** Whether removing the bucket removes its objects too, with all their versions; otherwise AWS refuses while there are any. */
    readonly forceDestroy: boolean;
}

/** A private S3 bucket, encrypted as S3 encrypts everything (https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html). */
export class Bucket extends pulumi.ComponentResource {
    readonly bucket: aws.s3.Bucket;

    constructor(name: string, args: BucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:bucket:Bucket", name, {}, opts);

        this.bucket = new aws.s3.Bucket(childName(name, "bucket"), { bucket: args.bucketName, forceDestroy: args.forceDestroy }, { parent: this });
        const bucket = this.bucket.id;
        const block = new aws.s3.BucketPublicAccessBlock(
            childName(name, "private"),
            { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
            { parent: this },
        );
        const versions = args.versioned
            ? [new aws.s3.BucketVersioning(childName(name, "versions"), { bucket, versioningConfiguration: { status: "Enabled" } }, { parent: this, dependsOn: [block] })]
            : [];
        // S3 refuses changes to one bucket that meet each other: one after the other.
        new aws.s3.BucketLifecycleConfiguration(childName(name, "lifecycle"), { bucket, rules: lifecycleRules(args).map((rule) => ({ ...rule })) }, { parent: this, dependsOn: [block, ...versions] });
        this.registerOutputs({ bucketName: bucket });
    }
}
