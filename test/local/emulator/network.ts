import { CreateSecurityGroupCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
    CreateListenerCommand,
    CreateLoadBalancerCommand,
    CreateTargetGroupCommand,
    ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ClientSettings } from "./support";

export interface Network {
    readonly vpcId: string;
    readonly subnetIds: readonly string[];
    readonly groupId: string;
}

/** A VPC with two subnets and a security group that lets nobody in. */
export async function createNetwork(settings: ClientSettings): Promise<Network> {
    const ec2 = new EC2Client(settings);
    const vpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc!.VpcId!;
    const subnetIds: string[] = [];
    for (const zone of ["a", "b"]) {
        const subnet = { VpcId: vpcId, AvailabilityZone: `eu-west-1${zone}`, CidrBlock: `10.0.${subnetIds.length}.0/24` };
        subnetIds.push((await ec2.send(new CreateSubnetCommand(subnet))).Subnet!.SubnetId!);
    }
    const group = await ec2.send(new CreateSecurityGroupCommand({ GroupName: "web", Description: "web", VpcId: vpcId }));
    return { vpcId, subnetIds, groupId: group.GroupId! };
}

export async function createTargetGroup(
    settings: ClientSettings,
    name: string,
    vpcId: string,
    targetType: "ip" | "instance" = "ip",
): Promise<string> {
    const { TargetGroups } = await new ElasticLoadBalancingV2Client(settings).send(
        new CreateTargetGroupCommand({
            Name: name,
            Protocol: "HTTP",
            Port: 8080,
            VpcId: vpcId,
            TargetType: targetType,
            HealthCheckPath: "/health",
        }),
    );
    return TargetGroups![0]!.TargetGroupArn!;
}

/** A load balancer with an HTTP listener that answers 404. */
export async function createListener(settings: ClientSettings, network: Network, name = "main"): Promise<string> {
    const elb = new ElasticLoadBalancingV2Client(settings);
    const { LoadBalancers } = await elb.send(
        new CreateLoadBalancerCommand({
            Name: name,
            Subnets: [...network.subnetIds],
            SecurityGroups: [network.groupId],
            Scheme: "internet-facing",
        }),
    );
    const { Listeners } = await elb.send(
        new CreateListenerCommand({
            LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn!,
            Protocol: "HTTP",
            Port: 80,
            DefaultActions: [
                { Type: "fixed-response", FixedResponseConfig: { StatusCode: "404", ContentType: "text/plain", MessageBody: "nobody" } },
            ],
        }),
    );
    return Listeners![0]!.ListenerArn!;
}
