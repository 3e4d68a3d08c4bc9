/** An IAM policy document. */
export interface Policy {
    readonly Version: "2012-10-17";
    readonly Statement: readonly Statement[];
}

export interface Statement {
    /** What it is for, in letters and digits. */
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: { readonly Service: string };
    readonly Action: readonly string[];
    readonly Resource?: readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy of the statements that are there, in the order given. */
export function policy(...statements: readonly (Statement | undefined)[]): Policy {
    return { Version: "2012-10-17", Statement: statements.filter((statement) => statement !== undefined) };
}

/** Account and Region in which everything that a policy names stands. */
export interface Place {
    /** Twelve digits. */
    readonly account: string;
    readonly region: string;
}

/** ARN of an SSM parameter, whose name begins with a slash. */
export function parameterArn({ account, region }: Place, name: string): string {
    return `arn:aws:ssm:${region}:${account}:parameter${name}`;
}

export function repositoryArn({ account, region }: Place, name: string): string {
    return `arn:aws:ecr:${region}:${account}:repository/${name}`;
}

export function queueArn({ account, region }: Place, name: string): string {
    return `arn:aws:sqs:${region}:${account}:${name}`;
}

/** ARN of a bucket: its name is unique in the world, so neither account nor Region is in it. */
export function bucketArn(name: string): string {
    return `arn:aws:s3:::${name}`;
}

/** ARN of all streams of a log group, which is where tasks write. */
export function logStreamsArn({ account, region }: Place, group: string): string {
    return `arn:aws:logs:${region}:${account}:log-group:${group}:*`;
}
