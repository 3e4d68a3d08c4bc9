import { policy, type Place, type Policy } from "./policy";
import { openShell, pullImages, readSecrets, useBuckets, useQueues, writeLogs } from "./statements";

/** All that tasks need of AWS besides what the application itself does with it. Names, not ARNs. */
export interface TaskNeeds extends Place {
    /** SSM parameters. @example ["/shop/staging/SESSION_SECRET"] */
    readonly parameters: readonly string[];
    /** ECR repositories. @example ["shop/web"] */
    readonly repositories: readonly string[];
    /** Log groups. @example ["/shop/staging/web"] */
    readonly logGroups: readonly string[];
    /** SQS queues. @example ["shop_staging_orders"] */
    readonly queues: readonly string[];
    /** S3 buckets. @example ["shop--staging--uploads-1f2e3d4c"] */
    readonly buckets: readonly string[];
    /** Customer KMS key of the parameters; absent: the account's own. */
    readonly secretsKeyArn?: string;
}

/**
 * Who may take the role: ECS, on behalf of tasks of this account only. Without the condition ECS could be talked into using it for a
 * stranger's (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html).
 */
export function trustPolicy({ account, region }: Place): Policy {
    return policy({
        Sid: "TasksOfThisAccount",
        Effect: "Allow",
        Principal: { Service: "ecs-tasks.amazonaws.com" },
        Action: ["sts:AssumeRole"],
        Condition: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: { "aws:SourceArn": `arn:aws:ecs:${region}:${account}:*` },
        },
    });
}

/**
 * What ECS may do to start a task: exactly the images, secrets and logs that it names. All inline policies of a role have 10,240
 * characters together, which is room for about 100 secrets
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
 */
export function executionPolicy(needs: TaskNeeds): Policy {
    return policy(
        ...pullImages(needs, distinct(needs.repositories)),
        ...writeLogs(needs, distinct(needs.logGroups)),
        ...readSecrets(needs, distinct(needs.parameters), needs.secretsKeyArn),
    );
}

/** What the task itself may do. */
export function taskPolicy(needs: TaskNeeds): Policy {
    return policy(...useQueues(needs, distinct(needs.queues)), ...useBuckets(distinct(needs.buckets)), openShell);
}

/** Sorted and each once, so that the order in which services are listed changes no policy. */
function distinct(names: readonly string[]): readonly string[] {
    return [...new Set(names)].sort();
}
