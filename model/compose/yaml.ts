import {
    isAlias,
    isMap,
    isScalar,
    isSeq,
    LineCounter,
    parseDocument,
    type Alias,
    type ErrorCode,
    type Node as YamlNode,
    type Pair,
    type Scalar,
    type YAMLMap,
} from "yaml";
import type { Findings, Located, Place } from "../findings";
import type { Path } from "../path";
import type { Entry, Node, ScalarNode } from "./tree";

/** Aliases within aliases can make a small file enormous. */
const nodeLimit = 100_000;

const mergeKey = "<<";

/** Where the parser's message speaks to the programmer. */
const ownWords: Partial<Record<ErrorCode, string>> = {
    MULTIPLE_DOCS: "the file has several documents; keep one of them",
    NON_STRING_KEY: "a key is neither a list nor a map",
};

/**
 * Reads a YAML 1.2 text into a tree with places, in which aliases and merge keys are resolved. Undefined when the text is not YAML at
 * all, or empty: nothing in it could be trusted then.
 */
export function readYaml(text: string, file: string, findings: Findings): Node | undefined {
    const lines = new LineCounter();
    const document = parseDocument(text, {
        lineCounter: lines,
        prettyErrors: false,
        uniqueKeys: false,
        stringKeys: true,
        intAsBigInt: true,
    });
    const at = (offset: number): Located => ({ path: [], place: { file, line: lines.linePos(offset).line } });

    const faults = [...document.errors, ...document.warnings];
    for (const { code, pos, message } of faults) findings.error(at(pos[0]), `not valid YAML: ${ownWords[code] ?? sentence(message)}`);
    if (faults.length > 0) return undefined;
    if (document.contents === null) return findings.error(at(0), "the file is empty; it needs at least one service under services");
    return new TreeReader(file, lines, findings, (alias) => alias.resolve(document)).read(document.contents, []);
}

/** Turns the parser's tree into ours. */
class TreeReader {
    private count = 0;
    private readonly open = new Set<YamlNode>();

    constructor(
        private readonly file: string,
        private readonly lines: LineCounter,
        private readonly findings: Findings,
        private readonly resolve: (alias: Alias) => YamlNode | undefined,
    ) {}

    read(node: YamlNode, path: Path): Node {
        const place = this.placeOf(node);
        this.count++;
        if (this.count === nodeLimit) this.findings.error({ path, place }, `the file has more than ${nodeLimit} values; use fewer aliases`);
        if (this.count >= nodeLimit) return nothing({ path, place });

        if (isAlias(node)) return this.follow(node, { path, place }, (target) => this.read(target, path)) ?? nothing({ path, place });
        if (isMap(node)) return { kind: "map", path, place, entries: this.readEntries(node, path) };
        if (isSeq(node)) {
            return { kind: "list", path, place, items: node.items.map((item, index) => this.read(item as YamlNode, [...path, index])) };
        }
        return isScalar(node) ? scalar(node, { path, place }) : nothing({ path, place });
    }

    /** Own keys first, then what merge keys add: of two merged maps the first one wins. */
    private readEntries(node: YAMLMap, path: Path): ReadonlyMap<string, Entry> {
        const pairs = node.items as Pair<Scalar<string>, YamlNode | null>[];
        const entries = new Map<string, Entry>();
        for (const pair of pairs.filter(({ key }) => key.value !== mergeKey)) {
            const key = { path: [...path, pair.key.value], place: this.placeOf(pair.key) };
            const first = entries.get(pair.key.value);
            if (first !== undefined)
                this.findings.error(key, `the key is there twice; remove one of lines ${first.key.place.line} and ${key.place.line}`);
            else entries.set(pair.key.value, { key, value: pair.value === null ? nothing(key) : this.read(pair.value, key.path) });
        }
        const merged = pairs.filter(({ key }) => key.value === mergeKey).flatMap((pair) => this.readMerge(pair, path));
        for (const [key, entry] of merged.flatMap((map) => [...map])) if (!entries.has(key)) entries.set(key, entry);
        return entries;
    }

    private readMerge({ key, value }: Pair<Scalar<string>, YamlNode | null>, path: Path): readonly ReadonlyMap<string, Entry>[] {
        const at = { path: [...path, mergeKey], place: this.placeOf(key) };
        const sources = isSeq(value) ? (value.items as YamlNode[]) : [value];
        return sources.map((source) => {
            const merge = (node: YamlNode | null): ReadonlyMap<string, Entry> | undefined =>
                isMap(node) ? this.readEntries(node, path) : this.findings.error(at, "a merge key takes a map or a list of maps");
            return (isAlias(source) ? this.follow(source, at, merge) : merge(source)) ?? new Map<string, Entry>();
        });
    }

    /** Reads what an alias stands for. */
    private follow<T>(alias: Alias, at: Located, read: (target: YamlNode) => T): T | undefined {
        const target = this.resolve(alias);
        if (target === undefined) return this.findings.error(at, `nothing before this line has the anchor &${alias.source}`);
        if (this.open.has(target)) return this.findings.error(at, `the alias *${alias.source} stands inside what it names`);
        this.open.add(target);
        const result = read(target);
        this.open.delete(target);
        return result;
    }

    private placeOf(node: YamlNode): Place {
        return { file: this.file, line: this.lines.linePos(node.range?.[0] ?? 0).line };
    }
}

function scalar({ value, source }: Scalar, at: Located): ScalarNode {
    const octal = /^[-+]?0\d/.test(source ?? "");
    if (typeof value === "bigint") return { kind: "scalar", ...at, value: Number(value), text: String(value), ...(octal && { octal }) };
    if (typeof value === "number" || typeof value === "boolean" || typeof value === "string")
        return { kind: "scalar", ...at, value, text: String(value) };
    return nothing(at);
}

function nothing(at: Located): ScalarNode {
    return { kind: "scalar", path: at.path, place: at.place, value: null, text: "" };
}

/** The parser's first sentence, in the form of all messages. */
function sentence(message: string): string {
    const [first = ""] = message.split("\n");
    return `${first.charAt(0).toLowerCase()}${first.slice(1)}`.replace(/[.:]$/, "");
}
