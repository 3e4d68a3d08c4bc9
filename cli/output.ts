import Table from "cli-table3";
import type { Writable } from "node:stream";
import { noColors, type Colors } from "./colors";

/** What a command says: results to standard output, everything else to standard error, so that a pipe gets only results. */
export interface Output {
    readonly json: boolean;
    /** For the text of a result. */
    readonly colors: Colors;
    /** The command's result: `value` for programs, `text` for people. Called once per command. */
    result(value: unknown, text: string): void;
    /** One line of a result that has no end, such as a log; with `--json` one JSON document per line. */
    line(value: unknown, text: string): void;
    /** Something a person should know, which is not the result. */
    note(text: string): void;
}

export interface Streams {
    readonly stdout: Writable;
    readonly stderr: Writable;
}

export function createOutput({ stdout, stderr }: Streams, json: boolean, colors: Colors = noColors): Output {
    return {
        json,
        colors,
        result: (value, text) => write(stdout, json ? JSON.stringify(value, undefined, 2) : text),
        line: (value, text) => write(stdout, json ? JSON.stringify(value) : text),
        note: (text) => write(stderr, text),
    };
}

/** Columns under headings, without frames: what a person reads and `awk` splits. Empty without rows. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
    if (rows.length === 0) return "";
    const noFrame = Object.fromEntries(frameParts.map((part) => [part, ""]));
    const drawn = new Table({ head: [...headings], chars: { ...noFrame, middle: "  " }, style: { head: [], border: [], "padding-left": 0, "padding-right": 0 } });
    for (const row of rows) drawn.push(row.map((cell) => (cell.length <= widestCell ? cell : `${cell.slice(0, widestCell)}…`)));
    return drawn.toString().replace(/ +$/gm, "");
}

/** Every row has the width of the widest cell, so one of megabytes would make gigabytes of a long table. */
const widestCell = 1_000;

const frameParts = [
    ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid"],
] as const;

/** Seconds as people read them. @example "4.2 s", "2 min 05 s" */
export function seconds(value: number): string {
    if (value < 60) return `${value.toFixed(1)} s`;
    const whole = Math.round(value);
    return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

function write(stream: Writable, text: string): void {
    if (text !== "") stream.write(`${text}\n`);
}
