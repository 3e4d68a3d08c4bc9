import { clearedEnvironments } from "../compose/clearedEnvironment";
import { warnOfOtherWords } from "../compose/command";
import type { Entry, Node } from "../compose/tree";
import { splitWords } from "../compose/words";
import type { Findings } from "../findings";

const form = "a list of words or a text is expected, such as [node, nightly.mjs]";

/** The words of the command, which are never shown, since they could hold a secret. */
export function readCommand(batch: Node, findings: Findings): readonly string[] | undefined {
    const written = batch.kind === "map" ? batch.entries.get("command") : undefined;
    if (written === undefined) return findings.error({ ...batch, path: [...batch.path, "command"] }, `missing; ${form}`);
    const words = readWords(written, findings);
    for (const { program, remedy } of clearedEnvironments(words ?? [])) {
        findings.warning(written.key, `${program} clears the environment, so what it starts has no AWS credentials and no region; ${remedy}`, program);
    }
    return words;
}

function readWords(written: Entry, findings: Findings): readonly string[] | undefined {
    const node = written.value;
    if (node.kind === "map" || (node.kind === "scalar" && node.value === null)) return findings.error(written.key, form);
    if (node.kind === "scalar") {
        const { words, problem } = splitWords(node.text);
        if (problem !== undefined) return findings.error(written.key, `it is split into words as Compose does it: ${problem}`);
        return words.length > 0 ? words : findings.error(written.key, form);
    }
    warnOfOtherWords(node, findings);
    const wrong = node.items.filter((item) => item.kind !== "scalar" || item.value === null);
    for (const item of wrong) findings.error(item, "a word is expected");
    if (node.items.length === 0) return findings.error(written.key, form);
    return wrong.length > 0 ? undefined : node.items.map((item) => (item.kind === "scalar" ? item.text : ""));
}
