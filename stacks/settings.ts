import fs from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../model/environment";
import { loadApplication } from "../model/load";
import { branchStack } from "../model/names";
import { planEnvironment } from "../model/plan";
import type { Problem } from "../model/problem";
import { parseSettings, settingKeys, type SettingKey, type Settings } from "../model/settings";
import { refusal, refuse, settingsFile, settingsProblem } from "./refuse";
import { isRecord } from "./shape";

/** What a stack is to be: its settings, and the environment that follows from them and from the application. */
export interface StackInput {
    readonly settings: Settings;
    readonly environment: Environment;
}

/** Reads the stack's settings and the application. Refuses all that is wrong with either, and a stack of another name, at once. */
export function readStack(): StackInput {
    const values = givenValues(pulumi.runtime.allConfig());
    const { settings, problems: settingsProblems } = parseSettings(values, settingsFile());
    const { appDir, variables } = settings ?? asWritten(values);
    const { application, problems: applicationProblems } = loadApplication(applicationDirectory(appDir), variables);
    const problems = [...settingsProblems, ...applicationProblems];
    if (settings === undefined) throw refusal(pulumi.getStack(), problems);

    const { environment, problems: environmentProblems } = planEnvironment(application, settings, settingsFile());
    refuse(pulumi.getStack(), [...problems, ...stackProblems(environment), ...environmentProblems]);
    return { settings, environment };
}

/**
 * The values that somebody gave. Pulumi wants a default for every declared key that may be absent: where the one in Pulumi.yaml is
 * empty, it stands for "not given".
 */
function givenValues(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const settings = new Map(Object.entries<SettingKey>(settingKeys).map(([key, setting]) => [`understudy:${key}`, setting]));
    const isGiven = ([key, value]: readonly [string, string]): boolean => value !== emptyDefaults[settings.get(key)?.type ?? "string"];
    return Object.fromEntries(Object.entries(values).filter(isGiven));
}

const emptyDefaults: Readonly<Record<SettingKey["type"], string>> = { string: "", integer: "0", array: "[]", object: "{}", any: "{}" };

/** Where the application is, according to settings that are wrong elsewhere: its problems are worth knowing all the same. */
function asWritten(values: Readonly<Record<string, string>>): Pick<Settings, "appDir" | "variables"> {
    return { appDir: values["understudy:appDir"] ?? "app", variables: textsOf(values["understudy:variables"] ?? "{}") };
}

function textsOf(json: string): Readonly<Record<string, string>> {
    try {
        const value: unknown = JSON.parse(json);
        return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)])) : {};
    } catch {
        return {}; // the settings' own problems say so
    }
}

/** The name of a stack says what it is, so that nobody updates one environment with the settings of another. */
function stackProblems({ kind, name }: Pick<Environment, "kind" | "name">): readonly Problem[] {
    const expected = kind === "branch" ? branchStack(name) : name;
    const stack = pulumi.getStack();
    if (stack === expected) return [];
    const subject = kind === "branch" ? "branch" : "kind";
    return [settingsProblem(subject, `these are the settings of stack ${expected}; select that stack, or give ${stack} settings of its own`)];
}

/** The folder of the Compose file, short enough to be shown. */
function applicationDirectory(appDir: string): string {
    return path.isAbsolute(appDir) ? appDir : path.relative(process.cwd(), path.join(projectDirectory(), appDir));
}

/**
 * The directory from which relative paths in settings start: the nearest one above the program that has a Pulumi.yaml. It is the same
 * for the program as it is and for its compiled form, wherever the engine was told to find either.
 */
export function projectDirectory(from: string = __dirname): string {
    if (fs.existsSync(path.join(from, "Pulumi.yaml"))) return from;
    const above = path.dirname(from);
    if (above === from) throw new pulumi.RunError("no Pulumi.yaml above the program; run it from a whole checkout");
    return projectDirectory(above);
}
