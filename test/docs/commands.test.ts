import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { callsOf, refusalOf } from "./scriptCalls";
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
    "sed",
    "sha256sum",
    "tr",
];

const pages = ["README.md", "CONTRIBUTING.md", ...pagesBelow("docs")];
const targets = [...readProjectFile("Makefile").matchAll(/^([a-z]+):/gm)].map(([, name]) => name);

describe("the commands of the documents", () => {
    const found: (readonly string[])[] = [];

    for (const page of pages) {
        it(`exist: ${page}`, async () => {
            const calls = await callsOf(scriptsOf(page).join("\n"), ["understudy", "make", ...externalTools]);
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

/** Why a call would not be understood; undefined when it would. */
async function problemOf([tool = "", ...words]: readonly string[]): Promise<string | undefined> {
    if (tool === "understudy") return refusalOf(words);
    if (tool !== "make") return undefined;
    const unknown = words.filter((word) => !targets.includes(word));
    return unknown.length === 0 ? undefined : `no target ${unknown.join(", ")} in the Makefile`;
}
