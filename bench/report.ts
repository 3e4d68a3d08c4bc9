import type { Spread } from "./measure";

/** What one part of the bench has found. */
export interface Report {
    /** Its marker in docs/performance.md. */
    readonly name: string;
    readonly tables: readonly Table[];
    readonly aims: readonly Aim[];
    /** Every single measurement, for programs. */
    readonly samples: unknown;
}

export interface Table {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
}

/** Something that was measured against what it should be at most. */
export interface Aim {
    readonly subject: string;
    readonly measured: number;
    readonly most: number;
    /** @example "s" */
    readonly unit: string;
}

/** A report as Markdown: its tables, then the verdict on each aim. */
export function renderReport({ tables, aims }: Report): string {
    return [...tables.map(renderTable), ...(aims.length === 0 ? [] : [renderTable(verdicts(aims))])].join("\n\n");
}

function verdicts(aims: readonly Aim[]): Table {
    const rows = aims.map(({ subject, measured, most, unit }) => {
        const [is, may] = [measured, most].map((value) => `${significant(value)}${unit === "" ? "" : ` ${unit}`}`);
        return [subject, `≤ ${may ?? ""}`, is ?? "", measured <= most ? "holds" : "**missed**"];
    });
    return { columns: ["aim", "at most", "measured", "verdict"], rows };
}

/** A Markdown table whose columns are aligned in the source, too; all but the first hold figures. */
export function renderTable({ columns, rows }: Table): string {
    const widths = columns.map((column, index) => Math.max(column.length, 3, ...rows.map((row) => row[index]?.length ?? 0)));
    const line = (cells: readonly string[]): string =>
        `| ${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join(" | ")} |`;
    const rule = `|${widths.map((width, index) => (index === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
    return [line(columns), rule, ...rows.map(line)].join("\n");
}

/** @example "1.52 (1.40–1.71)" */
export function withSpread({ median, least, most }: Spread): string {
    return `${significant(median)} (${significant(least)}–${significant(most)})`;
}

/** A figure with as many digits as mean something. @example 0.0512 -> "0.051", 3.456 -> "3.46", 1234.5 -> "1235" */
export function significant(value: number): string {
    if (value === 0) return "0";
    if (Math.abs(value) >= 100) return value.toFixed(0);
    return value.toFixed(Math.abs(value) < 0.1 ? 3 : 2);
}
