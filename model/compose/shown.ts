import { toPlain, type Node } from "./tree";

/** Values longer than this are cut in messages. */
const shownLength = 80;

/** What was found, as one short text. Of a map only the keys, since its values could be secrets. */
export function shown(node: Node): string {
    const text =
        node.kind === "map" ? `{${[...node.entries.keys()].join(", ")}}` : node.kind === "list" ? JSON.stringify(toPlain(node)) : node.text;
    return text.length <= shownLength ? text : `${text.slice(0, shownLength)}…`;
}

/** The same for a key that nobody knows: even a list could be one of secrets. */
export function shownScalar(node: Node): string | undefined {
    return node.kind === "scalar" ? shown(node) : undefined;
}
