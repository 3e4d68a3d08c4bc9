import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { readProjectFile, tableRows } from "./sources";

const root = path.resolve(__dirname, "../..");
const page = readProjectFile("docs/github.md");
const workflows = readdirSync(path.join(root, ".github/workflows"));
const texts = workflows.map((name) => readProjectFile(`.github/workflows/${name}`));

describe("docs/github.md", () => {
    it("has every workflow", () => {
        const named = tableRows(page, "1. The workflows").flatMap(([cell = ""]) => [...cell.matchAll(/`([\w-]+\.yml)`/g)].map(([, name]) => name));
        assert.deepEqual(named.sort(), [...workflows].sort());
    });

    it("links to what there is", () => {
        const links = [...page.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
        assert.ok(links.length > 10);
        assert.deepEqual(links.filter((link) => !existsSync(path.join(root, "docs", link))), []);
    });

    it("sets every variable that the workflows read, and no other", () => {
        const read = new Set(texts.flatMap((text) => [...text.matchAll(/\bvars\.([A-Z_]+)/g)].map(([, name]) => name)));
        const set = [...page.matchAll(/^gh variable set ([A-Z_]+)/gm)].map(([, name]) => name);
        assert.deepEqual(set.toSorted(), [...read].sort());
    });

    it("has the environments of the workflows", () => {
        const used = new Set(texts.flatMap((text) => [...text.matchAll(/^ {4}environment: (\S+)$/gm)].map(([, name]) => name)));
        const made = [...page.matchAll(/PUT "repos\/\$REPOSITORY\/environments\/(\w+)"/g)].map(([, name]) => name);
        assert.deepEqual(made.toSorted(), [...used].sort());
    });

    it("asks for a release as the workflow understands it", () => {
        const staging = readProjectFile(".github/workflows/staging.yml");
        const { on } = parse(staging) as { readonly on: { readonly repository_dispatch: { readonly types: readonly string[] } } };
        assert.match(page, new RegExp(`event_type=${on.repository_dispatch.types.join("|")}`));
        const read = new Set([...staging.matchAll(/client_payload\.(\w+)/g)].map(([, name]) => name));
        assert.deepEqual([...page.matchAll(/client_payload\[(\w+)\]/g)].map(([, name]) => name).sort(), [...read].sort());
    });

    it("has the lines of the settings that say who makes what", () => {
        const [, lines = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
        const settings = readProjectFile("Pulumi.staging.yaml");
        for (const line of lines.trimEnd().split("\n")) assert.ok(settings.includes(`  ${line}\n`), line);
    });
});
