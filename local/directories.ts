import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import envPaths from "env-paths";

export interface Directories {
    /** Of the world of one checkout. */
    readonly world: string;
    /** What may be thrown away and is shared by all worlds of this user: the engine, the emulator's packages. */
    readonly cache: string;
}

const hashLength = 8;

/**
 * Where the world of a checkout lives: outside of it, since the engine walks through all folders below the program before each update.
 * Two checkouts have two worlds. `UNDERSTUDY_HOME` puts everything below one folder, for tests.
 */
export function defaultDirectories(projectDirectory: string, env: NodeJS.ProcessEnv = process.env): Directories {
    const home = env["UNDERSTUDY_HOME"];
    const { data, cache } =
        home === undefined || home === "" ? envPaths("understudy", { suffix: "" }) : { data: resolve(home), cache: resolve(home, "cache") };
    return { world: join(data, "worlds", worldName(realpathSync(projectDirectory))), cache };
}

/** The checkout's folder name, for people, and a hash of its real path, which no other checkout has. */
function worldName(path: string): string {
    const hash = createHash("sha256").update(path).digest("hex").slice(0, hashLength);
    return `${basename(path).replaceAll(/[^\w.-]/g, "-")}-${hash}`;
}
