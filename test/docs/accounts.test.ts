import assert from "node:assert/strict";
import { execa } from "execa";
import { commands, commonOptions } from "../../cli/commands";
import { examples } from "../../docs/policies/fill";
import { readProjectFile, tableRows } from "./sources";

const page = readProjectFile("docs/accounts.md");
const scripts = [...page.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, script = ""]) => script);

describe("docs/accounts.md", () => {
    it("has scripts that a shell can read", async () => {
        assert.ok(scripts.length > 10);
        await Promise.all(scripts.map((input) => execa("bash", ["-n"], { input })));
    });

    it("sets all that the policies need", () => {
        const [first = ""] = scripts;
        const set = [...scripts.join("\n").matchAll(/export (.*)/g)].flatMap(([, words = ""]) =>
            [...words.matchAll(/(\w+)=/g)].map(([, name = ""]) => name),
        );
        assert.deepEqual(
            Object.keys(examples).filter((name) => !set.includes(name)),
            [],
        );
        assert.ok(first.includes("policy() { npx ts-node -T docs/policies/fill.ts"));
    });

    it("uses commands and options that there are", () => {
        const used = [...page.matchAll(/(?:^ *|`|\(|\n)understudy ((?:branch |local |release )?[a-z]+)([^\n`)]*)/gm)];
        assert.ok(used.length > 5);
        const unknown = used.flatMap(([text, name = "", rest = ""]) => {
            const record = commands.find((command) => command.name === name);
            const known = [...(record?.options ?? []), ...commonOptions].flatMap(({ flags }) => flags.match(/--[a-z-]+/g) ?? []);
            const options = rest.match(/--[a-z-]+/g) ?? [];
            return record !== undefined && options.every((option) => known.includes(option)) ? [] : [text.trim()];
        });
        assert.deepEqual(unknown, []);
    });

    it("names what can be imported as the program does", () => {
        const identities = new Set(readProjectFile("test/stacks/identity/staging.txt").trimEnd().split("\n"));
        const stack = "urn:pulumi:staging::understudy";
        for (const cells of tableRows(page, "9. Taking in what exists")) {
            const [, type = "", name = "", , parent = ""] = cells.map((cell) => cell.replaceAll("`", ""));
            assert.ok(identities.has(`${stack}::${parent}`), parent);
            assert.ok(identities.has(`${stack}::${parent.split("::")[0] ?? ""}$${type}::${name}`), name);
        }
        assert.ok(identities.has(`${stack}::pulumi:providers:aws::aws`));
    });
});
