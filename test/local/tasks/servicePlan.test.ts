import assert from "node:assert/strict";
import fc from "fast-check";
import type { DeploymentView, ServiceView } from "../../../local/emulator/views";
import { backOff, boundsOf, failureThreshold } from "../../../local/tasks/deployment";
import {
    afterRefusal,
    planService,
    type ServiceAction,
    type ServiceMemory,
    type ServiceTask,
    type TaskState,
} from "../../../local/tasks/servicePlan";

const now = 1_000_000;
const scale = 0.1;

function deployment(id: string, more: Partial<DeploymentView> = {}): DeploymentView {
    return {
        ...{
            id,
            status: "PRIMARY",
            taskDefinition: `definition-of-${id}`,
            desiredCount: 1,
            runningCount: 0,
            pendingCount: 0,
            failedTasks: 0,
        },
        ...{ rolloutState: "IN_PROGRESS", rolloutStateReason: "", createdAt: "2026-01-01T00:00:00.000Z" },
        ...more,
    };
}

function service(desiredCount: number, deployments: readonly DeploymentView[], more: Partial<ServiceView> = {}): ServiceView {
    return {
        ...{
            account: "222222222222",
            region: "eu-west-1",
            cluster: "staging",
            clusterArn: "cluster",
            serviceName: "web",
            serviceArn: "service",
        },
        ...{
            status: "ACTIVE",
            desiredCount,
            runningCount: 0,
            pendingCount: 0,
            taskDefinition: "",
            loadBalancers: [],
            serviceRegistries: [],
        },
        ...{ healthCheckGracePeriodSeconds: 0, deployments },
        deploymentConfiguration: {
            minimumHealthyPercent: 100,
            maximumPercent: 200,
            deploymentCircuitBreaker: { enable: true, rollback: true },
        },
        ...more,
    };
}

function task(id: string, deploymentId: string, phase: "starting" | "running" | "healthy" | "stopping" | "exiting"): ServiceTask {
    return { id, deployment: deploymentId, state: { phase } };
}

function stopped(id: string, deploymentId: string, { failed = true, wasRunning = true } = {}): ServiceTask {
    return { id, deployment: deploymentId, state: { phase: "stopped", failed, wasRunning } };
}

function unhealthy(id: string, deploymentId: string): ServiceTask {
    return { id, deployment: deploymentId, state: { phase: "unhealthy", event: `(task ${id}) is sick.`, stoppedReason: "sick" } };
}

function memory(more: Partial<ServiceMemory> = {}): ServiceMemory {
    return { deployment: "new", failedTasks: 0, failuresInARow: 0, notBefore: 0, steady: false, ...more };
}

/** An action in one line. */
function line(action: ServiceAction): string {
    switch (action.do) {
        case "start":
            return `start ${action.count} of ${action.deployment}`;
        case "stop":
            return `stop ${action.task}: ${action.reason}`;
        case "forget":
            return `forget ${action.task}`;
        case "rollBack":
            return "roll back";
        case "report": {
            const { id, ...fields } = action.deployment ?? { id: "" };
            return [id && `report ${id} ${JSON.stringify(fields)}`, ...action.events].filter(Boolean).join(" | ");
        }
    }
}

const replaced = deployment("old", { status: "ACTIVE", rolloutState: "COMPLETED" });
const rollingOut = [deployment("new"), replaced];
const completed = deployment("new", { rolloutState: "COMPLETED" });
const completedLine =
    'report new {"rolloutState":"COMPLETED","rolloutStateReason":"ECS deployment new completed."} | ' +
    "(service web) (deployment new) deployment completed. | (service web) has reached a steady state.";
const givenUpLine =
    'report new {"failedTasks":3,"rolloutState":"FAILED","rolloutStateReason":"ECS deployment circuit breaker: tasks failed to start."} | ' +
    "(service web) (deployment new) deployment failed: tasks failed to start.";
