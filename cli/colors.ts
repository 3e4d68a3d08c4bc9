import pc from "picocolors";
import type { Writable } from "node:stream";

export type Colors = ReturnType<typeof pc.createColors>;

/** Leaves every text as it is. */
export const noColors: Colors = pc.createColors(false);

/** Colours where a person reads in a terminal that can show them and has not declined them (https://no-color.org). */
export function colorsFor(stream: Writable, env: Readonly<Record<string, string | undefined>>): Colors {
    const declined = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
    return pc.createColors(isTerminal(stream) && !declined);
}

/** True where somebody reads along. A terminal that has no width yet, as scripts open them, is none: nothing can be drawn in it. */
export function isTerminal(stream: Writable): boolean {
    return "isTTY" in stream && stream.isTTY === true && !("columns" in stream && stream.columns === 0);
}
