import { UnderstudyError } from "../automation/errors";
import { findProject } from "../automation/settings/project";

/** The folder of the first project that is found in or above one of these folders; without any the first folder itself. */
export function projectFolder(from: readonly [string, ...string[]]): string {
    return from.map(folderOf).find((folder) => folder !== undefined) ?? from[0];
}

function folderOf(from: string): string | undefined {
    try {
        return findProject(from).directory;
    } catch (error) {
        if (error instanceof UnderstudyError) return undefined;
        throw error;
    }
}
