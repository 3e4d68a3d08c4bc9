import { exitCodes, UnderstudyError } from "../automation/errors";
import { formatProblems, ProblemsError } from "../model/problem";

/** A mistake in what was typed. */
export class UsageError extends Error {
    constructor(
        message: string,
        /** What to type instead. */
        readonly advice: string,
    ) {
        super(message);
        this.name = "UsageError";
    }
}

export const usageExitCode = 2;

/** An error as a person and as a program read it. */
export interface DescribedError {
    readonly exitCode: number;
    readonly text: string;
    readonly value: { readonly kind: string; readonly message: string; readonly advice?: string; readonly problems?: readonly unknown[] };
}

/** Turns whatever was thrown into an exit code and words. Stack traces only with `debug`. */
export function describeError(error: unknown, debug: boolean): DescribedError {
    const described = withoutTrace(error);
    const trace = debug && error instanceof Error && error.stack !== undefined ? `\n${error.stack}${causes(error)}` : "";
    return { ...described, text: described.text + trace };
}

function withoutTrace(error: unknown): DescribedError {
    if (error instanceof UnderstudyError) {
        const { kind, message, advice, problems } = error;
        const lines = [`understudy: ${message}`, ...formatProblems(problems), ...(advice === "" ? [] : [`  ${advice}`])];
        return {
            exitCode: exitCodes[kind],
            text: lines.join("\n"),
            value: { kind, message, ...(advice === "" ? {} : { advice }), ...(problems.length > 0 ? { problems } : {}) },
        };
    }
    if (error instanceof UsageError) {
        const { message, advice } = error;
        return { exitCode: usageExitCode, text: `understudy: ${message}\n  ${advice}`, value: { kind: "usage", message, advice } };
    }
    if (error instanceof ProblemsError) {
        const { message, problems } = error;
        return { exitCode: exitCodes.settings, text: `understudy: ${message}`, value: { kind: "settings", message: error.subject, problems } };
    }
    const message = error instanceof Error ? error.message : String(error);
    return {
        exitCode: 1,
        text: `understudy: this should not have happened: ${message}\n  --debug shows where it came from`,
        value: { kind: "fault", message },
    };
}

function causes(error: Error): string {
    return error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? error.cause.message}${causes(error.cause)}` : "";
}
