import type { Service } from "../application";
import type { HealthCheck, Kind, Route } from "../environment";
import { listed, ranges } from "../listed";
import { baseHost, branchServiceHost, looksLikeBranchId } from "../names";
import { at, type Scope } from "./scope";

/** Those of a base are patient; a branch is wanted soon, and by few. */
const slow: HealthCheck = { path: "/", interval: 30, timeout: 5, healthy: 5, unhealthy: 2, matcher: "200-399" };
const quick: HealthCheck = { path: "/", interval: 5, timeout: 2, healthy: 2, unhealthy: 2, matcher: "200-399" };
const defaults: Readonly<Record<Kind, { readonly health: HealthCheck; readonly deregistrationDelay: number }>> = {
    production: { health: slow, deregistrationDelay: 30 },
    staging: { health: slow, deregistrationDelay: 30 },
    dev: { health: quick, deregistrationDelay: 5 },
    branch: { health: quick, deregistrationDelay: 5 },
};

/** So many ports or services are named in a problem. */
const mostNamed = 10;

/** Plans the routes of all web services, by service name. A service whose port is not known has none. */
export function planRoutes(webServices: readonly Service[], scope: Scope): ReadonlyMap<string, Route> {
    const main = findMain(webServices, scope);
    const routes = new Map<string, Route>();
    for (const service of webServices) {
        const port = findPort(service, scope);
        if (port === undefined) continue;
        const { deregistrationDelay } = service.extension;
        routes.set(service.name, {
            hosts: [hostOf(service, service === main, scope)],
            port,
            main: service === main,
            health: planHealth(service, scope),
            deregistrationDelay: deregistrationDelay ?? defaults[scope.settings.kind].deregistrationDelay,
        });
    }
    checkHosts(webServices, routes, scope);
    return routes;
}

/** The one web service whose host is the environment's own. */
function findMain(webServices: readonly Service[], { findings }: Scope): Service | undefined {
    const [only] = webServices;
    if (webServices.length <= 1) return only;
    const named = webServices.filter(({ extension }) => extension.main);
    const [first, second] = named;
    const names = listed(webServices.map(({ name }) => name), mostNamed);
    if (second !== undefined) {
        findings.error(
            at(second, "x-understudy.main"),
            `only one web service has the environment's own host, and ${listed(named.map(({ name }) => name), mostNamed)} all want it`,
        );
    } else if (first === undefined && only !== undefined) {
        findings.error(at(only), `there are several web services (${names}); exactly one says main: true under x-understudy`);
    }
    return first;
}

/** The routed port: the one that is named, else the only one that there is. */
function findPort(service: Service, { findings }: Scope): number | undefined {
    const published = service.ports.length > 0 ? service.ports : service.expose;
    const ports = [...new Set(published.filter(({ protocol }) => protocol === "tcp").map(({ containerPort }) => containerPort))];
    const { port } = service.extension;
    if (port === undefined) {
        if (ports.length === 1) return ports[0];
        if (service.portsMissing === true) return undefined;
        const found = ports.length === 0 ? "there is none" : `there are ${listed(ranges(ports), mostNamed)}`;
        return findings.error(
            at(service, "ports"),
            `a web service needs one container port for its requests and ${found}; name it under x-understudy.port`,
        );
    }
    const known = [...service.ports, ...service.expose].some(({ containerPort }) => containerPort === port);
    if (!known && published.length > 0 && service.portsMissing !== true) {
        findings.error(at(service, "x-understudy.port"), `the container's ports are ${listed(ranges(ports), mostNamed)}`, String(port));
    }
    return port;
}

function hostOf(service: Service, main: boolean, { settings, id, findings }: Scope): string {
    if (id !== undefined) return branchServiceHost(settings.zone, id, { name: service.name, main });
    const label = service.extension.host ?? (main ? "www" : service.name);
    if (looksLikeBranchId(label)) {
        findings.error(
            at(service, "x-understudy.host"),
            "hosts that end with eight hexadecimal digits are kept for branches; choose another under x-understudy.host",
            label,
        );
    }
    return baseHost(settings.zone, label);
}

function planHealth(service: Service, { settings, findings }: Scope): HealthCheck {
    const { health } = service.extension;
    const usual = defaults[settings.kind].health;
    const interval = health.interval ?? usual.interval;
    const timeout = health.timeout ?? Math.min(usual.timeout, interval - 1);
    if (timeout >= interval) {
        const key = health.timeout === undefined ? "interval" : "timeout";
        findings.error(
            at(service, `x-understudy.health.${key}`),
            `the timeout, ${timeout}s, must be below the interval, ${interval}s`,
            `${timeout}s`,
        );
    }
    return { ...usual, ...health, interval, timeout };
}

function checkHosts(webServices: readonly Service[], routes: ReadonlyMap<string, Route>, { findings }: Scope): void {
    const users = new Map<string, string>();
    for (const service of webServices) {
        for (const host of routes.get(service.name)?.hosts ?? []) {
            const other = users.get(host);
            if (other !== undefined) {
                const message = `service ${other} has the same host; give one of them another under x-understudy.host`;
                findings.error(at(service, "x-understudy.host"), message, host);
            }
            users.set(host, other ?? service.name);
        }
    }
}
