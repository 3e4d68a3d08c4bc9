import assert from "node:assert/strict";
import {
    CreateServiceCommand,
    DeleteClusterCommand,
    DeleteServiceCommand,
    DescribeServicesCommand,
    ECSClient,
    ListServicesCommand,
    UpdateServiceCommand,
    type CreateServiceCommandInput,
    type Service,
} from "@aws-sdk/client-ecs";
import { cluster, createEcsFixture } from "./ecsFixture";
import type { Network } from "./network";
import { emulatorForTests, place, refusalOf, type TestEmulator } from "./support";

describe("emulator: ECS services", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let ecs: ECSClient;
    let network: Network;
    let used: string;
    let unused: string;
    let forInstances: string;

    before(async () => {
        emulator = await emulatorForTests();
        ecs = new ECSClient(emulator.staging);
        ({ network, used, unused, forInstances } = await createEcsFixture(emulator.staging));
    });
    after(() => emulator.stop());

    const input = (serviceName: string, more: Partial<CreateServiceCommandInput> = {}): CreateServiceCommandInput => ({
        cluster,
        serviceName,
        taskDefinition: "web:1",
        desiredCount: 2,
        launchType: "FARGATE",
        networkConfiguration: { awsvpcConfiguration: { subnets: [...network.subnetIds] } },
        ...more,
    });
    const create = (serviceName: string, more?: Partial<CreateServiceCommandInput>): Promise<Service> =>
        ecs.send(new CreateServiceCommand(input(serviceName, more))).then(({ service }) => service!);
    const describeService = async (name: string): Promise<Service> =>
        (await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }))).services![0]!;
    const deploymentsOf = ({ deployments }: Service): unknown =>
        deployments!.map(({ status, taskDefinition, rolloutState, desiredCount, runningCount, pendingCount }) => [
            `${status!} ${taskDefinition!.split("/")[1]!} ${rolloutState!}`,
            [desiredCount, runningCount, pendingCount],
        ]);
    /** Starts one task of the PRIMARY deployment and reports it RUNNING; returns its id. */
    const runOne = async (service: string): Promise<string> => {
        const primary = (await describeService(service)).deployments!.find(({ status }) => status === "PRIMARY")!;
        const { taskId } = await emulator.control.createTask(place, cluster, { service, deploymentId: primary.id! });
        await emulator.control.reportTask(place, cluster, taskId, { lastStatus: "RUNNING" });
        return taskId;
    };
    const complete = async (service: string): Promise<unknown> => {
        const primary = (await describeService(service)).deployments!.find(({ status }) => status === "PRIMARY")!;
        return emulator.control.reportService(place, cluster, service, { deployments: [{ id: primary.id!, rolloutState: "COMPLETED" }] });
    };

    it("makes a service without security groups, in progress, with nothing running", async () => {
        const service = await create("plain");
        assert.deepEqual(deploymentsOf(service), [["PRIMARY web:1 IN_PROGRESS", [2, 0, 0]]]);
        assert.deepEqual(service.networkConfiguration, {
            awsvpcConfiguration: { assignPublicIp: "DISABLED", securityGroups: [], subnets: network.subnetIds },
        });
        assert.equal(service.serviceArn, `arn:aws:ecs:eu-west-1:222222222222:service/staging/plain`);
    });

    it("takes the cluster's capacity providers, and keeps every argument", async () => {
        const service = await create("kept", {
            launchType: undefined,
            capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1, base: 0 }],
            deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true }, minimumHealthyPercent: 50 },
            enableExecuteCommand: true,
            enableECSManagedTags: true,
            healthCheckGracePeriodSeconds: 30,
            loadBalancers: [{ targetGroupArn: used, containerName: "web", containerPort: 8080 }],
            propagateTags: "SERVICE",
            tags: [{ key: "understudy:app", value: "shop" }],
        });
        const { launchType, capacityProviderStrategy, deploymentConfiguration, enableExecuteCommand, healthCheckGracePeriodSeconds } =
            service;
        assert.deepEqual(
            { launchType, capacityProviderStrategy, deploymentConfiguration, enableExecuteCommand, healthCheckGracePeriodSeconds },
            {
                launchType: undefined,
                capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1, base: 0 }],
                deploymentConfiguration: {
                    deploymentCircuitBreaker: { enable: true, rollback: true },
                    maximumPercent: 200,
                    minimumHealthyPercent: 50,
                },
                enableExecuteCommand: true,
                healthCheckGracePeriodSeconds: 30,
            },
        );
        assert.deepEqual(service.loadBalancers, [{ targetGroupArn: used, containerName: "web", containerPort: 8080 }]);
        const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: ["kept"], include: ["TAGS"] }));
        assert.deepEqual(services![0]!.tags, [{ key: "understudy:app", value: "shop" }]);
    });

    it("begins a deployment when tasks are concerned, and only then", async () => {
        await create("rolling");
        const update = async (more: object): Promise<number> =>
            (await ecs.send(new UpdateServiceCommand({ cluster, service: "rolling", ...more }))).service!.deployments!.length;
        assert.equal(await update({ desiredCount: 3 }), 1);
        assert.equal(await update({ taskDefinition: "web:1" }), 1);
        assert.equal(await update({ deploymentConfiguration: { maximumPercent: 150 } }), 1);
        assert.equal(await update({ taskDefinition: "web:2" }), 2);
        assert.equal(await update({ forceNewDeployment: true }), 3);
        assert.deepEqual(deploymentsOf(await describeService("rolling")), [
            ["PRIMARY web:2 IN_PROGRESS", [3, 0, 0]],
            ["ACTIVE web:2 IN_PROGRESS", [0, 0, 0]],
            ["ACTIVE web:1 IN_PROGRESS", [0, 0, 0]],
        ]);
    });

    it("keeps an old deployment until it has no tasks and the new one is completed", async () => {
        await create("drained", { desiredCount: 1 });
        const old = await runOne("drained");
        await complete("drained");
        await ecs.send(new UpdateServiceCommand({ cluster, service: "drained", taskDefinition: "web:2" }));
        await runOne("drained");
        assert.deepEqual(deploymentsOf(await describeService("drained")), [
            ["PRIMARY web:2 IN_PROGRESS", [1, 1, 0]],
            ["ACTIVE web:1 COMPLETED", [1, 1, 0]],
        ]);

        await emulator.control.reportTask(place, cluster, old, { lastStatus: "STOPPED" });
        assert.equal((await describeService("drained")).deployments!.length, 2);
        await complete("drained");
        assert.deepEqual(deploymentsOf(await describeService("drained")), [["PRIMARY web:2 COMPLETED", [1, 1, 0]]]);
    });

    it("goes back to the completed deployment when the circuit breaker says so", async () => {
        await create("broken", { desiredCount: 1 });
        await runOne("broken");
        await complete("broken");
        const [first] = (await describeService("broken")).deployments!;
        await ecs.send(new UpdateServiceCommand({ cluster, service: "broken", taskDefinition: "web:2" }));
        const [second] = (await describeService("broken")).deployments!;

        await emulator.control.rollBack(place, cluster, "broken");

        const service = await describeService("broken");
        assert.equal(service.taskDefinition, first!.taskDefinition);
        assert.deepEqual(
            service.deployments!.map(({ id, status, rolloutState, rolloutStateReason }) => [id, status, rolloutState, rolloutStateReason]),
            [
                [first!.id, "PRIMARY", "IN_PROGRESS", `ECS deployment circuit breaker: rolling back to deploymentId ${first!.id!}.`],
                [second!.id, "ACTIVE", "FAILED", "ECS deployment circuit breaker: tasks failed to start."],
            ],
        );
    });

    it("refuses a task where a fault rule says that there is no capacity", async () => {
        await create("starved", { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: "FARGATE" }] });
        const message = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
        const error = { code: "Capacity", message, status: 409 };
        await emulator.control.setFaults([
            { service: "ecs", operation: "CreateTask", match: '"capacityProvider": "FARGATE"', times: 1, error },
        ]);
        assert.equal(
            await refusalOf(runOne("starved")),
            `ControlError: emulator: POST ecs/222222222222/eu-west-1/tasks/staging: ${message}`,
        );
        await runOne("starved");
    });

    it("keeps the events of a service, the newest first", async () => {
        await create("told");
        await emulator.control.reportService(place, cluster, "told", {
            events: ["(service told) has started 1 tasks.", "(service told) has reached a steady state."],
        });
        assert.deepEqual(
            (await describeService("told")).events!.map(({ message }) => message),
            ["(service told) has reached a steady state.", "(service told) has started 1 tasks."],
        );
    });

    it("fails on going back when no deployment was ever completed", async () => {
        await create("hopeless");
        assert.equal(
            await refusalOf(emulator.control.rollBack(place, cluster, "hopeless")),
            "ControlError: emulator: POST ecs/222222222222/eu-west-1/services/staging/hopeless/rollback: " +
                "service hopeless has no completed deployment to go back to",
        );
    });

    it("drains a deleted service until its last task has stopped", async () => {
        await create("deleted", { desiredCount: 1 });
        const taskId = await runOne("deleted");
        assert.equal(
            await refusalOf(ecs.send(new DeleteServiceCommand({ cluster, service: "deleted" }))),
            "InvalidParameterException: The service cannot be stopped while it is scaled above 0.",
        );
        const { service } = await ecs.send(new DeleteServiceCommand({ cluster, service: "deleted", force: true }));
        assert.equal(service!.status, "DRAINING");
        assert.equal(await refusalOf(create("deleted")), "InvalidParameterException: Unable to Start a service that is still Draining.");
        const task = (await emulator.control.ecs()).tasks.find((each) => each.taskId === taskId)!;
        assert.equal(task.desiredStatus, "STOPPED");

        await emulator.control.reportTask(place, cluster, taskId, { lastStatus: "STOPPED" });
        assert.equal((await describeService("deleted")).status, "INACTIVE");
        assert.equal((await create("deleted")).status, "ACTIVE");
    });

    it("lists services that are ACTIVE", async () => {
        await create("gone", { desiredCount: 0 });
        await ecs.send(new DeleteServiceCommand({ cluster, service: "gone" }));
        const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster }));
        assert.equal(
            serviceArns!.some((arn) => arn.endsWith("/gone")),
            false,
        );
        assert.equal(
            serviceArns!.some((arn) => arn.endsWith("/plain")),
            true,
        );
    });

    it("fails on deleting a cluster with services", async () => {
        assert.equal(
            await refusalOf(ecs.send(new DeleteClusterCommand({ cluster }))),
            "ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.",
        );
    });

    const onPort = (targetGroupArn: string, containerName: string, containerPort: number): Partial<CreateServiceCommandInput> => ({
        loadBalancers: [{ targetGroupArn, containerName, containerPort }],
    });
    const refused: readonly (readonly [string, () => Partial<CreateServiceCommandInput>, (() => string) | string])[] = [
        ["a cluster that does not exist", () => ({ cluster: "none" }), "ClusterNotFoundException: Cluster not found."],
        ["a task definition that does not exist", () => ({ taskDefinition: "web:9" }), "ClientException: TaskDefinition not found."],
        ["a name that is taken", () => ({ serviceName: "plain" }), "InvalidParameterException: Creation of service was not idempotent."],
        [
            "a target group that does not exist",
            () => onPort("arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/no/0", "web", 8080),
            "InvalidParameterException: Unable to assume role and validate the specified targetGroupArn. " +
                "Please verify that the ECS service role being passed has the proper permissions.",
        ],
        [
            "a target group that no listener uses",
            () => onPort(unused, "web", 8080),
            () => `InvalidParameterException: The target group with targetGroupArn ${unused} does not have an associated load balancer.`,
        ],
        [
            "a target group for instances",
            () => onPort(forInstances, "web", 8080),
            () =>
                `InvalidParameterException: The provided target group ${forInstances} has target type instance, ` +
                "which is incompatible with the awsvpc network mode specified in the task definition.",
        ],
        [
            "a container that does not exist",
            () => onPort(used, "api", 8080),
            "InvalidParameterException: The container api does not exist in the task definition.",
        ],
        [
            "a port that the container does not have",
            () => onPort(used, "web", 80),
            "InvalidParameterException: The container web did not have a container port 80 defined.",
        ],
        [
            "a grace period without load balancer",
            () => ({ healthCheckGracePeriodSeconds: 5 }),
            "InvalidParameterException: Health check grace period is only valid for services configured to use load balancers",
        ],
        [
            "a capacity provider that the cluster does not have",
            () => ({ launchType: undefined, capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT" }] }),
            "InvalidParameterException: The specified capacity provider strategy contains a capacity provider that is not associated " +
                "with the cluster. Associate the capacity provider with the cluster and try again.",
        ],
        [
            "no network",
            () => ({ networkConfiguration: undefined }),
            "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ],
        [
            "a service registry that does not exist",
            () => ({ serviceRegistries: [{ registryArn: "arn:aws:servicediscovery:eu-west-1:222222222222:service/srv-none" }] }),
            "InvalidParameterException: The specified service registry " +
                "arn:aws:servicediscovery:eu-west-1:222222222222:service/srv-none does not exist.",
        ],
    ];
    for (const [what, more, message] of refused) {
        it(`fails on ${what}`, async () => {
            assert.equal(await refusalOf(create("refused", more())), typeof message === "string" ? message : message());
        });
    }
});
