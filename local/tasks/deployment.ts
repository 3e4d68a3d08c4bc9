import type { DeploymentView, ServiceView } from "../emulator/views";

/** How many tasks of a service may run, and must be healthy, while deployments replace each other. */
export interface Bounds {
    readonly minimum: number;
    readonly maximum: number;
}

/** ECS's reading of `minimumHealthyPercent` (rounded up) and `maximumPercent` (rounded down). */
export function boundsOf({ desiredCount, deploymentConfiguration }: Pick<ServiceView, "desiredCount" | "deploymentConfiguration">): Bounds {
    const { minimumHealthyPercent, maximumPercent } = deploymentConfiguration;
    return {
        minimum: Math.ceil((desiredCount * minimumHealthyPercent) / 100),
        maximum: Math.floor((desiredCount * maximumPercent) / 100),
    };
}

/** How many failed tasks make ECS's circuit breaker give a deployment up. */
export function failureThreshold(desiredCount: number): number {
    return Math.min(Math.max(Math.ceil(desiredCount / 2), 3), 200);
}

/** Seconds that ECS waits before the next task, after this many in a row have failed: doubling, up to 15 minutes. */
export function backOff(failuresInARow: number): number {
    return failuresInARow === 0 ? 0 : Math.min(2 ** (failuresInARow - 1), 900);
}

/** The deployment that the service is to become; absent while the service is being deleted. */
export function primaryOf(service: ServiceView): DeploymentView | undefined {
    return service.status === "DRAINING" ? undefined : service.deployments.find(({ status }) => status === "PRIMARY");
}
