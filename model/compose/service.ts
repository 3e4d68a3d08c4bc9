import type { Extension, Role, Service } from "../application";
import type { Findings, Place } from "../findings";
import { given } from "../given";
import { readCommand } from "./command";
import { readDependsOn } from "./dependsOn";
import { readEnvironment } from "./environment";
import { inferRole, readExtension, webKeys } from "./extension";
import { readHealthCheck } from "./healthcheck";
import { withoutIgnored } from "./ignored";
import { buildContext, imageName, readImage } from "./image";
import { interpolateTree, type Variables } from "./interpolate";
import { checkKey, notOnAws, type ReadKey } from "./keys";
import { readExpose, readPorts } from "./ports";
import { readResources } from "./resources";
import { shown } from "./shown";
import { childOf, isNothing, placesIn, type MapNode, type Node } from "./tree";
import { isNull, readBoolean, readChoice, readMap, readSeconds, readText, readTexts } from "./values";

/** What a service is read with. */
export interface ServiceContext {
    readonly findings: Findings;
    readonly variables: Variables;
    /** Names of all services of the file. */
    readonly services: ReadonlySet<string>;
    /** The variables that hold services' addresses on AWS, and have no value here. */
    readonly hostVariables: ReadonlySet<string>;
}

type Keys = Readonly<Partial<Record<ReadKey, Node>>>;

/** Reads one service. What cannot be read is reported and left out, so that the rest can be seen. */
export function readService(name: string, place: Place, node: Node, context: ServiceContext): Service | undefined {
    const { findings } = context;
    const map = readMap(node, findings);
    if (map === undefined) return undefined;
    if (!/^[a-zA-Z0-9._-]+$/.test(name)) findings.error(map, "a service's name is letters, digits and . _ -", name);

    const kept = withoutIgnored(map, findings);
    const keys = keysOf(kept, context);
    const image = keys.image && readImage(keys.image, findings);
    const build = keys.build === undefined || isNothing(keys.build) ? undefined : keys.build;
    if (keys.image === undefined && build === undefined && !kept.entries.has("extends"))
        findings.error(map, "a service needs image or build");

    const ports = keys.ports ? readPorts(keys.ports, findings) : [];
    const networkOf = keys.network_mode && readNetworkMode(keys.network_mode, context);
    const { role: givenRole, ...extension } = readExtension(interpolated(kept, "x-understudy", context), findings);
    const role = givenRole ?? inferRole({ image, built: build !== undefined, hasPorts: ports.length > 0, networkOf }, extension.of);
    checkRole(role, extension, kept, findings);
    checkLaptopKeys(keys, findings);

    const environment = keys.environment
        ? readEnvironment(keys.environment, findings, context.variables, context.hostVariables)
        : undefined;
    return given({
        name,
        role,
        image,
        ownImage: build && (image === undefined ? name : imageName(image)),
        buildContext: build && buildContext(build, context.variables),
        profiles: keys.profiles ? readTexts(keys.profiles, findings) : [],
        ports,
        expose: keys.expose ? readExpose(keys.expose, findings) : [],
        entrypoint: keys.entrypoint && readCommand(keys.entrypoint, findings, context.hostVariables),
        command: keys.command && readCommand(keys.command, findings, context.hostVariables),
        environment: environment?.values ?? {},
        hostTemplates: environment?.hostTemplates ?? {},
        healthCheck: keys.healthcheck && readHealthCheck(keys.healthcheck, findings),
        dependsOn: keys.depends_on ? readDependsOn(keys.depends_on, findings, context.services) : {},
        stopTimeout: keys.stop_grace_period && readSeconds(keys.stop_grace_period, findings, { min: 0, max: 120 }),
        init: keys.init && readBoolean(keys.init, findings),
        platform: keys.platform && readChoice(keys.platform, findings, ["linux/amd64", "linux/arm64", "linux/arm64/v8"]),
        ...readResources(keys, findings),
        user: keys.user && readText(keys.user, findings),
        workingDirectory: keys.working_dir && readText(keys.working_dir, findings),
        readOnly: keys.read_only && readBoolean(keys.read_only, findings),
        extension: given({ ...extension, of: extension.of ?? networkOf }),
        place,
        places: placesIn(map),
    });
}

/** The keys that are read, with their variables replaced. Keys of the laptop keep theirs: nobody needs their values here. */
function keysOf(service: MapNode, context: ServiceContext): Keys {
    const keys: Partial<Record<ReadKey, Node>> = {};
    for (const [name, entry] of service.entries) {
        if (!checkKey(name, entry, context.findings) || isNull(entry.value)) continue;
        const silent = name === "environment" ? context.hostVariables : undefined;
        keys[name] = name === "build" ? entry.value : interpolateTree(entry.value, context.variables, context.findings, silent);
    }
    return keys;
}

/** The service with the variables under one of its keys replaced. */
function interpolated(service: MapNode, key: string, { variables, findings }: ServiceContext): MapNode {
    const entry = service.entries.get(key);
    if (entry === undefined) return service;
    return {
        ...service,
        entries: new Map(service.entries).set(key, { ...entry, value: interpolateTree(entry.value, variables, findings) }),
    };
}

/** A service that borrows another's network on the laptop is its sidecar. */
function readNetworkMode(node: Node, { findings, services }: ServiceContext): string | undefined {
    const [, service] = (node.kind === "scalar" && /^service:(.*)$/.exec(node.text)) || [];
    if (service !== undefined && services.has(service)) return service;
    if (service !== undefined) return findings.error(node, "no service has this name", service);
    return findings.error(node, notOnAws("a Fargate task has a network interface of its own", node), shown(node));
}

function checkRole(role: Role, extension: Extension, service: MapNode, findings: Findings): void {
    const node = childOf(service, "x-understudy");
    for (const key of webKeys) {
        const value = node && childOf(node, key);
        if (value === undefined || role === "web") continue;
        findings.error(value, `only a web service has ${key}, and this is a ${role}; remove it, or write role: web`, shown(value));
    }
    const of = (node && childOf(node, "of")) ?? service;
    if (extension.of !== undefined && role !== "sidecar") {
        findings.error(of, `only a sidecar has of, and this is a ${role}; remove it, or write role: sidecar`, extension.of);
    }
    const size = (node && childOf(node, "size")) ?? service;
    if (extension.size !== undefined && role === "sidecar") {
        findings.error(size, "a sidecar shares the task of another service; give that one the size");
    }
}

/** Keys that change nothing on AWS are checked all the same, as far as a typing error would otherwise pass. */
function checkLaptopKeys({ restart, volumes }: Keys, findings: Findings): void {
    if (restart !== undefined && !(restart.kind === "scalar" && /^(no|always|unless-stopped|on-failure(:\d+)?)$/.test(restart.text))) {
        findings.error(restart, "allowed: no, always, unless-stopped, on-failure", shown(restart));
    }
    for (const volume of volumes?.kind === "list" ? volumes.items : []) {
        findings.error(volume, notOnAws(volumeReason(volume), volume), shown(volume));
    }
}

function volumeReason(volume: Node): string {
    const source = volume.kind === "map" ? childOf(volume, "source") : volume;
    const isPath = source?.kind === "scalar" && /^(\.|~|\/[^:]*:|[a-zA-Z]:\\)/.test(source.text);
    return isPath ? "the host's path does not exist on Fargate" : "what a Fargate task writes is lost with it";
}
