import type * as pulumi from "@pulumi/pulumi";
import type { Contract } from "./contract";

/** What an environment tells about itself when it is there: plain JSON, no secrets. Read by the tool, and by people with `pulumi stack output`. */
export interface EnvironmentOutputs {
    /** Address of the main service; absent while no service runs, and where there is no main one. @example "https://www.staging.example.com" */
    readonly url?: string;
    /** Address per web service that runs. */
    readonly urls: Readonly<Record<string, string>>;
    /** What runs, by service. */
    readonly services: Readonly<Record<string, ServiceOutputs>>;
    /** What can be run on demand, by service. */
    readonly tasks: Readonly<Record<string, TaskOutputs>>;
    /** Digest per own image that runs; empty while none is known. */
    readonly images: Readonly<Record<string, string>>;
}

/** A task definition and where its output goes. */
export interface TaskOutputs {
    /** ARN of the revision that this update wants to run. */
    readonly definitionArn: string;
    readonly family: string;
    /** Log group; a stream is named `<service>/<container>/<task id>`. */
    readonly logGroup: string;
}

export interface ServiceOutputs extends TaskOutputs {
    /** Name of the ECS cluster. */
    readonly cluster: string;
    /** Name of the ECS service in that cluster. */
    readonly service: string;
    /** Tasks that it should run. */
    readonly count: number;
    /** The target group of a web service. */
    readonly targetGroupArn?: string;
}

/** Outputs of production, staging and dev. */
export interface BaseOutputs extends EnvironmentOutputs {
    /** What branches build on; absent where no branch may stand. */
    readonly contract?: Contract;
}

/** Outputs that the program returns before AWS has answered: each is known by itself, as soon as it can be. */
export type Pending<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };
