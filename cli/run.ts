import { CommanderError } from "commander";
import type { ContextParts } from "./context";
import { describeError, usageExitCode, UsageError } from "./errors";
import { createOutput, type Streams } from "./output";
import { createParser, type Invocation } from "./parser";

/**
 * Runs one command line and returns the exit code. The first SIGINT or SIGTERM asks the command to end cleanly; a second one ends the
 * process, as it would without us. We listen on after the first: libraries that clean up at a signal, as those that start processes do,
 * end the process when nobody else listens.
 */
export async function main(words: readonly string[], parts: Omit<ContextParts, "signal">): Promise<number> {
    const interruption = new AbortController();
    let asked = false;
    const interrupt = (signal: NodeJS.Signals): void => {
        if (asked) {
            stopListening();
            process.kill(process.pid, signal);
            return;
        }
        asked = true;
        parts.stderr.write(`${signal}: ending cleanly; once more ends at once\n`);
        interruption.abort();
    };
    const stopListening = (): void => {
        process.removeListener("SIGINT", interrupt);
        process.removeListener("SIGTERM", interrupt);
    };
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    // These stay: a stream tells of its end when the command may have ended already.
    parts.stdout.on("error", unlessClosed(() => interruption.abort()));
    parts.stderr.on("error", unlessClosed(() => undefined));
    try {
        return await runCommand(words, { ...parts, signal: interruption.signal });
    } finally {
        stopListening();
    }
}

/** A reader that goes, as `head` does, is no failure. Without one for the results, a command that has no end may end. */
function unlessClosed(closed: () => void): (error: NodeJS.ErrnoException) => void {
    return (error) => {
        if (error.code !== "EPIPE") throw error;
        closed();
    };
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
        if (error instanceof UsageError) return report(error, parts, { json: words.includes("--json"), debug: words.includes("--debug") });
        if (!(error instanceof CommanderError)) throw error;
        return error.exitCode === 0 ? 0 : usageExitCode; // help that nobody has asked for
    }
}

async function invoke({ record, words, options }: Invocation, parts: ContextParts): Promise<number> {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- help needs none of it
    const { createContext } = require("./context") as typeof import("./context");
    const context = createContext(parts, options);
    try {
        return await record.load()(context, words, options);
    } catch (error) {
        context.progress.stop();
        return report(error, parts, { json: context.output.json, debug: options["debug"] === true });
    } finally {
        context.progress.stop();
    }
}

/** Says what went wrong, with `json` to programs as well, and returns the exit code for it. */
function report(error: unknown, streams: Streams, { json, debug }: { readonly json: boolean; readonly debug: boolean }): number {
    const { exitCode, text, value } = describeError(error, debug);
    const output = createOutput(streams, json);
    if (json) output.result({ error: value }, "");
    output.note(text);
    return exitCode;
}
