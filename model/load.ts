import fs from "node:fs";
import path from "node:path";
import type { Application } from "./application";
import { readCompose } from "./compose/compose";
import type { Variables } from "./compose/interpolate";
import type { Problem } from "./problem";

/** In the order in which Compose looks for them. */
const fileNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/** What `app/` says, as far as it can be read, and all that is wrong with it. */
export interface LoadedApplication {
    readonly application: Application;
    readonly problems: readonly Problem[];
}

/**
 * Reads the Compose file of a folder. `variables` are the values for its `${…}`. Nothing is thrown for what a person could have written:
 * a file that is missing or not text is a problem like any other.
 */
export function loadApplication(directory: string, variables: Variables): LoadedApplication {
    const file = fileNames.map((name) => path.join(directory, name)).find((candidate) => fs.existsSync(candidate));
    if (file === undefined)
        return nothingRead(path.join(directory, "compose.yaml"), variables, `no Compose file here; looked for ${fileNames.join(", ")}`);
    try {
        return readCompose(new TextDecoder("utf-8", { fatal: true }).decode(fs.readFileSync(file)), file, variables);
    } catch (error) {
        if (isSystemError(error))
            return nothingRead(file, variables, `the file cannot be read: ${error.code === "EISDIR" ? "it is a folder" : error.code}`);
        if (error instanceof TypeError) return nothingRead(file, variables, "the file is not text in UTF-8");
        throw error;
    }
}

function nothingRead(file: string, variables: Variables, message: string): LoadedApplication {
    return { application: { file, services: [], variables }, problems: [{ severity: "error", file, key: "", message }] };
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
    return error instanceof Error && "code" in error && "syscall" in error;
}
