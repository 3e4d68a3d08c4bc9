import { isAlias, Lexer, LineCounter, parseAllDocuments, visit, type Alias, type Document, type ErrorCode, type Node as YamlNode } from "yaml";
import type { Findings, Located } from "../findings";
import type { Node } from "./tree";
import { nodeLimit, tooManyValues, TreeReader } from "./treeReader";

/** Where the parser's message speaks to the programmer. */
const ownWords: Partial<Record<ErrorCode, string>> = {
    NON_STRING_KEY: "a key is neither a list nor a map",
    RESOURCE_EXHAUSTION: "lists and maps are nested too deeply",
};

/** One slip makes many errors; more of them help nobody. */
const shownFaults = 10;

/** In what files of one kind differ from others. */
interface FileKind {
    /** Tags that mean something, see {@link Mark}; any other one is refused. */
    readonly tags: readonly string[];
    /** What is wrong with a file that says nothing; absent where it may. */
    readonly empty?: string;
}

const composeFile: FileKind = { tags: ["!reset", "!override"], empty: "the file is empty; it needs at least one service under services" };

/**
 * Reads a YAML text into trees with places, one per document, in which aliases and merge keys are resolved. Empty when the text is not YAML
 * at all, or says nothing: nothing in it could be trusted then.
 */
export function readYaml(text: string, file: string, findings: Findings, { tags, empty }: FileKind = composeFile): readonly Node[] {
    const lines = new LineCounter();
    const at = (offset: number): Located => ({ path: [], place: { file, line: lines.linePos(offset).line } });
    if (hasTooManyScalars(text)) {
        findings.error({ path: [], place: { file } }, tooManyValues);
        return [];
    }
    const parsed = parse(text, lines);
    if (parsed === undefined) {
        findings.error(at(0), "not valid YAML: lists and maps are nested too deeply");
        return [];
    }
    const faults = parsed
        .flatMap(({ document: { errors, warnings } }) => [...errors, ...warnings])
        .filter(({ code, pos }) => code !== "TAG_RESOLVE_FAILED" || !tags.includes(text.slice(...pos)));
    const exhausted = faults.filter(({ code }) => code === "RESOURCE_EXHAUSTION");
    const shown = exhausted.length > 0 ? exhausted.slice(0, 1) : faults.slice(0, shownFaults);
    for (const { code, pos, message } of shown) findings.error(at(pos[0]), `not valid YAML: ${ownWords[code] ?? sentence(message)}`);
    if (faults.length > 0) return [];

    const source = { file, text, lines };
    const readers = parsed.map(({ document, anchors }) => ({ contents: document.contents, reader: new TreeReader(source, findings, anchors) }));
    const trees = readers.flatMap(({ contents, reader }) => (contents === null ? [] : [reader.read(contents, [])]));
    if (readers.some(({ reader }) => reader.isCut)) return [];
    if (trees.length === 0 && empty !== undefined) findings.error(at(0), empty);
    return trees;
}

/** Text that is shorter than this is parsed in no time, whatever it is. */
const longText = 1_000_000;

/** True when a long text cannot have as few values as are allowed, half of its scalars being keys: it would take long to parse. */
function hasTooManyScalars(text: string): boolean {
    if (text.length < longText) return false;
    let scalars = 0;
    for (const token of new Lexer().lex(text)) {
        if (/^[\x1f"']/.test(token)) scalars++;
        if (scalars > 2 * nodeLimit) return true;
    }
    return false;
}

interface Parsed {
    readonly document: Document.Parsed;
    readonly anchors: ReadonlyMap<Alias, YamlNode>;
}

/** Undefined when the parser cannot follow, since it calls itself for each level. */
function parse(text: string, lines: LineCounter): readonly Parsed[] | undefined {
    try {
        const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false, stringKeys: true, intAsBigInt: true } as const;
        const documents = parseAllDocuments(text, options);
        return "empty" in documents ? [] : documents.map((document) => ({ document, anchors: anchorsOf(document) }));
    } catch (error) {
        if (error instanceof RangeError) return undefined;
        throw error;
    }
}

/** What each alias stands for: the last node before it with that anchor. */
function anchorsOf(document: Document.Parsed): ReadonlyMap<Alias, YamlNode> {
    const latest = new Map<string, YamlNode>();
    const targets = new Map<Alias, YamlNode>();
    visit(document, {
        Node: (_, node) => {
            if (isAlias(node)) {
                const target = latest.get(node.source);
                if (target !== undefined) targets.set(node, target);
            } else if (node.anchor !== undefined) {
                latest.set(node.anchor, node);
            }
        },
    });
    return targets;
}

/** The parser's first sentence, in the form of all messages. */
function sentence(message: string): string {
    const [first = ""] = message.split("\n");
    return `${first.charAt(0).toLowerCase()}${first.slice(1)}`.replace(/[.:]$/, "");
}
