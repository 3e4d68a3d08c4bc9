import * as pulumi from "@pulumi/pulumi";
import { formatProblem, hasErrors, ProblemsError, type Problem } from "../model/problem";

/** Ends the program with all problems at once when one of them is an error, else shows them as warnings. `subject` is what has them. */
export function refuse(subject: string, problems: readonly Problem[]): void {
    if (hasErrors(problems)) throw refusal(subject, problems);
    for (const problem of problems) void pulumi.log.warn(formatProblem(problem).replace(/^\s*warning: /, "")); // the engine says that itself
}

/** What ends the program: the engine prints its message, and no stack trace. */
export function refusal(subject: string, problems: readonly Problem[]): pulumi.RunError {
    return new pulumi.RunError(new ProblemsError(subject, problems).message);
}

/** A problem with a value of the stack's settings, found after they were read. @example settingsProblem("images.web", "…") */
export function settingsProblem(key: string, message: string, value?: string): Problem {
    return { severity: "error", file: settingsFile(), key: `understudy:${key}`, message, ...(value !== undefined && { value }) };
}

/** The settings file of the stack, as people know it. */
export function settingsFile(): string {
    return `Pulumi.${pulumi.getStack()}.yaml`;
}