const troubleshooting = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
const scaling = "Scaling activity initiated by (deployment new)";

const cases: readonly {
    readonly name: string;
    readonly service: ServiceView;
    readonly tasks: readonly ServiceTask[];
    readonly memory?: ServiceMemory;
    readonly actions: readonly string[];
    readonly again?: number;
}[] = [
    { name: "starts all tasks of a new service", service: service(3, [deployment("new")]), tasks: [], actions: ["start 3 of new"] },
    { name: "waits for tasks that start", service: service(1, [deployment("new")]), tasks: [task("a", "new", "starting")], actions: [] },
    {
        name: "completes a deployment whose tasks are healthy",
        service: service(1, [deployment("new")]),
        tasks: [task("a", "new", "healthy")],
        actions: [completedLine],
    },
    {
        name: "does nothing in a steady state",
        service: service(1, [completed]),
        tasks: [task("a", "new", "healthy")],
        memory: memory({ steady: true }),
        actions: [],
    },
    {
        name: "completes a service without tasks",
        service: service(0, [deployment("new")]),
        tasks: [],
        actions: [completedLine],
    },
    {
        name: "starts new tasks before it stops old ones",
        service: service(2, rollingOut),
        tasks: [task("a", "old", "healthy"), task("b", "old", "healthy")],
        actions: ["start 2 of new"],
    },
    {
        name: "stops an old task for every new one that is healthy",
        service: service(2, rollingOut),
        tasks: [task("a", "old", "healthy"), task("b", "old", "healthy"), task("c", "new", "healthy"), task("d", "new", "running")],
        actions: [`stop a: ${scaling}`, "(service web) has stopped 1 running tasks: (task a)."],
    },
    {
        name: "is not steady while an old task still drains",
        service: service(1, rollingOut),
        tasks: [task("a", "old", "stopping"), task("b", "new", "healthy")],
        actions: [],
    },
    {
        name: "stops an old task first when no more than the desired number may run",
        service: service(2, rollingOut, {
            deploymentConfiguration: {
                minimumHealthyPercent: 50,
                maximumPercent: 100,
                deploymentCircuitBreaker: { enable: false, rollback: false },
            },
        }),
        tasks: [task("a", "old", "healthy"), task("b", "old", "healthy")],
        actions: [`stop a: ${scaling}`, "(service web) has stopped 1 running tasks: (task a).", "start 1 of new"],
    },
    {
        name: "stops old tasks that are not healthy at once",
        service: service(1, rollingOut),
        tasks: [task("a", "old", "starting")],
        actions: [`stop a: ${scaling}`, "(service web) has stopped 1 running tasks: (task a).", "start 1 of new"],
    },
    {
        name: "stops the newest of too many tasks, those that are not healthy first",
        service: service(1, [completed]),
        tasks: [task("a", "new", "healthy"), task("b", "new", "healthy"), task("c", "new", "running")],
        actions: [`stop c: ${scaling}`, `stop b: ${scaling}`, "(service web) has stopped 2 running tasks: (task c) (task b)."],
    },
    {
        name: "stops everything of a service that is deleted",
        service: service(1, [completed], { status: "DRAINING" }),
        tasks: [task("a", "new", "healthy"), task("b", "old", "stopping"), stopped("c", "new")],
        actions: ["forget c", `stop a: ${scaling}`, "(service web) has stopped 1 running tasks: (task a)."],
    },
    {
        name: "replaces an unhealthy task, which counts while the deployment rolls out",
        service: service(1, [deployment("new")]),
        tasks: [unhealthy("a", "new")],
        actions: ['report new {"failedTasks":1}', "(service web) (task a) is sick.", "stop a: sick", "start 1 of new"],
    },
    {
        name: "replaces an unhealthy task, which does not count later",
        service: service(1, [completed]),
        tasks: [unhealthy("a", "new")],
        actions: ["(service web) (task a) is sick.", "stop a: sick", "start 1 of new"],
    },
    {
        name: "waits for the end of a task that ends by itself",
        service: service(1, [completed]),
        tasks: [task("a", "new", "exiting")],
        actions: [],
    },
    {
        name: "pauses after a failed task",
        service: service(1, [deployment("new")]),
        tasks: [stopped("a", "new")],
        actions: ["forget a", 'report new {"failedTasks":1}'],
        again: now + 100,
    },
    {
        name: "pauses longer after more of them",
        service: service(1, [completed]),
        tasks: [stopped("a", "new")],
        memory: memory({ failuresInARow: 4 }),
        actions: ["forget a"],
        again: now + 1_600,
    },
    {
        name: "starts the next one when the pause is over",
        service: service(1, [completed]),
        tasks: [],
        memory: memory({ failuresInARow: 1, notBefore: now }),
        actions: ["start 1 of new"],
    },
    {
        name: "does not count a task that was stopped on purpose",
        service: service(1, [deployment("new")]),
        tasks: [stopped("a", "new", { failed: false })],
        actions: ["forget a", "start 1 of new"],
    },
    {
        name: "does not count failures of a deployment that is replaced",
        service: service(1, rollingOut),
        tasks: [stopped("a", "old")],
        actions: ["forget a", "start 1 of new"],
    },
    {
        name: "says that tasks do not start when the third one in a row did not",
        service: service(1, [completed]),
        tasks: [stopped("a", "new", { wasRunning: false })],
        memory: memory({ failuresInARow: 2 }),
        actions: ["forget a", `(service web) is unable to consistently start tasks successfully. ${troubleshooting}`],
        again: now + 400,
    },
    {
        name: "gives a deployment up after three failures and goes back",
        service: service(1, rollingOut),
        tasks: [stopped("a", "new"), task("b", "old", "healthy")],
        memory: memory({ failedTasks: 2 }),
        actions: ["forget a", 'report new {"failedTasks":3}', givenUpLine, "roll back"],
        again: now,
    },
    {
        name: "only gives it up where nothing should be rolled back",
        service: service(1, rollingOut, {
            deploymentConfiguration: {
                minimumHealthyPercent: 100,
                maximumPercent: 200,
                deploymentCircuitBreaker: { enable: true, rollback: false },
            },
        }),
        tasks: [stopped("a", "new"), task("b", "old", "healthy")],
        memory: memory({ failedTasks: 2 }),
        actions: ["forget a", 'report new {"failedTasks":3}', givenUpLine],
        again: now,
    },
    {
        name: "goes on trying without a circuit breaker",
        service: service(1, rollingOut, {
            deploymentConfiguration: {
                minimumHealthyPercent: 100,
                maximumPercent: 200,
                deploymentCircuitBreaker: { enable: false, rollback: false },
            },
        }),
        tasks: [stopped("a", "new"), task("b", "old", "healthy")],
        memory: memory({ failedTasks: 7, failuresInARow: 7 }),
        actions: ["forget a", 'report new {"failedTasks":8}'],
        again: now + 12_800,
    },
    {
        name: "starts nothing more of a failed deployment, and leaves the one before it alone",
        service: service(1, [deployment("new", { rolloutState: "FAILED", failedTasks: 3 }), replaced]),
        tasks: [task("b", "old", "healthy")],
        actions: [],
    },
    {
        name: "takes the count of failures from the emulator when it knows nothing else",
        service: service(1, [deployment("new", { failedTasks: 2 })]),
        tasks: [stopped("a", "new")],
        actions: ["forget a", 'report new {"failedTasks":3}', givenUpLine, "roll back"],
        again: now,
    },
];

