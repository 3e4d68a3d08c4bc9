import { isAlias, isMap, isScalar, isSeq, type Alias, type LineCounter, type Node as YamlNode, type Pair, type Scalar, type YAMLMap } from "yaml";
import type { Findings, Located, Place } from "../findings";
import { given } from "../given";
import type { Path } from "../path";
import { resolveScalar } from "./scalars";
import type { Entry, Mark, Node, Position, ScalarNode } from "./tree";

/** Aliases within aliases can make a small file enormous. Docker Compose has the same limit. */
export const nodeLimit = 100_000;

export const tooManyValues = `the file has more than ${nodeLimit} values; use fewer aliases`;

/** Nobody writes this by hand; what follows the tree calls itself for each level. */
const depthLimit = 200;

const mergeKey = "<<";

/** The file that is being read. */
export interface YamlSource {
    readonly file: string;
    readonly text: string;
    readonly lines: LineCounter;
}

/** Turns the parser's tree of one document into ours. */
export class TreeReader {
    private count = 0;
    private depth = 0;
    private readonly open = new Set<YamlNode>();

    constructor(
        private readonly source: YamlSource,
        private readonly findings: Findings,
        private readonly anchors: ReadonlyMap<Alias, YamlNode>,
    ) {}

    /** True when there were more values than are read: the tree lacks some, and nothing in it can be trusted. */
    get isCut(): boolean {
        return this.count >= nodeLimit;
    }

    read(node: YamlNode, path: Path): Node {
        const at = { path, place: this.placeOf(node) };
        this.count++;
        if (this.count === nodeLimit) this.findings.error(at, tooManyValues);
        if (this.count >= nodeLimit) return nothing(at);
        if (this.depth === depthLimit) {
            this.findings.error(at, `lists and maps are nested more than ${depthLimit} deep`);
            return nothing(at);
        }
        if (isAlias(node)) return this.follow(node, at, (target) => this.read(target, path)) ?? nothing(at);
        this.depth++;
        this.open.add(node);
        const result = this.readContents(node, at);
        this.open.delete(node);
        this.depth--;
        const mark = marks[node.tag ?? ""];
        return mark === undefined ? result : { ...result, mark };
    }

    private readContents(node: YamlNode, at: Located): Node {
        if (isMap(node)) return { kind: "map", ...at, entries: this.readEntries(node, at.path) };
        if (isSeq(node)) {
            const items = (node.items as YamlNode[]).map((item, index) => this.read(item, [...at.path, index]));
            return { kind: "list", ...at, items: items.filter(({ mark }) => mark !== "reset") };
        }
        return isScalar(node) ? this.readScalar(node, at) : nothing(at);
    }

    /** Own keys first, then what merge keys add: of two merged maps the first one wins. */
    private readEntries(node: YAMLMap, path: Path): ReadonlyMap<string, Entry> {
        const pairs = node.items as Pair<Scalar<string>, YamlNode | null>[];
        const entries = new Map<string, Entry>();
        const merges = new Map<string, Entry>();
        const seen = new Map<string, Place>();
        for (const { key: written, value } of pairs) {
            const name = written.value;
            const key = { path: [...path, name], place: this.placeOf(written) };
            const first = seen.get(name);
            seen.set(name, first ?? key.place);
            if (first !== undefined)
                this.findings.error(key, `the key is there twice; remove one of lines ${String(first.line)} and ${String(key.place.line)}`);
            else if (name === mergeKey) for (const [merged, entry] of this.readMerge(value, key, path)) merges.set(merged, entry);
            else if (!isText(written)) this.findings.error(key, "a key is a text; put it in quotes");
            else entries.set(name, { key, value: value === null ? nothing(key) : this.read(value, key.path) });
        }
        return new Map([...entries, ...[...merges].filter(([name]) => !entries.has(name))]);
    }

    private readMerge(value: YamlNode | null, at: Located, path: Path): ReadonlyMap<string, Entry> {
        const merge = (node: YamlNode | null): readonly (readonly [string, Entry])[] => {
            if (isAlias(node)) return this.follow(node, at, merge) ?? [];
            if (isMap(node)) return [...this.readEntries(node, path)];
            if (isSeq(node)) return (node.items as YamlNode[]).toReversed().flatMap(merge);
            this.findings.error(at, "a merge key takes a map or a list of maps");
            return [];
        };
        return new Map(merge(value));
    }

    /** Reads what an alias stands for. */
    private follow<T>(alias: Alias, at: Located, read: (target: YamlNode) => T): T | undefined {
        const target = this.anchors.get(alias);
        if (target === undefined) return this.findings.error(at, `nothing before this line has the anchor &${alias.source}`);
        if (this.open.has(target)) return this.findings.error(at, `the alias *${alias.source} stands inside what it names`);
        this.open.add(target);
        const result = read(target);
        this.open.delete(target);
        return result;
    }

    private readScalar(node: Scalar, at: Located): ScalarNode {
        const { value, type, source = "", tag } = node;
        if (type === "PLAIN" && tag === undefined) return { kind: "scalar", ...at, ...resolveScalar(source), ...this.dollarsOf(node) };
        if (value === null || value === undefined) return nothing(at);
        const known = typeof value === "number" || typeof value === "boolean" ? value : typeof value === "bigint" ? Number(value) : undefined;
        const text = typeof value === "string" ? value : (known?.toString() ?? source);
        return { kind: "scalar", ...at, value: known ?? text, text, ...this.dollarsOf(node) };
    }

    /** A quoted text may hide its dollar signs in escapes; then nothing is known of where they are. */
    private dollarsOf({ value, range }: Scalar): { readonly dollars?: readonly Position[] } {
        if (typeof value !== "string" || !value.includes("$") || !range) return {};
        const [start, end] = range;
        const found = [...this.source.text.slice(start, end).matchAll(/\$/g)].map(({ index }) => this.source.lines.linePos(start + index));
        const positions = found.map(({ line, col }) => ({ line, column: col }));
        return given({ dollars: positions.length === value.split("$").length - 1 ? positions : undefined });
    }

    private placeOf(node: YamlNode): Place {
        return { file: this.source.file, line: this.source.lines.linePos(node.range?.[0] ?? 0).line };
    }
}

const marks: Readonly<Record<string, Mark>> = { "!reset": "reset", "!override": "override" };

/** Compose takes no numbers, dates and the like for keys. */
function isText({ type, source = "" }: Scalar<string>): boolean {
    const { value, written } = resolveScalar(source);
    return type !== "PLAIN" || (typeof value === "string" && written === undefined);
}

function nothing({ path, place }: Located): ScalarNode {
    return { kind: "scalar", path, place, value: null, text: "" };
}
