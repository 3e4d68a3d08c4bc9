import assert from "node:assert/strict";
import { reasonOf, type Evidence, type Reason, type StoppedTask } from "../../automation/rollout/reason";

const image = `222222222222.dkr.ecr.eu-west-1.amazonaws.com/shop/web@sha256:${"a".repeat(64)}`;

function evidence(more: Partial<Evidence>): Evidence {
    return { stopped: [], unhealthy: [], events: [], ...more };
}

function neverStarted(stoppedReason: string): StoppedTask {
    return { stopCode: "TaskFailedToStart", stoppedReason, containers: [{ name: "web", lastLines: [] }] };
}

function exited(exitCode: number, lastLines: readonly string[], reason?: string): StoppedTask {
    const container = { name: "web", exitCode, lastLines, ...(reason !== undefined && { reason }) };
    return { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited", containers: [{ name: "log", exitCode: 0, lastLines: [] }, container] };
}

const group = "(target-group arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/web/1)";

const rows: readonly { readonly what: string; readonly evidence: Evidence; readonly reason: Reason }[] = [
    {
        what: "an image that is not in the registry",
        evidence: evidence({ stopped: [neverStarted(`CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`)] }),
        reason: { cause: "image", sentence: `${image} is not in the registry` },
    },
    {
        what: "an image that may not be pulled",
        evidence: evidence({ stopped: [{ ...neverStarted("Task failed to start"), containers: [{ name: "web", reason: "CannotPullContainerError: pull access denied for example.com/shop/web:1.4.2, 403 Forbidden", lastLines: [] }] }] }),
        reason: { cause: "image", sentence: "example.com/shop/web:1.4.2 cannot be pulled: pull access denied for example.com/shop/web:1.4.2, 403 Forbidden" },
    },
    {
        what: "a secret that is not there",
        evidence: evidence({ stopped: [neverStarted("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid parameters: /shop/staging/SESSION_SECRET")] }),
        reason: { cause: "secret", sentence: "the secret /shop/staging/SESSION_SECRET is not in the parameter store" },
    },
    {
        what: "a secret that may not be read",
        evidence: evidence({ stopped: [neverStarted("ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: AccessDeniedException: User is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:222222222222:parameter/shop/staging/KEY")] }),
        reason: { cause: "secret", sentence: "its execution role may not read the secret /shop/staging/KEY" },
    },
    {
        what: "a task that cannot start for another reason",
        evidence: evidence({ stopped: [neverStarted("ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times")] }),
        reason: { cause: "start", sentence: "its tasks cannot start: failed to validate logger args: create stream has been retried 1 times" },
    },
    {
        what: "a container that exits, with its last lines",
        evidence: evidence({ stopped: [exited(1, ["starting", "Error: DATABASE_URL is not set "])] }),
        reason: { cause: "exit", sentence: "container web exited with code 1; its last lines were: starting | Error: DATABASE_URL is not set" },
    },
    {
        what: "a container that exits without a word",
        evidence: evidence({ stopped: [exited(127, [])] }),
        reason: { cause: "exit", sentence: "container web exited with code 127; it wrote nothing" },
    },
    {
        what: "a container that ends by itself",
        evidence: evidence({ stopped: [{ ...exited(0, ["bye"]), containers: [{ name: "web", exitCode: 0, lastLines: ["bye"] }] }] }),
        reason: { cause: "exit", sentence: "container web ended by itself (code 0), although a service has to go on; its last lines were: bye" },
    },
    {
        what: "a container without enough memory",
        evidence: evidence({ stopped: [exited(137, [], "OutOfMemoryError: Container killed due to memory usage")] }),
        reason: { cause: "exit", sentence: "container web was stopped because it needed more memory than it has; it wrote nothing" },
    },
    {
        what: "a health check that is answered with a wrong status",
        evidence: evidence({ healthPath: "/healthcheck", unhealthy: [{ reason: "Target.ResponseCodeMismatch", description: "Health checks failed with these codes: [503]" }] }),
        reason: { cause: "health", sentence: "its health check /healthcheck was answered with status 503" },
    },
    {
        what: "a health check of which only ECS's events tell",
        evidence: evidence({ healthPath: "/", events: [`(service web) (task 1) (port 8080) is unhealthy in ${group} due to (reason Health checks failed with these codes: [404, 500]).`] }),
        reason: { cause: "health", sentence: "its health check / was answered with status 404, 500" },
    },
    {
        what: "a health check that is not answered",
        evidence: evidence({ healthPath: "/healthcheck", unhealthy: [{ reason: "Target.Timeout", description: "Request timed out" }] }),
        reason: { cause: "health", sentence: "its health check /healthcheck was not answered in time" },
    },
    {
        what: "a health check of the container",
        evidence: evidence({ stopped: [{ stopCode: "ServiceSchedulerInitiated", stoppedReason: "Task failed container health checks", containers: [{ name: "web", exitCode: 137, lastLines: ["x"] }] }] }),
        reason: { cause: "health", sentence: "the health check of its container failed" },
    },
    {
        what: "a task that the load balancer gave up",
        evidence: evidence({ stopped: [{ stopCode: "ServiceSchedulerInitiated", stoppedReason: `Task failed ELB health checks in ${group}`, containers: [{ name: "web", exitCode: 143, lastLines: [] }] }] }),
        reason: { cause: "health", sentence: "its health check failed" },
    },
    {
        what: "no capacity",
        evidence: evidence({ events: ["(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."] }),
        reason: { cause: "capacity", sentence: "AWS has no place for its tasks now: capacity is unavailable at this time. Please try again later or in a different availability zone" },
    },
    {
        what: "a missing image before an exit of an earlier try",
        evidence: evidence({ stopped: [exited(1, []), neverStarted(`CannotPullContainerError: ${image}: not found`)] }),
        reason: { cause: "image", sentence: `${image} is not in the registry` },
    },
    {
        what: "what ECS says when nothing else is known",
        evidence: evidence({ events: ["(service web) is unable to consistently start tasks successfully. For more information, see the manual."] }),
        reason: { cause: "unknown", sentence: "no task became healthy; ECS says: is unable to consistently start tasks successfully" },
    },
    {
        what: "that nobody says why",
        evidence: evidence({}),
        reason: { cause: "unknown", sentence: "no task became healthy, and ECS does not say why" },
    },
    {
        what: "nothing of a target that is only being registered",
        evidence: evidence({ unhealthy: [{ reason: "Elb.RegistrationInProgress", description: "Target registration is in progress" }] }),
        reason: { cause: "unknown", sentence: "no task became healthy, and ECS does not say why" },
    },
];

describe("the reason of a failed deployment", () => {
    for (const { what, evidence: given, reason } of rows) {
        it(`is ${what}`, () => assert.deepEqual(reasonOf(given), reason));
    }
});
