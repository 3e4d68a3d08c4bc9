import type { Findings, Located } from "../findings";
import { readEnvFiles, type EnvironmentContext } from "./envFiles";
import { variablesIn } from "./interpolate";
import type { Node, ScalarNode } from "./tree";
import { isNull } from "./values";

/** The variables of a container. */
export interface ContainerEnvironment {
    readonly values: Readonly<Record<string, string>>;
    /** The texts behind those values that use one of the host variables. */
    readonly hostTemplates: Readonly<Record<string, string>>;
}

/** One variable as it is written; without value it is taken from the variables of the reading. */
interface Assignment {
    readonly name: string;
    readonly value?: string;
    readonly template?: string;
    readonly at: Located;
}

const nameForm = "a variable needs a name without spaces around it";

/**
 * Reads `environment`, a map or a list of NAME=value, and beneath it the files of `env_file`. Values never appear in problems. A variable
 * without value is left out, also where a file has one. The host variables always have a value on AWS.
 */
export function readEnvironment(
    keys: { readonly environment?: Node; readonly envFile?: Node },
    context: EnvironmentContext,
): ContainerEnvironment {
    const { findings, variables, hostVariables } = context;
    const own = new Map<string, string | undefined>();
    const hostTemplates: (readonly [name: string, template: string])[] = [];
    for (const { name, value, template, at } of keys.environment ? readAssignments(keys.environment, findings) : []) {
        if (name === "" || name.trim() !== name) {
            findings.error(at, nameForm, name);
            continue;
        }
        const taken = value ?? (Object.hasOwn(variables, name) ? variables[name] : undefined);
        own.set(name, taken);
        if (taken === undefined && !hostVariables.has(name)) {
            findings.warning(at, `the variable is left out, since ${name} has no value here; give it one, or write ${name}: ""`);
        }
        if (template !== undefined && variablesIn(template).some((used) => hostVariables.has(used))) hostTemplates.push([name, template]);
    }
    const given = Object.fromEntries([...own].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
    const files = keys.envFile ? readEnvFiles(keys.envFile, given, context) : {};
    return {
        // Services without variables of their own share what a large file says.
        values: own.size === 0 ? files : Object.fromEntries([...Object.entries(files).filter(([name]) => !own.has(name)), ...Object.entries(given)]),
        hostTemplates: Object.fromEntries(hostTemplates),
    };
}

function readAssignments(node: Node, findings: Findings): readonly Assignment[] {
    switch (node.kind) {
        case "scalar":
            findings.error(node, "a map of variables, or a list of NAME=value, is expected");
            return [];
        case "list":
            return node.items.flatMap((item) => readListItem(item, findings) ?? []);
        case "map":
            return [...node.entries].flatMap(([name, { key, value }]) => readMapValue(name, key, value, findings) ?? []);
    }
}

function readMapValue(name: string, key: Located, value: Node, findings: Findings): Assignment | undefined {
    if (value.kind !== "scalar") return findings.error(key, "a text, a number or a boolean is expected");
    if (isNull(value)) return { name, at: key };
    warnOfOtherText(key, value, findings);
    return { name, value: value.text, template: value.template, at: key };
}

function readListItem(item: Node, findings: Findings): Assignment | undefined {
    if (item.kind !== "scalar" || typeof item.value !== "string") return findings.error(item, "NAME=value is expected");
    warnOfOtherText(item, item, findings);
    const [name, value] = splitAssignment(item.value);
    return { name, value, template: valueTemplate(item), at: item };
}

function warnOfOtherText(at: Located, { written }: ScalarNode, findings: Findings): void {
    if (written === undefined) return;
    findings.warning(at, "without quotes this is no text, and Docker Compose passes it in another form than it is written; put it in quotes");
}

/** The part of the template that makes the value. */
function valueTemplate({ template }: ScalarNode): string | undefined {
    return template === undefined ? undefined : splitAssignment(template)[1];
}

function splitAssignment(text: string): readonly [name: string, value?: string] {
    const equals = text.indexOf("=");
    return equals === -1 ? [text] : [text.slice(0, equals), text.slice(equals + 1)];
}
