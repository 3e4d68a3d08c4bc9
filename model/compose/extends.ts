import type { Findings } from "../findings";
import { suggest } from "../suggest";
import { mergeNodes, settled } from "./merge";
import { childOf, mapEntries, movedTo, withoutEntry, type MapNode, type Node } from "./tree";
import { isNull, readKeys, readMap, readText } from "./values";
import { reportVariables } from "./variables";

/** A large base that many services extend makes a small file enormous. */
const valueLimit = 500_000;

/** Nobody needs as many; each level calls the next one. */
const chainLimit = 100;

/** Services of one file, as they are written in it. */
export interface ServiceSource {
    readonly services: MapNode;
    /** How the file is called in problems. */
    readonly file: string;
}

/** What `extends` is resolved with. */
export interface ExtendsContext {
    readonly findings: Findings;
    /** The services of another file, by its path from the application's folder, or why there are none. */
    readonly load: (file: string) => ServiceSource | { readonly reason: string };
}

/** A service on the way from the one that extends to its base. */
interface Step {
    readonly file: string;
    readonly name: string;
}

/** The services of a document with what they extend merged in. */
export function resolveExtends(source: ServiceSource, context: ExtendsContext): MapNode {
    const resolver = new Resolver(context);
    return mapEntries(source.services, (service, name) => resolver.resolve(name, service, source, []));
}

class Resolver {
    private readonly resolved = new Map<Node, Node>();
    private values = 0;

    constructor(private readonly context: ExtendsContext) {}

    /** The service with its base, and its base's base, merged in. It keeps its `extends` where one is missing. */
    resolve(name: string, service: Node, source: ServiceSource, steps: readonly Step[]): Node {
        const reference = childOf(service, "extends");
        if (service.kind !== "map" || reference === undefined) return service;
        const known = this.resolved.get(service);
        if (known !== undefined) return known;
        const base = isNull(reference) ? undefined : this.baseOf(reference, source, [...steps, { file: source.file, name }]);
        const result = base === undefined ? service : this.extended(service, base, reference);
        this.resolved.set(service, result);
        return result;
    }

    private baseOf(reference: Node, source: ServiceSource, steps: readonly Step[]): Node | undefined {
        const { findings, load } = this.context;
        reportVariables(reference, findings);
        const keys = reference.kind === "map" ? readKeys(reference, findings, ["service", "file"]) : { service: reference };
        if (keys.service === undefined) return findings.error(reference, "a map with service, the name of the service to extend, is expected");
        const name = readText(keys.service, findings);
        const file = "file" in keys ? keys.file : undefined;
        const path = file && readText(file, findings);
        if (name === undefined || (file !== undefined && path === undefined)) return undefined;

        const from = path === undefined ? source : load(path);
        if ("reason" in from) return findings.error(file ?? reference, from.reason, path);
        const base = from.services.entries.get(name)?.value;
        if (base === undefined) {
            const others = [...from.services.entries.keys()];
            return findings.error(keys.service, `${from.file} has no service of this name; ${suggest(name, others)}`, name);
        }
        return this.isFollowed({ file: from.file, name }, steps, reference) ? undefined : this.resolve(name, base, from, steps);
    }

    /** True, and reported, when the way to the base leads back to itself, or does not end. */
    private isFollowed(next: Step, steps: readonly Step[], at: Node): boolean {
        const start = steps.findIndex(({ file, name }) => file === next.file && name === next.name);
        if (start === -1) {
            if (steps.length === chainLimit) this.context.findings.error(at, `more than ${chainLimit} services extend each other in a row`);
            return steps.length >= chainLimit;
        }
        const members = [...steps.slice(start), next].map(({ file, name }) => `${name} (${file})`);
        this.context.findings.error(at, `services extend each other: ${members.join(" -> ")}`);
        return true;
    }

    private extended(service: MapNode, base: Node, at: Node): Node {
        const { findings } = this.context;
        const map = readMap(base, findings);
        if (map === undefined) return service;
        const before = this.values;
        this.values += countOf(map);
        if (this.values > valueLimit) {
            if (before <= valueLimit) findings.error(at, `services extend more than ${valueLimit} values in all; extend less`);
            return service;
        }
        const own = map.entries.has("extends") ? service : withoutEntry(service, "extends");
        return mergeNodes(movedTo(settled(withoutEntry(map, "extends")), service.path), own, findings);
    }
}

/** How many values there are in a value, itself included. */
function countOf(node: Node): number {
    if (node.kind === "scalar") return 1;
    const children = node.kind === "list" ? node.items : [...node.entries.values()].map(({ value }) => value);
    return children.reduce((count, child) => count + countOf(child), 1);
}
