import { Arg, DockerfileParser, Env, From, type Instruction } from "dockerfile-ast";
import { posix } from "node:path";

/** How an image starts when a task definition says nothing else. */
export interface ImageConfig {
    readonly entrypoint: readonly string[];
    readonly command: readonly string[];
    /** Absolute path inside the image. */
    readonly workingDirectory: string;
    readonly environment: Readonly<Record<string, string>>;
    /** Absent: root. */
    readonly user?: string;
}

const emptyImage: ImageConfig = { entrypoint: [], command: [], workingDirectory: "/", environment: {} };

/** A stage while it is read. */
interface Stage {
    readonly config: ImageConfig;
    /** The stage has a CMD of its own, which an ENTRYPOINT after it leaves alone. */
    readonly ownCommand: boolean;
}

/**
 * Reads from a Dockerfile how its last stage starts. Stages that build on an earlier one inherit from it, as in a real build; what a
 * base image from a registry brings along is unknown here and counts as empty.
 */
export function readDockerfile(text: string): ImageConfig {
    const named = new Map<string, ImageConfig>();
    let name: string | undefined;
    let stage: Stage = { config: emptyImage, ownCommand: false };
    let buildArguments: Readonly<Record<string, string>> = {};

    for (const instruction of DockerfileParser.parse(text).getInstructions()) {
        const expand = (value: string): string => expandVariables(value, { ...buildArguments, ...stage.config.environment });
        if (instruction instanceof From) {
            const base = named.get(expand(instruction.getImage() ?? "").toLowerCase()) ?? emptyImage;
            stage = { config: base, ownCommand: false };
            name = instruction.getBuildStage()?.toLowerCase();
        } else if (instruction instanceof Arg) {
            const property = instruction.getProperty();
            const value = property?.getValue();
            if (property && typeof value === "string") buildArguments = { ...buildArguments, [property.getName()]: expand(value) };
        } else {
            stage = {
                config: { ...stage.config, ...readInstruction(instruction, stage, expand) },
                ownCommand: stage.ownCommand || instruction.getKeyword() === "CMD",
            };
        }
        if (name !== undefined) named.set(name, stage.config);
    }
    return stage.config;
}

/** What one instruction changes about the stage it stands in. */
function readInstruction(instruction: Instruction, { config, ownCommand }: Stage, expand: (value: string) => string): Partial<ImageConfig> {
    const content = joinLines(instruction.getRawArgumentsContent() ?? "");
    if (instruction instanceof Env) {
        const added = instruction.getProperties().map((property) => [property.getName(), expand(property.getValue() ?? "")] as const);
        return { environment: { ...config.environment, ...Object.fromEntries(added) } };
    }
    switch (instruction.getKeyword()) {
        case "WORKDIR":
            return { workingDirectory: posix.resolve(config.workingDirectory, expand(content)) };
        case "USER":
            return { user: expand(content) };
        case "CMD":
            return { command: readCommand(content) };
        case "ENTRYPOINT":
            return { entrypoint: readCommand(content), command: ownCommand ? config.command : [] };
        default:
            return {};
    }
}

/** One line out of an instruction that was continued over several, with comment lines between them. */
function joinLines(text: string): string {
    return text.replace(/\n[ \t]*#[^\n]*/g, "").replace(/\\[ \t]*\n/g, "");
}

/** The exec form is a JSON array of strings; everything else is a line for the shell. */
function readCommand(content: string): readonly string[] {
    try {
        const parsed: unknown = JSON.parse(content);
        if (Array.isArray(parsed) && parsed.every((part) => typeof part === "string")) return parsed;
    } catch {
        // not JSON: the shell form
    }
    return content === "" ? [] : ["/bin/sh", "-c", content];
}

/** Replaces `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}`, as Docker does. */
function expandVariables(value: string, variables: Readonly<Record<string, string>>): string {
    return value.replace(
        /\$(\w+)|\$\{(\w+)(?::([-+])([^}]*))?\}/g,
        (_match: string, plain?: string, braced?: string, operator?: string, word: string = "") => {
            const found = variables[plain ?? braced ?? ""] ?? "";
            if (operator === "-") return found === "" ? word : found;
            if (operator === "+") return found === "" ? "" : word;
            return found;
        },
    );
}
