import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentTask } from "../../model/environment";
import { childName } from "../childName";
import { containerDefinitions, missingImages } from "./containers";

export interface TaskArgs {
    readonly task: EnvironmentTask;
    /** Task definition family, unique in the account. @example "shop-staging-web" */
    readonly family: string;
    readonly region: string;
    readonly logs: {
        /** @example "/shop/staging/web" */
        readonly group: string;
        /** One of the periods that CloudWatch knows, in days. */
        readonly retentionDays: number;
    };
    /** Full reference, with digest, per own image. */
    readonly images: Readonly<Record<string, pulumi.Input<string>>>;
    /** Role with which ECS starts the task. */
    readonly executionRoleArn: pulumi.Input<string>;
    /** Role of its containers. */
    readonly taskRoleArn: pulumi.Input<string>;
}

/** One way of running an image: a Fargate task definition and the log group of its containers. */
export class Task extends pulumi.ComponentResource {
    /** ARN of this very revision. */
    readonly definitionArn: pulumi.Output<string>;
    readonly family: pulumi.Output<string>;
    readonly logGroup: pulumi.Output<string>;

    constructor(name: string, args: TaskArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:task:Task", name, {}, opts);

        const missing = missingImages(args.task.containers, args.images);
        if (missing.length > 0) throw new pulumi.ResourceError(`${name}: no reference for own image ${missing.join(", ")}`, this, true);

        const logs = createLogGroup(this, name, args);
        const definition = createDefinition(this, name, args, logs);

        this.definitionArn = definition.arn;
        this.family = definition.family;
        this.logGroup = logs.name;
        this.registerOutputs({ definitionArn: this.definitionArn, family: this.family, logGroup: this.logGroup });
    }
}

function createLogGroup(parent: Task, name: string, { logs }: TaskArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(childName(name, "logs"), { name: logs.group, retentionInDays: logs.retentionDays }, { parent });
}

function createDefinition(parent: Task, name: string, args: TaskArgs, logs: aws.cloudwatch.LogGroup): aws.ecs.TaskDefinition {
    const { task, region } = args;
    const containers = pulumi
        .all([logs.name, pulumi.output(args.images)])
        .apply(([logGroup, images]) => containerDefinitions(task.containers, { region, logGroup, streamPrefix: task.name, images }));
    return new aws.ecs.TaskDefinition(
        childName(name, "definition"),
        {
            family: args.family,
            requiresCompatibilities: ["FARGATE"],
            networkMode: "awsvpc",
            cpu: String(task.cpu),
            memory: String(task.memory),
            runtimePlatform: { cpuArchitecture: task.architecture, operatingSystemFamily: "LINUX" },
            executionRoleArn: args.executionRoleArn,
            taskRoleArn: args.taskRoleArn,
            containerDefinitions: containers,
            volumes: task.volumes?.map((volume) => ({ name: volume })),
            skipDestroy: true, // ECS rolls back to an earlier revision, which has to be there
        },
        { parent },
    );
}
