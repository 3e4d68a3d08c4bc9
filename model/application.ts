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
    /** The variables with which the file was read. */
    readonly variables: Readonly<Record<string, string>>;
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
    readonly extension: Extension;
    /** Where the service is written. */
    readonly place: Place;
    /** Where each of its keys is written, by its path inside the service. @example "ports[0]" */
    readonly places: Readonly<Record<string, Place>>;
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
