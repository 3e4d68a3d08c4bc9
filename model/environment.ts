import type { Bucket, Queue } from "./application";
import type { Hours } from "./hours";

/** The four kinds of environment. */
export const kinds = ["production", "staging", "dev", "branch"] as const;
export type Kind = (typeof kinds)[number];

/** The kinds on which branch environments stand. */
export type BaseKind = Exclude<Kind, "branch">;

/**
 * One application in one stack, complete: every default filled in, every name decided, every check made. Plain values only:
 * what the stacks build from it is known before the first resource exists.
 */
export interface Environment {
    /** The application's name, first part of every name and path. @example "shop" */
    readonly app: string;
    readonly kind: Kind;
    /** What it is called in host names, paths and tags: the kind of a base, the branch id of a branch. @example "staging" */
    readonly name: string;
    /** AWS account id it belongs to, 12 digits. */
    readonly account: string;
    readonly region: string;
    /** Role that the AWS provider assumes to work in that account; absent: the caller's own credentials. */
    readonly role?: string;
    /** DNS zone of the environment's hosts. @example "staging.example.com" */
    readonly zone: string;
    /** When it is awake; absent: always. Nothing stops it yet. */
    readonly hours?: Hours;
    /** What runs on ECS as services (roles `web` and `worker`), sorted by name. */
    readonly services: readonly EnvironmentService[];
    /** Task definitions that run only when asked (role `task`), sorted by name. */
    readonly tasks: readonly EnvironmentTask[];
    /** Queues of its own, sorted by name. */
    readonly queues: readonly EnvironmentQueue[];
    /** Buckets of its own, sorted by name. */
    readonly buckets: readonly EnvironmentBucket[];
    /** Own images, which live in this application's ECR repositories, sorted. @example ["web", "api"] */
    readonly images: readonly OwnImage[];
    /** Services of the application that a branch leaves to its base and finds there, sorted. Empty for a base. */
    readonly borrowed: readonly string[];
    /** Every environment value that was changed so that services find each other on AWS. */
    readonly rewrites: readonly Rewrite[];
}

/** A queue, with its names on AWS. */
export interface EnvironmentQueue extends Queue {
    /** @example "shop_staging_orders" */
    readonly queueName: string;
    /** Queue of the messages that nobody could handle. @example "shop_staging_orders-dead" */
    readonly deadLetterName: string;
}

/** A bucket, with its name on AWS. */
export interface EnvironmentBucket extends Bucket {
    /** @example "shop--staging--uploads-1f2e3d4c" */
    readonly bucketName: string;
}

/** An image that is built from the application's own source. */
export interface OwnImage {
    /** The image's name without registry and tag; the repository is `<app>/<name>`. */
    readonly name: string;
    /** The services that run it, sorted: all of them run the same digest. */
    readonly services: readonly string[];
}

/** What a task definition needs, for services and one-off tasks alike. */
export interface EnvironmentTask {
    /** The Compose service. @example "web" */
    readonly name: string;
    /** Task size: a pair that Fargate offers. CPU units (1024 is one vCPU) and MiB. */
    readonly cpu: number;
    readonly memory: number;
    readonly architecture: "X86_64" | "ARM64";
    /** Volumes that its containers mount: empty when the task starts, gone when it ends. Sorted; absent when there are none. */
    readonly volumes?: readonly string[];
    /** The service's own container first, then its sidecars by name. */
    readonly containers: readonly Container[];
}

export interface EnvironmentService extends EnvironmentTask {
    readonly role: "web" | "worker";
    /** How many tasks run when the environment is awake. */
    readonly count: number;
    /** The capacity provider its tasks run on. */
    readonly capacity: "FARGATE" | "FARGATE_SPOT";
    /** How the load balancer reaches it; web services only. */
    readonly route?: Route;
    /** Its name in the base's private DNS namespace, without the namespace. @example "api--feature-x-1a2b3c4d" */
    readonly discoveryName: string;
}

/** A route from the load balancer to the service. */
export interface Route {
    /** Full host names that reach it. @example ["www.staging.example.com"] */
    readonly hosts: readonly string[];
    /** The container port that gets the requests. */
    readonly port: number;
    /** True for the one service whose host is the environment's own address. */
    readonly main: boolean;
    readonly health: HealthCheck;
    /** How long the load balancer lets requests of a stopping task finish, in seconds. */
    readonly deregistrationDelay: number;
}

/** The target group's health check, in seconds and counts. Timeout is always below interval. */
export interface HealthCheck {
    readonly path: string;
    readonly interval: number;
    readonly timeout: number;
    readonly healthy: number;
    readonly unhealthy: number;
    /** Status codes that count as healthy. @example "200-399" */
    readonly matcher: string;
}

/** One container of a task, in ECS's terms: seconds, MiB, CPU units. What is absent was not given. */
export interface Container {
    readonly name: string;
    readonly image: ContainerImage;
    readonly essential: boolean;
    readonly entryPoint?: readonly string[];
    readonly command?: readonly string[];
    /** Sorted by name. */
    readonly environment: Readonly<Record<string, string>>;
    /** Values that ECS fetches from the parameter store when the task starts, sorted by name. */
    readonly secrets: readonly Secret[];
    readonly ports: readonly ContainerPort[];
    readonly healthCheck?: ContainerHealthCheck;
    readonly dependsOn: readonly ContainerDependency[];
    readonly stopTimeout?: number;
    readonly user?: string;
    readonly workingDirectory?: string;
    readonly readonlyRootFilesystem?: boolean;
    /** False: its program is process 1. Otherwise an init process is. */
    readonly initProcessEnabled?: boolean;
    readonly dockerLabels?: Readonly<Record<string, string>>;
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
    readonly ulimits?: readonly { readonly name: "nofile"; readonly softLimit: number; readonly hardLimit: number }[];
    readonly systemControls?: readonly { readonly namespace: string; readonly value: string }[];
    /** Sizes in MiB. */
    readonly tmpfs?: readonly { readonly containerPath: string; readonly size: number; readonly mountOptions?: readonly string[] }[];
    readonly mountPoints?: readonly { readonly sourceVolume: string; readonly containerPath: string; readonly readOnly: boolean }[];
}

/** Either one of the application's own images, whose digest comes with the release, or somebody else's, as written. */
export type ContainerImage = { readonly own: string } | { readonly reference: string };

/** A secret by name. Its value is never part of the model. */
export interface Secret {
    /** The environment variable, and the last part of the parameter's name. @example "SESSION_SECRET" */
    readonly name: string;
    /** Full name of the SSM parameter. @example "/shop/staging/SESSION_SECRET" */
    readonly parameter: string;
}

export interface ContainerPort {
    readonly containerPort: number;
    readonly protocol: "tcp" | "udp";
}

export interface ContainerHealthCheck {
    readonly command: readonly string[];
    readonly interval?: number;
    readonly timeout?: number;
    readonly retries?: number;
    readonly startPeriod?: number;
}

export interface ContainerDependency {
    readonly containerName: string;
    readonly condition: "START" | "COMPLETE" | "SUCCESS" | "HEALTHY";
}

/** One value that had to change between the laptop and AWS. */
export interface Rewrite {
    readonly service: string;
    readonly variable: string;
    /** Host that was written. @example "api" */
    readonly from: string;
    /** Host that is meant on AWS. @example "api.staging.internal" */
    readonly to: string;
}
