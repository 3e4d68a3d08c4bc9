/** A service as ECS describes it; only what is looked at. */
export interface ServiceFacts {
    readonly status?: string | undefined;
    readonly desiredCount?: number | undefined;
    readonly runningCount?: number | undefined;
    readonly deployments?: readonly DeploymentFacts[] | undefined;
}

export interface DeploymentFacts {
    readonly id?: string | undefined;
    readonly status?: string | undefined;
    readonly taskDefinition?: string | undefined;
    readonly rolloutState?: string | undefined;
    readonly desiredCount?: number | undefined;
    readonly runningCount?: number | undefined;
    readonly failedTasks?: number | undefined;
}

/** Where the deployment of one revision stands. */
export type Verdict =
    | { readonly state: "waiting" | "completed"; readonly running: number; readonly desired: number; readonly failedTasks: number }
    | { readonly state: "failed"; readonly how: "failed" | "rolled back" | "replaced by a newer revision" | "removed" }
    /** ECS does not know of the revision (yet): it answers with some delay. */
    | { readonly state: "unseen" };

/**
 * Judges a service by the very revision that should run: a service can be stable because it was rolled back. Complete means that ECS says
 * so and that all tasks run now, since a deployment of last week stays complete whatever happens to its tasks.
 */
export function judge(service: ServiceFacts | undefined, wanted: string): Verdict {
    if (service === undefined || service.status !== "ACTIVE") return { state: "failed", how: "removed" };
    const deployments = service.deployments ?? [];
    const primary = deployments.find(({ status }) => status === "PRIMARY");

    if (primary?.taskDefinition === wanted) {
        if (primary.rolloutState === "FAILED") return { state: "failed", how: "failed" };
        const { desiredCount: desired = 0, runningCount: running = 0, failedTasks = 0, rolloutState } = primary;
        const complete = rolloutState === "COMPLETED" && running >= desired;
        return { state: complete ? "completed" : "waiting", running, desired, failedTasks };
    }
    const own = deployments.find(({ taskDefinition }) => taskDefinition === wanted);
    if (own?.rolloutState === "FAILED") return { state: "failed", how: "rolled back" };
    if (primary !== undefined && revisionOf(primary.taskDefinition) > revisionOf(wanted)) return { state: "failed", how: "replaced by a newer revision" };
    return own === undefined ? { state: "unseen" } : { state: "failed", how: "rolled back" };
}

function revisionOf(definition = ""): number {
    return Number(definition.slice(definition.lastIndexOf(":") + 1));
}