describe("planService", () => {
    for (const { name, service: given, tasks, memory: remembered, actions, again } of cases) {
        it(name, () => {
            const plan = planService(given, tasks, remembered, now, scale);
            assert.deepEqual(plan.actions.map(line), actions);
            assert.equal(plan.again, again);
        });
    }

    it("says once why a task cannot be placed, and tries again later", () => {
        const capacity = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
        const message = `emulator: POST tasks: ${capacity}`;
        const first = afterRefusal(service(1, []), memory(), message, now, scale);
        const second = afterRefusal(service(1, []), first.memory, message, now + 3_000, scale);
        assert.deepEqual(first.events, [`(service web) was unable to place a task. Reason: ${capacity}. ${troubleshooting}`]);
        assert.deepEqual([first.memory.notBefore, second.events, second.memory.notBefore], [now + 3_000, [], now + 6_000]);
        assert.deepEqual(afterRefusal(service(1, []), memory(), "service web is DRAINING", now, scale).events, []);
    });
});

describe("planService, whatever happens", () => {
    const phases: readonly TaskState[] = [
        { phase: "starting" },
        { phase: "running" },
        { phase: "healthy" },
        { phase: "stopping" },
        { phase: "exiting" },
        { phase: "unhealthy", event: "", stoppedReason: "" },
        { phase: "stopped", failed: true, wasRunning: true },
        { phase: "stopped", failed: false, wasRunning: false },
    ];
    const anyTasks = fc
        .array(fc.record({ deployment: fc.constantFrom("new", "old", "older"), state: fc.constantFrom(...phases) }), { maxLength: 12 })
        .map((tasks) => tasks.map((some, index): ServiceTask => ({ id: `task-${index}`, ...some })));
    const anyService = fc
        .record({
            desired: fc.nat(5),
            minimum: fc.constantFrom(0, 50, 100),
            maximum: fc.constantFrom(100, 150, 200),
            enable: fc.boolean(),
            rollback: fc.boolean(),
            state: fc.constantFrom("IN_PROGRESS" as const, "COMPLETED" as const, "FAILED" as const),
        })
        .map(({ desired, minimum, maximum, enable, rollback, state }) =>
            service(desired, [deployment("new", { rolloutState: state }), replaced], {
                deploymentConfiguration: {
                    minimumHealthyPercent: minimum,
                    maximumPercent: maximum,
                    deploymentCircuitBreaker: { enable, rollback },
                },
            }),
        );

    const isUp = ({ state }: ServiceTask): boolean => ["starting", "running", "healthy"].includes(state.phase);
    const isHealthy = ({ state }: ServiceTask): boolean => state.phase === "healthy";

    it("never takes healthy tasks below the minimum", () => {
        fc.assert(
            fc.property(anyService, anyTasks, (given, tasks) => {
                const { actions } = planService(given, tasks, undefined, now, scale);
                const stops = new Set(actions.flatMap((action) => (action.do === "stop" ? [action.task] : [])));
                const before = tasks.filter(isHealthy).length;
                const after = tasks.filter((some) => isHealthy(some) && !stops.has(some.id)).length;
                assert.ok(after >= Math.min(before, boundsOf(given).minimum), `${before} -> ${after}`);
            }),
        );
    });

    it("never lets more tasks run than the maximum because of what it starts", () => {
        fc.assert(
            fc.property(anyService, anyTasks, (given, tasks) => {
                const { actions } = planService(given, tasks, undefined, now, scale);
                const stops = new Set(actions.flatMap((action) => (action.do === "stop" ? [action.task] : [])));
                const started = actions.reduce((sum, action) => sum + (action.do === "start" ? action.count : 0), 0);
                const up = tasks.filter((some) => isUp(some) && !stops.has(some.id)).length;
                assert.ok(started === 0 || started + up <= boundsOf(given).maximum);
                assert.ok(started >= 0);
            }),
        );
    });

    it("forgets every task that has stopped, once, and stops only what is up", () => {
        fc.assert(
            fc.property(anyService, anyTasks, (given, tasks) => {
                const { actions } = planService(given, tasks, undefined, now, scale);
                const forgotten = actions.flatMap((action) => (action.do === "forget" ? [action.task] : []));
                assert.deepEqual(
                    forgotten,
                    tasks.filter(({ state }) => state.phase === "stopped").map(({ id }) => id),
                );
                const stops = actions.flatMap((action) => (action.do === "stop" ? [action.task] : []));
                assert.equal(new Set(stops).size, stops.length);
                assert.ok(stops.every((id) => tasks.some((some) => some.id === id && (isUp(some) || some.state.phase === "unhealthy"))));
            }),
        );
    });

    it("leads every service whose tasks become healthy to its desired count, and then does nothing", () => {
        fc.assert(
            fc.property(anyService, anyTasks, (given, tasks) => {
                let current = service(given.desiredCount, [deployment("new"), replaced], {
                    deploymentConfiguration: { ...given.deploymentConfiguration, maximumPercent: 200 },
                });
                let world: readonly ServiceTask[] = tasks;
                let remembered: ServiceMemory | undefined;
                let quiet = 0;
                for (let time = now, made = 0; quiet < 3; time += 1_000_000) {
                    assert.ok(time < now + 100 * 1_000_000, "no rest after 100 looks");
                    const plan = planService(current, world, remembered, time, scale);
                    remembered = plan.memory;
                    quiet = plan.actions.length === 0 ? quiet + 1 : 0;
                    for (const action of plan.actions) {
                        if (action.do === "forget") world = world.filter(({ id }) => id !== action.task);
                        if (action.do === "stop")
                            world = world.map((some) => (some.id === action.task ? task(some.id, some.deployment, "stopping") : some));
                        if (action.do === "start")
                            world = [
                                ...world,
                                ...Array.from({ length: action.count }, () => task(`made-${(made += 1)}`, action.deployment, "starting")),
                            ];
                        if (action.do === "report" && action.deployment)
                            current = { ...current, deployments: [{ ...current.deployments[0]!, ...action.deployment }, replaced] };
                        if (action.do === "rollBack") return; // the emulator chooses what is PRIMARY then
                    }
                    world = world.map(settle);
                }
                if (current.deployments[0]!.rolloutState === "FAILED") return;
                assert.equal(current.deployments[0]!.rolloutState, "COMPLETED");
                assert.deepEqual(
                    world.map(({ deployment: id, state }) => [id, state.phase]),
                    Array(given.desiredCount).fill(["new", "healthy"]),
                );
            }),
        );
    });

    function settle(some: ServiceTask): ServiceTask {
        switch (some.state.phase) {
            case "starting":
            case "running":
                return task(some.id, some.deployment, "healthy");
            case "stopping":
                return stopped(some.id, some.deployment, { failed: false });
            case "exiting":
                return stopped(some.id, some.deployment);
            case "healthy":
            case "unhealthy":
            case "stopped":
                return some;
        }
    }
});

describe("ECS's numbers", () => {
    it("rounds the minimum up and the maximum down", () => {
        const bounds = (desired: number, minimumHealthyPercent: number, maximumPercent: number): unknown =>
            boundsOf(
                service(desired, [], {
                    deploymentConfiguration: {
                        minimumHealthyPercent,
                        maximumPercent,
                        deploymentCircuitBreaker: { enable: false, rollback: false },
                    },
                }),
            );
        assert.deepEqual(bounds(1, 100, 200), { minimum: 1, maximum: 2 });
        assert.deepEqual(bounds(3, 50, 150), { minimum: 2, maximum: 4 });
        assert.deepEqual(bounds(0, 100, 200), { minimum: 0, maximum: 0 });
    });

    it("gives a deployment up after half the desired count of failures, 3 to 200", () => {
        assert.deepEqual([0, 1, 6, 7, 25, 400, 1_000].map(failureThreshold), [3, 3, 3, 4, 13, 200, 200]);
    });

    it("doubles the pause up to 15 minutes", () => {
        assert.deepEqual([0, 1, 2, 3, 10, 11, 1_000].map(backOff), [0, 1, 2, 4, 512, 900, 900]);
    });
});
