import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommanderError } from "commander";
import { execa } from "execa";
import { createParser } from "../../cli/parser";
import { readProjectFile } from "./sources";

/** Tools of others that the documents call. Their own words and options are checked by nobody here, except where it says so. */
const externalTools = [
    "aws", // the policies it is given, by policies.test.ts
    "curl",
    "cut",
    "dig",
    "docker",
    "gh",
    "git",
    "jq",
    "npx",
    "openssl",
    "pulumi", // on every kind of stack, by the engine tests
    "tr",
];

const pages = ["README.md", "CONTRIBUTING.md", ...pagesBelow("docs")];
const targets = [...readProjectFile("Makefile").matchAll(/^([a-z]+):/gm)].map(([, name]) => name);

describe("the commands of the documents", () => {
    const found: (readonly string[])[] = [];

    for (const page of pages) {
        it(`exist: ${page}`, async () => {
            const calls = await callsOf(scriptsOf(page).join("\n"));
            found.push(...calls);
            const wrong = await Promise.all(calls.map(async (call) => [call.join(" "), await problemOf(call)]));
            assert.deepEqual(wrong.filter(([, problem]) => problem !== undefined), []);
        });
    }

    it("are read from every fence that holds some", () => {
        const others = pages.flatMap((page) => readProjectFile(page).match(/^ *```(bash|shell|console|zsh)$/gm) ?? []);
        assert.deepEqual(others, []);
    });

    it("are many, also of this tool", () => {
        assert.ok(found.filter(([tool]) => tool === "understudy").length > 10);
        assert.ok(found.filter(([tool]) => tool === "make").length >= 5);
    });
});

/** Paths of all Markdown files below a folder, from the project's. */
function pagesBelow(folder: string): readonly string[] {
    const root = path.resolve(__dirname, "../..");
    const files = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" });
    return files.filter((name) => name.endsWith(".md")).map((name) => path.join(folder, name)).sort();
}

function scriptsOf(page: string): readonly string[] {
    return [...readProjectFile(page).matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, script = ""]) => script);
}

/**
 * All calls that a script makes, as a shell understands it: it is run where every tool only writes down its words. A tool that is not known
 * is an error of the script.
 */
async function callsOf(script: string): Promise<readonly (readonly string[])[]> {
    const folder = mkdtempSync(path.join(tmpdir(), "understudy-docs-"));
    try {
        const [bin, calls] = ["bin", "calls"].map((name) => path.join(folder, name)) as [string, string];
        for (const directory of [bin, calls]) mkdirSync(directory);
        const recorder = path.join(folder, "recorder");
        writeFileSync(recorder, `#!/bin/sh\nprintf '%s\\0' "\${0##*/}" "$@" > "$CALLS/$$"\n`);
        chmodSync(recorder, 0o755);
        for (const tool of ["understudy", "make", ...externalTools]) symlinkSync(recorder, path.join(bin, tool));
        const { stderr } = await execa("/bin/bash", ["--norc", "-c", script], { cwd: folder, extendEnv: false, env: { PATH: bin, CALLS: calls }, reject: false });
        assert.equal(stderr, "");
        return readdirSync(calls).map((name) => readFileSync(path.join(calls, name), "utf8").split("\0").slice(0, -1));
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** Why a call would not be understood; undefined when it would. */
async function problemOf([tool = "", ...words]: readonly string[]): Promise<string | undefined> {
    if (tool === "understudy") return refusalOf(words);
    if (tool !== "make") return undefined;
    const unknown = words.filter((word) => !targets.includes(word));
    return unknown.length === 0 ? undefined : `no target ${unknown.join(", ")} in the Makefile`;
}

/** What the command line's own parser says against these words; undefined when it takes them. */
async function refusalOf(words: readonly string[]): Promise<string | undefined> {
    const parser = createParser(() => Promise.resolve(), { writeOut: () => undefined, writeErr: () => undefined });
    try {
        await parser.parseAsync([...words], { from: "user" });
        return undefined;
    } catch (error) {
        if (!(error instanceof Error)) throw error;
        return error instanceof CommanderError && error.exitCode === 0 ? undefined : error.message; // a call for help ends so
    }
}
