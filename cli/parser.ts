import { Command, type CommanderError, type OutputConfiguration } from "commander";
import { programVersion } from "../automation/engine/program";
import { suggest } from "../model/suggest";
import { commands, commonOptions, type CommandOption, type CommandRecord, type Options } from "./commands";
import { UsageError } from "./errors";

/** What somebody typed, understood. */
export interface Invocation {
    readonly record: CommandRecord;
    readonly words: readonly string[];
    readonly options: Options;
}

/**
 * Builds the argument parser from the command table. `run` is called with what was typed. Help goes to `output` and ends in a
 * `CommanderError` instead of ending the process; a mistake in what was typed is a {@link UsageError}, and nothing is written.
 */
export function createParser(run: (invocation: Invocation) => Promise<void>, output: OutputConfiguration = {}): Command {
    const program = new Command("understudy")
        .description("Production's understudy: staging, dev and an environment per git branch.")
        .version(programVersion(), "-V, --version", "print the version of this program")
        .addHelpText("after", "\nExit codes are listed in docs/cli.md. More about a command: understudy help <command>.");
    settle(program, output);

    const groups = new Map<string, Command>();
    for (const record of commands) {
        const [first = "", second] = record.name.split(" ");
        const parent = second === undefined ? program : groupNamed(program, groups, first, output);
        addCommand(parent, second ?? first, record, run, output);
    }
    settle(program.command("help [command...]").description("help for a command"), output).action((names: readonly string[]) => commandNamed(program, names).help());
    return program;
}

/** A command by its words; the program itself without any. Commander's own `help` knows only the first word. */
function commandNamed(program: Command, names: readonly string[]): Command {
    return names.reduce((parent, name) => {
        const command = parent.commands.find((candidate) => candidate.name() === name);
        if (command !== undefined) return command;
        throw new UsageError(`unknown command '${name}'`, suggest(name, parent.commands.map((candidate) => candidate.name())));
    }, program);
}

const groupSummaries: Readonly<Record<string, string>> = {
    release: "the images of releases",
    branch: "environments of git branches",
    registry: "what staging and dev know of their branch environments",
    report: "what others are told",
    config: "settings of the stacks",
    batches: "scheduled tasks",
    local: "AWS on this machine",
};

function groupNamed(program: Command, groups: Map<string, Command>, name: string, output: OutputConfiguration): Command {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const group = settle(program.command(name).description(groupSummaries[name] ?? ""), output);
    groups.set(name, group);
    return group;
}

function addCommand(
    parent: Command,
    name: string,
    record: CommandRecord,
    run: (invocation: Invocation) => Promise<void>,
    output: OutputConfiguration,
): void {
    const command = settle(parent.command(record.words === undefined ? name : `${name} ${record.words}`), output)
        .description(record.summary)
        .addHelpText("after", `\nExamples:\n${record.examples.map((example) => `  ${example}`).join("\n")}`);
    for (const option of [...(record.options ?? []), ...commonOptions]) addOption(command, option);
    command.action(async () => {
        const words = command.processedArgs.flat().filter((word): word is string => typeof word === "string");
        await run({ record, words, options: command.opts() });
    });
}

function addOption(command: Command, option: CommandOption): void {
    if (option.repeated === true) {
        command.option(option.flags, option.description, (value: string, before?: readonly string[]) => [...(before ?? []), value]);
    } else {
        command.option(option.flags, option.description);
    }
}

function settle(command: Command, output: OutputConfiguration): Command {
    const refuse = (error: CommanderError): never => {
        throw error.message.startsWith("error: ") ? usageError(command, error.message) : error;
    };
    return command.exitOverride(refuse).configureOutput({ ...output, outputError: () => undefined }).showSuggestionAfterError().helpCommand(false);
}

/** Commander's words as ours. @example "error: unknown option '--imge'\n(Did you mean --image?)" */
function usageError(command: Command, text: string): UsageError {
    const [message = "", suggestion = ""] = text.slice("error: ".length).split("\n");
    const words = [...namesAbove(command), command.name()].slice(1);
    const guess = suggestion === "" ? "" : `${suggestion.replace(/^\(D/, "d").replace(/\)$/, "")} `;
    return new UsageError(message.replace(". Expected", ": expected").replace(/\.$/, ""), `${guess}what there is: understudy help ${words.join(" ")}`.trimEnd());
}

function namesAbove({ parent }: Command): readonly string[] {
    return parent === null ? [] : [...namesAbove(parent), parent.name()];
}
