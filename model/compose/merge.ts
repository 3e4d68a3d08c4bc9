import type { Findings } from "../findings";
import type { Path } from "../path";
import { toPlain, withEntry, type Entry, type ListNode, type MapNode, type Node, type ScalarNode } from "./tree";
import { keepLast, nameOf } from "./unique";
import { isNull } from "./values";

/** Puts one value on top of another one of the same key. */
type Merge = (base: Node, over: Node, findings: Findings) => Node;

/**
 * Merges two values of the same path as Docker Compose does, for `extends`, several documents and the files of an `include`: maps key by
 * key, lists one behind the other, anything else by the one on top, and some keys of a service by rules of their own.
 */
export function mergeNodes(base: Node, over: Node, findings: Findings): Node {
    if (over.mark !== undefined) return over;
    const rule = ruleOf(over.path);
    if (rule !== undefined) return rule(base, over, findings);
    if (isNull(over) || base.kind === "scalar") return isNull(over) ? base : over;
    if (base.kind === "map" && over.kind === "map") return mergeEntries(base, over, findings);
    if (base.kind === "list" && over.kind === "list") return append(base, over.items);
    findings.error(over, `a ${base.kind} is expected, since ${base.place.file}:${String(base.place.line)} has one for the same key`);
    return base;
}

/** The value after all merging: what is marked to be taken away is gone. */
export function settled<T extends Node>(node: T): T;
export function settled({ mark: _, ...node }: Node): Node {
    if (node.kind === "list") return { ...node, items: node.items.map((item) => settled(item)) };
    if (node.kind === "scalar") return node;
    const kept = [...node.entries].filter(([, { value }]) => value.mark !== "reset");
    return { ...node, entries: new Map(kept.map(([name, { key, value }]) => [name, { key, value: settled(value) }])) };
}

function mergeEntries(base: MapNode, over: MapNode, findings: Findings): MapNode {
    const entries = new Map<string, Entry>(base.entries);
    for (const [name, { key, value }] of over.entries) {
        const below = base.entries.get(name)?.value;
        entries.set(name, { key, value: below === undefined ? value : mergeNodes(below, value, findings) });
    }
    return { ...over, entries };
}

const onlyOver: Merge = (_, over) => over;

/** NAME=value, in a map or a list: of the same name the last one counts. */
const assignments: Merge = (base, over) => {
    const reset = over.kind === "map" ? [...over.entries].flatMap(([name, { value }]) => (value.mark === "reset" ? [name] : [])) : [];
    const kept = itemsOf(base).filter((item) => !reset.includes(nameOf(item)));
    return { kind: "list", path: over.path, place: over.place, items: keepLast([...kept, ...itemsOf(over)], nameOf) };
};

/** One text, a list of them, or a map that stands for a list of NAME=value. */
const sequence: Merge = (base, over) => append({ kind: "list", path: over.path, place: over.place, items: itemsOf(base) }, itemsOf(over));

/** A map, or a list of names that have nothing more to say. */
const named =
    (meaning: (item: Node) => Node): Merge =>
    (base, over, findings) =>
        mergeEntries(namedMap(base, meaning), namedMap(over, meaning), findings);

const build: Merge = (base, over, findings) => {
    const long = (node: Node): MapNode => 
        node.kind === "map" ? node : withEntry(emptyMap(node), "context", { ...node, path: [...node.path, "context"] });
    return mergeEntries(long(base), isNull(over) ? emptyMap(over) : long(over), findings);
};

/** Options belong to a driver. */
const logging: Merge = (base, over, findings) => {
    if (base.kind !== "map" || over.kind !== "map") return isNull(over) ? base : over;
    const [below, above] = [base, over].map((node) => node.entries.get("driver")?.value);
    const same = below === undefined || above === undefined || toPlain(below) === toPlain(above);
    return same ? mergeEntries(base, over, findings) : over;
};

const limit: Merge = (base, over, findings) => (base.kind === "map" && over.kind === "map" ? mergeEntries(base, over, findings) : over);

const rules: ReadonlyMap<string, Merge> = new Map([
    ...["command", "entrypoint", "healthcheck.test"].map((key) => [key, onlyOver] as const),
    ...["annotations", "build.additional_contexts", "build.args", "build.labels", "deploy.labels", "environment", "labels", "sysctls"].map(
        (key) => [key, assignments] as const,
    ),
    ...["build.extra_hosts", "dns", "dns_opt", "dns_search", "env_file", "extra_hosts", "label_file", "tmpfs"].map(
        (key) => [key, sequence] as const,
    ),
    ["depends_on", named((item) => withEntry(emptyMap(item), "condition", textNode(item, "service_started")))],
    ...["models", "networks"].map((key) => [key, named((item) => ({ ...textNode(item, ""), value: null }))] as const),
    ["build", build],
    ["logging", logging],
]);

function ruleOf([section, , ...inside]: Path): Merge | undefined {
    if (section !== "services") return undefined;
    if (inside[0] === "ulimits" && inside.length === 2) return limit;
    return rules.get(inside.join("."));
}

function append(base: ListNode, items: readonly Node[]): ListNode {
    const all = new Map(base.items.map((item) => [JSON.stringify(toPlain(item)), item]));
    const added = items.filter((item) => !all.has(JSON.stringify(toPlain(item))));
    return { ...base, items: [...base.items, ...added] };
}

/** What a value is as a list; a map's entries are texts NAME=value. */
function itemsOf(node: Node): readonly Node[] {
    if (node.kind === "list") return node.items;
    if (node.kind === "scalar") return isNull(node) ? [] : [node];
    return [...node.entries].flatMap(([name, entry]) => assignmentsOf(name, entry));
}

/** The texts of one entry: an entry with a list stands for several. */
function assignmentsOf(name: string, { key, value }: Entry): readonly Node[] {
    if (value.mark === "reset") return [];
    if (value.kind === "map") return [value];
    if (value.kind === "list") return value.items.flatMap((item) => assignmentsOf(name, { key, value: item }));
    if (isNull(value)) return [textNode(key, name)];
    const text = `${name}=${value.text}`;
    const template = value.template === undefined ? {} : { template: `${name.replaceAll("$", "$$$$")}=${value.template}` };
    return [{ ...value, ...template, path: key.path, place: key.place, value: text, text }];
}

function namedMap(node: Node, meaning: (item: Node) => Node): MapNode {
    if (node.kind === "map") return node;
    const names = itemsOf(node).filter((item) => item.kind === "scalar");
    const entries = names.map((item) => {
        const key = { path: [...node.path, item.text], place: item.place };
        return [item.text, { key, value: meaning({ ...item, ...key }) }] as const;
    });
    return { ...emptyMap(node), entries: new Map(entries) };
}

function emptyMap({ path, place }: Pick<Node, "path" | "place">): MapNode {
    return { kind: "map", path, place, entries: new Map() };
}

function textNode({ path, place }: Pick<Node, "path" | "place">, text: string): ScalarNode {
    return { kind: "scalar", path, place, value: text, text };
}
