import { shown } from "../compose/shown";
import { childOf, type Node } from "../compose/tree";
import type { Findings, Located } from "../findings";
import { times, type ScheduleExpression } from "./batch";
import { parseCron } from "./cron";
import type { ExpressionFault } from "./fault";
import { lastRun, wallClock, type WallClock } from "./lastRun";
import { placeAt } from "./placeAt";
import { atFaults, bare, rateFaults } from "./rateAndAt";

type Way = (typeof times)[number];

/** EventBridge's limit for rules and Scheduler alike, with the word and the parentheses around: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
const mostCharacters = 256;

/** When it runs, said in exactly one way. `now` is the time after which it should run; without one nothing is said of times that are over. */
export function readExpression(
    node: Node,
    data: { readonly [K in Way | "timezone"]?: string },
    findings: Findings,
    now: Date | undefined,
): ScheduleExpression | undefined {
    const written = times.filter((word) => node.kind === "map" && node.entries.has(word));
    const [word, ...others] = written;
    if (word === undefined) return findings.error(node, `it says nowhere when it runs; add one of ${times.join(", ")}`);
    if (others.length > 0) return findings.error(node, `it says ${written.join(" and ")}, and a batch runs at one of them; keep one`);
    const value = data[word];
    if (value === undefined) return undefined;
    const at = { path: [...node.path, word], place: placeAt(node, [word]) };
    const text = word === "cron" ? value : bare(word, value);
    const expression: ScheduleExpression = `${word}(${text.trim().replace(/\s+/g, " ")})`;
    if (expression.length > mostCharacters) {
        const remedy = word === "cron" ? "; write ranges and steps, such as 0-29/5, or several batches" : "";
        return findings.error(at, `AWS takes at most ${mostCharacters} characters, and with ${word}( ) around it has ${expression.length}${remedy}`, shown(childOf(node, word) ?? node));
    }
    const { faults, last } = readers[word](text);
    const offset = value.length === text.length ? 0 : word.length + 1;
    for (const { column, message } of faults) findings.error(at, `column ${column + offset}: ${message}`, value);
    if (faults.length > 0) return undefined;

    if (word === "rate" && data.timezone !== undefined) {
        const zone = { path: [...node.path, "timezone"], place: placeAt(node, ["timezone"]) };
        findings.warning(zone, "a rate counts from the moment it is deployed, which no time zone changes; remove timezone, or write cron", data.timezone);
    }
    if (now !== undefined && last !== undefined) warnOfThePast(at, { value, last, timezone: data.timezone }, now, findings);
    return expression;
}

/** What is wrong with an expression, and the last time at which it runs; absent where it goes on for ever. */
interface ReadTime {
    readonly faults: readonly ExpressionFault[];
    readonly last?: WallClock | undefined;
}

const readers: Readonly<Record<Way, (text: string) => ReadTime>> = {
    cron: (text) => {
        const { cron, faults } = parseCron(text);
        return { faults, last: cron && lastRun(cron) };
    },
    rate: (text) => ({ faults: rateFaults(text) }),
    at: (text) => ({ faults: atFaults(text), last: text }),
};

/** A batch that has run its last time is left in the file by most; it must not stop a deployment. */
function warnOfThePast(
    at: Located,
    { value, last, timezone }: { readonly value: string; readonly last: WallClock; readonly timezone: string | undefined },
    now: Date,
    findings: Findings,
): void {
    const soon = new Date(now.getTime() + dayLength).toISOString();
    if (last > soon || last >= wallClock(now, timezone)) return;
    findings.warning(at, `its last time, ${last}, is over, so it never runs; remove the batch, or write a time to come`, value);
}

/** Milliseconds. No time zone is further than that from UTC, and asking for one takes its time. */
const dayLength = 24 * 60 * 60 * 1000;
