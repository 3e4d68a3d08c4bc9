import assert from "node:assert/strict";
import { DescribeNetworkInterfacesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
    CreateClusterCommand,
    CreateServiceCommand,
    DescribeClustersCommand,
    DescribeTasksCommand,
    ECSClient,
    ListTasksCommand,
    RegisterTaskDefinitionCommand,
    RunTaskCommand,
    StopTaskCommand,
    type RunTaskCommandInput,
    type Task,
} from "@aws-sdk/client-ecs";
import type { TaskReport, TaskView } from "../../../local/emulator/views";
import { createNetwork, type Network } from "./network";
import { emulatorForTests, place, refusalOf, type TestEmulator } from "./support";

const cluster = "staging";

describe("emulator: ECS tasks", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let ecs: ECSClient;
    let network: Network;

    before(async () => {
        emulator = await emulatorForTests();
        ecs = new ECSClient(emulator.staging);
        network = await createNetwork(emulator.staging);
        await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
        await ecs.send(
            new RegisterTaskDefinitionCommand({
                family: "migrate",
                requiresCompatibilities: ["FARGATE"],
                networkMode: "awsvpc",
                cpu: "256",
                memory: "512",
                containerDefinitions: [
                    { name: "migrate", image: "one", command: ["up"] },
                    { name: "proxy", image: "two", essential: false },
                ],
            }),
        );
    });
    after(() => emulator.stop());

    const run = async (more: Partial<RunTaskCommandInput> = {}): Promise<Task> => {
        const input: RunTaskCommandInput = {
            cluster,
            taskDefinition: "migrate",
            launchType: "FARGATE",
            networkConfiguration: { awsvpcConfiguration: { subnets: [network.subnetIds[0]!], securityGroups: [network.groupId] } },
            ...more,
        };
        return (await ecs.send(new RunTaskCommand(input))).tasks![0]!;
    };
    const idOf = (task: Task): string => task.taskArn!.split("/").at(-1)!;
    const describeTask = async (id: string): Promise<Task> =>
        (await ecs.send(new DescribeTasksCommand({ cluster, tasks: [id] }))).tasks![0]!;
    const report = (id: string, said: TaskReport): Promise<TaskView> => emulator.control.reportTask(place, cluster, id, said);
    const interfaces = async (): Promise<number> => {
        const { NetworkInterfaces } = await new EC2Client(emulator.staging).send(new DescribeNetworkInterfacesCommand({}));
        return NetworkInterfaces!.length;
    };

    it("runs a task without container memory: provisioning, until somebody reports more", async () => {
        const task = await run({ overrides: { containerOverrides: [{ name: "migrate", command: ["down"] }] } });
        assert.deepEqual(
            [task.lastStatus, task.desiredStatus, task.group, task.healthStatus, task.cpu, task.memory],
            ["PROVISIONING", "RUNNING", "family:migrate", "UNKNOWN", "256", "512"],
        );
        assert.deepEqual(
            task.containers!.map(({ name, lastStatus }) => [name, lastStatus]),
            [
                ["migrate", "PENDING"],
                ["proxy", "PENDING"],
            ],
        );
        const seen = (await emulator.control.ecs()).tasks.find(({ taskId }) => taskId === idOf(task))!;
        assert.deepEqual(seen.overrides, { containerOverrides: [{ name: "migrate", command: ["down"] }] });
    });

    it("shows what was reported, and keeps the times itself", async () => {
        const id = idOf(await run());
        await report(id, {
            lastStatus: "RUNNING",
            healthStatus: "HEALTHY",
            privateIpv4Address: "127.1.2.3",
            containers: { migrate: { lastStatus: "RUNNING" }, proxy: { lastStatus: "RUNNING" } },
        });
        const running = await describeTask(id);
        assert.deepEqual([running.lastStatus, running.healthStatus, running.stoppedAt], ["RUNNING", "HEALTHY", undefined]);
        assert.ok(running.startedAt! >= running.createdAt!, "started after it was created");
        assert.equal(running.attachments![0]!.details!.find(({ name }) => name === "privateIPv4Address")!.value, "127.1.2.3");
        assert.equal(running.containers![0]!.networkInterfaces![0]!.privateIpv4Address, "127.1.2.3");

        await report(id, {
            lastStatus: "STOPPED",
            stopCode: "EssentialContainerExited",
            stoppedReason: "Essential container in task exited",
            containers: { migrate: { exitCode: 3 } },
        });
        const stopped = await describeTask(id);
        assert.deepEqual(
            [stopped.lastStatus, stopped.desiredStatus, stopped.stopCode, stopped.stoppedReason],
            ["STOPPED", "STOPPED", "EssentialContainerExited", "Essential container in task exited"],
        );
        assert.ok(stopped.stoppedAt! >= stopped.startedAt!, "stopped after it started");
        assert.deepEqual(
            stopped.containers!.map(({ name, lastStatus, exitCode }) => [name, lastStatus, exitCode]),
            [
                ["migrate", "STOPPED", 3],
                ["proxy", "STOPPED", undefined],
            ],
        );
    });

    it("has a network interface while it runs", async () => {
        const before = await interfaces();
        const id = idOf(await run());
        assert.equal(await interfaces(), before + 1);
        await report(id, { lastStatus: "STOPPED" });
        assert.equal(await interfaces(), before);
    });

    it("asks for the end on StopTask, and leaves ending it to the runner", async () => {
        const id = idOf(await run());
        await ecs.send(new StopTaskCommand({ cluster, task: id, reason: "enough" }));
        const asked = await describeTask(id);
        assert.deepEqual(
            [asked.lastStatus, asked.desiredStatus, asked.stopCode, asked.stoppedReason],
            ["PROVISIONING", "STOPPED", "UserInitiated", "enough"],
        );
    });

    it("lists tasks by service and by desired status", async () => {
        await ecs.send(
            new CreateServiceCommand({
                cluster,
                serviceName: "web",
                taskDefinition: "migrate",
                desiredCount: 1,
                launchType: "FARGATE",
                networkConfiguration: { awsvpcConfiguration: { subnets: [...network.subnetIds] } },
                propagateTags: "SERVICE",
                tags: [{ key: "understudy:environment", value: "staging" }],
            }),
        );
        const [service] = (await emulator.control.ecs()).services;
        const made = await emulator.control.createTask(place, cluster, { service: "web", deploymentId: service!.deployments[0]!.id });
        assert.deepEqual([made.group, made.startedBy], ["service:web", service!.deployments[0]!.id]);

        const list = async (desiredStatus?: "STOPPED"): Promise<string[]> =>
            (await ecs.send(new ListTasksCommand({ cluster, serviceName: "web", ...(desiredStatus && { desiredStatus }) }))).taskArns!;
        assert.deepEqual(await list(), [made.taskArn]);
        assert.deepEqual(await list("STOPPED"), []);
        const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [made.taskArn], include: ["TAGS"] }));
        assert.deepEqual(tasks![0]!.tags, [{ key: "understudy:environment", value: "staging" }]);

        await report(made.taskId, { lastStatus: "STOPPED" });
        assert.deepEqual(await list(), []);
        assert.deepEqual(await list("STOPPED"), [made.taskArn]);
    });

    it("counts the tasks of a cluster", async () => {
        const counts = async (): Promise<readonly (number | undefined)[]> => {
            const [found] = (await ecs.send(new DescribeClustersCommand({ clusters: [cluster] }))).clusters!;
            return [found!.runningTasksCount, found!.pendingTasksCount];
        };
        const [running, pending] = await counts();
        const id = idOf(await run());
        assert.deepEqual(await counts(), [running, pending! + 1]);
        await report(id, { lastStatus: "RUNNING" });
        assert.deepEqual(await counts(), [running! + 1, pending]);
    });

    it("tells which tasks are not there", async () => {
        const { tasks, failures } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: ["none"] }));
        assert.deepEqual([tasks, failures], [[], [{ arn: "arn:aws:ecs:eu-west-1:222222222222:task/staging/none", reason: "MISSING" }]]);
    });

    const refused: readonly (readonly [string, Partial<RunTaskCommandInput>, string])[] = [
        [
            "a container that the task definition does not have",
            { overrides: { containerOverrides: [{ name: "web" }] } },
            "InvalidParameterException: Override for container named web is not a container in the TaskDefinition.",
        ],
        [
            "EC2 capacity, of which there is none",
            { launchType: "EC2" },
            "InvalidParameterException: No Container Instances were found in your cluster.",
        ],
        [
            "a subnet that does not exist",
            { networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-0"] } } },
            "InvalidParameterException: Error retrieving subnet information for ['subnet-0']: The subnet ID 'subnet-0' does not exist",
        ],
    ];
    for (const [what, more, message] of refused) {
        it(`fails on ${what}`, async () => assert.equal(await refusalOf(run(more)), message));
    }

    it("fails on a report about a container that the task does not have", async () => {
        const id = idOf(await run());
        assert.equal(
            await refusalOf(report(id, { containers: { web: { exitCode: 1 } } })),
            `ControlError: emulator: PUT ecs/222222222222/eu-west-1/tasks/staging/${id}: ` +
                `task ${id} has no container web; it has migrate, proxy`,
        );
    });
});
