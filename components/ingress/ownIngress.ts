import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccessSettings } from "../../model/settings";
import { childName } from "../childName";
import { createWildcardCertificate } from "./certificate";
import { admitToTasks, createFloorRule, notFound, type Ingress } from "./ingress";
import { planOwnIngress, type Door } from "./plan";

export interface OwnIngressArgs {
    /** DNS zone of the hosts, and the id of its public hosted zone. */
    readonly zone: string;
    readonly zoneId: string;
    /** Hosts of the environment's own services; those of branches are one label below the zone. */
    readonly hosts: readonly string[];
    /** Who is let in. */
    readonly access: AccessSettings;
    readonly vpcId: pulumi.Input<string>;
    /** Subnets of at least two availability zones. */
    readonly publicSubnetIds: pulumi.Input<string[]>;
    /** Group of the tasks that requests are let in to. */
    readonly taskSecurityGroupId: pulumi.Input<string>;
    /** Priority right above those that the environment's own rules may take. */
    readonly floorPriority: number;
    /** Whether AWS refuses to delete the load balancer. */
    readonly deletionProtection: boolean;
}

/** A load balancer with its wildcard certificate and DNS record. Whom no network of `access` covers cannot even connect. */
export class OwnIngress extends pulumi.ComponentResource implements Ingress {
    readonly listenerArn: pulumi.Output<string>;
    readonly floorRuleArn: pulumi.Output<string>;

    constructor(name: string, args: OwnIngressArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:ingress:OwnIngress", name, {}, opts);

        const plan = planOwnIngress(args.zone, args.hosts, args.access);

        const group = createSecurityGroup(this, name, args.vpcId);
        for (const door of plan.doors) admitNetwork(this, name, group.id, door);
        admitToTasks(this, name, args.taskSecurityGroupId, group.id);
        allowToTasks(this, name, args.taskSecurityGroupId, group.id);

        const balancer = createBalancer(this, name, group.id, args);
        createRedirect(this, name, balancer.arn);
        const certificateArn = createWildcardCertificate(this, name, plan.certificate, args.zoneId);
        const listener = createListener(this, name, balancer.arn, certificateArn);
        const floor = createFloorRule(this, name, listener.arn, args.floorPriority);
        for (const record of plan.records) createRecord(this, name, record, args.zoneId, balancer);

        this.listenerArn = listener.arn;
        this.floorRuleArn = floor.arn;
        this.registerOutputs({ listenerArn: this.listenerArn, floorRuleArn: this.floorRuleArn });
    }
}

function createSecurityGroup(parent: OwnIngress, name: string, vpcId: pulumi.Input<string>): aws.ec2.SecurityGroup {
    return new aws.ec2.SecurityGroup(childName(name, "balancer"), { vpcId, description: "Load balancer" }, { parent });
}

function admitNetwork(parent: OwnIngress, name: string, group: pulumi.Input<string>, { role, port, network }: Door): aws.vpc.SecurityGroupIngressRule {
    return new aws.vpc.SecurityGroupIngressRule(
        childName(name, role),
        { securityGroupId: group, cidrIpv4: network, ipProtocol: "tcp", fromPort: port, toPort: port, description: "Admitted by understudy:access" },
        { parent },
    );
}

function allowToTasks(parent: OwnIngress, name: string, tasks: pulumi.Input<string>, group: pulumi.Input<string>): aws.vpc.SecurityGroupEgressRule {
    return new aws.vpc.SecurityGroupEgressRule(
        childName(name, "balancer-to-tasks"),
        { securityGroupId: group, referencedSecurityGroupId: tasks, ipProtocol: "tcp", fromPort: 1, toPort: 65535, description: "Requests to tasks" },
        { parent },
    );
}

function createBalancer(parent: OwnIngress, name: string, group: pulumi.Input<string>, args: OwnIngressArgs): aws.lb.LoadBalancer {
    return new aws.lb.LoadBalancer(
        childName(name, "balancer"),
        {
            loadBalancerType: "application",
            securityGroups: [group],
            subnets: args.publicSubnetIds,
            dropInvalidHeaderFields: true,
            enableDeletionProtection: args.deletionProtection,
        },
        { parent, protect: args.deletionProtection },
    );
}

function createRedirect(parent: OwnIngress, name: string, loadBalancerArn: pulumi.Input<string>): aws.lb.Listener {
    return new aws.lb.Listener(
        childName(name, "http"),
        {
            loadBalancerArn,
            port: 80,
            protocol: "HTTP",
            defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
        },
        { parent },
    );
}

function createListener(
    parent: OwnIngress,
    name: string,
    loadBalancerArn: pulumi.Input<string>,
    certificateArn: pulumi.Input<string>,
): aws.lb.Listener {
    return new aws.lb.Listener(
        childName(name, "https"),
        {
            loadBalancerArn,
            port: 443,
            protocol: "HTTPS",
            certificateArn,
            sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
            defaultActions: [{ type: "fixed-response", fixedResponse: notFound }],
        },
        { parent },
    );
}

function createRecord(
    parent: OwnIngress,
    name: string,
    record: { readonly role: string; readonly name: string },
    zoneId: string,
    balancer: aws.lb.LoadBalancer,
): aws.route53.Record {
    return new aws.route53.Record(
        childName(name, record.role),
        {
            zoneId,
            name: record.name,
            type: "A",
            aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false }],
        },
        { parent },
    );
}
