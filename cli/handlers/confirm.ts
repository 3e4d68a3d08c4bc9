import { input } from "@inquirer/prompts";
import { UnderstudyError } from "../../automation/errors";
import type { Context } from "../context";
import type { Options } from "../commands";
import { optional } from "./options";

/**
 * What was typed to confirm a dangerous command: `--confirm`, or what a person answers when asked to type the stack's name. Undefined where
 * nobody can be asked or, by `--yes`, wants to be; whether it is right is not decided here.
 */
export async function confirmationOf(context: Context, options: Options, stack: string, what: string): Promise<string | undefined> {
    const given = optional(options, "confirm");
    if (given !== undefined || options["yes"] === true || !context.interactive) return given;
    return answered(input({ message: `${what} Type ${stack} to go on:` }, { input: context.stdin, output: context.stderr, signal: context.signal }));
}

/** The answer to a question. Who leaves it with Ctrl-C has stopped the command before it did anything. */
export async function answered<T>(question: Promise<T>): Promise<T> {
    try {
        return await question;
    } catch (error) {
        const left = error instanceof Error && ["ExitPromptError", "AbortPromptError"].includes(error.name);
        throw left ? new UnderstudyError("interrupted", "stopped at the question", "nothing was touched", { cause: error }) : error;
    }
}
