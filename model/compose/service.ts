import { runsOnAws, type Extension, type Port, type Role, type Service } from "../application";
import { Findings, type Place } from "../findings";
import { given } from "../given";
import { checkEnvironmentIsKept, readCommand } from "./command";
import type { Declarations } from "./declarations";
import { impliedDependencies, readDependsOn } from "./dependsOn";
import type { EnvironmentContext } from "./envFiles";
import { readEnvironment } from "./environment";
import { inferRole, readExtension, webKeys } from "./extension";
import { readHealthCheck } from "./healthcheck";
import { withoutIgnored } from "./ignored";
import { buildContext, imageName, readImage } from "./image";
import { knownKeys, type ReadKey } from "./keys";
import { checkLogging } from "./logging";
import { checkConfigs, checkSecrets } from "./mountedFiles";
import { checkNetworkMode, networkOwner, readAliases, readLinks } from "./networks";
import { platforms } from "./platform";
import { checkPortCount, readExpose, readPorts, type PortList, type PortRoom } from "./ports";
import { readResources } from "./resources";
import { checkRestart } from "./restart";
import { readRuntime } from "./runtime";
import { shown } from "./shown";
import { childOf, isNothing, placesIn, type MapNode, type Node } from "./tree";
import { isNull, readBoolean, readChoice, readMap, readSeconds, readText, readTexts } from "./values";
import { reportVariables } from "./variables";

/** What a service is read with. */
export interface ServiceContext extends EnvironmentContext {
    /** Names of all services of the file. */
    readonly services: ReadonlySet<string>;
    readonly declarations: Declarations;
    readonly portRoom: PortRoom;
}

type Keys = Readonly<Partial<Record<ReadKey, Node>>>;

/** Seconds. */
const stopTimeout = { min: 0, max: 120 };

/**
 * Reads one service, in which variables are replaced. What cannot be read is reported and left out, so that the rest can be seen. What
 * only AWS refuses is not reported for a service that does not run there.
 */
export function readService(name: string, place: Place, node: Node, context: ServiceContext): Service | undefined {
    const { findings, services, declarations, hostVariables, portRoom } = context;
    const map = readMap(node, findings);
    if (map === undefined) return undefined;
    if (!/^[a-zA-Z0-9._-]+$/.test(name)) findings.error(map, "a service's name is letters, digits and . _ -", name);

    const kept = withoutIgnored(map, findings);
    const { role: givenRole, ...extension } = readExtension(kept, findings);
    const { image, build, ports, profiles, networkOf } = readNature(kept, findings, portRoom);
    const role = givenRole ?? inferRole({ image, built: build !== undefined, hasPorts: ports.wanted, networkOf }, extension.of);
    checkRole(role, extension, kept, findings);

    const aws = runsOnAws(role, profiles, extension.roleGiven) ? findings : new Findings();
    const keys = keysOf(kept, context, aws);
    checkWhatIsNotCarried(keys, role, extension, context, aws);
    if (name === "__proto__") aws.error(map, "JavaScript keeps this name for itself, so nothing of the service would come to be on AWS; give it another one", name);
    const environment = readEnvironment({ environment: keys.environment, envFile: keys.env_file }, context);
    const readOnly = keys.read_only && readBoolean(keys.read_only, findings);
    const entrypoint = keys.entrypoint && readCommand(keys.entrypoint, hostVariables, findings, aws);
    const command = keys.command && readCommand(keys.command, hostVariables, findings, aws);
    checkEnvironmentIsKept(
        [
            { at: keys.entrypoint, words: entrypoint },
            { at: keys.command, words: command },
        ],
        aws,
    );
    const expose = keys.expose ? readExpose(keys.expose, findings, portRoom) : noPorts;
    for (const list of [ports, expose]) checkPortCount(list, aws);
    const containerName = keys.container_name && readText(keys.container_name, findings);
    const resources = readResources(keys, findings, aws);
    if (keys.container_name && (resources.replicas ?? 1) > 1)
        findings.error(keys.container_name, `${String(resources.replicas)} containers cannot share one name; remove it`, containerName);
    return given({
        name,
        role,
        image,
        ownImage: build && (image === undefined ? name : imageName(image)),
        buildContext: build && buildContext(build),
        profiles,
        ports: ports.ports,
        expose: expose.ports,
        portsMissing: ports.missing || expose.missing || undefined,
        entrypoint,
        command,
        environment: environment.values,
        hostTemplates: environment.hostTemplates,
        healthCheck: keys.healthcheck && readHealthCheck(keys.healthcheck, findings, aws),
        dependsOn: {
            ...impliedDependencies(kept, services),
            ...(keys.depends_on && readDependsOn(keys.depends_on, findings, services)),
        },
        stopTimeout: keys.stop_grace_period && readSeconds(keys.stop_grace_period, findings, stopTimeout, aws),
        init: keys.init && readBoolean(keys.init, findings),
        platform: keys.platform && readChoice(keys.platform, aws, platforms),
        ...resources,
        user: keys.user && readText(keys.user, findings),
        workingDirectory: keys.working_dir && readText(keys.working_dir, findings),
        readOnly,
        runtime: readRuntime(keys, { declared: declarations.volumes, readOnly: readOnly ?? false }, findings, aws),
        otherNames: [
            ...(containerName === undefined ? [] : [containerName]),
            ...(keys.networks ? readAliases(keys.networks, declarations.networks, findings, aws) : []),
        ].filter((other) => !services.has(other)),
        links: keys.links ? readLinks(keys.links, services, findings) : {},
        extension: given({ ...extension, of: extension.of ?? networkOf }),
        place,
        places: placesIn(map),
    });
}

