import path from "node:path";
import { readDefaultFile, reportDotEnv } from "./envFiles";
import { readInside } from "./files";
import type { Variables } from "./interpolate";
import { mergeNodes } from "./merge";
import { folder, folderOf, joined } from "./relativePaths";
import type { ModelScope, Reading } from "./scope";
import { childOf, isNothing, toPlain, withEntry, withoutEntry, type Entry, type MapNode, type Node } from "./tree";
import { isNull, readKeys, readList, readText } from "./values";
import { reportVariables } from "./variables";

/** What an included file brings along. */
const sections = ["services", "volumes", "networks", "secrets", "configs", "models"];

/** Sections in which a name says what runs: two meanings of one name are refused. Of the others, the including file's keys win. */
const strictSections: ReadonlySet<string> = new Set(["services", "secrets", "configs"]);

/** Nobody needs as many; each level calls the next one. */
const chainLimit = 100;

/** Reads the files of one entry of `include`, merged with each other; undefined when they cannot be read. */
export type LoadModel = (files: readonly Located[], scope: ModelScope) => MapNode | undefined;

/** A file, by its path from the application's folder, and the value that names it. */
export interface Located {
    readonly file: string;
    readonly at: Node;
}

/** The document with what its `include` names merged in. `scope.including` ends with the document's own file. */
export function resolveIncludes(document: MapNode, scope: ModelScope, reading: Reading, load: LoadModel): MapNode {
    const include = childOf(document, "include");
    if (include === undefined) return document;
    const own = withoutEntry(document, "include");
    const items = isNothing(include) ? [] : (readList(include, reading.findings)?.items ?? []);
    return items.reduce<MapNode>((model, item) => {
        const included = readInclude(item, scope, reading, load);
        return included === undefined ? model : imported(included, model, reading);
    }, own);
}

function readInclude(item: Node, scope: ModelScope, reading: Reading, load: LoadModel): MapNode | undefined {
    const { findings } = reading;
    reportVariables(item, findings);
    const keys = item.kind === "map" ? readKeys(item, findings, ["path", "project_directory", "env_file"]) : { path: item };
    if (keys.path === undefined) return findings.error(item, "path is missing: the Compose file to include");
    const files = textsOf(keys.path, reading).map(({ at, text }) => ({ at, file: joined(scope.directory, text) }));
    const [first] = files;
    if (first === undefined) return undefined;
    const circular = files.find(({ file }) => scope.including.includes(file));
    if (circular !== undefined) {
        const cycle = [...scope.including.slice(scope.including.indexOf(circular.file)), circular.file];
        return findings.error(circular.at, `files include each other: ${cycle.map((file) => path.join(reading.root, file)).join(" -> ")}`);
    }
    if (scope.including.length > chainLimit) return findings.error(first.at, `more than ${chainLimit} files include each other in a row; include less`, first.file);
    const given = "project_directory" in keys && keys.project_directory ? readText(keys.project_directory, findings) : undefined;
    const directory = given === undefined ? folderOf(first.file) : folder(joined(scope.directory, given));
    const envFile = "env_file" in keys ? keys.env_file : undefined;
    const variables = { ...fileVariables(envFile, directory, scope, reading), ...scope.variables };
    return load(files, { directory, variables, including: scope.including });
}

/** The defaults of an included file's variables: those of the files that `env_file` names, or of the `.env` beside it. */
function fileVariables(node: Node | undefined, directory: string, scope: ModelScope, reading: Reading): Variables {
    const { findings, files, root, dotEnvs } = reading;
    if (node === undefined) return readDefaultFile(directory, scope.variables, reading);
    const named = textsOf(node, reading).filter(({ text }) => text !== "/dev/null");
    return named.reduce<Variables>((values, { at, text: name }) => {
        const content = readInside(files, root, joined(scope.directory, name));
        if (content.text === undefined) {
            findings.error(at, content.reason, name);
            return values;
        }
        const read = dotEnvs.evaluate(dotEnvs.read(content.file, content.text), scope.variables, values);
        reportDotEnv(read, content.file, at, reading);
        return { ...values, ...read.values };
    }, {});
}

function textsOf(node: Node, { findings }: Reading): readonly { readonly at: Node; readonly text: string }[] {
    return (node.kind === "list" ? node.items : [node]).flatMap((at) => {
        const text = readText(at, findings);
        return text === undefined ? [] : [{ at, text }];
    });
}

/** Brings the parts of an included model in. What is there already must be the same, as when a file is included on two ways. */
function imported(included: MapNode, model: MapNode, reading: Reading): MapNode {
    return sections.reduce((result, section) => {
        const from = childOf(included, section);
        const into = childOf(result, section);
        if (from?.kind !== "map") return result;
        if (into === undefined || isNull(into)) return withEntry(result, section, from);
        return into.kind === "map" ? withEntry(result, section, importedSection(section, from, into, reading)) : result;
    }, model);
}

function importedSection(section: string, from: MapNode, into: MapNode, { findings }: Reading): MapNode {
    const entries = new Map<string, Entry>(into.entries);
    for (const [name, entry] of from.entries) {
        const own = into.entries.get(name);
        if (own === undefined) entries.set(name, entry);
        else if (!strictSections.has(section)) entries.set(name, { ...own, value: mergeNodes(entry.value, own.value, findings) });
        else if (JSON.stringify(toPlain(entry.value)) !== JSON.stringify(toPlain(own.value))) {
            const { file, line } = entry.key.place;
            const advice = "give one of them another name, or include that file together with one that changes it (path: [file, changes])";
            findings.error(own.key, `the included ${file}:${String(line)} has this name, too; ${advice}`, name);
        }
    }
    return { ...into, entries };
}
