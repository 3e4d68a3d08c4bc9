import fs from "node:fs/promises";
import path from "node:path";
import { UnderstudyError } from "../errors";
import type { StateStore } from "./store";

/** Opens `file://` backends as the engine writes them: absolute, or below the home directory with `~`. */
export async function openFolder(backend: string, env: Readonly<Record<string, string>>): Promise<StateStore> {
    const written = decodeURI(backend.slice("file://".length).split("?", 1).join(""));
    const root = path.resolve(written.startsWith("~") ? path.join(env["HOME"] ?? "", written.slice(1)) : written);
    const isFolder = await fs.stat(root).then((stat) => stat.isDirectory(), () => false);
    if (!isFolder) throw new UnderstudyError("backend", `the state backend ${backend} is not there`, "make the folder, or correct `understudy:backend`");

    return {
        local: true,
        list: async (prefix) => {
            const folder = path.join(root, path.dirname(`${prefix}.`));
            const entries = await unlessMissing(fs.readdir(folder, { recursive: true, withFileTypes: true }), []);
            const keys = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
            return keys.map((key) => key.split(path.sep).join("/")).filter((key) => key.startsWith(prefix)).sort();
        },
        read: (key) => unlessMissing(fs.readFile(path.join(root, key), "utf8"), undefined),
        remove: async (key) => {
            const file = path.join(root, key);
            await Promise.all([file, `${file}.attrs`].map((part) => fs.rm(part, { force: true }))); // the engine keeps a second file beside each
        },
    };
}

async function unlessMissing<T, M>(work: Promise<T>, missing: M): Promise<T | M> {
    try {
        return await work;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return missing;
        throw error;
    }
}
