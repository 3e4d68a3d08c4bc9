import assert from "node:assert/strict";
import { Service, type ServiceArgs } from "../../components/service/service";
import { deploy } from "../support/deploy";
import { kindsAndNames, theOne } from "../support/registered";

const args: ServiceArgs = {
    serviceName: "worker",
    clusterArn: "arn:cluster",
    definitionArn: "arn:definition:7",
    count: 2,
    capacity: "FARGATE_SPOT",
    network: { taskSubnetIds: ["subnet-a", "subnet-b"], taskSecurityGroupId: "sg-tasks", assignPublicIp: true },
    namespaceId: "ns-1",
};

const worker = {
    name: "worker",
    cluster: "arn:cluster",
    taskDefinition: "arn:definition:7",
    desiredCount: 2,
    capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1, base: 0 }],
    forceNewDeployment: true,
    networkConfiguration: { subnets: ["subnet-a", "subnet-b"], securityGroups: ["sg-tasks"], assignPublicIp: true },
    serviceRegistries: { registryArn: "arn:aws:mock:::staging-worker-discovery" },
    deploymentMinimumHealthyPercent: 100,
    deploymentMaximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
    enableExecuteCommand: true,
    enableEcsManagedTags: true,
    propagateTags: "SERVICE",
    forceDelete: true,
};

describe("a service", () => {
    it("without a target gets no requests through a load balancer", async () => {
        const { resources } = await deploy(() => new Service("staging-worker", args));

        assert.deepEqual(kindsAndNames(resources), ["Service staging-worker", "Service staging-worker-discovery", "Service staging-worker-ecs"]);
        assert.deepEqual(theOne(resources, "Service", "staging-worker-ecs").inputs, worker);
    });

    it("with a target gets time to start before its health checks count", async () => {
        const target = { targetGroupArn: "arn:target", containerName: "worker", containerPort: 8080 };
        const { resources } = await deploy(() => new Service("staging-worker", { ...args, target }));
        assert.deepEqual(theOne(resources, "Service", "staging-worker-ecs").inputs, { ...worker, loadBalancers: [target], healthCheckGracePeriodSeconds: 60 });
    });

    it("is found by an address record that is soon forgotten", async () => {
        const { resources } = await deploy(() => new Service("staging-worker", args));
        assert.deepEqual(theOne(resources, "Service", "staging-worker-discovery").inputs, {
            name: "worker",
            dnsConfig: { namespaceId: "ns-1", routingPolicy: "MULTIVALUE", dnsRecords: [{ type: "A", ttl: 10 }] },
            healthCheckCustomConfig: { failureThreshold: 1 },
            forceDestroy: true,
        });
    });
});
