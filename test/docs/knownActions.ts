import { spelledOut } from "./neededActions";

/** AWS's own models of its services, by the prefix that IAM uses. */
const models: Readonly<Record<string, () => Promise<object>>> = {
    acm: () => import("@aws-sdk/client-acm"),
    dynamodb: () => import("@aws-sdk/client-dynamodb"),
    ec2: () => import("@aws-sdk/client-ec2"),
    ecr: () => import("@aws-sdk/client-ecr"),
    ecs: () => import("@aws-sdk/client-ecs"),
    elasticloadbalancing: () => import("@aws-sdk/client-elastic-load-balancing-v2"),
    iam: () => import("@aws-sdk/client-iam"),
    logs: () => import("@aws-sdk/client-cloudwatch-logs"),
    route53: () => import("@aws-sdk/client-route-53"),
    s3: () => import("@aws-sdk/client-s3"),
    servicediscovery: () => import("@aws-sdk/client-servicediscovery"),
    servicequotas: () => import("@aws-sdk/client-service-quotas"),
    ssm: () => import("@aws-sdk/client-ssm"),
    sqs: () => import("@aws-sdk/client-sqs"),
    sts: () => import("@aws-sdk/client-sts"),
};

/**
 * Actions that are no operations: a permission only, those of S3 that are called otherwise or are of S3 Control
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html), and a service without a client here.
 */
const others = new Set(
    spelledOut({
        iam: "PassRole",
        s3: `
            DeleteObjectVersion GetAccelerateConfiguration GetBucketCORS GetBucketObjectLockConfiguration GetBucketPublicAccessBlock
            GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListAllMyBuckets ListBucket ListBucketVersions
            ListTagsForResource PutBucketPublicAccessBlock PutLifecycleConfiguration TagResource UntagResource`,
        kms: `
            CancelKeyDeletion CreateAlias Decrypt DeleteAlias DescribeKey DisableKey EnableKey EnableKeyRotation Encrypt
            GenerateDataKey GetKeyPolicy GetKeyRotationStatus ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource
            UntagResource UpdateAlias`,
    }),
);

/** Those of the actions that AWS does not know. */
export async function unknownActions(actions: readonly string[]): Promise<readonly string[]> {
    const checked = await Promise.all(actions.map(async (action) => ((await isKnown(action)) ? [] : [action])));
    return checked.flat();
}

async function isKnown(action: string): Promise<boolean> {
    const [prefix = "", name = ""] = action.split(":");
    return others.has(action) || `${name}Command` in ((await models[prefix]?.()) ?? {});
}
