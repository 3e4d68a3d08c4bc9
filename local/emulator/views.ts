import type { TaskDefinition } from "@aws-sdk/client-ecs";

/** Where a resource lives. */
export interface Place {
    /** AWS account id, 12 digits. */
    readonly account: string;
    readonly region: string;
}

/** All of ECS, of all accounts and regions. */
export interface EcsView {
    /** Grows with every change of this view; an emulator begins higher than any that was started before it. */
    readonly revision: number;
    readonly services: readonly ServiceView[];
    readonly tasks: readonly TaskView[];
    /** By ARN: those that a deployment or a task of this view names, in the shape of DescribeTaskDefinition. */
    readonly taskDefinitions: Readonly<Record<string, TaskDefinition>>;
}

/** An ECS service, in DescribeServices' terms. */
export interface ServiceView extends Place {
    /** Name of the cluster. */
    readonly cluster: string;
    readonly clusterArn: string;
    readonly serviceName: string;
    readonly serviceArn: string;
    /** DRAINING: deleted, but some of its tasks have not stopped yet. */
    readonly status: "ACTIVE" | "DRAINING";
    readonly desiredCount: number;
    readonly runningCount: number;
    readonly pendingCount: number;
    /** ARN of the task definition it should run: the PRIMARY deployment's. */
    readonly taskDefinition: string;
    readonly loadBalancers: readonly { readonly targetGroupArn: string; readonly containerName: string; readonly containerPort: number }[];
    readonly serviceRegistries: readonly ServiceRegistry[];
    /** Seconds; 0 when none was given. */
    readonly healthCheckGracePeriodSeconds: number;
    readonly deploymentConfiguration: {
        readonly minimumHealthyPercent: number;
        readonly maximumPercent: number;
        readonly deploymentCircuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
    };
    /** Newest first; exactly one is PRIMARY, unless the service is DRAINING. */
    readonly deployments: readonly DeploymentView[];
}

export interface ServiceRegistry {
    /** ARN of the Cloud Map service; its last part is the service's id. */
    readonly registryArn: string;
    readonly containerName?: string;
    readonly containerPort?: number;
    readonly port?: number;
}

export interface DeploymentView {
    /** @example "ecs-svc/1234567890123456789" */
    readonly id: string;
    readonly status: "PRIMARY" | "ACTIVE";
    readonly taskDefinition: string;
    readonly desiredCount: number;
    readonly runningCount: number;
    readonly pendingCount: number;
    readonly failedTasks: number;
    readonly rolloutState: RolloutState;
    readonly rolloutStateReason: string;
    /** ISO 8601. */
    readonly createdAt: string;
}

export type RolloutState = "IN_PROGRESS" | "COMPLETED" | "FAILED";

/** An ECS task, in DescribeTasks' terms. STOPPED ones stay for an hour, as on AWS. */
export interface TaskView extends Place {
    readonly cluster: string;
    readonly clusterArn: string;
    readonly taskArn: string;
    /** Last part of the ARN. */
    readonly taskId: string;
    readonly taskDefinitionArn: string;
    /** @example "service:web" or "family:shop-staging-migrate" */
    readonly group: string;
    /** Deployment id of a service's task; what RunTask was given otherwise. */
    readonly startedBy?: string;
    /** STOPPED: somebody asked for its end (StopTask, DeleteService); the runner ends it and reports so. */
    readonly desiredStatus: "RUNNING" | "STOPPED";
    readonly lastStatus: TaskStatus;
    readonly healthStatus: HealthStatus;
    readonly stopCode?: StopCode;
    readonly stoppedReason?: string;
    /** ISO 8601. */
    readonly createdAt: string;
    readonly privateIpv4Address?: string;
    readonly containers: readonly ContainerView[];
    /** Of RunTask. */
    readonly overrides: TaskOverrides;
}

export interface TaskOverrides {
    readonly cpu?: string;
    readonly memory?: string;
    readonly taskRoleArn?: string;
    readonly executionRoleArn?: string;
    readonly containerOverrides?: readonly {
        readonly name: string;
        readonly command?: readonly string[];
        readonly environment?: readonly { readonly name: string; readonly value: string }[];
    }[];
}

export type TaskStatus = "PROVISIONING" | "PENDING" | "ACTIVATING" | "RUNNING" | "DEACTIVATING" | "STOPPING" | "DEPROVISIONING" | "STOPPED";

export type HealthStatus = "HEALTHY" | "UNHEALTHY" | "UNKNOWN";

export type StopCode =
    | "TaskFailedToStart"
    | "EssentialContainerExited"
    | "UserInitiated"
    | "ServiceSchedulerInitiated"
    | "SpotInterruption"
    | "TerminationNotice";

export interface ContainerView {
    readonly name: string;
    readonly lastStatus: "PENDING" | "RUNNING" | "STOPPED";
    readonly healthStatus: HealthStatus;
    readonly exitCode?: number;
    /** Why it stopped, when not by itself. @example "CannotPullContainerError: ..." */
    readonly reason?: string;
}

/** A task that the scheduler starts for a deployment. */
export interface NewTask {
    readonly service: string;
    readonly deploymentId: string;
}

export interface TaskReport {
    readonly lastStatus?: TaskStatus;
    readonly desiredStatus?: "RUNNING" | "STOPPED";
    readonly healthStatus?: HealthStatus;
    readonly stopCode?: StopCode;
    readonly stoppedReason?: string;
    /** Address of the task's network interface. */
    readonly privateIpv4Address?: string;
    /** By container name. */
    readonly containers?: Readonly<Record<string, Partial<Omit<ContainerView, "name">>>>;
}

