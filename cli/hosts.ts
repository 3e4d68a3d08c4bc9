import { reachable } from "../automation/addresses";
import { UnderstudyError } from "../automation/errors";
import { branchSettings } from "../automation/settings/privateSettings";
import { findProject, isInProject, readEnvironment, readStack, type Project } from "../automation/settings/project";
import type { World } from "../local/world";
import { branchServiceHost } from "../model/names";
import type { Context } from "./context";

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
    return (id) => mainFirst.map((service) => branchServiceHost(settings.zone, id, service));
}

/**
 * Returns a function from a host of a branch to what it is reached by from here: itself on AWS, and what the front door knows in a local world.
 * While that does not run nobody knows its port, and there is none.
 */
export function reachedFrom(context: Pick<Context, "local" | "world">): (host: string) => readonly string[] {
    if (!context.local) return (host) => [host];
    const world = runningWorld(context);
    return world === undefined ? () => [] : (host) => [new URL(reachable(`https://${host}`, world, true)).host];
}

function runningWorld(context: Pick<Context, "world">): World | undefined {
    try {
        return context.world();
    } catch (error) {
        if (error instanceof UnderstudyError && error.kind === "network") return undefined;
        throw error;
    }
}

/** The project to which a folder belongs; undefined outside of all projects. Fails on one that cannot be read. */
export function projectOrNone(directory: string): Project | undefined {
    return isInProject(directory) ? findProject(directory) : undefined;
}
