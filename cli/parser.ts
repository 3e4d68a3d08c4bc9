import { Command, type OutputConfiguration } from "commander";
import { commands, commonOptions, type CommandOption, type CommandRecord, type Options } from "./commands";

/** What somebody typed, understood. */
export interface Invocation {
    readonly record: CommandRecord;
    readonly words: readonly string[];
    readonly options: Options;
}

/**
 * Builds the argument parser from the command table. `run` is called with what was typed; help and mistakes go to `output` and
 * end in a `CommanderError` instead of ending the process.
 */
export function createParser(run: (invocation: Invocation) => Promise<void>, output: OutputConfiguration = {}): Command {
    const program = new Command("understudy")
        .description("Production's understudy: staging, dev and an environment per git branch.")
        .addHelpText("after", "\nExit codes are listed in docs/cli.md. More about a command: understudy help <command>.");
    settle(program, output);

    const groups = new Map<string, Command>();
    for (const record of commands) {
        const [first = "", second] = record.name.split(" ");
        const parent = second === undefined ? program : groupNamed(program, groups, first, output);
        addCommand(parent, second ?? first, record, run, output);
    }
    return program;
}

const groupSummaries: Readonly<Record<string, string>> = {
    branch: "environments of git branches",
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
    return command.exitOverride().configureOutput(output).showSuggestionAfterError().helpCommand("help [command]", "help for a command");
}
