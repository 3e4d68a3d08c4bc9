import type { HealthStatus } from "../emulator/views";
import type { TaskState } from "./servicePlan";
import type { TargetHealth } from "./targetHealth";
import { toLocalTime } from "./timeScale";

/** Seconds after which a task without any check counts as steady: about how long ECS takes to look again. */
const settleTime = 10;

/** What speaks for and against a running task. */
export interface HealthFacts {
    readonly taskId: string;
    /** Milliseconds since the task became RUNNING. */
    readonly age: number;
    readonly scale: number;
    /** The service's `healthCheckGracePeriodSeconds`: a bad check has no consequence before. */
    readonly gracePeriod: number;
    /** Of its containers together; undefined when none has a check. */
    readonly containers: HealthStatus | undefined;
    readonly targets: readonly { readonly targetGroupArn: string; readonly port: number; readonly health: TargetHealth }[];
}

/** What the scheduler makes of a running task. `again`: milliseconds after which the answer may change by itself. */
export function assessHealth(facts: HealthFacts): TaskState & { readonly again?: number } {
    const { taskId, age, scale, containers, targets } = facts;
    const grace = toLocalTime(facts.gracePeriod, scale) - age;
    const unhealthyTarget = targets.find(({ health }) => health.state === "unhealthy");
    if (containers === "UNHEALTHY" || unhealthyTarget !== undefined) {
        if (grace > 0) return { phase: "running", again: grace };
        if (unhealthyTarget === undefined) {
            return {
                phase: "unhealthy",
                event: `(task ${taskId}) failed container health checks.`,
                stoppedReason: "Task failed container health checks",
            };
        }
        const { targetGroupArn, port, health } = unhealthyTarget;
        const group = `(target-group ${targetGroupArn})`;
        const reason = health.description ?? "Health checks failed";
        return {
            phase: "unhealthy",
            event: `(task ${taskId}) (port ${port}) is unhealthy in ${group} due to (reason ${reason}).`,
            stoppedReason: `Task failed ELB health checks in ${group}`,
        };
    }
    if (containers === "UNKNOWN" || targets.some(({ health }) => health.state !== "healthy")) return { phase: "running" };
    const settling = containers === undefined && targets.length === 0 ? toLocalTime(settleTime, scale) - age : 0;
    return settling > 0 ? { phase: "running", again: settling } : { phase: "healthy" };
}
