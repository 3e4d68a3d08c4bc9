import type { HealthCheck } from "./environment";
import type { Place } from "./findings";
import { outerPath } from "./path";

/** What a service is on AWS: see `x-understudy.role` in docs/compose.md. */
export const roles = ["web", "worker", "sidecar", "store", "task"] as const;
export type Role = (typeof roles)[number];

/** What `app/` says, read and checked, before anything is known about the environment it will run in. Plain values. */
export interface Application {
    /** The Compose file as the user named it. @example "app/compose.yaml" */
    readonly file: string;
    /** Sorted by name. */
    readonly services: readonly Service[];
    /** Queues that each environment has of its own, sorted by name. */
    readonly queues: readonly Queue[];
    /** Buckets that each environment has of its own, sorted by name. */
    readonly buckets: readonly Bucket[];
    /** The variables with which the file was read. */
    readonly variables: Readonly<Record<string, string>>;
}

/** One queue, in SQS's terms. What is absent is as AWS has it. */
export interface Queue {
    readonly name: string;
    readonly fifo: boolean;
    /** Seconds for which nobody else gets a message that somebody has received. Absent: 30. */
    readonly visibilityTimeout?: number;
    /** Seconds for which a message is kept. Absent: four days. */
    readonly retention?: number;
    /** A message that was received so often, and never deleted, goes to the dead-letter queue. */
    readonly maxReceives: number;
}

/** One bucket, in S3's terms. */
export interface Bucket {
    readonly name: string;
    /** What is overwritten or deleted is kept as an earlier version. */
    readonly versioned: boolean;
    /** Days after which an object, or an earlier version of it, is removed. Absent: never. */
    readonly expiryDays?: number;
}

/** One Compose service, in ECS's units: seconds, MiB, CPU units. What is absent was not given. */
export interface Service {
    readonly name: string;
    readonly role: Role;
    /** `image:` as written. */
    readonly image?: string;
    /** Name of the image that is built from the application's own source; absent for somebody else's image. */
    readonly ownImage?: string;
    /** The folder from which the own image is built, from the Compose file's. @example "web" */
    readonly buildContext?: string;
    readonly profiles: readonly string[];
    readonly ports: readonly Port[];
    /** Container ports of `expose:`. */
    readonly expose: readonly ExposedPort[];
    /** Some of its ports could not be read, which was said: nothing follows from what is not among the others. */
    readonly portsMissing?: true;
    /** Absent: not given; empty: the image's own is to be cleared. */
    readonly entrypoint?: readonly string[];
    readonly command?: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
    /** Values of `environment` as written, where they use the `HOST_…` variable of a service of this file. */
    readonly hostTemplates: Readonly<Record<string, string>>;
    readonly healthCheck?: ServiceHealthCheck;
    readonly dependsOn: Readonly<Record<string, DependencyCondition>>;
    readonly stopTimeout?: number;
    readonly init?: boolean;
    readonly platform?: string;
    /** What the container asks for; a fraction of a Fargate size is fine, since a task's containers share one. */
    readonly cpu?: number;
    readonly memory?: number;
    readonly replicas?: number;
    readonly user?: string;
    readonly workingDirectory?: string;
    readonly readOnly?: boolean;
    readonly runtime: RuntimeOptions;
    /** Other names under which the services of the file reach it: `container_name` and the aliases of its networks. */
    readonly otherNames: readonly string[];
    /** Names that only this service has for others (`links`), and the services they stand for. */
    readonly links: Readonly<Record<string, string>>;
    readonly extension: Extension;
    /** Where the service is written. */
    readonly place: Place;
    /** Where each of its keys is written, by its path inside the service. @example "ports[0]" */
    readonly places: Readonly<Record<string, Place>>;
}

/** What containers are started with beside their program, as far as Fargate knows it. What is absent was not given. */
export interface RuntimeOptions {
    readonly labels?: Readonly<Record<string, string>>;
    /** Names without `CAP_`, sorted. */
    readonly capabilities?: { readonly add: readonly string[]; readonly drop: readonly string[] };
    /** How many files may be open at once. */
    readonly openFiles?: { readonly soft: number; readonly hard: number };
    /** Kernel parameters by name. */
    readonly sysctls?: Readonly<Record<string, string>>;
    readonly tmpfs?: readonly Tmpfs[];
    readonly mounts?: readonly Mount[];
}

/** A file system in the memory of the task. */
export interface Tmpfs {
    readonly path: string;
    /** MiB; absent: half of the task's memory, as Linux does it. */
    readonly size?: number;
    /** @example ["noexec"] */
    readonly options: readonly string[];
}

/** A folder that lives as long as its task. */
export interface Mount {
    /** The volume's name; absent for one that nobody else mounts. */
    readonly volume?: string;
    readonly path: string;
    readonly readOnly: boolean;
}

/** False for what is the laptop's only: stores, and services with profiles that do not say what they are on AWS. */
export function runsOnAws(role: Role, profiles: readonly string[], roleGiven: boolean): boolean {
    return role !== "store" && (profiles.length === 0 || roleGiven);
}

/** The variables with the values of the Compose file. A variable that is also a secret has its value from the parameter store, and shows none here. */
export function plainVariables({ environment, extension }: Service): Readonly<Record<string, string>> {
    const secrets = new Set(extension.secrets);
    return secrets.size === 0 ? environment : Object.fromEntries(Object.entries(environment).filter(([name]) => !secrets.has(name)));
}

/** Where a key of a service is written, or the nearest one around it that is. @example placeOf(web, "x-understudy.health.timeout") */
export function placeOf(service: Service, key: string): Place {
    for (let path = key; path !== ""; path = outerPath(path)) {
        const place = service.places[path];
        if (place !== undefined) return place;
    }
    return service.place;
}

export interface ExposedPort {
    readonly containerPort: number;
    readonly protocol: "tcp" | "udp";
}

export interface Port extends ExposedPort {
    /** Port or range on the laptop, as written. */
    readonly published?: string;
    readonly hostIp?: string;
}

export type DependencyCondition = "service_started" | "service_healthy" | "service_completed_successfully";

export type ServiceHealthCheck =
    | { readonly disabled: true }
    | {
          /** Begins with `CMD` or `CMD-SHELL`. */
          readonly command: readonly string[];
          readonly interval?: number;
          readonly timeout?: number;
          readonly retries?: number;
          readonly startPeriod?: number;
      };

/** `x-understudy` of a service, with defaults that do not depend on the environment filled in. */
export interface Extension {
    /** The role was written, not inferred. */
    readonly roleGiven: boolean;
    readonly port?: number;
    readonly main?: boolean;
    readonly health: Partial<HealthCheck>;
    /** First label of the host. @example "www" */
    readonly host?: string;
    readonly size?: { readonly cpu?: number; readonly memory?: number };
    readonly secrets: readonly string[];
    /** The service whose task this sidecar shares. */
    readonly of?: string;
    /** Seconds; see {@link Route} of the environment. */
    readonly deregistrationDelay?: number;
}
