import type { DeploymentView, ServiceView } from "../emulator/views";
import { backOff, boundsOf, failureThreshold, primaryOf } from "./deployment";
import { toLocalTime } from "./timeScale";

/** What the scheduler knows of a task of a service. */
export interface ServiceTask {
    readonly id: string;
    /** Id of the deployment it was started for. */
    readonly deployment: string;
    readonly state: TaskState;
}

export type TaskState =
    /** Not RUNNING yet. */
    | { readonly phase: "starting" }
    /** RUNNING; its checks have not all been answered yet. */
    | { readonly phase: "running" }
    | { readonly phase: "healthy" }
    /** RUNNING; a check says that it must be replaced. */
    | { readonly phase: "unhealthy"; readonly event: string; readonly stoppedReason: string }
    /** On its way to an end that somebody asked for: no longer counted. */
    | { readonly phase: "stopping" }
    /** On its way to an end that nobody asked for: what comes in its place waits until it is counted as failed. */
    | { readonly phase: "exiting" }
    /** Ended; `failed`: nobody had asked for it. */
    | { readonly phase: "stopped"; readonly failed: boolean; readonly wasRunning: boolean };

/** What the scheduler remembers of a service from one look to the next. */
export interface ServiceMemory {
    /** The PRIMARY deployment that the numbers belong to. */
    readonly deployment: string;
    readonly failedTasks: number;
    readonly failuresInARow: number;
    /** No task is started before this time, in milliseconds since 1970. */
    readonly notBefore: number;
    /** The steady state has been announced. */
    readonly steady: boolean;
    /** Why the last task could not be placed; announced once until one could. */
    readonly refusal?: string;
}

export type ServiceAction =
    | { readonly do: "start"; readonly deployment: string; readonly count: number }
    | { readonly do: "stop"; readonly task: string; readonly reason: string }
    | { readonly do: "forget"; readonly task: string }
    /** Report of the rollout; `events` oldest first. */
    | { readonly do: "report"; readonly deployment?: DeploymentReport; readonly events: readonly string[] }
    /** Give the PRIMARY deployment up and return to the one before it, where there is one. */
    | { readonly do: "rollBack" };

type DeploymentReport = Pick<DeploymentView, "id"> & Partial<Pick<DeploymentView, "failedTasks" | "rolloutState" | "rolloutStateReason">>;

export interface ServicePlan {
    /** In the order in which they are done. */
    readonly actions: readonly ServiceAction[];
    readonly memory: ServiceMemory | undefined;
    /** When to look again although nothing happens, in milliseconds since 1970. */
    readonly again?: number;
}

/** Consecutive tasks that never ran after which ECS says so. */
const impairedAfter = 3;

/**
 * Decides what ECS's service scheduler does next for one service, from its deployments and its tasks: a rolling update within the
 * bounds of the deployment configuration, unhealthy tasks replaced, failed ones started again after a growing pause, and a deployment
 * given up by the circuit breaker. A task that ends before its deployment is complete counts as failed, also when it was RUNNING.
 * Pure: the same arguments give the same plan, and a plan that has been carried out is followed by one without actions.
 */
export function planService(
    service: ServiceView,
    tasks: readonly ServiceTask[],
    remembered: ServiceMemory | undefined,
    now: number,
    scale: number,
): ServicePlan {
    const primary = primaryOf(service);
    const forgotten = tasks.filter(inPhase("stopped")).map(({ id }) => ({ do: "forget", task: id }) as const);
    if (primary === undefined) {
        const rest = tasks.filter((task) => isActive(task) && task.state.phase !== "exiting");
        return { actions: [...forgotten, ...stopTasks(service, rest, service.deployments[0]?.id)], memory: undefined };
    }

    const counted = countFailures(service, primary, tasks, memoryOf(primary, remembered), now, scale);
    const broken = counted.memory.failedTasks >= failureThreshold(service.desiredCount);
    const { enable, rollback } = service.deploymentConfiguration.deploymentCircuitBreaker;
    if (primary.rolloutState === "IN_PROGRESS" && enable && broken) {
        const given = giveUp(service, primary, counted.memory.failedTasks, rollback);
        return { actions: [...forgotten, ...counted.actions, ...given], memory: counted.memory, again: now };
    }

    const stops = planStops(service, primary, tasks);
    const stopped = new Set(stops.map(({ id }) => id));
    const left = tasks.filter((task) => isActive(task) && !stopped.has(task.id));
    const starts = planStarts(service, primary, left, counted.memory.notBefore > now);
    const steady = planSteadyState(service, primary, tasks);
    return {
        actions: [
            ...forgotten,
            ...counted.actions,
            ...replaceUnhealthy(service, tasks),
            ...stopTasks(service, stops, primary.id),
            ...starts.actions,
            ...(steady && !counted.memory.steady ? [announceSteadyState(service, primary)] : []),
        ],
        memory: steady ? { ...startAfresh(counted.memory), steady } : { ...counted.memory, steady },
        ...(starts.waiting ? { again: counted.memory.notBefore } : {}),
    };
}

