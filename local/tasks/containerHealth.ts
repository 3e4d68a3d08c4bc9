import type { HealthCheck } from "@aws-sdk/client-ecs";
import type { HealthStatus } from "../emulator/views";

/** A container's health check with ECS's defaults filled in; seconds. */
export interface ContainerCheck {
    readonly command: readonly string[];
    readonly interval: number;
    readonly timeout: number;
    readonly retries: number;
    readonly startPeriod: number;
}

export interface ContainerHealth {
    readonly status: HealthStatus;
    readonly failuresInARow: number;
}

export const unknownHealth: ContainerHealth = { status: "UNKNOWN", failuresInARow: 0 };

/** The check that a container definition asks for; undefined when it has none, or says `NONE`. The command is ready to be run. */
export function readContainerCheck(check: HealthCheck | undefined): ContainerCheck | undefined {
    const [kind, ...words] = check?.command ?? [];
    if (check === undefined || kind === undefined || kind === "NONE") return undefined;
    return {
        command: kind === "CMD-SHELL" ? ["/bin/sh", "-c", words.join(" ")] : kind === "CMD" ? words : [kind, ...words],
        interval: check.interval ?? 30,
        timeout: check.timeout ?? 5,
        retries: check.retries ?? 3,
        startPeriod: check.startPeriod ?? 0,
    };
}

/**
 * The health after one more run of the check: one success is enough to be HEALTHY, `retries` failures in a row make it UNHEALTHY.
 * Failures within the start period do not count until there has been a success.
 */
export function afterCheck(health: ContainerHealth, passed: boolean, inStartPeriod: boolean, { retries }: ContainerCheck): ContainerHealth {
    if (passed) return { status: "HEALTHY", failuresInARow: 0 };
    if (inStartPeriod && health.status === "UNKNOWN") return health;
    const failuresInARow = health.failuresInARow + 1;
    return { status: failuresInARow >= retries ? "UNHEALTHY" : health.status, failuresInARow };
}
