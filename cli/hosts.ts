import path from "node:path";
import { branchSettings } from "../automation/settings/privateSettings";
import { environmentReader, findProject, isInProject, readStack, type Project } from "../automation/settings/project";

/**
 * Returns a function from a branch's name to the hosts that its environment on `base` has, the main one first. Outside of a project
 * nobody knows the zone, and there are none. Fails where the project's settings or application are wrong.
 */
export function hostsFinder(directory: string, base: string): (branch: string) => readonly string[] {
    const project = projectOrNone(directory);
    if (project === undefined) return () => [];
    const { settings, file } = readStack(project, base);
    const appDir = path.resolve(project.directory, settings.appDir);
    const read = environmentReader(project, { ...settings, appDir }, file);
    return (branch) => {
        const { environment } = read(branchSettings(settings, { base, branch, appDir }));
        const routes = environment.services.flatMap(({ route }) => (route === undefined ? [] : [route]));
        return routes.toSorted((one, other) => Number(other.main) - Number(one.main)).flatMap(({ hosts }) => hosts);
    };
}

/** The project to which a folder belongs; undefined outside of all projects. Fails on one that cannot be read. */
export function projectOrNone(directory: string): Project | undefined {
    return isInProject(directory) ? findProject(directory) : undefined;
}
