import path from "node:path";
import type { Findings } from "../findings";
import { closestOf } from "../suggest";
import { readDefaultFile } from "./envFiles";
import { resolveExtends, type ServiceSource } from "./extends";
import { readInside } from "./files";
import { resolveIncludes, type Located } from "./includes";
import type { Variables } from "./interpolate";
import { mergeNodes, settled } from "./merge";
import { folderOf, fromRoot, joined } from "./relativePaths";
import type { ModelScope, Reading } from "./scope";
import { shown } from "./shown";
import { childOf, mapEntries, withEntry, type MapNode, type Node, type ScalarNode } from "./tree";
import { withoutReplaced } from "./unique";
import { isNull, ownEntries } from "./values";
import { interpolateTree } from "./variables";
import { readYaml } from "./yaml";

/** Top-level keys beside `services`: what they declare counts only where a service uses it, and is reported there. */
const declarations = ["name", "version", "include", "networks", "volumes", "secrets", "configs", "models"];

/** Files that each include the next one twice, with other variables, would be read for ever. */
const includeLimit = 1000;

/** A whole project as one tree: all documents and files merged, variables replaced. */
export interface Project {
    readonly root?: MapNode;
    /** The variables that were given, and beneath them those of `.env`. */
    readonly variables: Variables;
}

/**
 * Reads a Compose file and all the files that it includes and extends, in Docker Compose's order: variables, `include`, `extends`, then
 * merging. Every value keeps the place where it is written.
 */
export function readProject(text: string, name: string, given: Variables, reading: Reading): Project {
    const defaults = readDefaultFile("", given, reading);
    const variables = { ...defaults, ...given };
    warnOfToolVariables(defaults, reading);
    const loader = new ProjectLoader(reading);
    const root = loader.loadMain(text, name, { directory: "", variables, including: [] });
    return { variables, ...(root && { root }) };
}

/** Variables of `.env` that tell Docker Compose what to read and to start, and what to write instead. */
const toolVariables: Readonly<Record<string, string>> = {
    COMPOSE_FILE: "only the Compose file of this folder is read here, not the files that this names; name them under include",
    COMPOSE_PROFILES: "services with profiles are left out on AWS all the same; give those that run there a role under x-understudy",
};

function warnOfToolVariables(defaults: Variables, { findings, root }: Reading): void {
    for (const [name, message] of Object.entries(toolVariables)) {
        if ((defaults[name] ?? "") !== "") findings.warning({ path: [name], place: { file: path.join(root, ".env") } }, message);
    }
}

class ProjectLoader {
    private readonly documents = new Map<string, readonly Node[]>();
    private readonly models = new Map<string, MapNode | undefined>();
    private readonly checked = new Set<string>();
    private included = 0;

    constructor(private readonly reading: Reading) {}

    loadMain(text: string, name: string, scope: ModelScope): MapNode | undefined {
        const file = path.join(this.reading.root, name);
        this.documents.set(name, readYaml(text, file, this.reading.findings));
        const model = this.addFile(undefined, name, scope);
        return model && this.withUniqueLists(model);
    }

    /** What an `include` names; read once for the same variables, however many ways lead there. */
    private loadIncluded(files: readonly Located[], scope: ModelScope): MapNode | undefined {
        const key = JSON.stringify([files.map(({ file }) => file), scope.directory, scope.variables]);
        if (!this.models.has(key)) {
            this.included++;
            if (this.included > includeLimit) return this.tooManyIncludes(files[0]);
            const readable = files.filter(({ file, at }) => this.isReadable(file, at));
            const model = readable.reduce<MapNode | undefined>((merged, { file }) => this.addFile(merged, file, scope), undefined);
            this.models.set(key, model && withGivenValues(this.withUniqueLists(model), scope.variables));
        }
        return this.models.get(key);
    }

    private tooManyIncludes(first: Located | undefined): undefined {
        if (first === undefined || this.included > includeLimit + 1) return undefined;
        const message = `more than ${includeLimit} includes, counting a file again for other variables; include less`;
        return this.reading.findings.error(first.at, message, first.file);
    }

