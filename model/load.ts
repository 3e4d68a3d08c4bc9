import fs from "node:fs";
import path from "node:path";
import type { Application } from "./application";
import { readCompose } from "./compose/compose";
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
 * Reads the Compose file of a folder. `variables` are the values for its `${…}`. Nothing is thrown for what a person could have written:
 * a file that is missing or not text is a problem like any other.
 */
export function loadApplication(directory: string, variables: Variables): LoadedApplication {
    const file = fileNames.map((name) => path.join(directory, name)).find((candidate) => fs.existsSync(candidate));
    if (file === undefined)
        return nothingRead(path.join(directory, "compose.yaml"), variables, `no Compose file here; looked for ${fileNames.join(", ")}`);
    const { text, reason } = readTextFile(file);
    return text === undefined ? nothingRead(file, variables, reason) : readCompose(text, file, variables);
}

function nothingRead(file: string, variables: Variables, message: string): LoadedApplication {
    return { application: { file, services: [], variables }, problems: [{ severity: "error", file, key: "", message }] };
}
