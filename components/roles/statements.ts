import { bucketArn, logStreamsArn, parameterArn, queueArn, repositoryArn, type Place, type Statement } from "./policy";

/** What it takes to pull images; nothing when there are none. The sign-in is for a whole registry: AWS knows no resource for it. */
export function pullImages(place: Place, repositories: readonly string[]): readonly Statement[] {
    if (repositories.length === 0) return [];
    return [
        { Sid: "SignInToRegistry", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
        {
            Sid: "PullImages",
            Effect: "Allow",
            Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            Resource: repositories.map((name) => repositoryArn(place, name)),
        },
    ];
}

/** The groups exist already, so that nobody has to be allowed to make one. */
export function writeLogs(place: Place, groups: readonly string[]): readonly Statement[] {
    if (groups.length === 0) return [];
    return [
        {
            Sid: "WriteLogs",
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: groups.map((group) => logStreamsArn(place, group)),
        },
    ];
}

/**
 * Reads exactly these parameters. A customer key decrypts only for the parameter store, and only what is encrypted for these
 * parameters; the account's own key needs no permission
 * (https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html).
 */
export function readSecrets(place: Place, parameters: readonly string[], keyArn: string | undefined): readonly Statement[] {
    if (parameters.length === 0) return [];
    const arns = parameters.map((name) => parameterArn(place, name));
    const read: Statement = { Sid: "ReadSecrets", Effect: "Allow", Action: ["ssm:GetParameters"], Resource: arns };
    if (keyArn === undefined) return [read];
    const decrypt: Statement = {
        Sid: "DecryptSecrets",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: [keyArn],
        Condition: {
            StringEquals: { "kms:ViaService": `ssm.${place.region}.amazonaws.com` },
            StringLike: { "kms:EncryptionContext:PARAMETER_ARN": arns },
        },
    };
    return [read, decrypt];
}

/** Sends and handles messages. What a dead-letter queue holds is for people. */
export function useQueues(place: Place, queues: readonly string[]): readonly Statement[] {
    if (queues.length === 0) return [];
    return [
        {
            Sid: "UseQueues",
            Effect: "Allow",
            Action: ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage"],
            Resource: queues.map((name) => queueArn(place, name)),
        },
    ];
}

/** Lists, reads, writes and deletes objects, whole or in parts; neither versions nor the bucket itself. */
export function useBuckets(buckets: readonly string[]): readonly Statement[] {
    if (buckets.length === 0) return [];
    return [
        { Sid: "ListBuckets", Effect: "Allow", Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], Resource: buckets.map(bucketArn) },
        {
            Sid: "UseObjects",
            Effect: "Allow",
            Action: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            Resource: buckets.map((name) => `${bucketArn(name)}/*`),
        },
    ];
}

/**
 * ECS Exec, which opens a shell through a channel of Systems Manager. `*`, since these actions know no resources
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsessionmanagermessagegatewayservice.html).
 */
export const openShell: Statement = {
    Sid: "OpenShell",
    Effect: "Allow",
    Action: ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"],
    Resource: ["*"],
};
