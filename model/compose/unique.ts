import { childOf, type MapNode, type Node } from "./tree";

/** What an item of a list is known by: of several of the same key the last one counts. */
type KeyOf = (item: Node) => string;

/** The name of NAME=value, or the whole text. */
export const nameOf: KeyOf = (item) => textOf(item).split("=", 1)[0] ?? "";

const textKeys: readonly (readonly [key: string, keyOf: KeyOf])[] = [
    ...["annotations", "cap_add", "cap_drop", "dns", "dns_opt", "dns_search", "environment", "labels", "links", "profiles", "sysctls", "tmpfs"].map(
        (key) => [key, nameOf] as const,
    ),
    ["expose", textOf],
    ["env_file", (item) => textOf(childOf(item, "path") ?? item)],
    ["volumes", (item) => (item.kind === "map" ? textOf(childOf(item, "target")) : volumeTarget(textOf(item)))],
    ["devices", (item) => (item.kind === "map" ? textOf(childOf(item, "target")) : (textOf(item).split(":")[1] ?? textOf(item)))],
    ["configs", mounted("")],
    ["secrets", mounted("/run/secrets")],
    ["ports", portKey],
];
const keysOf: ReadonlyMap<string, KeyOf> = new Map(textKeys);

/** The service with each of its lists as Docker Compose has it in the end: without what a later item replaces. */
export function withoutReplaced(service: MapNode): MapNode {
    const entries = [...service.entries].map(([name, entry]) => {
        const keyOf = keysOf.get(name);
        const { value } = entry;
        if (keyOf === undefined || value.kind !== "list") return [name, entry] as const;
        return [name, { ...entry, value: { ...value, items: keepLast(value.items, keyOf) } }] as const;
    });
    return { ...service, entries: new Map(entries) };
}

/** One item per key: the last one, where the first one was. */
export function keepLast(items: readonly Node[], keyOf: KeyOf): readonly Node[] {
    return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

function textOf(node: Node | undefined): string {
    return node?.kind === "scalar" ? node.text : "";
}

function volumeTarget(text: string): string {
    const [source = "", target] = text.replace(/^[a-zA-Z]:(?=[\\/])/, "").split(":");
    return target ?? source;
}

function mounted(folder: string): KeyOf {
    return (item) => {
        const target = item.kind === "map" ? childOf(item, "target") : undefined;
        return target === undefined ? `${folder}/${textOf(childOf(item, "source") ?? item)}` : textOf(target);
    };
}

/** Address, both ports and protocol, in whichever form they are written. */
function portKey(item: Node): string {
    const short = /^(?:(?:(?<ip>\[[^\]]*\]|[^:[\]]*):)?(?<published>[\d-]*):)?(?<target>[\d-]+)(?:\/(?<protocol>\w+))?$/.exec(textOf(item));
    const part = (long: string, name: string): string => (item.kind === "map" ? textOf(childOf(item, long)) : (short?.groups?.[name] ?? ""));
    const ip = part("host_ip", "ip").replace(/^\[|\]$/g, "") || "0.0.0.0";
    const key = `${ip}:${part("published", "published")}:${part("target", "target")}/${part("protocol", "protocol") || "tcp"}`;
    return item.kind === "scalar" && short === null ? item.text : key;
}