/** Seconds between two attempts to place a task for which there was no capacity. */
const capacityPause = 30;

/** The memory after a task was refused a place, and what the service's event list says about it. */
export function afterRefusal(
    { serviceName }: ServiceView,
    memory: ServiceMemory,
    message: string,
    now: number,
    scale: number,
): { readonly memory: ServiceMemory; readonly events: readonly string[] } {
    const [refusal] = /Capacity is unavailable[^.]*\.[^.]*/.exec(message) ?? [];
    const next = { ...memory, notBefore: now + toLocalTime(capacityPause, scale) };
    if (refusal === undefined) return { memory: next, events: [] };
    const event = `(service ${serviceName}) was unable to place a task. Reason: ${refusal}. ${troubleshooting}`;
    return { memory: { ...next, refusal }, events: memory.refusal === refusal ? [] : [event] };
}

const troubleshooting = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

function memoryOf({ id, failedTasks }: DeploymentView, remembered: ServiceMemory | undefined): ServiceMemory {
    if (remembered?.deployment === id) return remembered;
    return { deployment: id, failedTasks, failuresInARow: 0, notBefore: 0, steady: false };
}

/** Once everything runs, what went wrong before no longer counts. */
function startAfresh({ deployment, failedTasks, notBefore }: ServiceMemory): Omit<ServiceMemory, "steady"> {
    return { deployment, failedTasks, notBefore, failuresInARow: 0 };
}

/** Counts the failures that are new, for the circuit breaker and for the pause before the next task. */
function countFailures(
    service: ServiceView,
    primary: DeploymentView,
    tasks: readonly ServiceTask[],
    memory: ServiceMemory,
    now: number,
    scale: number,
): { memory: ServiceMemory; actions: readonly ServiceAction[] } {
    const own = tasks.filter(({ deployment }) => deployment === primary.id);
    const ended = own.filter(({ state }) => state.phase === "stopped" && state.failed);
    const failures = ended.length + own.filter(inPhase("unhealthy")).length;
    if (failures === 0) return { memory, actions: [] };

    const failuresInARow = memory.failuresInARow + ended.length;
    const rollingOut = primary.rolloutState === "IN_PROGRESS";
    const failedTasks = memory.failedTasks + (rollingOut ? failures : 0);
    const neverRan = ended.some(({ state }) => state.phase === "stopped" && !state.wasRunning);
    const impaired = neverRan && memory.failuresInARow < impairedAfter && failuresInARow >= impairedAfter;
    const notBefore = Math.max(memory.notBefore, now + toLocalTime(backOff(failuresInARow), scale));
    return {
        memory: { ...memory, failedTasks, failuresInARow, notBefore },
        actions: [
            ...(rollingOut ? [{ do: "report", deployment: { id: primary.id, failedTasks }, events: [] } as const] : []),
            ...(impaired ? [{ do: "report", events: [impairedEvent(service)] } as const] : []),
        ],
    };
}

function impairedEvent({ serviceName }: ServiceView): string {
    return `(service ${serviceName}) is unable to consistently start tasks successfully. ${troubleshooting}`;
}

function giveUp(service: ServiceView, primary: DeploymentView, failedTasks: number, rollback: boolean): readonly ServiceAction[] {
    const failed: ServiceAction = {
        do: "report",
        deployment: {
            id: primary.id,
            failedTasks,
            rolloutState: "FAILED",
            rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
        },
        events: [`(service ${service.serviceName}) (deployment ${primary.id}) deployment failed: tasks failed to start.`],
    };
    return rollback ? [failed, { do: "rollBack" }] : [failed];
}

