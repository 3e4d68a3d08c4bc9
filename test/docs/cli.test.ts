import assert from "node:assert/strict";
import { exitCodes } from "../../automation/errors";
import { commands, commonOptions, type CommandOption } from "../../cli/commands";
import { usageExitCode } from "../../cli/errors";
import { readProjectFile, sourcesIn, tableRows } from "./sources";

const page = readProjectFile("docs/cli.md");

/** Sections of the page that are about commands, as it has them: each with the text up to the next one. */
const sections = page.split(/^(?=#{2,3} )/m).filter((section) => section.startsWith("### "));

describe("docs/cli.md", () => {
    it("has a section per command, with its words, in the order of the help", () => {
        const written = commands.map(({ name, words }) => ["### `understudy", name, words].filter((part) => part !== undefined).join(" ") + "`");
        assert.deepEqual(sections.map((section) => section.split("\n", 1)[0]), written);
    });

    it("has the options that every command takes", () => {
        assert.deepEqual(tableRows(page, "Options of every command"), commonOptions.map(rowOf));
    });

    for (const [index, { name, summary, options = [], examples }] of commands.entries()) {
        it(`says of ${name} what the help says, shows its examples, and what one of them prints`, () => {
            const section = sections[index] ?? "";
            assert.deepEqual(tableRows(section.replace(/^### /, "# "), section.slice("### ".length).split("\n", 1)[0]!), options.map(rowOf));
            assert.equal(unwrapped(section.split("\n\n")[1] ?? "").slice(0, summary.length + 2), `${summary.charAt(0).toUpperCase()}${summary.slice(1)}. `);
            assert.equal(/^```sh\n(.*?)\n```$/ms.exec(section)?.[1], examples.join("\n"));
            assert.match(section, new RegExp(`^\`\`\`text\n\\$ understudy ${name}(?= |\n)`, "m"));
        });
    }

    it("has every exit code", () => {
        const known = [["0", ""], ["1", "`fault`"], [String(usageExitCode), "`usage`"], ...Object.entries(exitCodes).map(([kind, code]) => [String(code), `\`${kind}\``])];
        assert.deepEqual(tableRows(page, "Exit codes").map(([code, kind]) => [code, kind]), known);
    });

    it("says of an exit code what the other page says", () => {
        const other = tableRows(readProjectFile("docs/automation/README.md"), "Failures").map(([kind, code, meaning = ""]) => [code, kind, meaning] as const);
        const here = tableRows(page, "Exit codes").slice(3);
        const shortened = here.map(([code, kind, meaning = ""]) => [code, kind, other.find((row) => meaning.startsWith(row[2]))?.[2] ?? meaning]);
        assert.deepEqual(shortened.slice(0, -1), other.slice(0, -1)); // the last one is said in a terminal's words
    });

    it("has every variable that the tool reads", () => {
        const sources = sourcesIn("cli", "automation", "local").join("\n");
        const names = [...sources.matchAll(/\benv\["([A-Z_]+)"\]|\bsaid\(([^)]*)\)/g)].flatMap(([, name, several = ""]) => [name ?? "", ...several.matchAll(/[A-Z_]{4,}/g)].map(String));
        const read = new Set(names.filter((name) => name !== "" && !internal.includes(name)));
        assert.deepEqual(tableRows(page, "Variables").flatMap(([cell = ""]) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name)).sort(), [...read].sort());
    });
});

/** What parts of the tool say to each other. */
const internal = ["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "UNDERSTUDY_WORLD_DIRECTORY", "UNDERSTUDY_FRONT_DOOR_PORT", "UNDERSTUDY_CLIENT_ADDRESS"];

/** An option as a row of the page's tables. */
function rowOf({ flags, description }: CommandOption): readonly string[] {
    return [`\`${flags}\``, description];
}

function unwrapped(text: string): string {
    return text.replaceAll("\n", " ");
}
