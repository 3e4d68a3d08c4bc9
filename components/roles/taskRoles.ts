import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { after } from "../after";
import { childName } from "../childName";
import { stableJson } from "../json";
import { executionPolicy, taskPolicy, trustPolicy, type TaskNeeds } from "./plan";
import type { Policy } from "./policy";

export interface TaskRolesArgs {
    readonly needs: TaskNeeds;
    /** IAM path of the roles. @example "/shop/staging/" */
    readonly path: string;
    /** The most that the roles may ever do; absent: what their policies say. */
    readonly permissionsBoundaryArn?: pulumi.Input<string>;
}

/** The two roles of a task: the one with which ECS starts it, and the one that its containers have. */
export class TaskRoles extends pulumi.ComponentResource {
    /** Role with which ECS pulls images, reads secrets and opens logs. Given out once it may do so. */
    readonly executionRoleArn: pulumi.Output<string>;
    /** Role of the containers. Given out once it may do what it should. */
    readonly taskRoleArn: pulumi.Output<string>;

    constructor(name: string, args: TaskRolesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:roles:TaskRoles", name, {}, opts);

        this.executionRoleArn = createRole(this, childName(name, "execution"), args, executionPolicy(args.needs));
        this.taskRoleArn = createRole(this, childName(name, "task"), args, taskPolicy(args.needs));
        this.registerOutputs({ executionRoleArn: this.executionRoleArn, taskRoleArn: this.taskRoleArn });
    }
}

function createRole(parent: TaskRoles, name: string, args: TaskRolesArgs, policy: Policy): pulumi.Output<string> {
    const role = new aws.iam.Role(
        name,
        {
            path: args.path,
            assumeRolePolicy: stableJson(trustPolicy(args.needs)),
            permissionsBoundary: args.permissionsBoundaryArn,
            forceDetachPolicies: true, // or a policy that somebody attached by hand would keep the environment from being removed
        },
        { parent },
    );
    const attached = new aws.iam.RolePolicy(name, { role: role.name, policy: stableJson(policy) }, { parent });
    return after(role.arn, [attached]);
}