    /** The model with all documents of a file on top of it. */
    private addFile(model: MapNode | undefined, name: string, scope: ModelScope): MapNode | undefined {
        const bases = new Map<string, ServiceSource | { readonly reason: string }>();
        const load = (written: string): ServiceSource | { readonly reason: string } => {
            const base = joined("", written);
            const known = bases.get(base) ?? this.loadBase(base, scope.variables);
            bases.set(base, known);
            return known;
        };
        const inner = { ...scope, including: [...scope.including, name] };
        const documents = this.rawDocuments(name, scope.directory, scope.variables);
        this.checkTopLevel(name, documents);
        return documents.reduce<MapNode | undefined>((below, document) => {
            const whole = resolveIncludes(document, inner, this.reading, (files, its) => this.loadIncluded(files, its));
            const services = childOf(whole, "services");
            const source = services?.kind === "map" ? { services, file: path.join(this.reading.root, name) } : undefined;
            const context = { findings: this.reading.findings, load };
            const complete = source === undefined ? whole : withEntry(whole, "services", resolveExtends(source, context));
            return this.merged(below, complete);
        }, model);
    }

    /** The services of a file that others extend: neither its `include` nor its `extends` is followed yet. */
    private loadBase(name: string, variables: Variables): ServiceSource | { readonly reason: string } {
        const file = path.join(this.reading.root, name);
        const reason = this.readDocuments(name);
        if (reason !== undefined) return { reason };
        const documents = this.rawDocuments(name, folderOf(name), variables);
        const model = documents.reduce<MapNode | undefined>((below, document) => this.merged(below, document), undefined);
        const services = model && childOf(model, "services");
        return services?.kind === "map" ? { services, file } : { reason: `${file} has no services` };
    }

    private merged(below: MapNode | undefined, document: MapNode): MapNode {
        const merged = below === undefined ? document : mergeNodes(below, document, this.reading.findings);
        return settled(merged.kind === "map" ? merged : document);
    }

    /** The maps of a file with variables replaced and paths from the application's folder. */
    private rawDocuments(name: string, directory: string, variables: Variables): readonly MapNode[] {
        const { findings } = this.reading;
        return (this.documents.get(name) ?? []).flatMap((document) => {
            if (document.kind !== "map") {
                findings.error(document, "a Compose file is a map with services", shown(document));
                return [];
            }
            const filled = interpolateTree(document, variables);
            return filled.kind === "map" ? [fromRoot(filled, directory)] : [];
        });
    }

    private isReadable(name: string, at: Node): boolean {
        const reason = this.readDocuments(name);
        if (reason !== undefined) this.reading.findings.error(at, reason, name);
        return reason === undefined;
    }

    /** Reads a file's YAML once; a reason why that is not possible. */
    private readDocuments(name: string): string | undefined {
        if (this.documents.has(name)) return undefined;
        const content = readInside(this.reading.files, this.reading.root, name);
        if (content.text === undefined) return content.reason;
        this.documents.set(name, readYaml(content.text, content.file, this.reading.findings));
        return undefined;
    }

    /** Says which keys nobody knows, once for each file. */
    private checkTopLevel(name: string, documents: readonly MapNode[]): void {
        if (!this.checked.has(name)) for (const document of documents) reportUnknownKeys(document, this.reading.findings);
        this.checked.add(name);
    }

    private withUniqueLists(model: MapNode): MapNode {
        const services = childOf(model, "services");
        if (services?.kind !== "map") return model;
        return withEntry(model, "services", mapEntries(services, (service) => (service.kind === "map" ? withoutReplaced(service) : service)));
    }
}

function reportUnknownKeys(document: MapNode, findings: Findings): void {
    for (const [name, { key }] of ownEntries(document, findings)) {
        if (name === "services" || declarations.includes(name)) continue;
        const closest = closestOf(name, ["services", ...declarations]);
        findings.error(key, `unknown key${closest === undefined ? "" : `; did you mean "${closest}"?`}; own keys begin with x-`);
    }
}

/** The model with the variables of `environment` that are only named: an included file may have values of its own for them. */
function withGivenValues(model: MapNode, variables: Variables): MapNode {
    const filled = (name: string, node: ScalarNode): ScalarNode =>
        Object.hasOwn(variables, name) ? { ...node, value: variables[name] ?? "", text: variables[name] ?? "" } : node;
    const inItem = (item: Node): Node => {
        if (item.kind !== "scalar" || item.text.includes("=") || !Object.hasOwn(variables, item.text)) return item;
        const text = `${item.text}=${variables[item.text] ?? ""}`;
        return { ...item, value: text, text };
    };
    const inEnvironment = (node: Node): Node => {
        if (node.kind === "list") return { ...node, items: node.items.map(inItem) };
        return node.kind === "map" ? mapEntries(node, (value, name) => (isNull(value) ? filled(name, value) : value)) : node;
    };
    const services = childOf(model, "services");
    if (services?.kind !== "map") return model;
    return withEntry(
        model,
        "services",
        mapEntries(services, (service) => {
            const environment = childOf(service, "environment");
            return service.kind === "map" && environment ? withEntry(service, "environment", inEnvironment(environment)) : service;
        }),
    );
}
