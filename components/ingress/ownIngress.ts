import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccessSettings } from "../../model/settings";
import { childName } from "../childName";
import { createWildcardCertificate } from "./certificate";
import { admitToTasks, createFloorRule, notFound, type FurtherShard, type Ingress } from "./ingress";
import { planOwnIngress, shardRole, type Door } from "./plan";

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
    /** Whether AWS refuses to delete the load balancers. */
    readonly deletionProtection: boolean;
    /** How many load balancers there are. */
    readonly shards: number;
}

/**
 * Load balancers with one wildcard certificate, whose DNS record leads to the first of them. Whom no network of `access` covers cannot even
 * connect.
 */
export class OwnIngress extends pulumi.ComponentResource implements Ingress {
    readonly listenerArn: pulumi.Output<string>;
    readonly floorRuleArn: pulumi.Output<string>;
    readonly furtherShards: pulumi.Output<readonly FurtherShard[]>;

    constructor(name: string, args: OwnIngressArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:ingress:OwnIngress", name, {}, opts);

        const plan = planOwnIngress(args.zone, args.hosts, args.access, args.shards);

        const group = createSecurityGroup(this, name, args.vpcId);
        for (const door of plan.doors) admitNetwork(this, name, group.id, door);
        admitToTasks(this, name, args.taskSecurityGroupId, group.id);
        allowToTasks(this, name, args.taskSecurityGroupId, group.id);

        const certificateArn = createWildcardCertificate(this, name, plan.certificate, args.zoneId);
        const createShard = (shard: number): Shard => {
            const balancer = createBalancer(this, name, shard, group.id, args);
            createRedirect(this, name, shard, balancer.arn);
            const listener = createListener(this, name, shard, balancer.arn, certificateArn);
            return { balancer, listener, floor: createFloorRule(this, name, listener.arn, args.floorPriority, shardRole("floor", shard)) };
        };
        const first = createShard(0);
        const further = plan.furtherShards.map(createShard);
        for (const record of plan.records) createRecord(this, name, record, args.zoneId, first.balancer);

        this.listenerArn = first.listener.arn;
        this.floorRuleArn = first.floor.arn;
        this.furtherShards = pulumi.output(
            further.map(({ balancer: { dnsName, zoneId }, listener, floor }) => ({
                listenerArn: listener.arn,
                floorRuleArn: floor.arn,
                balancer: { dnsName, zoneId },
                zoneId: args.zoneId,
            })),
        );
        this.registerOutputs({ listenerArn: this.listenerArn, floorRuleArn: this.floorRuleArn });
    }
}

/** What there is of each load balancer. */
interface Shard {
    readonly balancer: aws.lb.LoadBalancer;
    readonly listener: aws.lb.Listener;
    readonly floor: aws.lb.ListenerRule;
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

function createBalancer(parent: OwnIngress, name: string, shard: number, group: pulumi.Input<string>, args: OwnIngressArgs): aws.lb.LoadBalancer {
    return new aws.lb.LoadBalancer(
        childName(name, shardRole("balancer", shard)),
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

function createRedirect(parent: OwnIngress, name: string, shard: number, loadBalancerArn: pulumi.Input<string>): aws.lb.Listener {
    return new aws.lb.Listener(
        childName(name, shardRole("http", shard)),
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
    shard: number,
    loadBalancerArn: pulumi.Input<string>,
    certificateArn: pulumi.Input<string>,
): aws.lb.Listener {
    return new aws.lb.Listener(
        childName(name, shardRole("https", shard)),
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
