import type { Findings } from "../findings";
import { variablesIn } from "./interpolate";
import type { Node } from "./tree";
import { readTexts } from "./values";
import { splitWords } from "./words";

/** Reads `command` or `entrypoint`: a list of words, or a text that is split. The text is never shown, since it could hold a secret. */
export function readCommand(node: Node, findings: Findings, hostVariables: ReadonlySet<string>): readonly string[] {
    for (const variable of new Set(templatesIn(node).flatMap(variablesIn))) {
        if (!hostVariables.has(variable)) continue;
        const advice = `write $$${variable} and let a shell in the container read it`;
        findings.warning(node, `${variable} is filled in on AWS in environment values only; ${advice}`);
    }
    if (node.kind !== "scalar") return readTexts(node, findings);
    const { words, problem } = splitWords(node.text);
    if (problem !== undefined) findings.error(node, problem);
    return words;
}

function templatesIn(node: Node): readonly string[] {
    if (node.kind === "list") return node.items.flatMap(templatesIn);
    return node.kind === "scalar" && node.template !== undefined ? [node.template] : [];
}
