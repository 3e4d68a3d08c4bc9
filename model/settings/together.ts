import { formatCidr, overlap, parseCidr, type Cidr } from "../cidr";
import { given } from "../given";
import type { Problem } from "../problem";
import { lineOf, namespace, type BaseSettings, type Lines } from "./parse";

/** A settings file of a base. */
export interface SettingsFile {
    /** As the user named it. @example "Pulumi.staging.yaml" */
    readonly file: string;
    readonly settings: BaseSettings;
    /** Keys that are not compared, since something is wrong with them. Default: none. */
    readonly wrong?: ReadonlySet<string>;
    readonly lines?: Lines;
    /** Hosts of its web services, when the application could be read. @example ["www.staging.example.com"] */
    readonly hosts?: readonly string[];
}

/** What is wrong with one file beside another one, without the place. */
interface Conflict {
    readonly key: string;
    readonly value?: string;
    readonly message: string;
}

interface Rule {
    /** The keys that it looks at, beside the kind that every rule speaks of. */
    readonly of: readonly (keyof BaseSettings)[];
    readonly find: (settings: SettingsFile, other: SettingsFile, all: readonly SettingsFile[]) => Conflict | undefined;
}

/**
 * Checks what the bases' settings must not share. Each file is compared with those before it, and the problem stands in the later one, so
 * that two files that cannot be together are one problem.
 */
export function checkTogether(files: readonly SettingsFile[]): readonly Problem[] {
    return files.flatMap((file, index) =>
        files.slice(0, index).flatMap((other) => {
            const comparable = rules.filter(({ of }) => [file, other].every((each) => areRight(each, ["kind", ...of])));
            return comparable.flatMap(({ find }) => problemOf(find(file, other, files), file));
        }),
    );
}

const rules: readonly Rule[] = [
    { of: [], find: kindsDiffer },
    { of: ["account", "app"], find: accountsDiffer },
    { of: ["backend"], find: backendsDiffer },
    { of: ["zone"], find: zonesDiffer },
    { of: ["zone"], find: zonesAreNotNested },
    { of: ["zone"], find: hostsAreFree },
    { of: ["network"], find: networksDoNotOverlap },
];

function areRight({ wrong }: SettingsFile, keys: readonly (keyof BaseSettings)[]): boolean {
    return keys.every((key) => wrong?.has(key) !== true);
}

function kindsDiffer({ settings }: SettingsFile, other: SettingsFile): Conflict | undefined {
    if (settings.kind !== other.settings.kind) return undefined;
    return { key: "kind", value: settings.kind, message: `${other.file} says the same, and there is one stack of a kind; keep one of the files` };
}

function accountsDiffer({ settings }: SettingsFile, other: SettingsFile): Conflict | undefined {
    if (settings.account !== other.settings.account || settings.kind === other.settings.kind) return undefined;
    const production = settings.kind === "production" || other.settings.kind === "production";
    if (!production && settings.app !== other.settings.app) return undefined;
    const why = production
        ? "whoever can change it could change production"
        : `two environments of ${settings.app} in one account would have the same roles and repositories`;
    return { key: "account", value: settings.account, message: `this is ${other.settings.kind}'s account as well (${other.file}), and ${why}; give each its own` };
}

function backendsDiffer({ settings }: SettingsFile, other: SettingsFile): Conflict | undefined {
    if (settings.backend === undefined || settings.backend !== other.settings.backend) return undefined;
    const why = "the environments of one branch on both would be the same stack";
    return { key: "backend", value: settings.backend, message: `${other.settings.kind} keeps its state here as well (${other.file}), and ${why}; give each its own` };
}

function zonesDiffer({ settings }: SettingsFile, other: SettingsFile): Conflict | undefined {
    if (settings.zone !== other.settings.zone) return undefined;
    const advice = `give each a zone of its own, such as ${settings.kind}.example.com`;
    return { key: "zone", value: settings.zone, message: `this is ${other.settings.kind}'s zone as well (${other.file}); ${advice}` };
}

/** Zones inside production's are usual: production's account hands them out. The other way round, staging would answer for production. */
function zonesAreNotNested(file: SettingsFile, other: SettingsFile): Conflict | undefined {
    const [inner, outer] = isInside(file.settings.zone, other.settings.zone) ? [file, other] : [other, file];
    if (!isInside(inner.settings.zone, outer.settings.zone) || outer.settings.kind === "production") return undefined;
    const names = `${inner.settings.kind}'s zone ${inner.settings.zone} lies inside ${outer.settings.kind}'s, ${outer.settings.zone}`;
    const advice = "give each a zone of its own; only production's may hold the others'";
    return { key: "zone", value: file.settings.zone, message: `${names} (${other.file}), so ${outer.settings.kind} would answer for it; ${advice}` };
}

function hostsAreFree(file: SettingsFile, other: SettingsFile): Conflict | undefined {
    const taken = (owner: SettingsFile, zone: string): string | undefined => owner.hosts?.find((host) => host === zone || isInside(host, zone));
    const isAround = isInside(file.settings.zone, other.settings.zone);
    const [outer, inner] = isAround ? [other, file] : [file, other];
    if (!isInside(inner.settings.zone, outer.settings.zone)) return undefined;
    const host = taken(outer, inner.settings.zone);
    if (host === undefined) return undefined;
    const message = `${host} is a host of ${outer.settings.kind} and belongs to the zone of ${inner.settings.kind}, ${inner.settings.zone} (${other.file})`;
    return { key: "zone", value: file.settings.zone, message: `${message}; choose another zone, or another host under x-understudy.host` };
}

/** The ranges of a base's network, for as many as the settings know: those of an existing network are not in them. */
function networksDoNotOverlap(file: SettingsFile, other: SettingsFile, all: readonly SettingsFile[]): Conflict | undefined {
    const [range, taken] = [rangeOf(file), rangeOf(other)];
    if (range === undefined || taken === undefined || !overlap(range, taken)) return undefined;
    const free = freeRange(all.flatMap((each) => rangeOf(each) ?? []), range.prefix);
    const advice = free === undefined ? "give it another" : `give it another, such as ${formatCidr(free)}`;
    return {
        key: "network.cidr",
        value: formatCidr(range),
        message: `${other.settings.kind}'s network has addresses of this range (${formatCidr(taken)} in ${other.file}), so the two could never be joined; ${advice}`,
    };
}

function rangeOf(file: SettingsFile): Cidr | undefined {
    const { network } = file.settings;
    return areRight(file, ["network"]) && "cidr" in network ? parseCidr(network.cidr) : undefined;
}

/** The first range of this size in 10.0.0.0/8 that nobody has. */
function freeRange(taken: readonly Cidr[], prefix: number): Cidr | undefined {
    return Array.from({ length: 256 }, (_, byte) => ({ address: (10 * 256 + byte) * 2 ** 16, prefix })).find((range) =>
        taken.every((other) => !overlap(range, other)),
    );
}

function isInside(name: string, zone: string): boolean {
    return name.endsWith(`.${zone}`);
}

function problemOf(conflict: Conflict | undefined, { file, lines = {} }: SettingsFile): readonly Problem[] {
    if (conflict === undefined) return [];
    const key = `${namespace}${conflict.key}`;
    return [given({ severity: "error" as const, file, line: lineOf(key, lines), ...conflict, key })];
}
