import type { ContainerDefinition, TaskDefinition } from "@aws-sdk/client-ecs";
import { posix } from "node:path";

/** A container as it is asked of Docker. */
export interface ContainerPlan {
    readonly name: string;
    /** Of `docker create`, all but the name and the environment. */
    readonly args: readonly string[];
    /** Added to the image's own. */
    readonly env: Readonly<Record<string, string>>;
}

export interface ContainerOptions {
    readonly taskId: string;
    readonly task: Pick<TaskDefinition, "memory">;
    readonly definition: ContainerDefinition;
    /** An image that the daemon has. */
    readonly image: string;
    /** In place of the definition's. */
    readonly command: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    /** Of the container and its volumes. @example ["understudy.task=4f0c"] */
    readonly labels: readonly string[];
}

/**
 * What Docker is to make of a container definition, in the machine's own network. As on ECS, an entry point of the definition replaces both
 * the image's entry point and its command.
 */
export function planContainer({ taskId, task, definition, image, command, env, labels }: ContainerOptions): ContainerPlan {
    const { name = "", entryPoint = [], linuxParameters = {}, mountPoints = [], ulimits = [], user, workingDirectory } = definition;
    const { capabilities = {}, initProcessEnabled, sharedMemorySize, tmpfs = [] } = linuxParameters;
    const [program, ...first] = entryPoint;
    const memory = definition.memory ?? task.memory;
    return {
        name: `understudy-${taskId}-${name}`,
        args: [
            ...["--network", "host", "--pull", "never", "--log-driver", "json-file"], // one whose lines can be read back, whatever the daemon's default is
            ...each("--label", labels),
            ...(initProcessEnabled === true ? ["--init"] : []),
            ...(definition.readonlyRootFilesystem === true ? ["--read-only"] : []),
            ...given("--user", user),
            ...given("--workdir", workingDirectory),
            ...given("--memory", memory === undefined ? undefined : `${memory}m`),
            ...given("--shm-size", sharedMemorySize === undefined ? undefined : `${sharedMemorySize}m`),
            ...each("--cap-add", capabilities.add ?? []),
            ...each("--cap-drop", capabilities.drop ?? []),
            ...each("--ulimit", ulimits.map(({ name: limit, softLimit, hardLimit }) => `${limit ?? ""}=${softLimit ?? ""}:${hardLimit ?? ""}`)),
            ...each("--tmpfs", tmpfs.map(({ containerPath = "", size, mountOptions = [] }) => `${containerPath}:${[`size=${size ?? 0}m`, ...mountOptions].join(",")}`)),
            ...each("--mount", mountPoints.map((mount) => mountOf(taskId, mount, labels))),
            ...given("--entrypoint", program),
            image,
            ...first,
            ...command,
        ],
        env,
    };
}

/** A volume of the task's own, made with the first container that mounts it. */
function mountOf(
    taskId: string,
    { sourceVolume = "", containerPath = "", readOnly = false }: NonNullable<ContainerDefinition["mountPoints"]>[number],
    labels: readonly string[],
): string {
    const parts = ["type=volume", `source=understudy-${taskId}-${sourceVolume}`, `target=${posix.normalize(containerPath)}`, ...labels.map((label) => `volume-label=${label}`)];
    return [...parts, ...(readOnly ? ["readonly"] : [])].map((part) => (/[",]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part)).join(",");
}

function each(option: string, values: readonly string[]): readonly string[] {
    return values.flatMap((value) => [option, value]);
}

function given(option: string, value: string | undefined): readonly string[] {
    return value === undefined || value === "" ? [] : [option, value];
}

/** A line of a file of variables must not be longer; characters, of which each may take four bytes. */
const longestLine = 16_000;

/** Variables that `docker` itself reads, so that none of them can be handed on by its environment. */
const ownVariables = /^(PATH|HOME|DOCKER_.*)$/;

/**
 * How a container's environment gets to `docker create` without being seen among the arguments of a process: as the lines of a file, which
 * takes every name, or for values that are no line, through the command's own environment. Throws on a value that fits neither.
 */
export function splitEnvironment(env: Readonly<Record<string, string>>): { readonly file: string; readonly own: Readonly<Record<string, string>> } {
    const isLine = ([, value]: readonly [string, string]): boolean => !/[\r\n]/.test(value) && value.length <= longestLine;
    const own = Object.entries(env).filter((entry) => !isLine(entry));
    const refused = own.filter(([name]) => ownVariables.test(name)).map(([name]) => name);
    if (refused.length > 0) throw new Error(`the value of ${refused.join(", ")} has line breaks or is too long, which goes with other names only`);
    return {
        file: Object.entries(env)
            .filter(isLine)
            .map(([name, value]) => `${name}=${value}\n`)
            .join(""),
        own: Object.fromEntries(own),
    };
}
