import type { ExpressionFault, Token } from "./fault";

/** The fields of an expression, in their order. */
export const names = ["minutes", "hours", "day of month", "month", "day of week", "year"] as const;
export type FieldName = (typeof names)[number];

/** What EventBridge takes in one field. */
export interface CronField {
    readonly min: number;
    readonly max: number;
    /** Names of the values from `min` on; upper and lower case are the same. */
    readonly words: readonly string[];
    /** True when a range may go over the end, such as 22-3. */
    readonly turns: boolean;
    /** @example "an hour" */
    readonly one: string;
    /** @example "hour" */
    readonly each: string;
    /** @example "8-18" */
    readonly range: string;
    readonly bounds: string;
}

const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** In the order of {@link names}. */
export const fields: readonly CronField[] = [
    { min: 0, max: 59, words: [], turns: true, one: "a minute", each: "minute", range: "0-29", bounds: "minutes go from 0 to 59" },
    { min: 0, max: 23, words: [], turns: true, one: "an hour", each: "hour", range: "8-18", bounds: "hours go from 0 to 23" },
    { min: 1, max: 31, words: [], turns: true, one: "a day of the month", each: "day", range: "1-15", bounds: "days go from 1 to 31" },
    { min: 1, max: 12, words: monthNames, turns: true, one: "a month", each: "month", range: "JAN-JUN", bounds: "months go from 1 to 12, or JAN to DEC" },
    {
        min: 1,
        max: 7,
        words: dayNames,
        turns: true,
        one: "a day of the week",
        each: "day",
        range: "MON-FRI",
        bounds: "days go from 1, which is SUN, to 7, which is SAT",
    },
    { min: 1970, max: 2199, words: [], turns: false, one: "a year", each: "year", range: "2026-2028", bounds: "years go from 1970 to 2199" },
];

/** EventBridge wants a question mark in exactly one of the day fields. */
export function dayRules(dayOfMonth: Token, dayOfWeek: Token): readonly ExpressionFault[] {
    const open = [dayOfMonth, dayOfWeek].filter(({ text }) => text === "?").length;
    if (open === 1) return [];
    const both = "day of month and day of week";
    if (open === 2) return [{ column: dayOfMonth.column, message: `${both} are both ?; give one of them, such as * for every day` }];
    const { column } = dayOfMonth.text === "*" && dayOfWeek.text !== "*" ? dayOfMonth : dayOfWeek;
    return [{ column, message: `${both} are both given; write ? here` }];
}
