import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "../..");
const begin = (name: string): string => `<!-- generated: ${name} -->`;
const end = "<!-- end of generated -->";

/** Fails when a file of the project is not what it is made from; the variable set to 1 writes it anew. */
export function assertGenerated(file: string, expected: string, variable: string): void {
    const absolute = path.join(root, file);
    if (process.env[variable] === "1") {
        fs.mkdirSync(path.dirname(absolute), { recursive: true });
        fs.writeFileSync(absolute, expected);
    }
    const found = fs.existsSync(absolute) ? fs.readFileSync(absolute, "utf8") : "";
    assert.equal(found, expected, `${file} is not up to date; ${variable}=1 writes it anew`);
}

/** The page with what stands between the markers of this name replaced. */
export function withGenerated(page: string, name: string, text: string): string {
    const from = page.indexOf(begin(name));
    const to = page.indexOf(end, from);
    assert.ok(from >= 0 && to > from, `the page has no part ${begin(name)} … ${end}`);
    return `${page.slice(0, from)}${begin(name)}\n\n${text}\n\n${page.slice(to)}`;
}

/** A Markdown table. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
    return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
