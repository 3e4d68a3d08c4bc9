import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { HealthCheck } from "../../model/environment";
import { after } from "../after";
import { childName } from "../childName";
import type { PlannedRule } from "./plan";

export interface RoutingArgs {
    /** Port on which the service's tasks listen. */
    readonly port: number;
    readonly health: HealthCheck;
    /** Seconds that requests have to finish in when their task stops. */
    readonly deregistrationDelay: number;
    /** Which requests go to the service. */
    readonly rules: readonly PlannedRule[];
    readonly vpcId: pulumi.Input<string>;
    /** The HTTPS listener; nothing of it is touched but these rules. */
    readonly listenerArn: pulumi.Input<string>;
}

/** The way from a listener to the tasks of one service. */
export class Routing extends pulumi.ComponentResource {
    /** Given out once the rules exist: ECS refuses a target group that no load balancer uses. */
    readonly targetGroupArn: pulumi.Output<string>;

    /** The name has at most 24 characters: AWS names the target group after it, adds 8 characters, and allows 32. */
    constructor(name: string, args: RoutingArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:routing:Routing", name, {}, opts);

        const targetGroup = createTargetGroup(this, name, args);
        const rules = args.rules.map((rule) => createRule(this, name, rule, args.listenerArn, targetGroup.arn));

        this.targetGroupArn = after(targetGroup.arn, rules);
        this.registerOutputs({ targetGroupArn: this.targetGroupArn });
    }
}

/**
 * Its name on AWS is left to Pulumi: another port or VPC replaces it, and the old one cannot go before the rules have turned to the
 * new one, so that for a while there are two.
 */
function createTargetGroup(parent: Routing, name: string, { port, health, deregistrationDelay, vpcId }: RoutingArgs): aws.lb.TargetGroup {
    return new aws.lb.TargetGroup(
        name,
        {
            port,
            protocol: "HTTP",
            targetType: "ip", // Fargate tasks have an address of their own
            vpcId,
            deregistrationDelay,
            healthCheck: {
                path: health.path,
                interval: health.interval,
                timeout: health.timeout,
                healthyThreshold: health.healthy,
                unhealthyThreshold: health.unhealthy,
                matcher: health.matcher,
            },
        },
        { parent },
    );
}

function createRule(
    parent: Routing,
    name: string,
    { role, hosts, addresses, priority }: PlannedRule,
    listenerArn: pulumi.Input<string>,
    targetGroupArn: pulumi.Input<string>,
): aws.lb.ListenerRule {
    const from = addresses.length === 0 ? [] : [{ sourceIp: { values: [...addresses] } }];
    return new aws.lb.ListenerRule(
        childName(name, role),
        {
            listenerArn,
            priority,
            conditions: [{ hostHeader: { values: [...hosts] } }, ...from],
            actions: [{ type: "forward", targetGroupArn }],
        },
        { parent },
    );
}
