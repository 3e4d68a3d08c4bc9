import fs from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../model/environment";
import { loadApplication } from "../model/load";
import { branchStack } from "../model/names";
import { planEnvironment } from "../model/plan";
import type { Problem } from "../model/problem";
import { parseSettings, type Settings } from "../model/settings";
import { refusal, refuse, settingsFile, settingsProblem } from "./refuse";

/** What a stack is to be: its settings, and the environment that follows from them and from the application. */
export interface StackInput {
    readonly settings: Settings;
    readonly environment: Environment;
}

/** Reads the stack's settings and the application. Refuses all that is wrong with either, and a stack of another name, at once. */
export function readStack(): StackInput {
    const { settings, rest, problems } = parseSettings(pulumi.runtime.allConfig(), settingsFile());
    const known = settings ?? rest.settings;
    const loaded = loadApplication(applicationDirectory(known.appDir), known.variables);
    const { environment, problems: environmentProblems } = planEnvironment(loaded.application, known, settingsFile());
    const named = rest?.wrong.has(known.kind === "branch" ? "branch" : "kind") === true ? [] : stackProblems(environment);
    const all = [...problems, ...loaded.problems, ...named, ...environmentProblems];
    if (settings === undefined) throw refusal(pulumi.getStack(), all);
    refuse(pulumi.getStack(), all);
    return { settings, environment };
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
