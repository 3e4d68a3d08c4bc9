import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { planSubnets, type PlannedSubnet } from "./subnetPlan";
import { readVpcArgs, refuseUselessNat, type VpcArgs } from "./vpcArgs";

/** Makes `awsx.ec2.Vpc` for a program that asks the engine for one. */
export async function constructVpc(
    name: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
): Promise<pulumi.provider.ConstructResult> {
    const args = readVpcArgs(inputs);
    refuseUselessNat(args);
    const zones = args.availabilityZoneNames ?? (await firstZones(args.numberOfAvailabilityZones, options));
    const vpc = new Vpc(name, args, zones, options);
    return { urn: vpc.urn, state: vpc.outputs };
}

/** A subnet and what belongs to it alone. */
interface SubnetParts {
    readonly plan: PlannedSubnet;
    readonly subnet: aws.ec2.Subnet;
    readonly routeTable: aws.ec2.RouteTable;
    readonly association: aws.ec2.RouteTableAssociation;
}

/** A NAT gateway with its address. */
interface NatParts {
    readonly zone: string;
    readonly eip: aws.ec2.Eip;
    readonly natGateway: aws.ec2.NatGateway;
}

/** A VPC with subnets, gateways and routes: the same children with the same names and parents as those of awsx. */
class Vpc extends pulumi.ComponentResource {
    readonly outputs: pulumi.Inputs;

    constructor(name: string, args: VpcArgs, zones: readonly string[], opts: pulumi.ComponentResourceOptions) {
        super("awsx:ec2:Vpc", name, {}, opts);

        const planned = planSubnets(name, args.cidrBlock, zones, args.subnetSpecs);
        const vpc = this.createVpc(name, args);
        const gateway = this.createInternetGateway(name, args, vpc);
        const subnets = planned.map((plan) => createSubnet(name, args, vpc, plan));
        const nats = natZones(args, zones).map((zone) => createNat(`${name}-${zones.indexOf(zone) + 1}`, args, zone, subnets));
        const routes = subnets.flatMap((parts) => createRoute(parts, gateway, nats));

        const ofType = (type: PlannedSubnet["type"]): aws.ec2.Subnet[] =>
            subnets.filter(({ plan }) => plan.type === type).map(({ subnet }) => subnet);
        const ids = (type: PlannedSubnet["type"]): pulumi.Output<string>[] => ofType(type).map(({ id }) => id);
        this.outputs = {
            vpc,
            vpcId: vpc.id,
            internetGateway: gateway,
            subnets: subnets.map(({ subnet }) => subnet),
            publicSubnets: ofType("Public"),
            privateSubnets: ofType("Private"),
            isolatedSubnets: ofType("Isolated"),
            publicSubnetIds: ids("Public"),
            privateSubnetIds: ids("Private"),
            isolatedSubnetIds: ids("Isolated"),
            routeTables: subnets.map(({ routeTable }) => routeTable),
            routeTableAssociations: subnets.map(({ association }) => association),
            routes,
            natGateways: nats.map(({ natGateway }) => natGateway),
            eips: nats.map(({ eip }) => eip),
            vpcEndpoints: [],
        };
        this.registerOutputs(this.outputs);
    }

    private createVpc(name: string, { cidrBlock, enableDnsSupport, enableDnsHostnames, tags }: VpcArgs): aws.ec2.Vpc {
        return new aws.ec2.Vpc(name, { cidrBlock, enableDnsSupport, enableDnsHostnames, tags: named(name, tags) }, { parent: this });
    }

    private createInternetGateway(name: string, { tags }: VpcArgs, vpc: aws.ec2.Vpc): aws.ec2.InternetGateway {
        return new aws.ec2.InternetGateway(name, { vpcId: vpc.id, tags: named(name, tags) }, { parent: vpc, dependsOn: [vpc] });
    }
}

function createSubnet(name: string, { tags }: VpcArgs, vpc: aws.ec2.Vpc, plan: PlannedSubnet): SubnetParts {
    const shared = named(name, tags);
    const subnet = new aws.ec2.Subnet(
        plan.name,
        {
            vpcId: vpc.id,
            availabilityZone: plan.zone,
            mapPublicIpOnLaunch: plan.type === "Public",
            cidrBlock: plan.cidr,
            assignIpv6AddressOnCreation: false,
            tags: pulumi.output(shared).apply((all) => ({ ...all, ...plan.tags, Name: plan.name, SubnetType: plan.type })),
        },
        { parent: vpc, dependsOn: [vpc] },
    );
    const routeTable = new aws.ec2.RouteTable(
        plan.name,
        { vpcId: vpc.id, tags: pulumi.output(shared).apply((all) => ({ ...all, Name: plan.name, SubnetType: plan.type })) },
        { parent: subnet, dependsOn: [subnet] },
    );
    const association = new aws.ec2.RouteTableAssociation(
        plan.name,
        { routeTableId: routeTable.id, subnetId: subnet.id },
        { parent: routeTable, dependsOn: [routeTable] },
    );
    return { plan, subnet, routeTable, association };
}

function createNat(name: string, { tags }: VpcArgs, zone: string, subnets: readonly SubnetParts[]): NatParts {
    const subnet = subnets.find(({ plan }) => plan.type === "Public" && plan.zone === zone)?.subnet;
    if (subnet === undefined) throw new Error(`a NAT gateway needs a public subnet in ${zone}`);
    const own = pulumi.output(tags ?? {}).apply((all) => ({ ...all, Name: name }));
    const eip = new aws.ec2.Eip(name, { tags: own }, { parent: subnet, dependsOn: [subnet] });
    const natGateway = new aws.ec2.NatGateway(
        name,
        { subnetId: subnet.id, allocationId: eip.allocationId, tags: own },
        { parent: subnet, dependsOn: [subnet] },
    );
    return { zone, eip, natGateway };
}

/** The way out of a subnet, if it has any. */
function createRoute(
    { plan, routeTable }: SubnetParts,
    gateway: aws.ec2.InternetGateway,
    nats: readonly NatParts[],
): readonly aws.ec2.Route[] {
    const nat = nats.find(({ zone }) => zone === plan.zone) ?? nats[0];
    const target =
        plan.type === "Public"
            ? { gatewayId: gateway.id }
            : plan.type === "Private" && nat !== undefined
              ? { natGatewayId: nat.natGateway.id }
              : undefined;
    if (target === undefined) return [];
    const args = { routeTableId: routeTable.id, destinationCidrBlock: "0.0.0.0/0", ...target };
    return [new aws.ec2.Route(plan.name, args, { parent: routeTable, dependsOn: [routeTable] })];
}

function natZones({ natGateways: { strategy } }: VpcArgs, zones: readonly string[]): readonly string[] {
    if (strategy === "None") return [];
    return strategy === "Single" ? zones.slice(0, 1) : zones;
}

function named(name: string, tags: VpcArgs["tags"]): pulumi.Output<Record<string, string>> {
    return pulumi.output(tags ?? {}).apply((all): Record<string, string> => ({ Name: name, ...all }));
}

async function firstZones(count: number, { providers }: pulumi.ComponentResourceOptions): Promise<readonly string[]> {
    const provider = Array.isArray(providers) ? undefined : providers?.["aws"];
    const { names } = await aws.getAvailabilityZones({}, provider === undefined ? {} : { provider });
    if (names.length >= count) return names.slice(0, count);
    throw new Error(`the Region does not have at least ${count} Availability Zones; it has ${names.length}`);
}
