import { input } from "@inquirer/prompts";
import type { Context } from "../context";
import type { Options } from "../commands";
import { optional } from "./options";

/**
 * What was typed to confirm a dangerous command: `--confirm`, or what a person answers when asked to type the stack's name. Undefined where
 * nobody can be asked; whether it is right is not decided here.
 */
export async function confirmationOf(context: Context, options: Options, stack: string, what: string): Promise<string | undefined> {
    const given = optional(options, "confirm");
    if (given !== undefined || !context.interactive) return given;
    return input({ message: `${what} Type ${stack} to go on:` }, { input: context.stdin, output: context.stderr, signal: context.signal });
}
