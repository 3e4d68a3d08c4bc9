import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { CreateRuleCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { createListener, createNetwork, createTargetGroup, type Network } from "./network";
import type { ClientSettings } from "./support";

export const cluster = "staging";

/** What services stand on: target groups by their state, beside a network. */
export interface EcsFixture {
    readonly network: Network;
    /** Target group to which a listener rule forwards. */
    readonly used: string;
    /** Target group to which none does. */
    readonly unused: string;
    /** Target group of type `instance`, in use. */
    readonly forInstances: string;
}

/** A cluster with FARGATE capacity, two revisions of the task definition `web` with port 8080, and target groups. */
export async function createEcsFixture(settings: ClientSettings): Promise<EcsFixture> {
    const network = await createNetwork(settings);
    const used = await createTargetGroup(settings, "used", network.vpcId);
    const unused = await createTargetGroup(settings, "unused", network.vpcId);
    const forInstances = await createTargetGroup(settings, "instances", network.vpcId, "instance");
    const ListenerArn = await createListener(settings, network);
    const elb = new ElasticLoadBalancingV2Client(settings);
    for (const [index, TargetGroupArn] of [used, forInstances].entries()) {
        const Conditions = [{ Field: "host-header", HostHeaderConfig: { Values: [`host${index}.example.com`] } }];
        await elb.send(
            new CreateRuleCommand({ ListenerArn, Priority: index + 1, Conditions, Actions: [{ Type: "forward", TargetGroupArn }] }),
        );
    }

    const ecs = new ECSClient(settings);
    await ecs.send(new CreateClusterCommand({ clusterName: cluster, capacityProviders: ["FARGATE"] }));
    for (const image of ["one", "two"]) {
        await ecs.send(
            new RegisterTaskDefinitionCommand({
                family: "web",
                requiresCompatibilities: ["FARGATE"],
                networkMode: "awsvpc",
                cpu: "256",
                memory: "512",
                containerDefinitions: [{ name: "web", image, portMappings: [{ containerPort: 8080 }] }],
            }),
        );
    }
    return { network, used, unused, forInstances };
}
