import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommanderError } from "commander";
import { execa } from "execa";
import { createParser } from "../../cli/parser";

/** Ends the words of one call. */
const end = "end of call";

/**
 * All calls that a script makes, in their order, as a shell understands it: it is run where every tool only writes down its words, and says
 * what `answers` has for it. A tool that is not known is an error of the script.
 */
export async function callsOf(
    script: string,
    tools: readonly string[],
    { env = {}, answers = {} }: { readonly env?: Readonly<Record<string, string>>; readonly answers?: Readonly<Record<string, string>> } = {},
): Promise<readonly (readonly string[])[]> {
    const folder = mkdtempSync(path.join(tmpdir(), "understudy-docs-"));
    try {
        const [bin, said, calls] = ["bin", "answers", "calls"].map((name) => path.join(folder, name)) as [string, string, string];
        for (const directory of [bin, said]) mkdirSync(directory);
        const recorder = path.join(folder, "recorder");
        writeFileSync(recorder, `#!/bin/sh\nprintf '%s\\0' "\${0##*/}" "$@" '${end}' >> "$CALLS"\nread -r answer 2> /dev/null < "$ANSWERS/\${0##*/}" && echo "$answer" || :\n`);
        chmodSync(recorder, 0o755);
        for (const tool of tools) symlinkSync(recorder, path.join(bin, tool));
        for (const [tool, answer] of Object.entries(answers)) writeFileSync(path.join(said, tool), `${answer}\n`);
        const { stderr } = await execa("/bin/bash", ["--norc", "-c", script], { cwd: folder, extendEnv: false, env: { ...env, PATH: bin, CALLS: calls, ANSWERS: said }, reject: false });
        assert.equal(stderr, "");
        const texts = existsSync(calls) ? readFileSync(calls, "utf8").split(`\0${end}\0`).slice(0, -1) : [];
        return texts.map((text) => text.split("\0"));
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** What the command line's own parser says against these words; undefined when it takes them. */
export async function refusalOf(words: readonly string[]): Promise<string | undefined> {
    const parser = createParser(() => Promise.resolve(), { writeOut: () => undefined, writeErr: () => undefined });
    try {
        await parser.parseAsync([...words], { from: "user" });
        return undefined;
    } catch (error) {
        if (!(error instanceof Error)) throw error;
        return error instanceof CommanderError && error.exitCode === 0 ? undefined : error.message; // a call for help ends so
    }
}