/**
 * Tasks that are too many: the newest beyond the desired count, and those of replaced deployments, the healthy ones only as far as
 * enough healthy tasks are left.
 */
function planStops(service: ServiceView, primary: DeploymentView, tasks: readonly ServiceTask[]): readonly ServiceTask[] {
    const active = tasks.filter((task) => isActive(task) && task.state.phase !== "unhealthy" && task.state.phase !== "exiting");
    const own = active.filter(({ deployment }) => deployment === primary.id);
    const old = active.filter(({ deployment }) => deployment !== primary.id);

    const surplus = Math.max(own.length - service.desiredCount, 0);
    const ownStops = [...own.filter(notInPhase("healthy")), ...own.filter(inPhase("healthy")).reverse()].slice(0, surplus);
    const healthy = active.filter(inPhase("healthy")).length - ownStops.filter(inPhase("healthy")).length;
    const spare = Math.max(healthy - boundsOf(service).minimum, 0);
    return [...ownStops, ...old.filter(notInPhase("healthy")), ...old.filter(inPhase("healthy")).slice(0, spare)];
}

function planStarts(
    service: ServiceView,
    primary: DeploymentView,
    left: readonly ServiceTask[],
    pausing: boolean,
): { actions: readonly ServiceAction[]; waiting: boolean } {
    const running = left.filter((task) => task.state.phase !== "unhealthy");
    const missing = service.desiredCount - running.filter(({ deployment }) => deployment === primary.id).length;
    const count = Math.min(missing, boundsOf(service).maximum - running.length);
    if (count <= 0 || primary.rolloutState === "FAILED") return { actions: [], waiting: false };
    return pausing ? { actions: [], waiting: true } : { actions: [{ do: "start", deployment: primary.id, count }], waiting: false };
}

/** True when there is nothing but the desired number of healthy tasks of the PRIMARY deployment. */
function planSteadyState(service: ServiceView, primary: DeploymentView, tasks: readonly ServiceTask[]): boolean {
    const there = tasks.filter(notInPhase("stopped"));
    return (
        primary.rolloutState !== "FAILED" &&
        there.length === service.desiredCount &&
        there.every((task) => task.deployment === primary.id && task.state.phase === "healthy")
    );
}

function announceSteadyState({ serviceName }: ServiceView, primary: DeploymentView): ServiceAction {
    const steady = `(service ${serviceName}) has reached a steady state.`;
    if (primary.rolloutState === "COMPLETED") return { do: "report", events: [steady] };
    return {
        do: "report",
        deployment: { id: primary.id, rolloutState: "COMPLETED", rolloutStateReason: `ECS deployment ${primary.id} completed.` },
        events: [`(service ${serviceName}) (deployment ${primary.id}) deployment completed.`, steady],
    };
}

function replaceUnhealthy(service: ServiceView, tasks: readonly ServiceTask[]): readonly ServiceAction[] {
    return tasks.flatMap(({ id, state }): readonly ServiceAction[] => {
        if (state.phase !== "unhealthy") return [];
        return [
            { do: "report", events: [`(service ${service.serviceName}) ${state.event}`] },
            { do: "stop", task: id, reason: state.stoppedReason },
        ];
    });
}

/** Stops tasks because of what the service should be now, which `deployment` says. */
function stopTasks(service: ServiceView, tasks: readonly ServiceTask[], deployment: string | undefined): readonly ServiceAction[] {
    if (tasks.length === 0) return [];
    const names = tasks.map(({ id }) => `(task ${id})`).join(" ");
    const reason = `Scaling activity initiated by (deployment ${deployment ?? "none"})`;
    return [
        ...tasks.map(({ id }) => ({ do: "stop", task: id, reason }) as const),
        { do: "report", events: [`(service ${service.serviceName}) has stopped ${tasks.length} running tasks: ${names}.`] },
    ];
}

function isActive({ state }: ServiceTask): boolean {
    return state.phase !== "stopping" && state.phase !== "stopped";
}

function inPhase(phase: TaskState["phase"]): (task: ServiceTask) => boolean {
    return ({ state }) => state.phase === phase;
}

function notInPhase(phase: TaskState["phase"]): (task: ServiceTask) => boolean {
    return ({ state }) => state.phase !== phase;
}
