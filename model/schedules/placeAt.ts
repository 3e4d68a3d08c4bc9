import { nodeAt, type Node } from "../compose/tree";

/** Where the key stands, or the batch, where it does not have it. */
export function placeAt(node: Node, [key, ...rest]: readonly (string | number)[]): Node["place"] {
    const entry = node.kind === "map" && typeof key === "string" ? node.entries.get(key) : undefined;
    if (entry === undefined) return node.place;
    return rest.length === 0 ? entry.key.place : nodeAt(entry.value, rest).place;
}
