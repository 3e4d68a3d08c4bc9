import type { Findings } from "../findings";
import { childOf, type Entry, type MapNode, type ScalarNode } from "./tree";

/** The service without the keys that it lists under `x-understudy.ignore`, such as `volumes` or `deploy.update_config`. */
export function withoutIgnored(service: MapNode, findings: Findings): MapNode {
    return ignoredKeys(service).reduce((map, node) => {
        const without = removed(map, node.text);
        if (without === undefined) findings.warning(node, "the service has no such key to ignore", node.text);
        return without ?? map;
    }, service);
}

function ignoredKeys(service: MapNode): readonly ScalarNode[] {
    const extension = childOf(service, "x-understudy");
    const list = extension && childOf(extension, "ignore");
    return list?.kind === "list" ? list.items.filter((item) => item.kind === "scalar") : [];
}

/** The map without the entry that a path leads to; undefined when there is none. A key may have dots in it, as kernel parameters do. */
function removed(map: MapNode, path: string): MapNode | undefined {
    const entries = new Map<string, Entry>(map.entries);
    if (entries.delete(path)) return { ...map, entries };
    for (const [name, entry] of map.entries) {
        if (entry.value.kind !== "map" || !path.startsWith(`${name}.`)) continue;
        const value = removed(entry.value, path.slice(name.length + 1));
        if (value !== undefined) return { ...map, entries: entries.set(name, { ...entry, value }) };
    }
    return undefined;
}
