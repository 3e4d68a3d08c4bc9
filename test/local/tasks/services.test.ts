import assert from "node:assert/strict";
import { Stage, tasksOf, urlOf } from "./stage";

describe("task runner: services", function () {
    this.timeout(30_000);
    const stage = Stage.make();

    it("runs the desired number of tasks, each at an address of its own, and announces the steady state", async () => {
        const definition = await stage.define("plain", { environment: [{ name: "ANSWER", value: "here" }] });
        await stage.createService({ serviceName: "plain", taskDefinition: definition, desiredCount: 2 });
        const { deployments } = await stage.untilCompleted("plain", definition);

        const tasks = tasksOf(await stage.emulator.control.ecs(), "plain");
        assert.deepEqual(await Promise.all(tasks.map(async (task) => (await fetch(urlOf(task))).text())), ["here", "here"]);
        assert.equal(new Set(tasks.map(({ privateIpv4Address }) => privateIpv4Address)).size, 2);
        assert.deepEqual(await stage.events("plain"), [
            `(service plain) has started 2 tasks: ${tasks.map(({ taskId }) => `(task ${taskId})`).join(" ")}.`,
            `(service plain) (deployment ${deployments[0]!.id}) deployment completed.`,
            "(service plain) has reached a steady state.",
        ]);
        const { runningCount, pendingCount } = await stage.describeService("plain");
        assert.deepEqual([runningCount, pendingCount], [2, 0]);
    });

    it("follows the desired count down to nothing and up again", async () => {
        const definition = await stage.define("counted");
        await stage.createService({ serviceName: "counted", taskDefinition: definition, desiredCount: 3 });
        await stage.until("three run", (ecs) => tasksOf(ecs, "counted").filter(({ lastStatus }) => lastStatus === "RUNNING").length === 3);
        await stage.updateService("counted", { desiredCount: 0 });
        await stage.until("none is left", (ecs) => tasksOf(ecs, "counted").length === 0);
        await stage.updateService("counted", { desiredCount: 1 });
        await stage.until("one runs", (ecs) => tasksOf(ecs, "counted").some(({ lastStatus }) => lastStatus === "RUNNING"));
        const stopped = (await stage.emulator.control.ecs()).tasks.filter(
            ({ group, lastStatus }) => group === "service:counted" && lastStatus === "STOPPED",
        );
        assert.deepEqual(
            stopped.map(({ stopCode, stoppedReason }) => [stopCode, stoppedReason?.replace(/\d+/, "N")]),
            Array(3).fill(["ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/N)"]),
        );
    });

    it("registers a target, checks it for real, and drains it at the end", async () => {
        const group = await stage.targetGroup("checked", {}, 60);
        const definition = await stage.define("checked");
        await stage.createService({
            serviceName: "checked",
            taskDefinition: definition,
            loadBalancers: [{ targetGroupArn: group, containerName: "main", containerPort: 8080 }],
        });
        await stage.untilCompleted("checked", definition);
        assert.deepEqual(await stage.targetHealth(group), ["healthy"]);
        const [task] = tasksOf(await stage.emulator.control.ecs(), "checked");

        const slow = fetch(urlOf(task!, "/slow/400"), { headers: { connection: "close" } }).then((response) => response.text());
        await stage.updateService("checked", { desiredCount: 0 });
        await stage.until("it drains", async () => (await stage.targetHealth(group))[0]?.startsWith("draining"));
        assert.deepEqual(await stage.targetHealth(group), [
            "draining | Target.DeregistrationInProgress | Target deregistration is in progress",
        ]);
        assert.equal(await slow, "slow");
        await stage.untilStopped(task!.taskId);
        assert.deepEqual(await stage.targetHealth(group), []);
        const events = await stage.events("checked");
        assert.deepEqual(
            events.filter((event) => /target|draining/.test(event)),
            [
                `(service checked) registered 1 targets in (target-group ${group})`,
                `(service checked) deregistered 1 targets in (target-group ${group})`,
                `(service checked, taskSet ${task!.startedBy!}) has begun draining connections on 1 tasks.`,
            ],
        );
    });

    it("brings the new tasks of an update up before it takes the old ones down", async () => {
        const group = await stage.targetGroup("rolling");
        const first = await stage.define("rolling", { environment: [{ name: "ANSWER", value: "one" }] });
        const second = await stage.define("rolling", { environment: [{ name: "ANSWER", value: "two" }] });
        await stage.createService({
            serviceName: "rolling",
            taskDefinition: first,
            desiredCount: 2,
            loadBalancers: [{ targetGroupArn: group, containerName: "main", containerPort: 8080 }],
        });
        await stage.untilCompleted("rolling", first);
        await stage.updateService("rolling", { taskDefinition: second });

        const seen: { healthy: number; tasks: number }[] = [];
        await stage.until("the update is complete", async (ecs) => {
            const { targetGroups } = await stage.emulator.control.loadBalancing();
            const targets = targetGroups.find(({ arn }) => arn === group)!.targets;
            seen.push({
                healthy: targets.filter(({ state }) => state === "healthy").length,
                tasks: tasksOf(ecs, "rolling").filter(({ desiredStatus }) => desiredStatus === "RUNNING").length,
            });
            const [primary, ...old] = ecs.services.find(({ serviceName }) => serviceName === "rolling")!.deployments;
            return primary!.taskDefinition === second && primary!.rolloutState === "COMPLETED" && old.length === 0;
        });
        assert.ok(Math.min(...seen.map(({ healthy }) => healthy)) >= 2, JSON.stringify(seen));
        assert.ok(Math.max(...seen.map(({ tasks }) => tasks)) <= 4, JSON.stringify(seen));
        const answers = tasksOf(await stage.emulator.control.ecs(), "rolling").map(async (task) => (await fetch(urlOf(task))).text());
        assert.deepEqual(await Promise.all(answers), ["two", "two"]);
    });

    it("starts a task again that ended by itself, and keeps its exit code", async () => {
        const definition = await stage.define("crashing");
        await stage.createService({ serviceName: "crashing", taskDefinition: definition });
        await stage.untilCompleted("crashing", definition);
        const [first] = tasksOf(await stage.emulator.control.ecs(), "crashing");

        await fetch(urlOf(first!, "/exit/3")).catch(() => undefined);
        const stopped = await stage.untilStopped(first!.taskId);

        assert.deepEqual([stopped.stopCode, stopped.stoppedReason], ["EssentialContainerExited", "Essential container in task exited"]);
        assert.deepEqual(
            stopped.containers.map(({ name, lastStatus, exitCode }) => [name, lastStatus, exitCode]),
            [["main", "STOPPED", 3]],
        );
        const second = await stage.until("another runs", (ecs) =>
            tasksOf(ecs, "crashing").find(({ lastStatus }) => lastStatus === "RUNNING"),
        );
        assert.notEqual(second.taskId, first!.taskId);
        assert.equal((await stage.describeService("crashing")).deployments![0]!.failedTasks, 0);
    });

    it("replaces a task whose target becomes unhealthy, with the load balancer's reason", async () => {
        const group = await stage.targetGroup("sick");
        const definition = await stage.define("sick");
        await stage.createService({
            serviceName: "sick",
            taskDefinition: definition,
            loadBalancers: [{ targetGroupArn: group, containerName: "main", containerPort: 8080 }],
        });
        await stage.untilCompleted("sick", definition);
        const [first] = tasksOf(await stage.emulator.control.ecs(), "sick");

        await fetch(urlOf(first!, "/health/503"));
        const stopped = await stage.untilStopped(first!.taskId);

        assert.deepEqual(
            [stopped.stopCode, stopped.stoppedReason],
            ["ServiceSchedulerInitiated", `Task failed ELB health checks in (target-group ${group})`],
        );
        const reason = "Health checks failed with these codes: [503]";
        const complaint = `(service sick) (task ${first!.taskId}) (port 8080) is unhealthy in (target-group ${group}) due to (reason ${reason}).`;
        assert.ok((await stage.events("sick")).includes(complaint), (await stage.events("sick")).join("\n"));
        await stage.until("the next one is healthy", async () => (await stage.targetHealth(group)).join() === "healthy");
    });

    const sickStarts = [
        {
            name: "answers with another status",
            health: "500",
            reason: "unhealthy | Target.ResponseCodeMismatch | Health checks failed with these codes: [500]",
        },
        { name: "does not answer", health: "0", reason: "unhealthy | Target.Timeout | Request timed out" },
    ];
    for (const { name, health, reason } of sickStarts) {
        it(`says why a target that ${name} never becomes healthy`, async () => {
            const service = `never-${health}`;
            const group = await stage.targetGroup(service);
            const definition = await stage.define(service, { environment: [{ name: "HEALTH", value: health }] });
            await stage.createService({
                serviceName: service,
                taskDefinition: definition,
                healthCheckGracePeriodSeconds: 3_600,
                loadBalancers: [{ targetGroupArn: group, containerName: "main", containerPort: 8080 }],
            });
            await stage.until("it is unhealthy", async () => (await stage.targetHealth(group))[0]?.startsWith("unhealthy"));
            assert.deepEqual(await stage.targetHealth(group), [reason]);
            await stage.deleteService(service);
        });
    }

    it("gives a deployment up and goes back to the one before it", async () => {
        const good = await stage.define("breaking");
        const bad = await stage.define("breaking", { environment: [{ name: "EXIT", value: "1" }] });
        await stage.createService({
            serviceName: "breaking",
            taskDefinition: good,
            deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
        });
        const {
            deployments: [before],
        } = await stage.untilCompleted("breaking", good);
        const [survivor] = tasksOf(await stage.emulator.control.ecs(), "breaking");
        await stage.updateService("breaking", { taskDefinition: bad });
        const failing = (await stage.describeService("breaking")).deployments!.find(({ status }) => status === "PRIMARY")!.id!;

        const {
            deployments: [after],
        } = await stage.untilCompleted("breaking", good);

        assert.equal(after!.id, before!.id);
        assert.deepEqual(
            tasksOf(await stage.emulator.control.ecs(), "breaking").map(({ taskId }) => taskId),
            [survivor!.taskId],
        );
        const events = await stage.events("breaking");
        assert.deepEqual(events.slice(events.findIndex((event) => event.includes("failed"))), [
            `(service breaking) (deployment ${failing}) deployment failed: tasks failed to start.`,
            `(service breaking) rolling back to deployment ${before!.id}.`,
            `(service breaking) (deployment ${before!.id}) deployment completed.`,
            "(service breaking) has reached a steady state.",
        ]);
        const tried = (await stage.emulator.control.ecs()).tasks.filter(({ startedBy }) => startedBy === failing);
        assert.deepEqual(
            tried.map(({ stoppedReason, containers }) => [stoppedReason, containers[0]!.exitCode]),
            Array(3).fill(["Essential container in task exited", 1]),
        );
    });

    it("leaves a first deployment failed when there is none to go back to", async () => {
        const bad = await stage.define("hopeless", { environment: [{ name: "EXIT", value: "1" }] });
        await stage.createService({
            serviceName: "hopeless",
            taskDefinition: bad,
            deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
        });
        const failed = await stage.until("it has failed", (ecs) =>
            ecs.services.find(({ serviceName, deployments }) => serviceName === "hopeless" && deployments[0]!.rolloutState === "FAILED"),
        );
        const { failedTasks, rolloutStateReason } = failed.deployments[0]!;
        assert.deepEqual([failedTasks, rolloutStateReason], [3, "ECS deployment circuit breaker: tasks failed to start."]);
        await stage.deleteService("hopeless");
    });

    it("says once that there is no capacity, and places the task when there is", async () => {
        const definition = await stage.define("placed");
        const message = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
        await stage.emulator.control.setFaults([
            { service: "ecs", operation: "CreateTask", error: { code: "CapacityUnavailable", message, status: 409 } },
        ]);
        await stage.createService({ serviceName: "placed", taskDefinition: definition });
        await stage.until("it is refused", async () => (await stage.events("placed")).length > 0);
        await stage.emulator.control.setFaults([]);
        await stage.untilCompleted("placed", definition);

        assert.deepEqual(
            (await stage.events("placed")).slice(0, 2).map((event) => event.replace(/task \w{32}/, "task N")),
            [
                `(service placed) was unable to place a task. Reason: ${message}. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
                "(service placed) has started 1 tasks: (task N).",
            ],
        );
    });

    it("ends the tasks of a service that is deleted, and lets it go", async () => {
        const definition = await stage.define("deleted");
        await stage.createService({ serviceName: "deleted", taskDefinition: definition });
        await stage.untilCompleted("deleted", definition);
        const [task] = tasksOf(await stage.emulator.control.ecs(), "deleted");
        await stage.deleteService("deleted");
        await stage.until("it is gone", ({ services }) => !services.some(({ serviceName }) => serviceName === "deleted"));
        assert.equal((await stage.untilStopped(task!.taskId)).containers[0]!.exitCode, 0);
        await assert.rejects(fetch(urlOf(task!)));
    });

    it("starts a new service well within a second of its creation", async () => {
        const definition = await stage.define("quick");
        const begun = Date.now();
        await stage.createService({ serviceName: "quick", taskDefinition: definition });
        await stage.until("it runs", (ecs) => tasksOf(ecs, "quick").some(({ lastStatus }) => lastStatus === "RUNNING"));
        assert.ok(Date.now() - begun < 1_000, `${Date.now() - begun} ms`);
    });
});
