import path from "node:path";
import { isMap, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair } from "yaml";
import type { Problem } from "../../model/problem";
import { readTextFile } from "../../model/textFile";
import { UnderstudyError } from "../errors";

/** A YAML file as it stands on the disk. */
export interface YamlFile {
    /** As a person in the current directory would name it. */
    readonly file: string;
    readonly content: Readonly<Record<string, unknown>>;
    /** Line, from 1, of every key by its path; keys that hold dots or colons are not quoted. @example { "config.understudy:network.cidr": 7 } */
    readonly lines: Readonly<Record<string, number>>;
}

/** Reads a YAML file that holds a map; an empty one holds none of its keys. Fails with kind `settings` and the places otherwise. */
export function readYaml(absolute: string): YamlFile {
    const file = asTyped(absolute);
    const { text, reason } = readTextFile(absolute);
    if (text === undefined) throw unreadable(file, [{ severity: "error", file, key: "", message: `${reason}; write YAML` }]);

    const counter = new LineCounter();
    const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
    const problems = document.errors.map((error): Problem => {
        const message = `not YAML: ${lowerFirst(error.message.replace(/\.$/, ""))}`;
        return { severity: "error", file, line: counter.linePos(error.pos[0]).line, key: "", message };
    });
    if (problems.length > 0) throw unreadable(file, problems);

    const content: unknown = valueOf(document, file) ?? {};
    if (typeof content !== "object" || content === null || Array.isArray(content)) {
        throw unreadable(file, [{ severity: "error", file, line: 1, key: "", message: "a map of keys and values is expected" }]);
    }
    const lines = Object.fromEntries(linesOf(document.contents, "", (offset) => counter.linePos(offset).line));
    return { file, content: content as Record<string, unknown>, lines };
}

/** Aliases without an anchor, and too many of them, are only found when the value is made. */
function valueOf(document: Document.Parsed, file: string): unknown {
    try {
        return document.toJS();
    } catch (error) {
        if (!(error instanceof ReferenceError)) throw error;
        throw unreadable(file, [{ severity: "error", file, key: "", message: `not YAML: ${lowerFirst(error.message)}` }]);
    }
}

/** A path as a person in the current directory would name it: relative where that is not further away. */
export function asTyped(absolute: string): string {
    const relative = path.relative("", absolute);
    return relative === "" ? "." : relative.startsWith("..") ? absolute : relative;
}

function unreadable(file: string, problems: readonly Problem[]): UnderstudyError {
    return new UnderstudyError("settings", `${file} cannot be read`, "correct the file", { problems });
}

function* linesOf(node: Node | null, path: string, lineAt: (offset: number) => number): Generator<[string, number]> {
    if (isMap<Node, Node | null>(node)) {
        for (const pair of node.items) {
            const key = path === "" ? keyOf(pair) : `${path}.${keyOf(pair)}`;
            yield [key, lineAt(pair.key.range?.[0] ?? 0)];
            yield* linesOf(pair.value, key, lineAt);
        }
    } else if (isSeq<Node>(node)) {
        for (const [index, item] of node.items.entries()) {
            yield [`${path}[${index}]`, lineAt(item.range?.[0] ?? 0)];
            yield* linesOf(item, `${path}[${index}]`, lineAt);
        }
    }
}

function keyOf({ key }: Pair<Node, Node | null>): string {
    return String(key);
}

function lowerFirst(text: string): string {
    return text.charAt(0).toLowerCase() + text.slice(1);
}
