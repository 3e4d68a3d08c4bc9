import type { Findings } from "../findings";
import { given } from "../given";
import { grown, interpolate, wholeRoom, withKnown, type Remark, type Room, type Variables } from "./interpolate";
import { mapNodes, type Node, type ScalarNode, type VariableFault } from "./tree";

/**
 * The same tree with the variables in all its texts replaced; keys stay as they are. What is wrong with a variable is kept beside its text
 * until {@link reportVariables} is asked: a value that nobody needs here, or that another one replaces, is nobody's trouble.
 */
export function interpolateTree(node: Node, variables: Variables): Node {
    const room = wholeRoom();
    return mapNodes(node, (each) => (each.kind === "scalar" ? interpolateScalar(each, variables, room) : each));
}

/** A text that lacks many variables lacks one thing; more words of it help nobody. */
const shownUnset = 10;

/** Reports what is wrong with the variables in a tree. `silent` variables have no value yet, which is not reported. */
export function reportVariables(node: Node, findings: Findings, silent: ReadonlySet<string> = new Set()): void {
    if (node.kind === "list") for (const item of node.items) reportVariables(item, findings, silent);
    if (node.kind === "map") for (const { value } of node.entries.values()) reportVariables(value, findings, silent);
    if (node.kind !== "scalar" || node.faults === undefined) return;
    const { path, faults } = node;
    for (const { place, message, once = { said: false } } of faults.filter(({ unset }) => unset === undefined)) {
        if (!once.said) findings.error({ path, place }, message);
        once.said = true;
    }
    const missing = faults.filter(({ unset }) => unset !== undefined && !silent.has(unset));
    for (const { place, message } of missing.slice(0, shownUnset)) findings.warning({ path, place }, message);
}

function interpolateScalar(node: ScalarNode, variables: Variables, room: Room): ScalarNode {
    if (typeof node.value !== "string" || !node.value.includes("$")) return node;
    const { value: template } = node;
    const { text, errors, unset } = interpolate(template, variables, room);
    const faults: readonly VariableFault[] = [
        ...errors.map((remark) => ({ ...faultAt(node, template, remark, remark.said), ...(remark.said === grown && { once: room.usedUp }) })),
        ...unset.map((remark) => ({ ...faultAt(node, template, remark, emptyMessage(remark.said)), unset: remark.said })),
    ];
    return { ...node, value: text, text, template: withKnown(template, variables), ...given({ faults: faults.length === 0 ? undefined : faults }) };
}

/** A dollar sign is written in the file as often as in the text, so the variable is found by counting them. */
function faultAt(node: ScalarNode, template: string, { offset }: Remark, message: string): VariableFault {
    const position = node.dollars?.[template.slice(0, offset).split("$").length - 1];
    if (position === undefined) return { place: node.place, message };
    return { place: { ...node.place, line: position.line }, message: `${message} (column ${position.column})` };
}

function emptyMessage(variable: string): string {
    return `variable ${variable} has no value, so it is taken as empty; give it one, or write \${${variable}:-}`;
}