export interface ServiceReport {
    readonly deployments?: readonly {
        readonly id: string;
        readonly failedTasks?: number;
        readonly rolloutState?: RolloutState;
        readonly rolloutStateReason?: string;
    }[];
    /** Messages that DescribeServices shows, oldest first. @example "(service web) has reached a steady state." */
    readonly events?: readonly string[];
}

export interface LoadBalancingView {
    readonly revision: number;
    readonly loadBalancers: readonly LoadBalancerView[];
    readonly targetGroups: readonly TargetGroupView[];
    /** What public DNS says of the names in this world's hosted zones. */
    readonly publicZones: readonly ZoneView[];
}

/** A public hosted zone; names as people write them. */
export interface ZoneView {
    /** @example "staging.example.com" */
    readonly name: string;
    readonly records: readonly RecordView[];
}

export interface RecordView {
    /** @example "*.staging.example.com" */
    readonly name: string;
    readonly type: string;
    /** The name to which an alias or a CNAME leads. */
    readonly target?: string;
}

export interface LoadBalancerView extends Place {
    readonly arn: string;
    readonly name: string;
    readonly dnsName: string;
    readonly scheme: "internet-facing" | "internal";
    /** What its security groups let in, as one list; protocol `-1` is any, its ports then 0-65535. Empty: nobody. */
    readonly ingress: readonly IngressView[];
    readonly listeners: readonly ListenerView[];
}

export interface IngressView {
    readonly protocol: string;
    readonly fromPort: number;
    readonly toPort: number;
    /** An IPv4 or IPv6 range, or the id of a security group. */
    readonly source: string;
}

export interface ListenerView {
    readonly arn: string;
    readonly port: number;
    readonly protocol: string;
    /** In the order in which they are tried; the last one is the default, without conditions. */
    readonly rules: readonly RuleView[];
}

export interface RuleView {
    readonly arn: string;
    readonly priority: number | "default";
    /** All must hold; a condition holds when one of its values does. */
    readonly conditions: readonly ConditionView[];
    readonly actions: readonly ActionView[];
}

export type ConditionView =
    | { readonly field: "host-header" | "path-pattern" | "http-request-method" | "source-ip"; readonly values: readonly string[] }
    | { readonly field: "http-header"; readonly name: string; readonly values: readonly string[] }
    | { readonly field: "query-string"; readonly values: readonly { readonly key?: string; readonly value: string }[] };

export type ActionView =
    | { readonly type: "forward"; readonly targetGroups: readonly { readonly arn: string; readonly weight: number }[] }
    | { readonly type: "fixed-response"; readonly statusCode: number; readonly contentType: string; readonly messageBody: string }
    | {
          readonly type: "redirect";
          readonly statusCode: number;
          readonly protocol: string;
          readonly host: string;
          readonly port: string;
          readonly path: string;
          readonly query: string;
      }
    | { readonly type: "authenticate-oidc" | "authenticate-cognito" };

export interface TargetGroupView extends Place {
    readonly arn: string;
    readonly name: string;
    readonly port: number;
    readonly protocol: string;
    readonly targetType: string;
    readonly healthCheck: {
        readonly enabled: boolean;
        readonly path: string;
        /** `traffic-port` or a number as text. */
        readonly port: string;
        readonly protocol: string;
        /** Seconds. */
        readonly interval: number;
        readonly timeout: number;
        readonly healthyThreshold: number;
        readonly unhealthyThreshold: number;
        /** @example "200-399" */
        readonly matcher: string;
    };
    /** Seconds. */
    readonly deregistrationDelay: number;
    readonly targets: readonly TargetReport[];
}

export interface TargetKey {
    /** IP address. */
    readonly id: string;
    readonly port: number;
}

export interface TargetReport extends TargetKey {
    readonly state: "initial" | "healthy" | "unhealthy" | "draining" | "unused";
    /** AWS's code. @example "Target.ResponseCodeMismatch" */
    readonly reason?: string;
    /** @example "Health checks failed with these codes: [500]" */
    readonly description?: string;
}

export interface CloudMapView {
    readonly revision: number;
    readonly namespaces: readonly (Place & { readonly id: string; readonly name: string; readonly type: string })[];
    readonly services: readonly (Place & {
        readonly id: string;
        readonly arn: string;
        readonly name: string;
        readonly namespaceId: string;
        readonly instances: readonly { readonly id: string; readonly attributes: Readonly<Record<string, string>> }[];
    })[];
}

export interface ChangedCounts {
    /** Sum of the three. */
    readonly revision: number;
    readonly ecs: number;
    readonly elbv2: number;
    readonly servicediscovery: number;
}

export interface RoleCredentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    /** ISO 8601. */
    readonly expiration: string;
}

/** Makes matching AWS calls slow or fail. Of several rules that match, the first one acts. */
export interface FaultRule {
    /** Signing name of the service. @example "ecs", "elasticloadbalancing", "ec2" */
    readonly service: string;
    /**
     * Absent: every operation of the service. `CreateTask` of `ecs` is `ControlClient.createTask`, which then answers 409: capacity that is
     * not there; its content is the deployment's settings. @example "CreateService"
     */
    readonly operation?: string;
    /** Acts only on requests whose path, query or body contains this text. */
    readonly match?: string;
    /** How often it acts; absent: always. */
    readonly times?: number;
    /** Acts only on each n-th of the requests it is about. Default 1: on all of them. */
    readonly every?: number;
    /** Waits this long, in milliseconds, before the call goes on or fails. */
    readonly delay?: number;
    /** Answers with this error instead of doing the call. */
    readonly error?: { readonly code: string; readonly message: string; readonly status: number };
}
