import type { Application, Service } from "../application";
import type { Container, ContainerDependency, ContainerHealthCheck, ContainerPort, Rewrite, Secret } from "../environment";
import { given } from "../given";
import { containerName, parameterName } from "../names";
import { checkLimits } from "./limits";
import { servicesOf, type Placement } from "./placement";
import { checkSystemControls, planRuntime } from "./runtime";
import { at, baseOf, type Scope } from "./scope";
import { seenBy, type Surroundings } from "./surroundings";
import { planVariables } from "./variables";

/** The containers of one task, and what was changed in their variables. */
export interface PlannedContainers {
    readonly containers: readonly Container[];
    readonly rewrites: readonly Rewrite[];
}

/** All that the containers of a task are planned from. */
export interface ContainersInput {
    readonly application: Application;
    readonly task: Placement;
    readonly surroundings: Surroundings;
    /** Container port of the route, which need not be among the ports of the Compose file. */
    readonly routedPort?: number;
    /** MiB of the task. */
    readonly taskMemory: number;
}

/** Seconds. ECS waits no less before it kills; Compose may. */
const shortestStopTimeout = 2;

/** Plans the containers of a task: the service's own first, then its sidecars. */
export function planContainers({ application, task, surroundings, routedPort, taskMemory }: ContainersInput, scope: Scope): PlannedContainers {
    const ports = new Map(servicesOf(task).map((service) => [service, portsOf(service, service === task.owner ? routedPort : undefined)]));
    checkPorts(ports, scope);
    checkSystemControls(task, scope);
    const planned = [...ports].map(([service, its]) => {
        const view = seenBy(service, task, surroundings);
        const { environment, rewrites } = planVariables(service, view, { given: application.variables, storage: surroundings.storage }, scope);
        const container: Container = given({
            name: containerName(service.name),
            image: service.ownImage === undefined ? { reference: service.image ?? "" } : { own: service.ownImage },
            essential: isEssential(service, task),
            entryPoint: notEmptied("entrypoint", service, scope),
            command: notEmptied("command", service, scope),
            environment,
            secrets: service.extension.secrets.map((name) => secret(name, scope)),
            ports: its,
            healthCheck: ecsHealthCheck(service),
            dependsOn: dependenciesOf(service, task, scope),
            stopTimeout: service.stopTimeout === undefined ? undefined : Math.max(service.stopTimeout, shortestStopTimeout),
            user: service.user,
            workingDirectory: service.workingDirectory,
            readonlyRootFilesystem: service.readOnly,
            ...planRuntime(service, taskMemory),
        });
        return { container, rewrites };
    });
    const containers = planned.map(({ container }) => container);
    checkLimits(task, containers, scope);
    return { containers, rewrites: planned.flatMap(({ rewrites }) => rewrites) };
}

/** A branch reads its base's secrets, except those that it keeps for itself. */
function secret(name: string, { settings, name: environment }: Scope): Secret {
    const own = settings.kind !== "branch" || settings.ownSecrets.includes(name);
    return { name, parameter: parameterName(settings.app, own ? environment : baseOf(settings), name) };
}

function portsOf({ ports, expose }: Service, routedPort: number | undefined): readonly ContainerPort[] {
    const routed = routedPort === undefined ? [] : [{ containerPort: routedPort, protocol: "tcp" as const }];
    const all = [...ports, ...expose, ...routed].map(
        ({ containerPort, protocol }) => [`${containerPort}/${protocol}`, { containerPort, protocol }] as const,
    );
    return [...new Map(all).values()].toSorted(
        (a, b) => a.containerPort - b.containerPort || Number(a.protocol > b.protocol) - Number(a.protocol < b.protocol),
    );
}

/** The containers of a task share one network interface. */
function checkPorts(ports: ReadonlyMap<Service, readonly ContainerPort[]>, { findings }: Scope): void {
    const users = new Map<string, string>();
    for (const [service, its] of ports) {
        for (const port of its.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`)) {
            const other = users.get(port);
            if (other !== undefined) {
                findings.error(at(service, "ports"), `${other} listens on this port in the same task; give one of them another`, port);
            }
            users.set(port, other ?? service.name);
        }
    }
}

/** A container stops its task when it ends, unless another one of the task waits for just that. */
function isEssential({ name }: Service, task: Placement): boolean {
    return !servicesOf(task).some(({ dependsOn }) => dependsOn[name] === "service_completed_successfully");
}

/** Waiting is between the containers of one task; ECS has no order between services, which start whenever they can. */
function dependenciesOf(service: Service, task: Placement, { findings }: Scope): readonly ContainerDependency[] {
    return Object.entries(service.dependsOn).flatMap(([name, condition]): readonly ContainerDependency[] => {
        const place = at(service, `depends_on.${name}`);
        const member = servicesOf(task).find((candidate) => candidate.name === name);
        if (member === undefined) {
            if (condition === "service_completed_successfully") {
                findings.warning(place, `on AWS nothing waits for ${name}; run it before the deployment`, condition);
            }
            return [];
        }
        if (condition === "service_completed_successfully" && member === task.owner) {
            findings.error(
                place,
                `${name} keeps the task running, so nothing in it can wait for its end; wait for service_healthy`,
                condition,
            );
        }
        if (condition === "service_healthy" && ecsHealthCheck(member) === undefined) {
            findings.error(place, `${name} has no health check to wait for; give it one, or wait for service_started`, condition);
        }
        return [{ containerName: containerName(name), condition: ecsConditions[condition] }];
    });
}

/** ECS does not see the image's own check, so "disabled" and "none" are the same to it. */
function ecsHealthCheck({ healthCheck }: Service): ContainerHealthCheck | undefined {
    return healthCheck === undefined || "disabled" in healthCheck ? undefined : healthCheck;
}

const ecsConditions = { service_started: "START", service_healthy: "HEALTHY", service_completed_successfully: "SUCCESS" } as const;

/** ECS takes an empty list for "not given". */
function notEmptied(key: "entrypoint" | "command", service: Service, { findings }: Scope): readonly string[] | undefined {
    const words = service[key];
    if (words?.length !== 0) return words;
    const cleared = key === "command" && service.entrypoint !== undefined && service.entrypoint.length > 0;
    if (!cleared) findings.warning(at(service, key), `ECS cannot clear the image's own ${key}; it applies on AWS`);
    return undefined;
}
