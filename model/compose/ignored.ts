import type { Findings } from "../findings";
import { childOf, type Entry, type MapNode, type ScalarNode } from "./tree";

/** The service without the keys that it lists under `x-understudy.ignore`, such as `volumes` or `deploy.update_config`. */
export function withoutIgnored(service: MapNode, findings: Findings): MapNode {
    return ignoredKeys(service).reduce((map, node) => {
        const without = removed(map, node.text.split("."));
        if (without === undefined) findings.warning(node, "the service has no such key to ignore", node.text);
        return without ?? map;
    }, service);
}

function ignoredKeys(service: MapNode): readonly ScalarNode[] {
    const extension = childOf(service, "x-understudy");
    const list = extension && childOf(extension, "ignore");
    return list?.kind === "list" ? list.items.filter((item) => item.kind === "scalar") : [];
}

/** The map without the entry that a path leads to; undefined when there is none. */
function removed(map: MapNode, [head = "", ...rest]: readonly string[]): MapNode | undefined {
    const entry = map.entries.get(head);
    if (entry === undefined) return undefined;
    const entries = new Map<string, Entry>(map.entries);
    if (rest.length === 0) {
        entries.delete(head);
        return { ...map, entries };
    }
    const value = entry.value.kind === "map" ? removed(entry.value, rest) : undefined;
    return value && { ...map, entries: entries.set(head, { ...entry, value }) };
}
