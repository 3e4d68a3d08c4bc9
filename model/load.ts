import fs from "node:fs";
import path from "node:path";
import type { Application } from "./application";
import { readCompose } from "./compose/compose";
import { isOutside, outside, type FileContent, type Files } from "./compose/files";
import type { Variables } from "./compose/interpolate";
import type { Problem } from "./problem";
import { readTextFile } from "./textFile";

/** In the order in which Compose looks for them. */
const fileNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/** What `app/` says, as far as it can be read, and all that is wrong with it. */
export interface LoadedApplication {
    readonly application: Application;
    readonly problems: readonly Problem[];
}

/**
 * Reads the Compose file of a folder, and the files that it names. `variables` are the values for its `${…}`, before those of `.env` beside
 * it. Nothing is thrown for what a person could have written: a file that is missing or not text is a problem like any other.
 */
export function loadApplication(directory: string, variables: Variables): LoadedApplication {
    const file = fileNames.map((name) => path.join(directory, name)).find((candidate) => fs.existsSync(candidate));
    if (file === undefined)
        return nothingRead(path.join(directory, "compose.yaml"), variables, `no Compose file here; looked for ${fileNames.join(", ")}`);
    const { text, reason } = readFile(file);
    return text === undefined ? nothingRead(file, variables, reason) : readCompose(text, file, variables, filesIn(directory));
}

/** The files of a folder. A link that leads out of it is refused like a path that does. */
function filesIn(directory: string): Files {
    return {
        read: (file) => {
            if (!fs.existsSync(file)) return { reason: "there is no such file", kind: "missing" };
            if (isOutside(path.relative(fs.realpathSync(directory), fs.realpathSync(file)))) return { reason: outside };
            return readFile(file);
        },
    };
}

function readFile(file: string): FileContent {
    const found = fs.statSync(file);
    if (!found.isFile() && !found.isDirectory()) return { reason: "this is neither a file nor a folder" }; // a pipe may never end
    return { ...readTextFile(file), ...(found.isDirectory() && { kind: "folder" }) };
}

function nothingRead(file: string, variables: Variables, message: string): LoadedApplication {
    return { application: { file, services: [], queues: [], buckets: [], variables }, problems: [{ severity: "error", file, key: "", message }] };
}
