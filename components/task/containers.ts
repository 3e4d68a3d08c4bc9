import type { Container, ContainerHealthCheck, ContainerImage } from "../../model/environment";
import { stableJson } from "../json";

/** What a container needs to know about where it runs. */
export interface Surroundings {
    readonly region: string;
    readonly logGroup: string;
    /** First part of the names of its log streams. @example "web" */
    readonly streamPrefix: string;
    /** Full reference, with digest, per own image. */
    readonly images: Readonly<Record<string, string>>;
}

/**
 * ECS container definitions as JSON. Equal containers give equal text, and what AWS would fill in stands there already: the provider
 * compares the text with what AWS has, and any difference is a new revision, which rolls every task.
 */
export function containerDefinitions(containers: readonly Container[], surroundings: Surroundings): string {
    return stableJson(containers.map((container) => containerDefinition(container, surroundings)));
}

function containerDefinition(container: Container, { region, logGroup, streamPrefix, images }: Surroundings): object {
    const { name, essential, entryPoint, command, dependsOn, stopTimeout, user, workingDirectory, readonlyRootFilesystem } = container;
    const { initProcessEnabled = true, capabilities, tmpfs, ulimits, dockerLabels, mountPoints = [], systemControls = [] } = container;
    return {
        name,
        image: imageReference(container.image, images),
        essential,
        entryPoint,
        command,
        environment: Object.entries(container.environment).map(([variable, value]) => ({ name: variable, value })),
        secrets: absentIfEmpty(container.secrets.map((secret) => ({ name: secret.name, valueFrom: secret.parameter }))),
        portMappings: container.ports.map(({ containerPort, protocol }) => ({ containerPort, hostPort: containerPort, protocol })),
        healthCheck: container.healthCheck && healthCheck(container.healthCheck),
        dependsOn: absentIfEmpty(dependsOn.map(({ containerName, condition }) => ({ containerName, condition }))),
        stopTimeout,
        user,
        workingDirectory,
        readonlyRootFilesystem,
        linuxParameters: { initProcessEnabled, capabilities, tmpfs }, // an init process reaps what a shell opened by ECS Exec leaves behind
        ulimits,
        dockerLabels,
        logConfiguration: {
            logDriver: "awslogs",
            options: { "awslogs-group": logGroup, "awslogs-region": region, "awslogs-stream-prefix": streamPrefix },
        },
        cpu: 0,
        mountPoints,
        systemControls,
        volumesFrom: [],
    };
}

/** Own images that the containers run and that have no reference. */
export function missingImages(containers: readonly Container[], images: Readonly<Record<string, unknown>>): readonly string[] {
    const own = containers.flatMap(({ image }) => ("own" in image ? [image.own] : []));
    return [...new Set(own)].filter((name) => !Object.hasOwn(images, name));
}

function imageReference(image: ContainerImage, images: Readonly<Record<string, string>>): string | undefined {
    return "own" in image ? images[image.own] : image.reference;
}

function healthCheck({ command, interval = 30, timeout = 5, retries = 3, startPeriod }: ContainerHealthCheck): ContainerHealthCheck {
    return { command, interval, timeout, retries, startPeriod };
}

function absentIfEmpty<T>(items: readonly T[]): readonly T[] | undefined {
    return items.length === 0 ? undefined : items;
}
