import * as pulumi from "@pulumi/pulumi";
import { admitToTasks, createFloorRule, type FurtherShard, type Ingress } from "./ingress";

export interface BorrowedIngressArgs {
    /** An HTTPS listener that exists. Only rules are added to it; its certificate and DNS records are its owner's. */
    readonly listenerArn: string;
    /** Security group of its load balancer. */
    readonly balancerSecurityGroupId: string;
    /** Group of the tasks that requests are let in to. */
    readonly taskSecurityGroupId: pulumi.Input<string>;
    /** Priority right above those that the environment may take. */
    readonly floorPriority: number;
}

/** Somebody else's HTTPS listener. */
export class BorrowedIngress extends pulumi.ComponentResource implements Ingress {
    readonly listenerArn: pulumi.Output<string>;
    readonly floorRuleArn: pulumi.Output<string>;
    readonly furtherShards: pulumi.Output<readonly FurtherShard[]>;

    constructor(name: string, args: BorrowedIngressArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:ingress:BorrowedIngress", name, {}, opts);

        admitToTasks(this, name, args.taskSecurityGroupId, args.balancerSecurityGroupId);
        const floor = createFloorRule(this, name, args.listenerArn, args.floorPriority);

        this.listenerArn = pulumi.output(args.listenerArn);
        this.floorRuleArn = floor.arn;
        this.furtherShards = pulumi.output([]);
        this.registerOutputs({ listenerArn: this.listenerArn, floorRuleArn: this.floorRuleArn });
    }
}
