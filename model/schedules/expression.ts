import type { Node } from "../compose/tree";
import type { Findings } from "../findings";
import { times, type ScheduleExpression } from "./batch";
import { parseCron } from "./cron";
import { atFaults, bare, rateFaults } from "./rateAndAt";
import type { ExpressionFault } from "./fault";
import { placeAt } from "./placeAt";

/** When it runs, said in exactly one way. */
export function readExpression(node: Node, data: { readonly [K in (typeof times)[number] | "timezone"]?: string }, findings: Findings): ScheduleExpression | undefined {
    const written = times.filter((word) => node.kind === "map" && node.entries.has(word));
    const [word, ...others] = written;
    if (word === undefined) return findings.error(node, `it says nowhere when it runs; add one of ${times.join(", ")}`);
    if (others.length > 0) return findings.error(node, `it says ${written.join(" and ")}, and a batch runs at one of them; keep one`);
    const value = data[word];
    if (value === undefined) return undefined;
    const text = word === "cron" ? value : bare(word, value);
    const offset = value.length === text.length ? 0 : word.length + 1;
    const faults = faultsOf[word](text);
    for (const { column, message } of faults) {
        findings.error({ path: [...node.path, word], place: placeAt(node, [word]) }, `column ${column + offset}: ${message}`, value);
    }
    if (word === "rate" && data.timezone !== undefined) {
        const at = { path: [...node.path, "timezone"], place: placeAt(node, ["timezone"]) };
        findings.warning(at, "a rate counts from the moment it is deployed, which no time zone changes; remove timezone, or write cron", data.timezone);
    }
    return faults.length > 0 ? undefined : `${word}(${text.trim().replace(/\s+/g, " ")})`;
}

const faultsOf: Readonly<Record<(typeof times)[number], (text: string) => readonly ExpressionFault[]>> = {
    cron: (text) => parseCron(text).faults,
    rate: rateFaults,
    at: atFaults,
};
