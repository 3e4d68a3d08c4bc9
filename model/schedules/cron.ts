import { dayRules, fields, names, type CronField, type FieldName } from "./cronFields";
import type { ExpressionFault, Token } from "./fault";
import { lastRun } from "./lastRun";

/** The days of a month on which an expression holds. */
export type DaysOfMonth =
    | { readonly kind: "any" }
    | { readonly kind: "days"; readonly days: readonly number[] }
    | { readonly kind: "last" }
    | { readonly kind: "lastWeekday" }
    | { readonly kind: "nearestWeekday"; readonly day: number };

/** The days of a week, 1 is Sunday. */
export type DaysOfWeek =
    | { readonly kind: "any" }
    | { readonly kind: "days"; readonly days: readonly number[] }
    | { readonly kind: "lastOfMonth"; readonly day: number }
    | { readonly kind: "nthOfMonth"; readonly day: number; readonly nth: number };

/** A cron expression of EventBridge, with lists, ranges, steps and names resolved. All numbers are sorted. */
export interface Cron {
    readonly minutes: readonly number[];
    readonly hours: readonly number[];
    readonly daysOfMonth: DaysOfMonth;
    readonly months: readonly number[];
    readonly daysOfWeek: DaysOfWeek;
    readonly years: readonly number[];
}

export type ParsedCron = { readonly cron: Cron; readonly faults: readonly [] } | { readonly cron?: undefined; readonly faults: readonly ExpressionFault[] };

/**
 * Parses the six fields of an EventBridge cron expression, without `cron(…)` around them. All that is wrong is found at once.
 * @example parseCron("0 3 ? * MON-FRI *").cron.daysOfWeek // { kind: "days", days: [2, 3, 4, 5, 6] }
 */
export function parseCron(text: string): ParsedCron {
    const inside = /^\s*cron\((.*)\)\s*$/s.exec(text)?.[1];
    if (inside !== undefined) return { faults: [{ column: 1, message: `the six fields are expected without cron( ) around them; write ${inside.trim()}` }] };
    const tokens = [...text.matchAll(/\S+/g)].map(({ 0: word, index }): Token => ({ text: word, column: index + 1 }));
    if (tokens.length !== fields.length) return { faults: [wrongCount(text, tokens)] };

    const faults: ExpressionFault[] = [];
    const token = (name: FieldName): Token => tokens[names.indexOf(name)] ?? { text: "", column: 1 };
    const values = (name: FieldName): readonly number[] => readValues(token(name), fieldNamed(name), faults);
    const cron: Cron = {
        minutes: values("minutes"),
        hours: values("hours"),
        daysOfMonth: readDaysOfMonth(token("day of month"), faults),
        months: values("month"),
        daysOfWeek: readDaysOfWeek(token("day of week"), faults),
        years: values("year"),
    };
    faults.push(...dayRules(token("day of month"), token("day of week")));
    if (faults.length === 0) faults.push(...impossibleDays(cron, token("day of month"), token("day of week")));
    return faults.length === 0 ? { cron, faults: [] } : { faults: faults.toSorted((a, b) => a.column - b.column) };
}

function wrongCount(text: string, tokens: readonly Token[]): ExpressionFault {
    const expected = `six fields are expected (${names.join(", ")}), and there ${tokens.length === 1 ? "is 1" : `are ${tokens.length}`}`;
    const column = tokens[fields.length]?.column ?? text.trimEnd().length + 1;
    const advice = tokens.length === fields.length - 1 ? fromUnix(tokens.map((token) => token.text)) : undefined;
    return { column, message: advice === undefined ? expected : `${expected}; what cron on Unix has in five is here ${advice}` };
}

/** The five fields of Unix as EventBridge has them; undefined where one of the two cannot say what the other does. */
function fromUnix([minutes = "", hours = "", dayOfMonth = "", month = "", dayOfWeek = ""]: readonly string[]): string | undefined {
    if (dayOfMonth !== "*" && dayOfWeek !== "*") return undefined;
    const weekdays = dayOfWeek.replace(/\d+/g, (day) => String((Number(day) % 7) + 1));
    const days = dayOfWeek === "*" ? [dayOfMonth, month, "?"] : ["?", month, weekdays];
    const expression = [minutes, hours, ...days, "*"].join(" ");
    return parseCron(expression).cron === undefined ? undefined : expression;
}

function readDaysOfMonth(token: Token, faults: ExpressionFault[]): DaysOfMonth {
    const { text, column } = token;
    if (text === "?") return { kind: "any" };
    if (text === "L") return { kind: "last" };
    if (text === "LW") return { kind: "lastWeekday" };
    const day = /^(\d+)W$/.exec(text)?.[1];
    if (day !== undefined) {
        const [number = 1] = readValues({ text: day, column }, fieldNamed("day of month"), faults);
        return { kind: "nearestWeekday", day: number };
    }
    if (lastOrWeekday.test(text)) return misplaced(token, lastOrWeekday, "L is the last day, LW the last weekday and 15W the weekday nearest to the 15th; each stands alone", faults);
    return { kind: "days", days: readValues(token, fieldNamed("day of month"), faults) };
}

const lastOrWeekday = /(?<![A-Z])[LW](?![A-Z])|LW/;

