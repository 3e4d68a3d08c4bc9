import type { Findings } from "../findings";
import { clearedEnvironments } from "./clearedEnvironment";
import { variablesIn } from "./interpolate";
import type { Node } from "./tree";
import { readTexts } from "./values";
import { splitWords } from "./words";

/** What a command that knows of the trouble has in it: the variable itself, or the file that cron and PAM read. */
const handingOn = /AWS_CONTAINER_CREDENTIALS_RELATIVE_URI|\/etc\/environment/;

/**
 * Reads `command` or `entrypoint`: a list of words, or a text that is split. The text is never shown, since it could hold a secret. What
 * would be different on AWS goes to `aws`.
 */
export function readCommand(node: Node, hostVariables: ReadonlySet<string>, findings: Findings, aws: Findings): readonly string[] {
    for (const variable of new Set(templatesIn(node).flatMap(variablesIn))) {
        if (!hostVariables.has(variable)) continue;
        const advice = `write $$${variable} and let a shell in the container read it`;
        aws.warning(node, `${variable} is filled in on AWS in environment values only; ${advice}`);
    }
    if (node.kind !== "scalar") {
        warnOfOtherWords(node, findings);
        return readTexts(node, findings);
    }
    const { words, problem } = splitWords(node.text);
    if (problem !== undefined) findings.error(node, problem);
    return words;
}

/** Warns of programs in `entrypoint` and `command` that clear the environment, unless one of the two hands it on. */
export function checkEnvironmentIsKept(commands: readonly { readonly at?: Node; readonly words?: readonly string[] }[], aws: Findings): void {
    const handsOn = commands.some(({ words = [] }) => words.some((word) => handingOn.test(word)));
    for (const { at, words = [] } of handsOn ? [] : commands) {
        if (at === undefined) continue;
        for (const { program, remedy } of clearedEnvironments(words)) {
            aws.warning(at, `${program} clears the environment, so what it starts has no AWS credentials and no region; ${remedy}`, program);
        }
    }
}

/** Warns of words such as 0755, which without quotes are numbers and other texts. */
export function warnOfOtherWords(list: Node, findings: Findings): void {
    for (const item of list.kind === "list" ? list.items : []) {
        if (item.kind !== "scalar" || item.written === undefined) continue;
        findings.warning(item, "without quotes this is no text, and the program gets it in another form than it is written; put it in quotes");
    }
}

function templatesIn(node: Node): readonly string[] {
    if (node.kind === "list") return node.items.flatMap(templatesIn);
    return node.kind === "scalar" && node.template !== undefined ? [node.template] : [];
}
