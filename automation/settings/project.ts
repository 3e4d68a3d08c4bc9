import fs from "node:fs";
import path from "node:path";
import { kinds, type Environment } from "../../model/environment";
import { loadApplication } from "../../model/load";
import { planEnvironment } from "../../model/plan";
import { hasErrors, type Problem } from "../../model/problem";
import type { BaseSettings, Settings } from "../../model/settings";
import { UnderstudyError } from "../errors";
import { readSettings } from "./settingsContent";
import { asTyped, readYaml } from "./yamlFile";

/** The folder with `Pulumi.yaml`, the settings files of the stacks and, normally, `app/`. */
export interface Project {
    readonly directory: string;
    /** The project's name, which is part of every stack's full name. @example "understudy" */
    readonly name: string;
    /** `config:` of `Pulumi.yaml`: the keys that the engine itself checks. */
    readonly declarations?: unknown;
}

/** What stands in `Pulumi.<stack>.yaml` of a base. */
export interface StackFile {
    readonly file: string;
    readonly settings: BaseSettings;
    /** Everything under `config:`, also keys that are not understudy's. */
    readonly config: Readonly<Record<string, unknown>>;
    /** Which key protects the state's secrets; the engine's own lines at the top of the file. */
    readonly protection: Protection;
}

export interface Protection {
    /** @example "awskms://alias/understudy?region=eu-west-1" */
    readonly secretsprovider?: string;
    readonly encryptedkey?: string;
    readonly encryptionsalt?: string;
}

/** Finds the project in `from` or above it. */
export function findProject(from: string): Project {
    const directory = projectDirectory(from);
    if (directory !== undefined) return { directory, ...readProject(path.join(directory, projectFile)) };
    throw new UnderstudyError("settings", `there is no Pulumi.yaml in ${path.resolve(from)} or above it`, "work in a checkout of the environments' program");
}

/** True when there is a project in `from` or above it. */
export function isInProject(from: string): boolean {
    return projectDirectory(from) !== undefined;
}

const projectFile = "Pulumi.yaml";

function projectDirectory(from: string): string | undefined {
    for (let directory = path.resolve(from); ; directory = path.dirname(directory)) {
        if (fs.existsSync(path.join(directory, projectFile))) return directory;
        if (directory === path.dirname(directory)) return undefined;
    }
}

function readProject(file: string): Omit<Project, "directory"> {
    const { content, problems } = readYaml(file);
    if (hasErrors(problems)) throw settingsError(asTyped(file), problems);
    const { name, config } = content;
    if (typeof name === "string" && name !== "") return { name, declarations: config };
    throw new UnderstudyError("settings", `${asTyped(file)} has no name`, "give the project a name, such as `name: understudy`");
}

/** The bases that have a settings file, sorted. */
export function baseStacks(project: Project): readonly string[] {
    return kinds.filter((kind) => kind !== "branch" && fs.existsSync(settingsFile(project, kind))).sort();
}

/** Reads the settings of a base. Fails with all problems at once. */
export function readStack(project: Project, stack: string): StackFile {
    const absolute = settingsFile(project, stack);
    if (!fs.existsSync(absolute)) {
        const known = baseStacks(project).join(", ");
        const advice = known === "" ? "add a settings file" : `the stacks with a settings file are: ${known}`;
        throw new UnderstudyError("settings", `there is no ${asTyped(absolute)}`, advice);
    }
    const { file, content, config, settings, problems } = readSettings(absolute);
    if (settings === undefined) throw settingsError(file, problems);
    if (settings.kind === "branch") {
        throw new UnderstudyError("settings", `${file} is of kind branch`, "settings of branches are written by the tool; use `understudy branch up`");
    }
    return { file, settings, config, protection: protectionOf(content) };
}

/**
 * The complete environment that settings and `app/` describe, with warnings; fails with the problems of both at once. `appDir` of the
 * settings is relative to the project; `settingsFile` is how problems call the settings.
 */
export function readEnvironment(project: Project, settings: Settings, settingsFile: string): ReadEnvironment {
    const folder = asTyped(path.resolve(project.directory, settings.appDir));
    const loaded = loadApplication(folder, settings.variables);
    const planned = planEnvironment(loaded.application, settings, settingsFile);
    const problems = [...loaded.problems, ...planned.problems];
    if (hasErrors(problems)) throw settingsError(folder, problems);
    return { environment: planned.environment, warnings: problems };
}

export interface ReadEnvironment {
    readonly environment: Environment;
    readonly warnings: readonly Problem[];
}

/** All problems of one input as the error that the API throws. */
export function settingsError(subject: string, problems: readonly Problem[]): UnderstudyError {
    const errors = problems.filter(({ severity }) => severity === "error").length;
    return new UnderstudyError("settings", `${subject} has ${errors} ${errors === 1 ? "problem" : "problems"}`, "correct what is listed", { problems });
}

export function settingsFile({ directory }: Project, stack: string): string {
    return path.join(directory, `Pulumi.${stack}.yaml`);
}

function protectionOf(content: Readonly<Record<string, unknown>>): Protection {
    const lines = ["secretsprovider", "encryptedkey", "encryptionsalt"].filter((key) => typeof content[key] === "string");
    return Object.fromEntries(lines.map((key) => [key, content[key]]));
}
