import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { UnderstudyError } from "../automation/index";

/**
 * Makes a folder that can be written, with those above it, if it is not there. One after the other: Node.js's own way to do that goes on
 * for ever where the system neither has a folder nor makes one, as below /proc. Fails as `unusable` says.
 */
export function makeFolder(folder: string): void {
    try {
        makeWithParents(folder);
        accessSync(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
        throw unusable(folder, error);
    }
}

/** The failure of kind `settings` for a folder of local worlds that is none, or that this user may not use. */
export function unusable(folder: string, cause: unknown): UnderstudyError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new UnderstudyError("settings", `the folder ${folder} cannot be used: ${reason}`, "let UNDERSTUDY_HOME name a folder that can be made and written", { cause });
}

function makeWithParents(folder: string): void {
    if (isFolder(folder)) return;
    makeWithParents(dirname(folder));
    try {
        mkdirSync(folder);
    } catch (error) {
        if (!isFolder(folder)) throw error; // another process has made it meanwhile
    }
}

function isFolder(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
