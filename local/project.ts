import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

interface Builder {
    ensureBuilt(): string;
}

/** The program's folder: the same whether this runs from its sources or from their compiled form below it. */
export const projectDirectory = nearestWithPackage(__dirname);

/** Compiles the sources when they have changed, and returns the folder of the compiled form as it is now. */
export function ensureBuilt(): string {
    const builder = createRequire(__filename)(join(projectDirectory, "bin", "build.js")) as Builder;
    return builder.ensureBuilt();
}

function nearestWithPackage(folder: string): string {
    if (existsSync(join(folder, "package.json"))) return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${__dirname}: the program runs from its own folder only`);
    return nearestWithPackage(parent);
}
