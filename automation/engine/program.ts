import fs from "node:fs";
import path from "node:path";

/** The launcher's compiler: plain JavaScript, since it runs before anything is compiled. */
interface Build {
    readonly ensureBuilt: () => string;
}

/** The compiled program as the sources are now: the file that the engine runs. Compiles when a source has changed since. */
export function programFile(): string {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- its place depends on whether this file runs compiled
    const { ensureBuilt } = require(path.join(programRoot(), "bin", "build.js")) as Build;
    return path.join(ensureBuilt(), "index.js");
}

/** This program's version, as its package.json has it. @example "0.1.0" */
export function programVersion(): string {
    const { version } = JSON.parse(fs.readFileSync(path.join(programRoot(), "package.json"), "utf8")) as { readonly version: string };
    return version;
}

/** The folder of this program's sources: this file is in it when it runs as it is written, and two levels deeper when compiled. */
function programRoot(): string {
    for (let directory = __dirname; directory !== path.dirname(directory); directory = path.dirname(directory)) {
        if (fs.existsSync(path.join(directory, "bin", "build.js"))) return directory;
    }
    throw new Error(`bin/build.js is in no folder above ${__dirname}`);
}
