import { CommanderError } from "commander";
import { createContext, type ContextParts } from "./context";
import { describeError, usageExitCode } from "./errors";
import { createParser, type Invocation } from "./parser";

/**
 * Runs one command line and returns the exit code. The first SIGINT or SIGTERM asks the command to end cleanly; a second one ends the
 * process, as it would without us.
 */
export async function main(words: readonly string[], parts: Omit<ContextParts, "signal">): Promise<number> {
    const interruption = new AbortController();
    const interrupt = (signal: NodeJS.Signals): void => {
        process.removeListener("SIGINT", interrupt);
        process.removeListener("SIGTERM", interrupt);
        parts.stderr.write(`${signal}: ending cleanly; once more ends at once\n`);
        interruption.abort();
    };
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    try {
        return await runCommand(words, { ...parts, signal: interruption.signal });
    } finally {
        process.removeListener("SIGINT", interrupt);
        process.removeListener("SIGTERM", interrupt);
    }
}

async function runCommand(words: readonly string[], parts: ContextParts): Promise<number> {
    let exitCode = 0;
    const parser = createParser(
        async (invocation) => {
            exitCode = await invoke(invocation, parts);
        },
        { writeOut: (text) => parts.stdout.write(text), writeErr: (text) => parts.stderr.write(text) },
    );
    try {
        await parser.parseAsync([...words], { from: "user" });
        return exitCode;
    } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        return error.exitCode === 0 ? 0 : usageExitCode;
    }
}

async function invoke({ record, words, options }: Invocation, parts: ContextParts): Promise<number> {
    const context = createContext(parts, options);
    try {
        return await record.load()(context, words, options);
    } catch (error) {
        context.progress.stop();
        const { exitCode, text, value } = describeError(error, options["debug"] === true);
        if (context.output.json) context.output.result({ error: value }, "");
        parts.stderr.write(`${text}\n`);
        return exitCode;
    } finally {
        context.progress.stop();
    }
}
