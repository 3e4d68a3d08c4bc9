import fs from "node:fs";
import path from "node:path";
import type { Hours } from "../../model/hours";
import { loadApplication } from "../../model/load";
import { planEnvironment } from "../../model/plan";
import { hasErrors, type Problem } from "../../model/problem";
import { checkTogether, withLines, type Lines, type RestOfSettings, type SettingsFile } from "../../model/settings";
import { UnderstudyError } from "../errors";
import { settingsError, settingsFile, type Project } from "./project";
import { readSettings, type SettingsContent } from "./settingsContent";
import { asTyped } from "./yamlFile";

/** What checking found. */
export interface CheckedSettings {
    /** The files that were checked, as a person in the current directory would name them. */
    readonly files: readonly string[];
    readonly problems: readonly Problem[];
    /** When their environments are awake, for those that say it. */
    readonly hours: readonly FileHours[];
}

/** The hours that a settings file gives its environment. */
export interface FileHours extends Hours {
    readonly file: string;
}

export interface CheckOptions {
    /** The one settings file that is asked about, absolute. Default: all of the project. */
    readonly file?: string;
    /** Folder of the application, absolute. Default: what each file's settings say. */
    readonly app?: string;
}

/** A settings file with all that can be said about it and the application. */
interface CheckedFile {
    readonly file: string;
    readonly problems: readonly Problem[];
    /** Present when the settings are a base's. */
    readonly base?: SettingsFile;
}

/**
 * Checks the settings files of a project together with the application and with each other. Asked about one file, what is wrong with the
 * others is left out. Nothing is thrown for what a person could have written.
 */
export function checkSettings(project: string, { file, app }: CheckOptions): CheckedSettings {
    const all = settingsFiles(project);
    if (all.length === 0 && file === undefined) return { files: [], problems: [noFiles(project)], hours: [] };
    const asked = file === undefined ? all : [file];
    const others = file === undefined ? [] : all.filter((other) => other !== file);
    const checked = [...others, ...asked].map((absolute) => checkFile(absolute, project, app));
    const files = asked.map(asTyped);
    const together = checkTogether(checked.flatMap(({ base }) => base ?? []));
    const ours = checked.filter((each) => files.includes(each.file));
    const problems = [...ours.flatMap((each) => each.problems), ...together.filter((problem) => files.includes(problem.file))];
    const hours = ours.flatMap(({ base }) => (base?.settings.hours === undefined ? [] : [{ file: base.file, ...base.settings.hours }]));
    return { files, problems: [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()], hours };
}

/** Fails when the settings of a base, which are right by themselves, do not go with those of the other bases. */
export function refuseConflicts(project: Project, stack: string): void {
    const { files, problems } = checkSettings(project.directory, { file: settingsFile(project, stack) });
    if (hasErrors(problems)) throw settingsError(files.join(), problems);
}

function noFiles(project: string): Problem {
    const message = "there are no settings files here; write Pulumi.staging.yaml, or name a file";
    return { severity: "error", file: asTyped(project), key: "", message };
}

/** Settings files of stacks, sorted. */
function settingsFiles(project: string): readonly string[] {
    const names = fs.readdirSync(project).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
    return names.sort().map((name) => path.join(project, name));
}

function checkFile(absolute: string, project: string, app: string | undefined): CheckedFile {
    const file = asTyped(absolute);
    const content = readContent(absolute);
    if ("unreadable" in content) return { file, problems: content.unreadable };
    const { lines, checkable, problems } = content;
    const { settings, wrong } = checkable;
    const loaded = loadApplication(asTyped(app ?? path.resolve(project, settings.appDir)), settings.variables);
    const planned = planEnvironment(loaded.application, settings, file);
    const hosts = planned.environment.services.flatMap(({ route }) => route?.hosts ?? []);
    return {
        file,
        problems: [...nameProblems(file, checkable, lines), ...problems, ...loaded.problems, ...withLines(planned.problems, file, lines)],
        ...(settings.kind === "branch" ? {} : { base: { file, settings, wrong, lines, hosts } }),
    };
}

function readContent(absolute: string): SettingsContent | { readonly unreadable: readonly Problem[] } {
    try {
        return readSettings(absolute);
    } catch (error) {
        if (error instanceof UnderstudyError) return { unreadable: error.problems };
        throw error;
    }
}

/** The name of a stack says what it is, and the name of its settings file is made of it. */
function nameProblems(file: string, { settings: { kind }, wrong }: RestOfSettings, lines: Lines): readonly Problem[] {
    const stack = /^Pulumi\.(.+)\.yaml$/.exec(path.basename(file))?.[1];
    if (stack === undefined || kind === "branch" || stack === kind || wrong.has("kind")) return [];
    const message = `a stack is called as its kind, and this file is of stack ${stack}; write understudy:kind: ${stack}, or call the file Pulumi.${kind}.yaml`;
    return withLines([{ severity: "error", file, key: "understudy:kind", value: kind, message }], file, lines);
}
