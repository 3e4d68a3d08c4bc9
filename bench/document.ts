import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** Where the figures are kept. */
export const performanceDocument = path.join(__dirname, "..", "docs", "performance.md");

/** `text` with the content of one of its marked places replaced: between `<!-- name -->` and `<!-- end name -->`. Throws where it is missing. */
export function replaceMarked(text: string, name: string, content: string): string {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- end ${name} -->`];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`the document has no place for ${name}: write ${begin} and ${end}`);
    return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/** Writes what was measured into docs/performance.md. */
export function writeFigures(figures: Readonly<Record<string, string>>): void {
    const before = fs.readFileSync(performanceDocument, "utf8");
    fs.writeFileSync(performanceDocument, Object.entries(figures).reduce((text, [name, content]) => replaceMarked(text, name, content), before));
}

/** @example "2 cores, 24 GiB, Linux, Node 20" */
export function describeMachine(): string {
    const system = { linux: "Linux", darwin: "macOS", win32: "Windows" }[process.platform as string] ?? process.platform;
    const [node = ""] = process.versions.node.split(".");
    return `${os.availableParallelism()} cores, ${Math.round(os.totalmem() / 1024 ** 3)} GiB, ${system}, Node ${node}`;
}
