import { renderTable } from "../../bench/report";
import type { Outcome } from "./operations";
import { describeHeld, type SoakReport } from "./soak";

/** A soak as Markdown: how each kind of operation ended, and what was found. */
export function renderSoak({ seed, outcomes, held, problems }: SoakReport): string {
    const ends = [...new Set(outcomes.map(({ end }) => end))].sort();
    const kinds = [...new Set(outcomes.map(kindOf))].sort();
    const rows = kinds.map((kind) => {
        const of = outcomes.filter((outcome) => kindOf(outcome) === kind);
        return [kind, ...ends.map((end) => String(of.filter((outcome) => outcome.end === end).length || ""))];
    });
    const examples = ends.flatMap((end) => {
        const message = outcomes.find((outcome) => outcome.end === end && outcome.message !== "")?.message;
        return message === undefined ? [] : [`- \`${end}\`: ${withoutPlaces(message.split("\n", 1).join(""))}`];
    });
    const found = problems.length === 0 ? "Nothing was left behind." : problems.map((problem) => `- **${problem}**`).join("\n");
    return [
        `${outcomes.length} operations, seed ${seed}, ${held.length} looks. First look: ${describeHeld(held[0])}; last: ${describeHeld(held.at(-1))}.`,
        renderTable({ columns: ["operation", ...ends], rows }),
        ...(examples.length === 0 ? [] : [`What the failures said, for example:\n\n${examples.join("\n")}`]),
        found,
    ].join("\n\n");
}

function kindOf({ operation: { command, interruption } }: Outcome): string {
    return interruption === undefined ? command : `${command}, ${interruption}`;
}

/** State backends of a stage are temporary folders. */
function withoutPlaces(message: string): string {
    return message.replace(/file:\/\/\S+/g, "file://…");
}