function readDaysOfWeek(token: Token, faults: ExpressionFault[]): DaysOfWeek {
    const { text, column } = token;
    if (text === "?") return { kind: "any" };
    if (text === "L") return { kind: "days", days: [7] };
    const [, day, mark, nth] = /^([A-Za-z]+(?=L$|#)|\d+)(L|#)(\d*)$/.exec(text) ?? [];
    if (day !== undefined && (mark === "L") === (nth === "")) {
        const [number = 1] = readValues({ text: day, column }, fieldNamed("day of week"), faults);
        if (mark === "L") return { kind: "lastOfMonth", day: number };
        if (Number(nth) < 1 || Number(nth) > 5) {
            faults.push({ column: column + day.length + 1, message: `"${String(nth)}" is not a week of the month; a month has a day of the week 1 to 5 times` });
        }
        return { kind: "nthOfMonth", day: number, nth: Number(nth) };
    }
    if (text.includes("#")) return misplaced(token, /#/, "MON#2 is the second Monday of the month; there is one such day, and it stands alone", faults);
    if (text.includes("/")) return misplaced(token, /\//, "the day of week has no steps; list the days, such as MON,WED,FRI", faults);
    if (/(^|[\d,-])L|L-|[A-Z]{3}L/.test(text)) return misplaced(token, /L/, "FRIL is the last Friday of the month and L is Saturday; each stands alone", faults);
    return { kind: "days", days: readValues(token, fieldNamed("day of week"), faults) };
}

function misplaced({ text, column }: Token, sign: RegExp, message: string, faults: ExpressionFault[]): { readonly kind: "any" } {
    faults.push({ column: column + Math.max(0, text.search(sign)), message });
    return { kind: "any" };
}

/** The numbers that a list of values, ranges and steps stands for. */
function readValues({ text, column }: Token, field: CronField, faults: ExpressionFault[]): readonly number[] {
    const values = new Set<number>();
    let start = column;
    for (const item of text.split(",")) {
        for (const value of readItem({ text: item, column: start }, field, text !== item, faults)) values.add(value);
        start += item.length + 1;
    }
    return [...values].toSorted((a, b) => a - b);
}

function readItem({ text, column }: Token, field: CronField, inList: boolean, faults: ExpressionFault[]): readonly number[] {
    const fault = (at: number, message: string): [] => {
        faults.push({ column: at, message });
        return [];
    };
    if (text === "") return fault(column, `${field.one} is missing beside the comma`);
    const [base = "", step, ...more] = text.split("/");
    if (more.length > 0) return fault(column + base.length + (step ?? "").length + 1, "there is one step in a value, such as 0/15");
    const stepColumn = column + base.length + 1;
    const by = step === undefined ? 1 : readStep({ text: step, column: stepColumn }, field, faults);

    if (base === "*") {
        if (inList && step === undefined) return fault(column, `* is every ${field.each} and stands alone`);
        return by === undefined ? [] : range(field.min, field.max, by, field);
    }
    const [from = "", to, ...others] = base.split("-");
    if (others.length > 0) return fault(column + from.length + (to ?? "").length + 1, `a range has two ends, such as ${field.range}`);
    const first = readValue({ text: from, column }, field, faults);
    if (to === undefined) {
        if (first === undefined || by === undefined) return [];
        return step === undefined ? [first] : range(first, field.max, by, field);
    }
    const last = readValue({ text: to, column: column + from.length + 1 }, field, faults);
    if (first === undefined || last === undefined || by === undefined) return [];
    if (first > last && !field.turns) return fault(column, `the range ends before it begins; write ${to}-${from}`);
    return range(first, last, by, field);
}

function readValue({ text, column }: Token, field: CronField, faults: ExpressionFault[]): number | undefined {
    const named = field.words.indexOf(text.toUpperCase());
    const number = named >= 0 ? field.min + named : /^\d+$/.test(text) ? Number(text) : NaN;
    if (number >= field.min && number <= field.max) return number;
    const hint = text === "?" ? "; ? stands for one of the two day fields, alone" : "";
    faults.push({ column, message: text === "" ? `${field.one} is missing; ${field.bounds}` : `"${text}" is not ${field.one}; ${field.bounds}${hint}` });
    return undefined;
}

function readStep({ text, column }: Token, { min, max, each }: CronField, faults: ExpressionFault[]): number | undefined {
    const largest = max - (min === 0 ? 0 : min - 1);
    const step = /^\d+$/.test(text) ? Number(text) : NaN;
    if (step >= 1 && step <= largest) return step;
    faults.push({ column, message: `"${text}" is not a step; every so many ${each}s goes from 1 to ${largest}` });
    return undefined;
}

/** From one value to another one by steps; a range that ends before it begins goes on from the field's first value. */
function range(first: number, last: number, step: number, { min, max }: CronField): readonly number[] {
    const size = max - min + 1;
    const length = last >= first ? last - first : last - first + size;
    return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => ((first - min + index * step) % size) + min);
}

/** Days that none of the months has: AWS would take them and never run anything. */
function impossibleDays(cron: Cron, dayOfMonth: Token, dayOfWeek: Token): readonly ExpressionFault[] {
    if (lastRun(cron) !== undefined) return [];
    const { daysOfMonth } = cron;
    const day = daysOfMonth.kind === "days" ? daysOfMonth.days[0] : daysOfMonth.kind === "nearestWeekday" ? daysOfMonth.day : undefined;
    if (day === undefined) return [{ column: dayOfWeek.column, message: `no month that is given has "${dayOfWeek.text}", so this would never run` }];
    return [{ column: dayOfMonth.column, message: `no month that is given has a day ${day}, so this would never run` }];
}

function fieldNamed(name: FieldName): CronField {
    return fields[names.indexOf(name)] as CronField;
}
