import type {
    ChangedCounts,
    CloudMapView,
    EcsView,
    FaultRule,
    LoadBalancingView,
    NewTask,
    Place,
    RoleCredentials,
    ServiceReport,
    ServiceView,
    TargetKey,
    TargetReport,
    TaskReport,
    TaskView,
} from "./views";

/** Waits for a change instead of answering at once. */
export interface Watch {
    /** Revision of the view that the caller has: the answer comes as soon as there is a newer one. */
    readonly after: number;
    /** Longest wait, in milliseconds; then the answer has the same revision. Default 20000. */
    readonly timeout?: number;
    readonly signal?: AbortSignal;
}

/** The emulator refused, with its reason. */
export class ControlError extends Error {
    constructor(
        /** HTTP status of the answer. */
        readonly status: number,
        message: string,
    ) {
        super(message);
        this.name = "ControlError";
    }
}

/**
 * What AWS does behind its API and an emulator cannot: seeing all accounts at once, moving tasks through their life, reporting the
 * health of targets. The task runner and the front door work through it, and tests plan faults with it. Names and values are AWS's own.
 * Every method throws `ControlError` when the emulator refuses (404: no such thing), and fetch's own error when nothing answers.
 */
export class ControlClient {
    constructor(
        /** @example "http://127.0.0.1:40001" */
        private readonly endpoint: string,
    ) {}

    /** Services that are not INACTIVE, their tasks and every task definition that one of these names, of all accounts and regions. */
    ecs(watch?: Watch): Promise<EcsView> {
        return this.view("ecs", watch);
    }

    /** Load balancers with listeners and rules in order of evaluation, target groups with their targets, and the DNS records that lead to them. */
    loadBalancing(watch?: Watch): Promise<LoadBalancingView> {
        return this.view("elbv2", watch);
    }

    /** Cloud Map namespaces, and services with their instances. */
    cloudMap(watch?: Watch): Promise<CloudMapView> {
        return this.view("servicediscovery", watch);
    }

    /** Only the revisions of the three views: enough to wait for a change in any of them. `after` is compared to their sum. */
    changes(watch?: Watch): Promise<ChangedCounts> {
        return this.view("changes", watch);
    }

    /**
     * Makes a task of a service's deployment as the ECS scheduler does: PROVISIONING, desired RUNNING, group `service:<name>`, started by
     * the deployment's id. One-off tasks come from RunTask and need no call of this kind. Refused with 409 when the service is DRAINING,
     * or a fault rule says that there is no capacity.
     */
    createTask(place: Place, cluster: string, task: NewTask): Promise<TaskView> {
        return this.send("POST", ecsPath(place, "tasks", cluster), task);
    }

    /**
     * Reports what became of a task. What is left out stays. The emulator keeps the times (`startedAt` at RUNNING, `stoppingAt`,
     * `stoppedAt`), and derives running and pending counts of the service and its deployments from its tasks.
     */
    reportTask(place: Place, cluster: string, taskId: string, report: TaskReport): Promise<TaskView> {
        return this.send("PUT", ecsPath(place, "tasks", cluster, taskId), report);
    }

    /**
     * Reports how the rollout of a service goes. An ACTIVE deployment without tasks disappears as soon as the PRIMARY one is reported
     * COMPLETED; a deployment is never removed by the caller.
     */
    reportService(place: Place, cluster: string, service: string, report: ServiceReport): Promise<ServiceView> {
        return this.send("PUT", ecsPath(place, "services", cluster, service), report);
    }

    /**
     * What ECS's deployment circuit breaker does with `rollback`: the PRIMARY deployment becomes FAILED and ACTIVE, the newest deployment
     * that was COMPLETED becomes PRIMARY again (made anew when it is gone), IN_PROGRESS, and the service's task definition is its.
     * Refused with 409 when no deployment was ever COMPLETED: ECS then leaves the failed one in place.
     */
    rollBack(place: Place, cluster: string, service: string): Promise<ServiceView> {
        return this.send("POST", ecsPath(place, "services", cluster, service, "rollback"), {});
    }

    /** Registers targets, or changes the health of registered ones, as DescribeTargetHealth then tells it. */
    putTargets(place: Place, targetGroupArn: string, targets: readonly TargetReport[]): Promise<void> {
        return this.send("PUT", join("elbv2", place.account, place.region, "targets"), { targetGroupArn, targets });
    }

    /** Takes targets out at once; report them as `draining` before. Targets that are not registered are ignored. */
    removeTargets(place: Place, targetGroupArn: string, targets: readonly TargetKey[]): Promise<void> {
        return this.send("DELETE", join("elbv2", place.account, place.region, "targets"), { targetGroupArn, targets });
    }

    /** Registers a Cloud Map instance, or replaces its attributes. @example attributes { AWS_INSTANCE_IPV4: "127.1.0.4" } */
    putInstance(place: Place, serviceId: string, instanceId: string, attributes: Readonly<Record<string, string>>): Promise<void> {
        return this.send("PUT", instancePath(place, serviceId, instanceId), { attributes });
    }

    /** Takes a Cloud Map instance out; one that is not registered is ignored. */
    removeInstance(place: Place, serviceId: string, instanceId: string): Promise<void> {
        return this.send("DELETE", instancePath(place, serviceId, instanceId));
    }

    /**
     * Credentials of a role as an AWS service gets them: refused with 403 and AWS's words when the role does not exist or does not trust
     * that service. @example roleCredentials("arn:aws:iam::222222222222:role/web", "ecs-tasks.amazonaws.com")
     */
    roleCredentials(roleArn: string, principal: string): Promise<RoleCredentials> {
        return this.send("POST", "credentials", { roleArn, principal });
    }

    /** Credentials of an account itself, which may do anything in it: for setting up what an account has before anybody works in it. */
    rootCredentials(account: string): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
        return this.send("POST", join("accounts", account, "credentials"), {});
    }

    /**
     * Everything that exists in all accounts, one sorted line each, over the services this project uses. Two equal lists mean that nothing
     * was left behind. @example "222222222222 eu-west-1 ecs service staging/web"
     */
    inventory(): Promise<readonly string[]> {
        return this.send("GET", "inventory");
    }

    /** Replaces all fault rules; an empty list ends them. */
    setFaults(rules: readonly FaultRule[]): Promise<void> {
        return this.send("PUT", "faults", { rules });
    }

    /** The fault rules with what is left of their `times`; a rule that is used up is gone. */
    faults(): Promise<readonly FaultRule[]> {
        return this.send("GET", "faults");
    }

    private view<T>(name: string, watch?: Watch): Promise<T> {
        if (watch === undefined) return this.send("GET", name);
        const timeout = watch.timeout ?? 20_000;
        return this.send("GET", `${name}?after=${watch.after}&timeout=${timeout}`, undefined, watch.signal);
    }

    private async send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
        const response = await fetch(`${this.endpoint}/understudy/${path}`, {
            method,
            ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
            ...(signal === undefined ? {} : { signal }),
        });
        const text = await response.text();
        if (!response.ok) throw new ControlError(response.status, `emulator: ${method} ${path}: ${text}`);
        return (text === "" ? undefined : JSON.parse(text)) as T;
    }
}

function ecsPath({ account, region }: Place, ...rest: readonly string[]): string {
    return join("ecs", account, region, ...rest);
}

function instancePath({ account, region }: Place, serviceId: string, instanceId: string): string {
    return join("servicediscovery", account, region, "services", serviceId, "instances", instanceId);
}

function join(...parts: readonly string[]): string {
    return parts.map(encodeURIComponent).join("/");
}
