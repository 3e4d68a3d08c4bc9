import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkSettings } from "../../model/settings";
import { childName } from "../childName";
import { planNetwork, type CreatedVpc } from "./plan";

export interface NetworkArgs {
    /** A network to make, or the ids of one that exists: whoever uses the component cannot tell which. */
    readonly network: NetworkSettings;
}

/**
 * Where tasks run: a VPC, its subnets, and the one security group of all tasks. The group lives here and not with the services, since
 * deleting a group waits until the last network interface is gone.
 */
export class Network extends pulumi.ComponentResource {
    readonly vpcId: pulumi.Output<string>;
    /** At least two zones: a load balancer needs them. */
    readonly publicSubnetIds: pulumi.Output<string[]>;
    readonly taskSubnetIds: pulumi.Output<string[]>;
    /** Group of all tasks of this environment and those that stand on it. Tasks reach each other; all else is let in by its owner. */
    readonly taskSecurityGroupId: pulumi.Output<string>;
    /** Tasks in these subnets need public addresses, since no NAT gateway takes them out. */
    readonly assignPublicIp: boolean;

    constructor(name: string, { network }: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:network:Network", name, {}, opts);

        const plan = planNetwork(network);
        const vpc = plan.kind === "created" ? createVpc(this, name, plan) : plan;
        const tasks = createTaskSecurityGroup(this, name, vpc.vpcId);
        allowEachOther(this, name, tasks.id);
        allowOut(this, name, tasks.id);

        this.vpcId = pulumi.output(vpc.vpcId);
        this.publicSubnetIds = pulumi.output(vpc.publicSubnetIds);
        this.taskSubnetIds = pulumi.output(vpc.taskSubnetIds);
        this.taskSecurityGroupId = tasks.id;
        this.assignPublicIp = plan.assignPublicIp;
        this.registerOutputs({
            vpcId: this.vpcId,
            publicSubnetIds: this.publicSubnetIds,
            taskSubnetIds: this.taskSubnetIds,
            taskSecurityGroupId: this.taskSecurityGroupId,
            assignPublicIp: this.assignPublicIp,
        });
    }
}

interface Vpc {
    readonly vpcId: pulumi.Output<string>;
    readonly publicSubnetIds: pulumi.Output<string[]>;
    readonly taskSubnetIds: pulumi.Output<string[]>;
}

function createVpc(parent: Network, name: string, plan: CreatedVpc): Vpc {
    const { vpcId, publicSubnetIds, privateSubnetIds } = new awsx.ec2.Vpc(
        childName(name, "vpc"),
        {
            cidrBlock: plan.cidr,
            numberOfAvailabilityZones: plan.zones,
            natGateways: { strategy: plan.natGateways },
            subnetStrategy: "Auto",
            subnetSpecs: plan.subnetTypes.map((type) => ({ type })),
            enableDnsSupport: true,
            enableDnsHostnames: true, // or the private namespace would not be resolved
        },
        { parent },
    );
    return { vpcId, publicSubnetIds, taskSubnetIds: plan.taskSubnets === "Public" ? publicSubnetIds : privateSubnetIds };
}

function createTaskSecurityGroup(parent: Network, name: string, vpcId: pulumi.Input<string>): aws.ec2.SecurityGroup {
    return new aws.ec2.SecurityGroup(childName(name, "tasks"), { vpcId, description: "All tasks of the environment and its branches" }, { parent });
}

function allowEachOther(parent: Network, name: string, tasks: pulumi.Input<string>): aws.vpc.SecurityGroupIngressRule {
    return new aws.vpc.SecurityGroupIngressRule(
        childName(name, "tasks-from-tasks"),
        { securityGroupId: tasks, referencedSecurityGroupId: tasks, ipProtocol: "-1", description: "Tasks reach each other" },
        { parent },
    );
}

function allowOut(parent: Network, name: string, tasks: pulumi.Input<string>): aws.vpc.SecurityGroupEgressRule {
    return new aws.vpc.SecurityGroupEgressRule(
        childName(name, "tasks-to-all"),
        { securityGroupId: tasks, cidrIpv4: "0.0.0.0/0", ipProtocol: "-1", description: "Images, AWS and whatever the application calls" },
        { parent },
    );
}
