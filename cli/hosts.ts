import path from "node:path";
import { branchSettings } from "../automation/settings/privateSettings";
import { findProject, readEnvironment, readStack } from "../automation/settings/project";
import { UnderstudyError } from "../automation/errors";

/**
 * Returns a function from a branch's name to the hosts that its environment on `base` has, the main one first. Outside of a project
 * nobody knows the zone, and there are none. Fails where the project's settings or application are wrong.
 */
export function hostsFinder(directory: string, base: string): (branch: string) => readonly string[] {
    const project = projectOrNone(directory);
    if (project === undefined) return () => [];
    const { settings, file } = readStack(project, base);
    const appDir = path.resolve(project.directory, settings.appDir);
    return (branch) => {
        const { environment } = readEnvironment(project, branchSettings(settings, { base, branch, appDir }), file);
        const routes = environment.services.flatMap(({ route }) => (route === undefined ? [] : [route]));
        return routes.toSorted((one, other) => Number(other.main) - Number(one.main)).flatMap(({ hosts }) => hosts);
    };
}

function projectOrNone(directory: string): ReturnType<typeof findProject> | undefined {
    try {
        return findProject(directory);
    } catch (error) {
        if (error instanceof UnderstudyError) return undefined;
        throw error;
    }
}
