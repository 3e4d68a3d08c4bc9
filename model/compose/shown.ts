import { shortened } from "../shortened";
import { toPlain, type Node } from "./tree";

/** What was found, as one short text. Of a map only the keys, since its values could be secrets. */
export function shown(node: Node): string {
    return shortened(node.kind === "map" ? `{${[...node.entries.keys()].join(", ")}}` : node.kind === "list" ? JSON.stringify(toPlain(node)) : node.text);
}

/** The same for a key that nobody knows: even a list could be one of secrets. */
export function shownScalar(node: Node): string | undefined {
    return node.kind === "scalar" ? shown(node) : undefined;
}
