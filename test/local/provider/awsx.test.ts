import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { parseCidr, sizeOf } from "../../../local/provider/awsx/cidr";
import { planSubnets, type SubnetSpec } from "../../../local/provider/awsx/subnetPlan";
import { constructVpc } from "../../../local/provider/awsx/vpc";
import { readVpcArgs } from "../../../local/provider/awsx/vpcArgs";

const zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];

function layout(cidr: string, count: number, specs?: readonly SubnetSpec[]): readonly string[] {
    return planSubnets("net", cidr, zones.slice(0, count), specs).map(({ name, zone, cidr: own }) => `${name} ${zone.at(-1) ?? ""} ${own}`);
}

describe("the subnets of awsx.ec2.Vpc", () => {
    it("divide the range evenly among zones and specs", () => {
        assert.deepEqual(layout("10.0.0.0/16", 2, [{ type: "Public" }, { type: "Private" }]), [
            "net-public-1 a 10.0.0.0/18",
            "net-private-1 a 10.0.64.0/18",
            "net-public-2 b 10.0.128.0/18",
            "net-private-2 b 10.0.192.0/18",
        ]);
    });

    it("are a large private and a smaller public one in each zone without specs", () => {
        assert.deepEqual(layout("10.0.0.0/16", 3), [
            "net-public-1 a 10.0.32.0/20",
            "net-private-1 a 10.0.0.0/19",
            "net-public-2 b 10.0.96.0/20",
            "net-private-2 b 10.0.64.0/19",
            "net-public-3 c 10.0.160.0/20",
            "net-private-3 c 10.0.128.0/19",
        ]);
    });

    it("stand where their size allows, with gaps where they must", () => {
        const specs: readonly SubnetSpec[] = [
            { type: "Public", cidrMask: 24 },
            { type: "Unused", cidrMask: 24 },
            { type: "Private", cidrMask: 20, name: "tasks" },
            { type: "Isolated", cidrMask: 24, name: "data" },
        ];
        assert.deepEqual(layout("10.1.0.0/16", 1, specs), [
            "net-public-1 a 10.1.0.0/24",
            "net-tasks-1 a 10.1.16.0/20",
            "net-data-1 a 10.1.32.0/24",
        ]);
    });

    const refused: readonly (readonly [title: string, cidr: string, specs: readonly SubnetSpec[], message: RegExp])[] = [
        ["a range that is none", "10.0.0.0", [], /^Error: cidrBlock must be an IPv4 range, such as 10\.0\.0\.0\/16$/],
        [
            "subnets that do not fit",
            "10.0.0.0/24",
            [
                { type: "Public", cidrMask: 25 },
                { type: "Private", cidrMask: 24 },
            ],
            /^Error: Subnets are too large for VPC\. A zone has 128 addresses, but its subnets require 512 addresses\.$/,
        ],
        [
            "two of one name",
            "10.0.0.0/16",
            [{ type: "Public" }, { type: "Public" }],
            /^Error: Multiple subnet specs are named "public"; give each one a name of its own$/,
        ],
    ];
    for (const [title, cidr, specs, message] of refused) {
        it(`fails on ${title}`, () => {
            assert.throws(() => layout(cidr, 2, specs), message);
        });
    }

    it("never overlap, and never leave the range", () => {
        const specs = fc.uniqueArray(
            fc.record({
                type: fc.constantFrom("Public", "Private", "Isolated" as const),
                name: fc.stringMatching(/^[a-z]{1,6}$/),
                cidrMask: fc.integer({ min: 20, max: 28 }),
            }),
            { minLength: 1, maxLength: 4, selector: ({ name }) => name },
        );
        fc.assert(
            fc.property(fc.integer({ min: 16, max: 20 }), fc.integer({ min: 1, max: 3 }), specs, (bits, count, given) => {
                let planned;
                try {
                    planned = planSubnets("net", `10.0.0.0/${bits}`, zones.slice(0, count), given);
                } catch {
                    return; // too large
                }
                const ranges = planned
                    .map(({ cidr }) => parseCidr(cidr))
                    .map((range) => [range?.base ?? 0, (range?.base ?? 0) + sizeOf(range?.bits ?? 0)] as const);
                const [start, end] = [10 * 2 ** 24, 10 * 2 ** 24 + sizeOf(bits)];
                assert.ok(ranges.every(([first, last]) => first >= start && last <= end));
                const sorted = ranges.toSorted(([one], [other]) => one - other);
                assert.ok(sorted.every(([first], index) => index === 0 || first >= (sorted[index - 1]?.[1] ?? 0)));
                assert.equal(planned.length, count * given.length);
            }),
        );
    });
});

