import assert from "node:assert/strict";
import { Network } from "../../components/network/network";
import { planNetwork } from "../../components/network/plan";
import { deploy } from "../support/deploy";
import { inputsOf, kindsAndNames } from "../support/registered";

const created = { cidr: "10.20.0.0/16", zones: 2, nat: "none" } as const;
const existing = { vpcId: "vpc-1", publicSubnetIds: ["subnet-a", "subnet-b"], privateSubnetIds: ["subnet-c"] };

describe("the plan of a network", () => {
    for (const { nat, natGateways, subnetTypes, taskSubnets, assignPublicIp } of [
        { nat: "none", natGateways: "None", subnetTypes: ["Public"], taskSubnets: "Public", assignPublicIp: true },
        { nat: "single", natGateways: "Single", subnetTypes: ["Public", "Private"], taskSubnets: "Private", assignPublicIp: false },
        { nat: "perZone", natGateways: "OnePerAz", subnetTypes: ["Public", "Private"], taskSubnets: "Private", assignPublicIp: false },
    ] as const) {
        it(`puts tasks into ${taskSubnets.toLowerCase()} subnets with nat ${nat}`, () => {
            const plan = { kind: "created", cidr: "10.20.0.0/16", zones: 2, natGateways, subnetTypes, taskSubnets, assignPublicIp };
            assert.deepEqual(planNetwork({ ...created, nat }), plan);
        });
    }

    it("puts tasks into the private subnets of an existing network", () => {
        assert.deepEqual(planNetwork(existing), {
            kind: "existing",
            vpcId: "vpc-1",
            publicSubnetIds: ["subnet-a", "subnet-b"],
            taskSubnetIds: ["subnet-c"],
            assignPublicIp: false,
        });
    });

    it("gives tasks public addresses where an existing network has no private subnets", () => {
        const { assignPublicIp, ...plan } = planNetwork({ ...existing, privateSubnetIds: [] });
        assert.equal(assignPublicIp, true);
        assert.deepEqual("taskSubnetIds" in plan && plan.taskSubnetIds, ["subnet-a", "subnet-b"]);
    });
});

describe("a network", () => {
    it("makes a VPC and one group of tasks, which only its own members can reach", async () => {
        const { resources } = await deploy(() => new Network("network", { network: created }));

        assert.deepEqual(kindsAndNames(resources), [
            "Network network",
            "SecurityGroup network-tasks",
            "SecurityGroupEgressRule network-tasks-to-all",
            "SecurityGroupIngressRule network-tasks-from-tasks",
            "Vpc network-vpc",
        ]);
        assert.deepEqual(inputsOf(resources, "Vpc"), {
            "network-vpc": {
                cidrBlock: "10.20.0.0/16",
                numberOfAvailabilityZones: 2,
                natGateways: { strategy: "None" },
                subnetStrategy: "Auto",
                subnetSpecs: [{ type: "Public" }],
                enableDnsSupport: true,
                enableDnsHostnames: true,
            },
        });
        assert.deepEqual(inputsOf(resources, "SecurityGroup"), {
            "network-tasks": { vpcId: "network-vpc-id", description: "All tasks of the environment and its branches" },
        });
        assert.deepEqual(inputsOf(resources, "SecurityGroupIngressRule"), {
            "network-tasks-from-tasks": {
                securityGroupId: "network-tasks-id",
                referencedSecurityGroupId: "network-tasks-id",
                ipProtocol: "-1",
                description: "Tasks reach each other",
            },
        });
    });

    for (const [nat, subnets] of [
        ["none", ["network-vpc-public-a", "network-vpc-public-b"]],
        ["single", ["network-vpc-private-a", "network-vpc-private-b"]],
    ] as const) {
        it(`hands out the subnets of tasks with nat ${nat}`, async () => {
            const { outputs } = await deploy(() => ({ subnets: new Network("network", { network: { ...created, nat } }).taskSubnetIds }));
            assert.deepEqual(outputs, { subnets });
        });
    }

    it("hands out an existing network as if it had made it, and makes only the group of tasks", async () => {
        const { resources, outputs } = await deploy(() => {
            const { vpcId, publicSubnetIds, taskSubnetIds, assignPublicIp, taskSecurityGroupId } = new Network("network", { network: existing });
            return { vpcId, publicSubnetIds, taskSubnetIds, assignPublicIp, taskSecurityGroupId };
        });

        assert.deepEqual(kindsAndNames(resources), [
            "Network network",
            "SecurityGroup network-tasks",
            "SecurityGroupEgressRule network-tasks-to-all",
            "SecurityGroupIngressRule network-tasks-from-tasks",
        ]);
        assert.deepEqual(outputs, {
            vpcId: "vpc-1",
            publicSubnetIds: ["subnet-a", "subnet-b"],
            taskSubnetIds: ["subnet-c"],
            assignPublicIp: false,
            taskSecurityGroupId: "network-tasks-id",
        });
    });
});
