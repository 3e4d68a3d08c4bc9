import { textOf } from "../../../local/provider/state";
import { testLifecycle } from "./support/lifecycle";
import { testWorld } from "./support/world";

const container = (changes: object = {}) => ({
    name: "web",
    image: "222222222222.dkr.ecr.eu-west-1.amazonaws.com/shop/web@sha256:aa",
    portMappings: [{ containerPort: 8080 }],
    environment: [
        { name: "B", value: "2" },
        { name: "A", value: "1" },
    ],
    ...changes,
});
const fargate = { family: "web", cpu: "256", memory: "512", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] };

testLifecycle({
    token: "aws:ecs/cluster:Cluster",
    given: () => ({ settings: [{ name: "containerInsights", value: "disabled" }], tags: { Name: "one" } }),
    updated: () => ({ settings: [{ name: "containerInsights", value: "enabled" }], tags: { Name: "two" } }),
    replacing: () => ({ name: "other" }),
});

testLifecycle({
    token: "aws:ecs/taskDefinition:TaskDefinition",
    needs: async () => {
        const { engine } = await testWorld();
        const assumeRolePolicy = JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
        });
        return textOf((await engine.create("aws:iam/role:Role", "task", { assumeRolePolicy })).outputs, "arn");
    },
    given: (role) => ({
        ...fargate,
        containerDefinitions: JSON.stringify([container()]),
        executionRoleArn: role,
        taskRoleArn: role,
        runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
        ephemeralStorage: { sizeInGib: 30 },
        volumes: [{ name: "data" }],
        tags: { Name: "one" },
    }),
    updated: (role) => ({
        ...fargate,
        containerDefinitions: JSON.stringify([container()]),
        executionRoleArn: role,
        taskRoleArn: role,
        runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
        ephemeralStorage: { sizeInGib: 30 },
        volumes: [{ name: "data" }],
        tags: { Name: "two" },
    }),
    unchanged: ["skipDestroy"],
    replacing: () => ({
        family: "other",
        cpu: "512",
        memory: "1024",
        networkMode: "host",
        requiresCompatibilities: ["EC2"],
        containerDefinitions: JSON.stringify([container({ image: "other" })]),
        executionRoleArn: "arn:aws:iam::222222222222:role/other",
        taskRoleArn: "arn:aws:iam::222222222222:role/other",
        runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },
        ephemeralStorage: { sizeInGib: 40 },
        volumes: [{ name: "cache" }],
    }),
    importId: ({ outputs }) => textOf(outputs, "arn"),
});

async function serviceNeeds() {
    const { engine, network } = await testWorld();
    const net = await network();
    const { id: cluster } = await engine.create("aws:ecs/cluster:Cluster", "services", {});
    const capacity = await engine.create("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "services", {
        clusterName: cluster.split("/").at(-1) ?? "",
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
    });
    const define = async (image: string): Promise<string> => {
        const definition = { ...fargate, family: "service", containerDefinitions: JSON.stringify([container({ image })]) };
        return textOf((await engine.create("aws:ecs/taskDefinition:TaskDefinition", image, definition)).outputs, "arn");
    };
    const { id: namespaceId } = await engine.create("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", "services", {
        name: "services.internal",
        vpc: net.vpcId,
    });
    const registry = async (name: string): Promise<string> => {
        const dnsConfig = { namespaceId, dnsRecords: [{ type: "A", ttl: 10 }] };
        return textOf((await engine.create("aws:servicediscovery/service:Service", name, { name, dnsConfig })).outputs, "arn");
    };
    return {
        ...net,
        cluster,
        capacity,
        definitions: [await define("one"), await define("two")] as const,
        registries: [await registry("one"), await registry("two")] as const,
    };
}
let needs: ReturnType<typeof serviceNeeds> | undefined;
const needsOnce = () => (needs ??= serviceNeeds());

testLifecycle({
    token: "aws:ecs/service:Service",
    needs: needsOnce,
    given: ({ cluster, definitions, subnets, securityGroupId, registries }) => ({
        cluster,
        taskDefinition: definitions[0],
        desiredCount: 1,
        capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
        networkConfiguration: { subnets, securityGroups: [securityGroupId], assignPublicIp: true },
        serviceRegistries: { registryArn: registries[0] },
        deploymentCircuitBreaker: { enable: true, rollback: true },
        forceDelete: true,
        waitForSteadyState: false,
        tags: { Name: "one" },
    }),
    updated: ({ cluster, definitions, subnets, registries, targetGroupArn }) => ({
        cluster,
        taskDefinition: definitions[1],
        desiredCount: 3,
        capacityProviderStrategies: [
            { capacityProvider: "FARGATE_SPOT", weight: 3, base: 0 },
            { capacityProvider: "FARGATE", weight: 1, base: 1 },
        ],
        platformVersion: "1.4.0",
        deploymentMaximumPercent: 150,
        deploymentMinimumHealthyPercent: 50,
        deploymentCircuitBreaker: { enable: true, rollback: false },
        availabilityZoneRebalancing: "ENABLED",
        enableExecuteCommand: true,
        enableEcsManagedTags: true,
        propagateTags: "SERVICE",
        healthCheckGracePeriodSeconds: 30,
        networkConfiguration: { subnets: [subnets[0]], securityGroups: [], assignPublicIp: false },
        loadBalancers: [{ targetGroupArn, containerName: "web", containerPort: 8080 }],
        serviceRegistries: { registryArn: registries[1] },
        forceNewDeployment: true,
        forceDelete: true,
        tags: { Name: "two" },
    }),
    unchanged: ["forceDelete", "waitForSteadyState"],
    replacing: () => ({ name: "other", cluster: "arn:aws:ecs:eu-west-1:222222222222:cluster/other", launchType: "FARGATE" }),
    importId: ({ id }) => id.split("/").slice(1).join("/"),
    lostInImport: ["forceDelete"],
});

testLifecycle({
    token: "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    needs: async () => {
        const { engine } = await testWorld();
        return textOf((await engine.create("aws:ecs/cluster:Cluster", "capacity", {})).outputs, "name");
    },
    given: (clusterName) => ({
        clusterName,
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
    }),
    updated: (clusterName) => ({
        clusterName,
        capacityProviders: ["FARGATE"],
        defaultCapacityProviderStrategies: [{ capacityProvider: "FARGATE", weight: 1, base: 1 }],
    }),
    replacing: () => ({ clusterName: "other" }),
    leavesNoTrace: false,
});