describe("the arguments of awsx.ec2.Vpc", () => {
    it("have awsx's defaults", () => {
        assert.deepEqual(readVpcArgs({ subnetStrategy: "Auto" }), {
            cidrBlock: "10.0.0.0/16",
            numberOfAvailabilityZones: 3,
            natGateways: { strategy: "OnePerAz" },
            subnetStrategy: "Auto",
        });
    });

    const refused: readonly (readonly [title: string, inputs: pulumi.Inputs, message: string])[] = [
        [
            "one that it does not know",
            { subnetStrategy: "Auto", vpcEndpointSpecs: [] },
            'vpcEndpointSpecs: the local AWS provider has no argument "vpcEndpointSpecs" for awsx:ec2:Vpc; it has cidrBlock, availabilityZoneNames, ' +
                "numberOfAvailabilityZones, natGateways, subnetStrategy, subnetSpecs, enableDnsSupport, enableDnsHostnames, tags",
        ],
        ["no strategy, which would be awsx's old one", {}, "subnetStrategy: is required"],
        ["another strategy", { subnetStrategy: "Exact" }, "subnetStrategy: must be one of Auto"],
        [
            "a range that is not known",
            { subnetStrategy: "Auto", cidrBlock: pulumi.output("10.0.0.0/16") },
            "cidrBlock: must be a plain value",
        ],
        [
            "zones by name and by number",
            { subnetStrategy: "Auto", availabilityZoneNames: ["a"], numberOfAvailabilityZones: 1 },
            "availabilityZoneNames: cannot stand beside numberOfAvailabilityZones",
        ],
    ];
    for (const [title, inputs, message] of refused) {
        it(`fail on ${title}`, () => {
            assert.throws(() => readVpcArgs(inputs), { message });
        });
    }
});

