import type { Findings } from "../findings";
import type { Entry, Node, ScalarNode } from "./tree";

export type Variables = Readonly<Record<string, string>>;

type Operator = ":-" | "-" | ":?" | "?" | ":+" | "+";

/** A piece of a template: text as it is, or a variable with what to do about its absence. */
type Part = string | { readonly name: string; readonly operator?: Operator; readonly argument: readonly Part[] };

/** The result of replacing variables: the text, or why there is none. */
export interface Interpolation {
    readonly text: string;
    /** Broken syntax, and required variables without a value. */
    readonly errors: readonly string[];
    /** Variables that were used, have no value and no default; Compose takes an empty text. */
    readonly unset: readonly string[];
}

const formats = "write $NAME, ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}, and $$ for a dollar sign";

/** Replaces the variables of a text as Compose does. */
export function interpolate(template: string, variables: Variables): Interpolation {
    const parts = parse(template);
    if (typeof parts === "string") return { text: template, errors: [parts], unset: [] };
    return evaluate(parts, variables);
}

/** The names of all variables in a text, those in defaults included. */
export function variablesIn(template: string): readonly string[] {
    const names = (parts: readonly Part[]): readonly string[] =>
        parts.flatMap((part) => (typeof part === "string" ? [] : [part.name, ...names(part.argument)]));
    const parts = parse(template);
    return typeof parts === "string" ? [] : names(parts);
}

/** The same tree with the variables in all its texts replaced. `silent` variables have no value yet, which is not reported. */
export function interpolateTree(node: Node, variables: Variables, findings: Findings, silent: ReadonlySet<string> = new Set()): Node {
    const inner = (child: Node): Node => interpolateTree(child, variables, findings, silent);
    switch (node.kind) {
        case "scalar":
            return interpolateScalar(node, variables, findings, silent);
        case "list":
            return { ...node, items: node.items.map(inner) };
        case "map":
            return {
                ...node,
                entries: new Map([...node.entries].map(([key, entry]): [string, Entry] => [key, { ...entry, value: inner(entry.value) }])),
            };
    }
}

function interpolateScalar(node: ScalarNode, variables: Variables, findings: Findings, silent: ReadonlySet<string>): ScalarNode {
    if (typeof node.value !== "string" || !node.value.includes("$")) return node;
    const { text, errors, unset } = interpolate(node.value, variables);
    for (const error of errors) findings.error(node, error);
    for (const name of unset.filter((variable) => !silent.has(variable))) {
        findings.warning(node, `variable ${name} has no value, so it is taken as empty; give it one, or write \${${name}:-}`);
    }
    return { ...node, value: text, text, template: node.value };
}

function evaluate(parts: readonly Part[], variables: Variables): Interpolation {
    const results = parts.map((part) =>
        typeof part === "string" ? { text: part, errors: [], unset: [] } : evaluateVariable(part, variables),
    );
    return {
        text: results.map(({ text }) => text).join(""),
        errors: results.flatMap(({ errors }) => errors),
        unset: results.flatMap(({ unset }) => unset),
    };
}

function evaluateVariable({ name, operator, argument }: Exclude<Part, string>, variables: Variables): Interpolation {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    const given = value !== undefined && (value !== "" || operator?.startsWith(":") !== true);
    const plain = { text: value ?? "", errors: [], unset: [] };
    switch (operator) {
        case undefined:
            return { ...plain, unset: value === undefined ? [name] : [] };
        case ":-":
        case "-":
            return given ? plain : evaluate(argument, variables);
        case ":+":
        case "+":
            return given ? evaluate(argument, variables) : plain;
        case ":?":
        case "?":
            return given ? plain : { ...plain, errors: [required(name, evaluate(argument, variables).text)] };
    }
}

function required(name: string, message: string): string {
    return `variable ${name} needs a value${message === "" ? "" : `: ${message}`}`;
}

/** Splits a template into its parts, or says what is wrong with it. */
function parse(template: string): readonly Part[] | string {
    const parts: Part[] = [];
    let rest = template;
    while (rest !== "") {
        const [plain = ""] = /^[^$]*/.exec(rest) ?? [];
        if (plain !== "") parts.push(plain);
        rest = rest.slice(plain.length);
        if (rest === "") break;

        const next = parseVariable(rest);
        if (typeof next === "string") return next;
        parts.push(next.part);
        rest = rest.slice(next.length);
    }
    return parts;
}

/** Reads what begins with a dollar sign: an escaped one, a variable, or just the sign. */
function parseVariable(text: string): { readonly part: Part; readonly length: number } | string {
    if (text.startsWith("$$")) return { part: "$", length: 2 };
    const [named, name] = /^\$([_a-z][_a-z0-9]*)/i.exec(text) ?? [];
    if (named !== undefined && name !== undefined) return { part: { name, argument: [] }, length: named.length };
    if (!text.startsWith("${")) return { part: "$", length: 1 };

    const end = closingBrace(text);
    const braced = end === undefined ? null : /^([_a-z][_a-z0-9]*)(?:(:?[-?+])(.*))?$/is.exec(text.slice(2, end));
    if (end === undefined || braced === null) return `not a variable; ${formats}`;
    const argument = parse(braced[3] ?? "");
    if (typeof argument === "string") return argument;
    return { part: { name: braced[1] ?? "", operator: braced[2] as Operator | undefined, argument }, length: end + 1 };
}

/** Index of the brace that closes the first one. */
function closingBrace(text: string): number | undefined {
    let open = 0;
    for (let index = 0; index < text.length; index++) {
        if (text[index] === "{") open++;
        if (text[index] === "}" && --open === 0) return index;
    }
    return undefined;
}
