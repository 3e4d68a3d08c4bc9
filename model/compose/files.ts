import path from "node:path";

/** Where the reader gets the files that a Compose file names. */
export interface Files {
    /** The content of a file, by its path as it is to be called in problems. */
    readonly read: (file: string) => FileContent;
}

export type FileContent =
    | { readonly text: string; readonly reason?: undefined }
    | { readonly text?: undefined; readonly reason: string; readonly kind?: "missing" | "folder" };

/** What a file outside of the application is told. */
export const outside = "only files of the application's own folder are read; move it there";

/** Files of which there are none. */
export const noFiles: Files = { read: () => ({ reason: "there is no such file", kind: "missing" }) };

/** The same files, each of them read once: a model is built of one state of them, and many services may name the same one. */
export function readOnce({ read }: Files): Files {
    const known = new Map<string, FileContent>();
    return {
        read: (file) => {
            const content = known.get(file) ?? read(file);
            known.set(file, content);
            return content;
        },
    };
}

/**
 * Reads a file by its path from the application's folder. What lies outside of it is refused: an environment never depends on what else is
 * on a machine.
 */
export function readInside(files: Files, root: string, name: string): FileContent & { readonly file: string } {
    const file = path.join(root, name);
    if (path.isAbsolute(name) || isOutside(path.normalize(name))) return { file, reason: outside };
    return { file, ...files.read(file) };
}

/** True for a relative path, as `path.normalize` and `path.relative` give it, that leads out of the folder. */
export function isOutside(relative: string): boolean {
    return relative === ".." || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
}