describe("awsx.ec2.Vpc", () => {
    interface Made {
        readonly type: string;
        readonly name: string;
        readonly inputs: Readonly<Record<string, unknown>>;
    }
    let made: Made[];
    let urns: string[];

    beforeEach(async () => {
        made = [];
        await pulumi.runtime.setMocks({
            newResource: ({ type, name, inputs }) => {
                made.push({ type, name, inputs: inputs as Made["inputs"] });
                return { id: `${name}-id`, state: { ...(inputs as object), allocationId: `${name}-allocation` } };
            },
            call: () => ({ names: zones }),
        });
    });

    async function construct(inputs: pulumi.Inputs): Promise<Readonly<Record<string, unknown>>> {
        const { state } = await constructVpc("net", { subnetStrategy: "Auto", ...inputs }, {});
        const outputs = await new Promise<Readonly<Record<string, unknown>>>((resolve) =>
            pulumi.output(state).apply((all) => resolve(all as Readonly<Record<string, unknown>>)),
        );
        const children = [
            outputs["vpc"],
            outputs["internetGateway"],
            outputs["subnets"],
            outputs["routeTables"],
            outputs["routeTableAssociations"],
            outputs["routes"],
            outputs["natGateways"],
            outputs["eips"],
        ].flat();
        urns = await Promise.all(children.map((child) => new Promise<string>((resolve) => (child as pulumi.Resource).urn.apply(resolve))));
        return outputs;
    }

    it("makes the children of awsx, with their names and parents", async () => {
        await construct({
            numberOfAvailabilityZones: 1,
            natGateways: { strategy: "Single" },
            subnetSpecs: [{ type: "Public" }, { type: "Private" }],
        });
        const [component, vpc, subnet, table] = [
            "awsx:ec2:Vpc",
            "aws:ec2/vpc:Vpc",
            "aws:ec2/subnet:Subnet",
            "aws:ec2/routeTable:RouteTable",
        ];
        assert.deepEqual(
            urns.map((urn) => urn.split("::").slice(2).join(" ").replace("$", " > ")).sort(),
            [
                `${component} > ${vpc} net`,
                `${vpc} > aws:ec2/internetGateway:InternetGateway net`,
                `${vpc} > ${subnet} net-private-1`,
                `${vpc} > ${subnet} net-public-1`,
                `${subnet} > aws:ec2/eip:Eip net-1`,
                `${subnet} > aws:ec2/natGateway:NatGateway net-1`,
                `${subnet} > ${table} net-private-1`,
                `${subnet} > ${table} net-public-1`,
                `${table} > aws:ec2/route:Route net-private-1`,
                `${table} > aws:ec2/route:Route net-public-1`,
                `${table} > aws:ec2/routeTableAssociation:RouteTableAssociation net-private-1`,
                `${table} > aws:ec2/routeTableAssociation:RouteTableAssociation net-public-1`,
            ].sort(),
        );
    });

    it("leads public subnets through the internet gateway and private ones through the NAT gateway of their zone", async () => {
        const outputs = await construct({
            numberOfAvailabilityZones: 2,
            subnetSpecs: [{ type: "Public" }, { type: "Private" }],
            tags: { team: "a" },
        });
        const routes = made
            .filter(({ type }) => type === "aws:ec2/route:Route")
            .map(({ name, inputs }) => [name, inputs["gatewayId"] ?? inputs["natGatewayId"]]);
        assert.deepEqual(Object.fromEntries(routes), {
            "net-public-1": "net-id",
            "net-public-2": "net-id",
            "net-private-1": "net-1-id",
            "net-private-2": "net-2-id",
        });
        assert.deepEqual(outputs["publicSubnetIds"], ["net-public-1-id", "net-public-2-id"]);
        assert.deepEqual(outputs["privateSubnetIds"], ["net-private-1-id", "net-private-2-id"]);
        assert.equal(outputs["vpcId"], "net-id");
        const subnet = made.find(({ type, name }) => type === "aws:ec2/subnet:Subnet" && name === "net-public-1");
        assert.deepEqual(subnet?.inputs, {
            vpcId: "net-id",
            availabilityZone: "eu-west-1a",
            cidrBlock: "10.0.0.0/18",
            mapPublicIpOnLaunch: true,
            assignIpv6AddressOnCreation: false,
            tags: { Name: "net-public-1", SubnetType: "Public", team: "a" },
        });
    });

    it("has no NAT gateway, no address and no way out of private subnets without one", async () => {
        await construct({
            availabilityZoneNames: ["eu-west-1b"],
            natGateways: { strategy: "None" },
            subnetSpecs: [{ type: "Public" }, { type: "Private" }],
        });
        assert.deepEqual(
            made.map(({ type }) => type).filter((type) => /natGateway|eip/.test(type)),
            [],
        );
        assert.deepEqual(
            made.filter(({ type }) => type === "aws:ec2/route:Route").map(({ name }) => name),
            ["net-public-1"],
        );
    });

    it("fails on NAT gateways without a public subnet to stand in", async () => {
        await assert.rejects(
            construct({ subnetSpecs: [{ type: "Private" }] }),
            /^Error: If NAT Gateway strategy is 'OnePerAz' or 'Single', public subnets must be declared/,
        );
    });

    it("fails on more zones than there are", async () => {
        await assert.rejects(
            construct({ numberOfAvailabilityZones: 4 }),
            /^Error: the Region does not have at least 4 Availability Zones; it has 3$/,
        );
    });
});
