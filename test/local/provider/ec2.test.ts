import { textOf } from "../../../local/provider/state";
import { testLifecycle } from "./support/lifecycle";
import { testWorld, type Network } from "./support/world";

const made = async (
    token: string,
    name: string,
    inputs: (network: Network) => Parameters<Awaited<ReturnType<typeof testWorld>>["engine"]["create"]>[2],
) => {
    const { engine, network } = await testWorld();
    return await engine.create(token, name, inputs(await network()));
};

testLifecycle({
    token: "aws:ec2/vpc:Vpc",
    given: () => ({ cidrBlock: "10.0.0.0/16", enableDnsHostnames: true, tags: { Name: "main" } }),
    updated: () => ({ cidrBlock: "10.0.0.0/16", enableDnsSupport: false, enableDnsHostnames: false, tags: { Name: "other", more: "yes" } }),
    replacing: () => ({ cidrBlock: "10.1.0.0/16", instanceTenancy: "dedicated" }),
});

testLifecycle({
    token: "aws:ec2/subnet:Subnet",
    given: ({ vpcId }) => ({ vpcId, cidrBlock: "10.9.7.0/24", availabilityZone: "eu-west-1c", tags: { Name: "one" } }),
    updated: ({ vpcId }) => ({ vpcId, cidrBlock: "10.9.7.0/24", mapPublicIpOnLaunch: true, assignIpv6AddressOnCreation: true, tags: {} }),
    replacing: () => ({ vpcId: "vpc-1", cidrBlock: "10.9.8.0/24", availabilityZone: "eu-west-1b", availabilityZoneId: "euw1-az1" }),
});

testLifecycle({
    token: "aws:ec2/internetGateway:InternetGateway",
    needs: async () =>
        [
            await made("aws:ec2/vpc:Vpc", "igw-one", () => ({ cidrBlock: "10.2.0.0/16" })),
            await made("aws:ec2/vpc:Vpc", "igw-two", () => ({ cidrBlock: "10.3.0.0/16" })),
        ] as const,
    given: ([one]) => ({ vpcId: one.id, tags: { Name: "one" } }),
    updated: ([, two]) => ({ vpcId: two.id, tags: { Name: "two" } }),
    replacing: () => ({}),
});

testLifecycle({
    token: "aws:ec2/routeTable:RouteTable",
    given: ({ vpcId }) => ({ vpcId, tags: { Name: "one" } }),
    updated: ({ vpcId }) => ({ vpcId, tags: { Name: "two" } }),
    replacing: () => ({ vpcId: "vpc-1" }),
});

async function routing() {
    const { engine, network } = await testWorld();
    const { vpcId, subnets } = await network();
    const { id: routeTableId } = await engine.create("aws:ec2/routeTable:RouteTable", "routing", { vpcId });
    const { id: otherTableId } = await engine.create("aws:ec2/routeTable:RouteTable", "routing-other", { vpcId });
    const { id: gatewayId } = await engine.create("aws:ec2/internetGateway:InternetGateway", "routing", {});
    const { id: allocationId } = await engine.create("aws:ec2/eip:Eip", "routing", {});
    const { id: natGatewayId } = await engine.create("aws:ec2/natGateway:NatGateway", "routing", { subnetId: subnets[0], allocationId });
    const { id: subnetId } = await engine.create("aws:ec2/subnet:Subnet", "routing", { vpcId, cidrBlock: "10.9.9.0/24" });
    return { routeTableId, otherTableId, gatewayId, natGatewayId, subnetId };
}
let routingNeeds: ReturnType<typeof routing> | undefined;
const routingOnce = () => (routingNeeds ??= routing());

testLifecycle({
    token: "aws:ec2/route:Route",
    needs: routingOnce,
    given: ({ routeTableId, gatewayId }) => ({ routeTableId, destinationCidrBlock: "0.0.0.0/0", gatewayId }),
    updated: ({ routeTableId, natGatewayId }) => ({ routeTableId, destinationCidrBlock: "0.0.0.0/0", natGatewayId }),
    replacing: () => ({ routeTableId: "rtb-1", destinationCidrBlock: "10.0.0.0/8" }),
});

testLifecycle({
    token: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    needs: routingOnce,
    given: ({ routeTableId, subnetId }) => ({ routeTableId, subnetId }),
    updated: ({ otherTableId, subnetId }) => ({ routeTableId: otherTableId, subnetId }),
    replacing: () => ({ subnetId: "subnet-1" }),
    importId: ({ inputs }) => `${textOf(inputs, "subnetId")}/${textOf(inputs, "routeTableId")}`,
});

testLifecycle({
    token: "aws:ec2/eip:Eip",
    given: () => ({ domain: "vpc", tags: { Name: "one" } }),
    updated: () => ({ domain: "vpc", tags: { Name: "two" } }),
    replacing: () => ({ domain: "standard" }),
});

testLifecycle({
    token: "aws:ec2/natGateway:NatGateway",
    needs: async () => {
        const { network } = await testWorld();
        return { subnetId: (await network()).subnets[1], allocationId: (await made("aws:ec2/eip:Eip", "nat", () => ({}))).id };
    },
    given: ({ subnetId, allocationId }) => ({ subnetId, allocationId, tags: { Name: "one" } }),
    updated: ({ subnetId, allocationId }) => ({ subnetId, allocationId, tags: { Name: "two" } }),
    replacing: () => ({ subnetId: "subnet-1", allocationId: "eipalloc-1", connectivityType: "private" }),
});

testLifecycle({
    token: "aws:ec2/securityGroup:SecurityGroup",
    given: ({ vpcId }) => ({ vpcId, description: "Tasks", tags: { Name: "one" } }),
    updated: ({ vpcId }) => ({ vpcId, description: "Tasks", tags: { Name: "two" } }),
    replacing: () => ({ vpcId: "vpc-1", name: "other", description: "Others" }),
});

for (const direction of ["Ingress", "Egress"]) {
    testLifecycle({
        token: `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
        given: ({ securityGroupId }) => ({
            securityGroupId,
            ipProtocol: "tcp",
            fromPort: 443,
            toPort: 443,
            cidrIpv4: "192.0.2.0/24",
            description: "The office",
            tags: { Name: "one" },
        }),
        updated: ({ securityGroupId }) => ({
            securityGroupId,
            ipProtocol: "-1",
            cidrIpv4: "198.51.100.0/24",
            description: "The other office",
            tags: { Name: "two" },
        }),
        replacing: () => ({ securityGroupId: "sg-1" }),
    });
}