const noPorts = { ports: [], wanted: false, missing: false };

/** What decides what kind of service it is. */
function readNature(
    service: MapNode,
    findings: Findings,
    portRoom: PortRoom,
): {
    readonly image?: string;
    readonly build?: Node;
    readonly ports: PortList<Port>;
    readonly profiles: readonly string[];
    readonly networkOf?: string;
} {
    const key = (name: ReadKey): Node | undefined => {
        const node = childOf(service, name);
        return node === undefined || isNull(node) ? undefined : node;
    };
    const [image, build, ports, profiles] = [key("image"), key("build"), key("ports"), key("profiles")];
    if (image === undefined && (build === undefined || isNothing(build)) && !["provider", "extends"].some((other) => service.entries.has(other)))
        findings.error(service, "a service needs image or build");
    return given({
        image: image && readImage(image, findings),
        build: build === undefined || isNothing(build) ? undefined : build,
        ports: ports === undefined ? noPorts : readPorts(ports, findings, portRoom),
        profiles: profiles === undefined ? [] : readTexts(profiles, findings),
        networkOf: networkOwner(key("network_mode")),
    });
}

/** The keys that are read. Of those that are not, nobody needs what their variables stand for. */
function keysOf(service: MapNode, { findings, hostVariables }: ServiceContext, aws: Findings): Keys {
    const keys: Partial<Record<ReadKey, Node>> = {};
    for (const [name, value] of knownKeys(service, findings, aws)) {
        if (isNull(value)) continue;
        keys[name] = value;
        if (name !== "build") reportVariables(value, findings, name === "environment" ? hostVariables : undefined);
    }
    const extension = childOf(service, "x-understudy");
    if (extension !== undefined) reportVariables(extension, findings);
    return keys;
}

/** Keys that change nothing on AWS are checked all the same, as far as a typing error or a wish would otherwise pass unseen. */
function checkWhatIsNotCarried(
    keys: Keys,
    role: Role,
    { secrets: variables }: Extension,
    { findings, services, declarations }: ServiceContext,
    aws: Findings,
): void {
    const policy = keys.deploy && childOf(keys.deploy, "restart_policy");
    checkRestart({ restart: keys.restart, condition: policy && childOf(policy, "condition") }, role, findings, aws);
    if (keys.network_mode) checkNetworkMode(keys.network_mode, services, findings, aws);
    if (keys.network_mode && keys.networks)
        findings.error(keys.network_mode, "network_mode and networks exclude each other; keep one of them", shown(keys.network_mode));
    if (keys.logging) checkLogging(keys.logging, findings, aws);
    if (keys.secrets) checkSecrets(keys.secrets, { declared: declarations.secrets, variables }, findings, aws);
    if (keys.configs) checkConfigs(keys.configs, declarations.configs, findings, aws);
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
