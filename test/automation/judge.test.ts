import assert from "node:assert/strict";
import { judge, type DeploymentFacts, type ServiceFacts, type Verdict } from "../../automation/rollout/judge";

const wanted = "arn:aws:ecs:eu-west-1:222222222222:task-definition/shop-staging-web:9";
const older = wanted.replace(":9", ":8");
const newer = wanted.replace(":9", ":10");

function primary(more: DeploymentFacts): DeploymentFacts {
    return { status: "PRIMARY", taskDefinition: wanted, desiredCount: 2, runningCount: 2, failedTasks: 0, rolloutState: "IN_PROGRESS", ...more };
}

function active(...deployments: DeploymentFacts[]): ServiceFacts {
    return { status: "ACTIVE", deployments };
}

const waiting = { state: "waiting", running: 2, desired: 2, failedTasks: 0 } as const;
const rows: readonly { readonly what: string; readonly service: ServiceFacts | undefined; readonly verdict: Verdict }[] = [
    { what: "waits while ECS works on it", service: active(primary({})), verdict: waiting },
    { what: "is complete when ECS says so", service: active(primary({ rolloutState: "COMPLETED" })), verdict: { ...waiting, state: "completed" } },
    { what: "is complete without tasks when none are wanted", service: active(primary({ rolloutState: "COMPLETED", desiredCount: 0, runningCount: 0 })), verdict: { state: "completed", running: 0, desired: 0, failedTasks: 0 } },
    { what: "waits when it was complete once and tasks have ended since", service: active(primary({ rolloutState: "COMPLETED", runningCount: 1 })), verdict: { ...waiting, running: 1 } },
    { what: "waits with the number of tasks that failed", service: active(primary({ failedTasks: 3 })), verdict: { ...waiting, failedTasks: 3 } },
    { what: "has failed when ECS gives it up", service: active(primary({ rolloutState: "FAILED" })), verdict: { state: "failed", how: "failed" } },
    {
        what: "is rolled back when the one before it runs again",
        service: active(primary({ taskDefinition: older }), { status: "ACTIVE", taskDefinition: wanted, rolloutState: "FAILED" }),
        verdict: { state: "failed", how: "rolled back" },
    },
    {
        what: "is rolled back although the service is stable",
        service: active(primary({ taskDefinition: older, rolloutState: "COMPLETED" }), { status: "ACTIVE", taskDefinition: wanted, rolloutState: "IN_PROGRESS" }),
        verdict: { state: "failed", how: "rolled back" },
    },
    { what: "is unseen while only an older one is known", service: active(primary({ taskDefinition: older, rolloutState: "COMPLETED" })), verdict: { state: "unseen" } },
    { what: "is replaced when a newer one runs", service: active(primary({ taskDefinition: newer })), verdict: { state: "failed", how: "replaced by a newer revision" } },
    { what: "is removed with its service", service: { status: "DRAINING", deployments: [primary({})] }, verdict: { state: "failed", how: "removed" } },
    { what: "is removed when nobody knows the service", service: undefined, verdict: { state: "failed", how: "removed" } },
];

describe("a deployment", () => {
    for (const { what, service, verdict } of rows) {
        it(what, () => assert.deepEqual(judge(service, wanted), verdict));
    }
});
