import fs from "node:fs";
import os from "node:os";
import { UnderstudyError } from "./errors";

/** The system's folder for temporary files. Fails with kind `settings` when it is none, or cannot be written. */
export function temporaryFolder(): string {
    const folder = os.tmpdir();
    try {
        fs.opendirSync(folder).closeSync();
        fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
        return folder;
    } catch (error) {
        throw unusable(error);
    }
}

/** The failure for a folder in which nothing can be written. */
export function unusable(cause: unknown): UnderstudyError {
    const { message } = cause as Error;
    return new UnderstudyError("settings", `the temporary folder ${os.tmpdir()} cannot be used: ${message}`, "let TMPDIR name a folder that can be written", { cause });
}
