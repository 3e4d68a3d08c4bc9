import type { Located, Place } from "../findings";
import { formatPath, type Path } from "../path";

/** What a value does to the one that it comes on top of: `!reset` takes it away, `!override` replaces all of it. */
export type Mark = "reset" | "override";

interface Marked extends Located {
    readonly mark?: Mark;
}

/** What is wrong with the variables of a text, at the place in the file where the variable stands. */
export interface VariableFault {
    readonly place: Place;
    readonly message: string;
    /** The variable that has no value, where that is all that is wrong; Compose takes an empty text. */
    readonly unset?: string;
    /** It is so of the whole file, and said of the first text that is needed. */
    readonly once?: { said: boolean };
}

export interface ScalarNode extends Marked {
    readonly kind: "scalar";
    readonly value: string | number | boolean | null;
    /** The value as text: what a container sees in a variable. */
    readonly text: string;
    /** The text with variables that had no value when the others were replaced; absent where there were no variables. */
    readonly template?: string;
    /** The scalar as it is written without quotes, where a container gets another text: a number such as 0755. */
    readonly written?: string;
    /** Where the dollar signs of the text are, in their order; absent where there are none. */
    readonly dollars?: readonly Position[];
    /** What is wrong with its variables; absent where nothing is. */
    readonly faults?: readonly VariableFault[];
}

/** A character of a file; both counts begin at 1. */
export interface Position {
    readonly line: number;
    readonly column: number;
}

export interface ListNode extends Marked {
    readonly kind: "list";
    readonly items: readonly Node[];
}

export interface MapNode extends Marked {
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
    const places: (readonly [path: string, place: Place])[] = [];
    const add = ({ path, place }: Located, child: Node): void => {
        places.push([formatPath(path.slice(node.path.length)), place]);
        visit(child);
    };
    const visit = (at: Node): void => {
        if (at.kind === "list") for (const item of at.items) add(item, item);
        if (at.kind === "map") for (const { key, value } of at.entries.values()) add(key, value);
    };
    visit(node);
    return Object.fromEntries(places);
}

/** The tree with every node that `change` makes another one of; it is asked before the node's children are. */
export function mapNodes(node: Node, change: (node: Node) => Node): Node {
    const changed = change(node);
    switch (changed.kind) {
        case "scalar":
            return changed;
        case "list":
            return { ...changed, items: changed.items.map((item) => mapNodes(item, change)) };
        case "map":
            return mapEntries(changed, (value) => mapNodes(value, change));
    }
}

/** The tree as it would be at another path, such as a service that is the base of another one. */
export function movedTo(node: Node, path: Path): Node {
    const from = node.path.length;
    const moved = <T extends Located>(located: T): T => ({ ...located, path: [...path, ...located.path.slice(from)] });
    const move = (at: Node): Node => {
        if (at.kind === "list") return { ...moved(at), items: at.items.map(move) };
        if (at.kind === "scalar") return moved(at);
        return {
            ...moved(at),
            entries: new Map([...at.entries].map(([name, { key, value }]) => [name, { key: moved(key), value: move(value) }])),
        };
    };
    return move(node);
}

/** The map with the values under all its keys changed. */
export function mapEntries(map: MapNode, change: (value: Node, name: string) => Node): MapNode {
    return { ...map, entries: new Map([...map.entries].map(([name, { key, value }]) => [name, { key, value: change(value, name) }])) };
}

/** The map with another value under a key, or, where there is none, with the value added. */
export function withEntry(map: MapNode, name: string, value: Node): MapNode {
    const key = map.entries.get(name)?.key ?? { path: [...map.path, name], place: value.place };
    return { ...map, entries: new Map(map.entries).set(name, { key, value }) };
}

/** The map without a key. */
export function withoutEntry(map: MapNode, name: string): MapNode {
    const entries = new Map(map.entries);
    entries.delete(name);
    return { ...map, entries };
}
