import type { Mount } from "../application";
import type { Findings } from "../findings";
import { given } from "../given";
import type { Declarations } from "./declarations";
import { refuse } from "./keys";
import { shown } from "./shown";
import { readTmpfsOptions, type PlacedTmpfs } from "./tmpfs";
import { childOf, type Node, type ScalarNode } from "./tree";
import { readBoolean, readChoice, readKeys, readList, readText } from "./values";

const types = ["bind", "volume", "tmpfs", "cluster", "npipe", "image"] as const;
type Type = (typeof types)[number];

/** One entry of `volumes`, in whichever form it was written. */
interface Entry {
    readonly at: Node;
    readonly type: Type;
    readonly source?: string;
    readonly target: string;
    readonly readOnly: boolean;
    readonly tmpfs?: Node;
    readonly subpath?: Node;
}

/** What is mounted into a container, and where that is written. */
export interface Volumes {
    readonly mounts: readonly (Mount & { readonly at: Node })[];
    readonly tmpfs: readonly PlacedTmpfs[];
    /** Where anything at all would be mounted on a laptop. */
    readonly paths: readonly { readonly at: Node; readonly path: string }[];
}

const shortForm = "a volume is PATH, VOLUME:PATH or HOST_PATH:PATH, and optionally :ro or other options";

/**
 * Reads `volumes`. What needs a host, or should outlive its task, goes to `aws`. An anonymous volume is a folder that can be written and
 * may be lost: in a container that can write its own files, that is nothing special.
 */
export function readVolumes(
    node: Node,
    { declared, readOnly }: { readonly declared: Declarations["volumes"]; readonly readOnly: boolean },
    findings: Findings,
    aws: Findings,
): Volumes {
    const entries = (readList(node, findings)?.items ?? []).flatMap(
        (item) => (item.kind === "map" ? readLong(item, findings) : readShort(item, findings)) ?? [],
    );
    const mounts = entries.flatMap((entry): Volumes["mounts"] => {
        const { at, type, source, target: path } = entry;
        const reason = refusal(entry, declared);
        if (reason !== undefined) refuse(at, reason, aws);
        const isMounted = type === "volume" && reason === undefined && (source !== undefined || readOnly);
        return isMounted ? [given({ at, volume: source, path, readOnly: entry.readOnly })] : [];
    });
    const tmpfs = entries
        .filter(({ type }) => type === "tmpfs")
        .map(({ at, target: path, tmpfs: options }) => ({ at, path, ...(options ? readTmpfsOptions(options, findings) : { options: [] }) }));
    return { mounts, tmpfs, paths: entries.map(({ at, target: path }) => ({ at, path })) };
}

/** Why Fargate cannot honour a volume; undefined when it can. */
function refusal({ type, source, subpath }: Entry, declared: Declarations["volumes"]): string | undefined {
    if (type === "bind") return "the host's path does not exist on Fargate";
    if (type === "tmpfs" || (type === "volume" && source === undefined)) return undefined;
    if (type !== "volume") return `Fargate mounts nothing of type ${type}`;
    if (declared.get(source ?? "")?.ephemeral === true) return subpath && "ECS mounts whole volumes";
    const consent = `where that is fine, write x-understudy: {ephemeral: true} under volumes.${source ?? ""}`;
    return `what a Fargate task writes is lost with it (${consent})`;
}

/** Reports what is mounted where something else is already, and paths that are none. */
export function checkPaths(mounted: readonly { readonly at: Node; readonly path: string }[], findings: Findings): void {
    const users = new Map<string, Node>();
    for (const { at, path } of mounted) {
        const other = users.get(path);
        if (!path.startsWith("/")) findings.error(at, "a path inside the container begins with a slash", shown(at));
        if (other !== undefined) findings.error(at, `line ${String(other.place.line)} mounts something at ${path} already`, shown(at));
        users.set(path, at);
    }
}

function readShort(node: Node, findings: Findings): Entry | undefined {
    const parts = node.kind === "scalar" ? splitSpec(node) : undefined;
    if (parts === undefined) return findings.error(node, shortForm, shown(node));
    const [target = "", source, options = ""] = parts.length === 1 ? parts : [parts[1], parts[0], parts[2]];
    const type: Type = source !== undefined && isPath(source) ? "bind" : "volume";
    return given({ at: node, type, source, target, readOnly: options.split(",").includes("ro") });
}

/** The parts between the colons. As for Compose, a single letter before one is a drive of Windows. */
function splitSpec({ text }: ScalarNode): readonly string[] | undefined {
    if (text.length <= 2) return text === "" ? undefined : [text];
    const parts = text.match(/(?:^|:)(?:(?:[a-z]:)?[^:]*)/gi)?.map((part, index) => (index === 0 ? part : part.slice(1))) ?? [];
    return parts.length > 3 || parts.includes("") ? undefined : parts;
}

function isPath(source: string): boolean {
    return /^(?:[./~]|\\\\|[a-z]:)/i.test(source);
}

function readLong(node: Node, findings: Findings): Entry | undefined {
    const keys = readKeys(node, findings, ["type", "source", "target", "read_only", "consistency", "bind", "volume", "tmpfs", "image"]);
    if (keys.type === undefined) return findings.error(node, `type is missing; allowed: ${types.join(", ")}`, shown(node));
    const type = readChoice(keys.type, findings, types);
    const target = keys.target && readText(keys.target, findings);
    if (keys.bind) readKeys(keys.bind, findings, ["propagation", "create_host_path", "recursive", "selinux"]);
    if (keys.volume) readKeys(keys.volume, findings, ["labels", "nocopy", "subpath"]);
    if (keys.image) readKeys(keys.image, findings, ["subpath"]);
    if (keys.target === undefined) return findings.error(node, "a volume needs target, the path inside the container", shown(node));
    if (type === undefined || target === undefined) return undefined;
    return given({
        at: node,
        type,
        source: (keys.source && readText(keys.source, findings)) || undefined,
        target,
        readOnly: (keys.read_only && readBoolean(keys.read_only, findings)) ?? false,
        tmpfs: keys.tmpfs,
        subpath: keys.volume && childOf(keys.volume, "subpath"),
    });
}
