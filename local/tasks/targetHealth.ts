import type { TargetGroupView, TargetReport } from "../emulator/views";

/** What one health check request met. */
export type ProbeResult =
    | { readonly kind: "answered"; readonly statusCode: number }
    | { readonly kind: "timeout" }
    /** No connection, or one that broke off. */
    | { readonly kind: "failed" };

/** A target's health as DescribeTargetHealth tells it, and how many answers in a row speak against it. */
export interface TargetHealth extends Pick<TargetReport, "state" | "reason" | "description"> {
    /** Results in a row that contradict the state. */
    readonly contradictions: number;
}

/** A target that has just been registered. */
export const registered: TargetHealth = {
    state: "initial",
    reason: "Elb.RegistrationInProgress",
    description: "Target registration is in progress",
    contradictions: 0,
};

/**
 * The health after one more result, by the load balancer's rules: a new target is healthy after its first success, an unhealthy one
 * after `healthyThreshold` successes in a row; either becomes unhealthy after `unhealthyThreshold` failures in a row.
 */
export function afterProbe(health: TargetHealth, result: ProbeResult, check: TargetGroupView["healthCheck"]): TargetHealth {
    const failure = failureOf(result, check.matcher);
    if (failure === undefined) {
        const contradictions = health.state === "healthy" ? 0 : health.contradictions + 1;
        const enough = health.state === "initial" ? 1 : check.healthyThreshold;
        if (health.state === "healthy" || contradictions >= enough) return { state: "healthy", contradictions: 0 };
        return { ...health, contradictions };
    }
    if (health.state === "unhealthy") return { state: "unhealthy", ...failure, contradictions: 0 };
    const contradictions = health.contradictions + 1;
    if (contradictions >= check.unhealthyThreshold) return { state: "unhealthy", ...failure, contradictions: 0 };
    if (health.state === "healthy") return { ...health, contradictions };
    return { state: "initial", reason: "Elb.InitialHealthChecking", description: "Initial health checks in progress", contradictions };
}

/** True when a status code is one of those that a matcher lists. @example matches("200-299,404", 204) */
export function matches(matcher: string, statusCode: number): boolean {
    return matcher.split(",").some((part) => {
        const [first = NaN, last = first] = part.split("-").map(Number);
        return statusCode >= first && statusCode <= last;
    });
}

function failureOf(result: ProbeResult, matcher: string): Pick<TargetReport, "reason" | "description"> | undefined {
    switch (result.kind) {
        case "timeout":
            return { reason: "Target.Timeout", description: "Request timed out" };
        case "failed":
            return { reason: "Target.FailedHealthChecks", description: "Health checks failed" };
        case "answered":
            if (matches(matcher, result.statusCode)) return undefined;
            return { reason: "Target.ResponseCodeMismatch", description: `Health checks failed with these codes: [${result.statusCode}]` };
    }
}
