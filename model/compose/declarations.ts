import type { Findings } from "../findings";
import { isNothing, type MapNode, type Node } from "./tree";
import { isNull, ownEntries, readBoolean, readKeys, readText } from "./values";

/** What the file declares beside its services, as far as a service on AWS can have it. */
export interface Declarations {
    /** `ephemeral`: each task may have a volume of its own that is gone with it. */
    readonly volumes: ReadonlyMap<string, { readonly ephemeral: boolean }>;
    /** The variable of each secret: what fills it on the laptop, else its own name as a variable is called. */
    readonly secrets: ReadonlyMap<string, { readonly variable: string }>;
    readonly configs: ReadonlySet<string>;
    /** With the one that a service has without `networks`. */
    readonly networks: ReadonlySet<string>;
}

const volumeKeys = ["name", "driver", "driver_opts", "external", "labels"] as const;
const networkKeys = [...volumeKeys, "ipam", "internal", "enable_ipv4", "enable_ipv6", "attachable"] as const;
const secretKeys = [...volumeKeys, "environment", "file", "template_driver"] as const;
const configKeys = ["name", "content", "environment", "file", "external", "labels", "template_driver"] as const;
const modelKeys = ["name", "model", "context_size", "runtime_flags"] as const;

/** Reads the declarations of a file. */
export function readDeclarations(root: MapNode, findings: Findings): Declarations {
    const read = <T>(section: string, each: (node: Node, name: string) => T): ReadonlyMap<string, T> => {
        const node = root.entries.get(section)?.value;
        if (node === undefined || isNothing(node)) return new Map();
        return new Map(ownEntries(node, findings).map(([name, { value }]) => [name, each(value, name)]));
    };
    read("models", (node) => isNull(node) || readKeys(node, findings, modelKeys));
    const networks = read("networks", (node) => { readNetwork(node, findings); });
    const configs = read("configs", (node) => { readConfig(node, findings); });
    return {
        volumes: read("volumes", (node) => readVolume(node, findings)),
        secrets: read("secrets", (node, name) => readSecret(node, name, findings)),
        configs: new Set(configs.keys()),
        networks: new Set(["default", ...networks.keys()]),
    };
}

function readVolume(node: Node, findings: Findings): { readonly ephemeral: boolean } {
    if (isNull(node)) return { ephemeral: false };
    readKeys(node, findings, volumeKeys);
    const extension = node.kind === "map" ? node.entries.get("x-understudy")?.value : undefined;
    const { ephemeral } = extension === undefined ? {} : readKeys(extension, findings, ["ephemeral"]);
    return { ephemeral: ephemeral !== undefined && readBoolean(ephemeral, findings) === true };
}

function readNetwork(node: Node, findings: Findings): void {
    const { internal } = isNull(node) ? {} : readKeys(node, findings, networkKeys);
    if (internal !== undefined && readBoolean(internal, findings) === true) {
        findings.warning(internal, "on AWS nothing keeps the services of a network from the internet", "true");
    }
}

function readConfig(node: Node, findings: Findings): void {
    const { content, environment, file, external } = readKeys(node, findings, configKeys);
    const sources = [content, environment, file].filter((source) => source !== undefined);
    if (node.kind === "map" && sources.length === 0 && external === undefined)
        findings.error(node, "a config needs file, environment, content or external: true");
    if (sources.length > 1) findings.error(node, "a config has one of file, environment and content; keep one of them");
}

function readSecret(node: Node, name: string, findings: Findings): { readonly variable: string } {
    const { environment, file, external, driver } = readKeys(node, findings, secretKeys);
    if (node.kind === "map" && (environment ?? file ?? external ?? driver) === undefined)
        findings.error(node, "a secret needs file, environment or external: true");
    if (environment !== undefined && file !== undefined) findings.error(node, "a secret has file or environment, not both; keep one of them");
    const variable = environment && readText(environment, findings);
    return { variable: variable ?? name.toUpperCase().replace(/[^A-Z0-9]/g, "_") };
}
