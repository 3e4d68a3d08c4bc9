import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { posix } from "node:path";
import type { LocalImage } from "../images/store";
import { localize, type Names } from "./names";

/** A process that stands for a container. */
export interface Launch {
    readonly program: string;
    readonly args: readonly string[];
    readonly cwd: string;
    /** Complete: nothing of the runner's own environment is added. */
    readonly env: Readonly<Record<string, string>>;
}

/** What a container's environment is made of. */
export interface EnvironmentOptions {
    readonly definition: ContainerDefinition;
    /** Of RunTask, for this container. */
    readonly override?: {
        readonly command?: readonly string[];
        readonly environment?: readonly { readonly name: string; readonly value: string }[];
    };
    /** Values of the definition's secrets, by name. */
    readonly secrets: Readonly<Record<string, string>>;
    readonly names: Names;
    /** What a container has when neither its image nor its definition says otherwise. @example PATH, HOME, AWS_REGION */
    readonly defaults: Readonly<Record<string, string>>;
    /** What only this machine can know; wins over everything. @example PORT, AWS_ENDPOINT_URL */
    readonly fixed: Readonly<Record<string, string>>;
}

export interface LaunchOptions extends EnvironmentOptions {
    readonly image: Pick<LocalImage, "directory" | "config">;
}

/**
 * What to run for a container, as Docker would decide it: an entry point of the definition replaces both the image's entry point and
 * its command. The image's working directory is its folder on this machine, so absolute paths below it are translated.
 * Throws when neither says what to run.
 */
export function planLaunch(options: LaunchOptions): Launch {
    const { definition, override, image } = options;
    const given = definition.entryPoint ?? [];
    const entrypoint = given.length > 0 ? given : image.config.entrypoint;
    const written = override?.command ?? definition.command ?? [];
    const command = written.length > 0 || given.length > 0 ? written : image.config.command;
    const [program, ...args] = localWords([...entrypoint, ...command], options);
    if (program === undefined) throw new Error("no command specified: neither the task definition nor the image says what to run");

    return {
        program,
        args,
        cwd: localDirectory(definition.workingDirectory ?? image.config.workingDirectory, image),
        env: planEnvironment(options, image.config.environment),
    };
}

/** The environment of a container: defaults, the image's, the definition's, RunTask's, secrets, and what is fixed. */
export function planEnvironment(
    { definition, override, secrets, names, defaults, fixed }: EnvironmentOptions,
    ofImage: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
    const plain = [...(definition.environment ?? []), ...(override?.environment ?? [])].map(
        ({ name = "", value = "" }) => [name, value] as const,
    );
    const own = Object.entries({ ...ofImage, ...Object.fromEntries(plain), ...secrets });
    return { ...defaults, ...Object.fromEntries(own.map(([name, value]) => [name, localize(value, names)])), ...fixed };
}

/** What to run for a command inside a container that runs: the same surroundings, another program. */
export function planCheck(command: readonly string[], launch: Launch, options: Pick<LaunchOptions, "image" | "names">): Launch {
    const [program = "", ...args] = localWords(command, options);
    return { ...launch, program, args };
}

function localWords(words: readonly string[], { image, names }: Pick<LaunchOptions, "image" | "names">): readonly string[] {
    return words.map((word) => localPath(localize(word, names), image) ?? localize(word, names));
}

/** An absolute path below the image's working directory as a path of this machine; undefined for everything else. */
function localPath(path: string, { config, directory }: LaunchOptions["image"]): string | undefined {
    if (!posix.isAbsolute(path) || config.workingDirectory === "/") return undefined;
    const below = posix.relative(config.workingDirectory, path);
    return below.startsWith("..") ? undefined : posix.join(directory, below);
}

/** Only the working directory's content is on this machine: a directory elsewhere in the image falls back to it. */
function localDirectory(path: string, image: LaunchOptions["image"]): string {
    return localPath(path, image) ?? image.directory;
}
