import { branchSettings } from "../automation/settings/privateSettings";
import { findProject, isInProject, readEnvironment, readStack, type Project } from "../automation/settings/project";
import { hostOfBranch } from "../model/names";

/**
 * Returns a function from a branch's id to the hosts that its environment on `base` has, the main one first. Outside of a project
 * nobody knows the zone, and there are none. Fails where the project's settings or application are wrong.
 */
export function hostsFinder(directory: string, base: string): (id: string) => readonly string[] {
    const project = projectOrNone(directory);
    if (project === undefined) return () => [];
    const { settings, file } = readStack(project, base);
    // Which services have a host is the same for every branch: one stands for all of them.
    const { environment } = readEnvironment(project, branchSettings(settings, { base, branch: "any", appDir: settings.appDir }), file);
    const services = environment.services.flatMap(({ name, route }) => (route === undefined ? [] : [{ name, main: route.main }]));
    const mainFirst = services.toSorted((one, other) => Number(other.main) - Number(one.main));
    return (id) => mainFirst.map((service) => hostOfBranch(settings.zone, id, service));
}

/** The project to which a folder belongs; undefined outside of all projects. Fails on one that cannot be read. */
export function projectOrNone(directory: string): Project | undefined {
    return isInProject(directory) ? findProject(directory) : undefined;
}
