import path from "node:path";
import { childOf, mapEntries, withEntry, type MapNode, type Node } from "./tree";

/** Where an image can be built from without a folder. */
const remoteContext = /^([a-z][a-z+.-]*:\/\/|git@|github\.com\/|service:|target:|oci-layout:)/;

/**
 * The document with the paths in it that are read or built from as they are from the application's folder; `directory` is the one, from
 * there, that they are written from.
 */
export function fromRoot(document: MapNode, directory: string): MapNode {
    if (directory === "") return document;
    const moved = (node: Node): Node => movedScalar(node, directory);
    const inItems = (change: (node: Node) => Node) => (node: Node): Node =>
        node.kind === "list" ? { ...node, items: node.items.map(change) } : change(node);
    const inService = (service: Node): Node =>
        [
            ["env_file", inItems((item) => (item.kind === "map" ? inKey(item, "path", moved) : moved(item)))] as const,
            ["build", (build: Node): Node => (build.kind === "map" ? inKey(build, "context", moved) : moved(build))] as const,
            ["extends", (base: Node): Node => (base.kind === "map" ? inKey(base, "file", moved) : base)] as const,
        ].reduce((node, [key, change]) => (node.kind === "map" ? inKey(node, key, change) : node), service);
    const inFile = (node: Node): Node => (node.kind === "map" ? inKey(node, "file", moved) : node);
    return inEach(inEach(inEach(document, "services", inService), "configs", inFile), "secrets", inFile);
}

/** A path below a folder of the application, from the application's folder. */
export function joined(directory: string, name: string): string {
    return path.isAbsolute(name) ? name : path.join(directory, name);
}

/** The folder of a file, from the application's folder, which itself is empty. */
export function folderOf(file: string): string {
    return folder(path.dirname(file));
}

/** A folder as `directory` is meant everywhere: without dots, and empty for the application's own. */
export function folder(name: string): string {
    const normal = path.normalize(name).replace(/[\\/]$/, "");
    return normal === "." ? "" : normal;
}

function movedScalar(node: Node, directory: string): Node {
    if (node.kind !== "scalar" || typeof node.value !== "string" || node.text === "" || remoteContext.test(node.text)) return node;
    const text = joined(directory, node.text);
    return { ...node, value: text, text };
}

function inKey(map: MapNode, key: string, change: (node: Node) => Node): MapNode {
    const value = childOf(map, key);
    return value === undefined ? map : withEntry(map, key, { ...change(value), ...(value.mark && { mark: value.mark }) });
}

function inEach(document: MapNode, section: string, change: (node: Node) => Node): MapNode {
    return inKey(document, section, (value) => (value.kind === "map" ? mapEntries(value, change) : value));
}
