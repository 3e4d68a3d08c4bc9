import type { Findings, Located } from "../findings";
import { variablesIn, type Variables } from "./interpolate";
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
 * Reads `environment`, a map or a list of NAME=value. Values never appear in problems. `hostVariables` are the names of the variables that
 * hold other services' addresses; on AWS they always have a value.
 */
export function readEnvironment(
    node: Node,
    findings: Findings,
    variables: Variables,
    hostVariables: ReadonlySet<string>,
): ContainerEnvironment {
    const values: Record<string, string> = {};
    const hostTemplates: Record<string, string> = {};
    for (const { name, value, template, at } of readAssignments(node, findings)) {
        if (name === "" || name.trim() !== name) {
            findings.error(at, nameForm, name);
            continue;
        }
        const taken = value ?? (Object.hasOwn(variables, name) ? variables[name] : undefined);
        if (taken !== undefined) {
            values[name] = taken;
        } else if (!hostVariables.has(name)) {
            findings.warning(at, `the variable is left out, since ${name} has no value here; give it one, or write ${name}: ""`);
        }
        if (template !== undefined && variablesIn(template).some((used) => hostVariables.has(used))) hostTemplates[name] = template;
    }
    return { values, hostTemplates };
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
    if (value.octal) return findings.error(key, "the number has a leading zero, which Docker Compose reads as octal; put it in quotes");
    return { name, value: value.text, template: value.template, at: key };
}

function readListItem(item: Node, findings: Findings): Assignment | undefined {
    if (item.kind !== "scalar" || typeof item.value !== "string") return findings.error(item, "NAME=value is expected");
    const [name, value] = splitAssignment(item.value);
    return { name, value, template: valueTemplate(item), at: item };
}

/** The part of the template that makes the value. */
function valueTemplate({ template }: ScalarNode): string | undefined {
    return template === undefined ? undefined : splitAssignment(template)[1];
}

function splitAssignment(text: string): readonly [name: string, value?: string] {
    const equals = text.indexOf("=");
    return equals === -1 ? [text] : [text.slice(0, equals), text.slice(equals + 1)];
}
