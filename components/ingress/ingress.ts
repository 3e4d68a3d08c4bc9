import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { childName } from "../childName";

/** A way in, owned or borrowed: whoever routes to a service cannot tell which. */
export interface Ingress {
    /** The HTTPS listener on which services get their rules. */
    readonly listenerArn: pulumi.Output<string>;
    /** The rule that keeps the priorities above it for branches; see {@link createFloorRule}. */
    readonly floorRuleArn: pulumi.Output<string>;
    /** Load balancers after the first, for branches. A borrowed listener has none beside it. */
    readonly furtherShards: pulumi.Output<readonly FurtherShard[]>;
}

/** A load balancer to which no host leads by itself. */
export interface FurtherShard {
    readonly listenerArn: string;
    readonly floorRuleArn: string;
    /** Name and hosted zone of the load balancer, as the alias of a record names them. */
    readonly balancer: { readonly dnsName: string; readonly zoneId: string };
    /** Public hosted zone in which such a record stands. */
    readonly zoneId: string;
}

/** A name that never resolves (RFC 6761), so that no request ever fits. */
export const unusedHost = "understudy-floor.invalid";

/**
 * A branch takes the priority after the highest one. This rule, which no request fits, stands right above the environment's own range:
 * as long as it exists, the next priority never falls into that range.
 */
export function createFloorRule(parent: pulumi.Resource, name: string, listenerArn: pulumi.Input<string>, priority: number, role = "floor"): aws.lb.ListenerRule {
    return new aws.lb.ListenerRule(
        childName(name, role),
        {
            listenerArn,
            priority,
            conditions: [{ hostHeader: { values: [unusedHost] } }],
            actions: [{ type: "fixed-response", fixedResponse: notFound }],
        },
        { parent },
    );
}

/** Lets requests of a load balancer in to the tasks, on any port: a branch may bring one that its base does not know. */
export function admitToTasks(
    parent: pulumi.Resource,
    name: string,
    tasks: pulumi.Input<string>,
    balancer: pulumi.Input<string>,
): aws.vpc.SecurityGroupIngressRule {
    return new aws.vpc.SecurityGroupIngressRule(
        childName(name, "tasks-from-balancer"),
        {
            securityGroupId: tasks,
            referencedSecurityGroupId: balancer,
            ipProtocol: "tcp",
            fromPort: 1,
            toPort: 65535,
            description: "Requests from the load balancer",
        },
        { parent },
    );
}

/** What a host gets that no rule knows. */
export const notFound = { contentType: "text/plain", messageBody: "There is no such environment.", statusCode: "404" };
