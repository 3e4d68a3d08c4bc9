import { unlessMissing } from "../../errors";
import type { Aws } from "../../session";

/** Something that has network interfaces: AWS does not let go of their subnets and security groups. */
interface User {
    readonly name: string;
    readonly subnets: readonly (string | undefined)[];
    readonly securityGroups: readonly (string | undefined)[];
}

/** Names of what uses a subnet or a security group. The emulator lets both go at any time. */
export async function usersOf(aws: Aws, uses: (user: User) => boolean): Promise<readonly string[]> {
    const users = await Promise.all([loadBalancers(aws), natGateways(aws), ecsServices(aws)]);
    return users
        .flat()
        .filter(uses)
        .map(({ name }) => name)
        .sort();
}

async function loadBalancers(aws: Aws): Promise<readonly User[]> {
    const { LoadBalancers = [] } = await (await aws.elb()).describeLoadBalancers({});
    return LoadBalancers.map(({ LoadBalancerName = "", AvailabilityZones = [], SecurityGroups = [] }) => ({
        name: `load balancer ${LoadBalancerName}`,
        subnets: AvailabilityZones.map(({ SubnetId }) => SubnetId),
        securityGroups: SecurityGroups,
    }));
}

async function natGateways(aws: Aws): Promise<readonly User[]> {
    const { NatGateways = [] } = await (await aws.ec2()).describeNatGateways({});
    return NatGateways.filter(({ State }) => State !== "deleted").map(({ NatGatewayId = "", SubnetId }) => ({
        name: `NAT gateway ${NatGatewayId}`,
        subnets: [SubnetId],
        securityGroups: [],
    }));
}

async function ecsServices(aws: Aws): Promise<readonly User[]> {
    const ecs = await aws.ecs();
    const { clusterArns = [] } = await ecs.listClusters({});
    const services = await Promise.all(clusterArns.map((cluster) => servicesOf(cluster, aws)));
    return services.flat();
}

const describedAtOnce = 10;

/** None for a cluster that is deleted and still listed. */
async function servicesOf(cluster: string, aws: Aws): Promise<readonly User[]> {
    const ecs = await aws.ecs();
    const found = [];
    let nextToken: string | undefined;
    do {
        const page = await unlessMissing(ecs.listServices({ cluster, maxResults: describedAtOnce, nextToken }), "ClusterNotFoundException");
        const services = page?.serviceArns ?? [];
        if (services.length > 0) found.push(...((await ecs.describeServices({ cluster, services })).services ?? []));
        nextToken = page?.nextToken;
    } while (nextToken !== undefined);
    return found
        .filter(({ status }) => status !== "INACTIVE")
        .map(({ serviceName = "", networkConfiguration }) => ({
            name: `ECS service ${serviceName}`,
            subnets: networkConfiguration?.awsvpcConfiguration?.subnets ?? [],
            securityGroups: networkConfiguration?.awsvpcConfiguration?.securityGroups ?? [],
        }));
}
