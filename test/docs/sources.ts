import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

const root = path.resolve(__dirname, "../..");

/** Text of every source file in these folders, below the project. */
export function sourcesIn(...folders: readonly string[]): readonly string[] {
    return folders.flatMap((folder) =>
        readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
            .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8")),
    );
}

/** A file of the project as text. */
export function readProjectFile(name: string): string {
    return readFileSync(path.join(root, name), "utf8");
}

/** Rows of the Markdown tables of a page below a heading, cell by cell, without the head. */
export function tableRows(page: string, heading: string): readonly (readonly string[])[] {
    const section = page.split(/^#{1,6} /m).find((part) => part.startsWith(`${heading}\n`));
    if (section === undefined) throw new Error(`the page has no heading "${heading}"`);
    return section
        .split(/\n(?=[^|])/)
        .flatMap((block) =>
            block
                .split("\n")
                .filter((line) => line.startsWith("|"))
                .slice(2),
        )
        .map((line) =>
            line
                .slice(1, line.lastIndexOf("|"))
                .split("|")
                .map((cell) => cell.trim()),
        );
}
