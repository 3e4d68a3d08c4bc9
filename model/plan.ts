import type { Application, Service } from "./application";
import type { Environment, EnvironmentService, EnvironmentTask, OwnImage, Rewrite, Route } from "./environment";
import { Findings } from "./findings";
import { given } from "./given";
import { discoveryName } from "./names";
import { checkHostVariables } from "./planning/addresses";
import { planContainers } from "./planning/containers";
import { checkImages } from "./planning/images";
import { placeServices, servicesOf, type Placement } from "./planning/placement";
import { planRoutes } from "./planning/routes";
import { atSetting, scopeOf, type Scope } from "./planning/scope";
import { checkSelection } from "./planning/selection";
import { planStorage } from "./planning/storage";
import { planArchitecture, planSize } from "./planning/tasks";
import { surroundingsOf, type Surroundings } from "./planning/surroundings";
import { taskVolumes } from "./planning/volumes";
import type { Problem } from "./problem";
import type { Settings } from "./settings";
import { byName } from "./sort";
import { suggest } from "./suggest";

/**
 * Combines what runs with where it runs. The environment is complete as far as it can be even when there are errors among the problems, so
 * that all of them can be shown together; nothing may be built from it then. `settingsFile` is how the settings are called in problems.
 */
export function planEnvironment(
    application: Application,
    settings: Settings,
    settingsFile = "settings",
): { readonly environment: Environment; readonly problems: readonly Problem[] } {
    const findings = new Findings();
    const scope = scopeOf(settings, settingsFile, findings);
    const placements = placeServices(application, scope);
    const running = placements.filter(({ borrowed }) => !borrowed);
    const routes = planRoutes(
        placements.map(({ owner }) => owner).filter(({ role }) => role === "web"),
        scope,
    );

    checkHostVariables(placements, scope);
    checkImages(placements, scope);
    checkSettings(placements, scope);
    checkSelection(placements, mainOf(placements, routes), application, scope);
    const common = { application, routes, surroundings: surroundingsOf(application, placements, scope) };
    const planned = running.map((task) => ({ role: task.owner.role, ...planTask(task, common, scope) }));
    const { app, account, region, role, zone } = settings;
    const { queues, buckets } = planStorage(application, scope);
    const environment: Environment = given({
        app,
        kind: settings.kind,
        name: scope.name,
        account,
        region,
        role,
        zone,
        hours: settings.kind === "branch" ? undefined : settings.hours,
        services: planned.flatMap(({ role: its, task }) =>
            its === "web" || its === "worker" ? planService(its, task, routes.get(task.name), application, scope) : [],
        ),
        tasks: planned.filter(({ role: its }) => its === "task").map(({ task }) => task),
        queues,
        buckets,
        images: ownImages(running.flatMap(servicesOf)),
        borrowed: placements.filter(({ owner, borrowed }) => borrowed && owner.role !== "task").map(({ owner }) => owner.name),
        rewrites: planned.flatMap(({ rewrites }) => rewrites),
    });
    return { environment, problems: findings.problems };
}

/** The service whose host is the environment's own, whether it runs here or not. */
function mainOf(placements: readonly Placement[], routes: ReadonlyMap<string, Route>): Service | undefined {
    return placements.find(({ owner }) => routes.get(owner.name)?.main)?.owner;
}

/** What all tasks of an environment have in common. */
interface Common {
    readonly application: Application;
    readonly routes: ReadonlyMap<string, Route>;
    readonly surroundings: Surroundings;
}

function planTask(
    task: Placement,
    { application, routes, surroundings }: Common,
    scope: Scope,
): { readonly task: EnvironmentTask; readonly rewrites: readonly Rewrite[] } {
    const { name } = task.owner;
    const routedPort = routes.get(name)?.port;
    const size = planSize(task, scope);
    const { containers, rewrites } = planContainers({ application, task, surroundings, routedPort, taskMemory: size.memory }, scope);
    const volumes = taskVolumes(task);
    const architecture = planArchitecture(task, scope);
    return { task: given({ name, ...size, architecture, volumes: volumes.length === 0 ? undefined : volumes, containers }), rewrites };
}

function planService(
    role: "web" | "worker",
    task: EnvironmentTask,
    route: Route | undefined,
    { services }: Application,
    { settings, id }: Scope,
): EnvironmentService {
    const replicas = services.find(({ name }) => name === task.name)?.replicas;
    return given({
        ...task,
        role,
        count: settings.services[task.name]?.count ?? replicas ?? 1,
        capacity: settings.capacity,
        route,
        discoveryName: discoveryName(task.name, id),
    });
}

function ownImages(services: readonly Service[]): readonly OwnImage[] {
    const users = new Map<string, string[]>();
    for (const { name, ownImage } of services.toSorted(byName)) {
        if (ownImage !== undefined) users.set(ownImage, [...(users.get(ownImage) ?? []), name]);
    }
    return [...users].map(([name, its]) => ({ name, services: its })).toSorted(byName);
}

/** Reports settings about what the application does not have. */
function checkSettings(placements: readonly Placement[], scope: Scope): void {
    const { settings, findings } = scope;
    const names = placements.map(({ owner }) => owner.name);
    const images = ownImages(placements.flatMap(servicesOf)).map(({ name }) => name);
    const secrets = new Set(placements.flatMap(servicesOf).flatMap(({ extension }) => extension.secrets));
    const [key, listed] =
        settings.kind === "branch" ? (["ownSecrets", settings.ownSecrets] as const) : (["sharedSecrets", settings.sharedSecrets] as const);

    for (const name of Object.keys(settings.services)) {
        if (!names.includes(name))
            findings.error(atSetting(scope, `services.${name}`), `no service of this name has tasks on AWS; ${suggest(name, names)}`);
    }
    for (const name of Object.keys(settings.images ?? {})) {
        if (!images.includes(name))
            findings.error(atSetting(scope, `images.${name}`), `the application builds no image of this name; ${suggest(name, images)}`);
    }
    for (const name of listed) {
        if (!secrets.has(name))
            findings.warning(
                atSetting(scope, key),
                `no service lists a secret of this name; ${suggest(name, [...secrets].toSorted())}`,
                name,
            );
    }
}
