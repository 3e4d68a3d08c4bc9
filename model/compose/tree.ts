import type { Located, Place } from "../findings";
import { formatPath, type Path } from "../path";

export interface ScalarNode extends Located {
    readonly kind: "scalar";
    readonly value: string | number | boolean | null;
    /** The value as text: what a container sees in a variable. */
    readonly text: string;
    /** The text before its variables were replaced; absent where there were none. */
    readonly template?: string;
    /** A number that is written with a leading zero: decimal in YAML 1.2, octal for Docker Compose. */
    readonly octal?: true;
}

export interface ListNode extends Located {
    readonly kind: "list";
    readonly items: readonly Node[];
}

export interface MapNode extends Located {
    readonly kind: "map";
    readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
    /** The key's own place, which may be another line than its value's. */
    readonly key: Located;
    readonly value: Node;
}

/** A file as a tree in which every value knows where it was written. Aliases and merge keys are resolved. */
export type Node = ScalarNode | ListNode | MapNode;

/** The value as plain data. */
export function toPlain(node: Node): unknown {
    switch (node.kind) {
        case "scalar":
            return node.value;
        case "list":
            return node.items.map(toPlain);
        case "map":
            return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, toPlain(value)]));
    }
}

/** The value that a path leads to from here, or the last one on the way that exists. */
export function nodeAt(node: Node, [head, ...rest]: Path): Node {
    if (head === undefined) return node;
    const next = childOf(node, head);
    return next === undefined ? node : nodeAt(next, rest);
}

/** The value under a key or index; undefined where there is none. */
export function childOf(node: Node, key: string | number): Node | undefined {
    if (node.kind === "map") return node.entries.get(String(key))?.value;
    return node.kind === "list" && typeof key === "number" ? node.items[key] : undefined;
}

/** True for a value that asks for nothing: null, false, an empty text, list or map. */
export function isNothing(node: Node): boolean {
    if (node.kind === "list") return node.items.length === 0;
    return node.kind === "map" ? node.entries.size === 0 : node.value === null || node.value === false || node.value === "";
}

/** The places of everything in a node, by path from the node. */
export function placesIn(node: Node): Readonly<Record<string, Place>> {
    const places: Record<string, Place> = {};
    const add = ({ path, place }: Located, child: Node): void => {
        places[formatPath(path.slice(node.path.length))] = place;
        visit(child);
    };
    const visit = (at: Node): void => {
        if (at.kind === "list") for (const item of at.items) add(item, item);
        if (at.kind === "map") for (const { key, value } of at.entries.values()) add(key, value);
    };
    visit(node);
    return places;
}
