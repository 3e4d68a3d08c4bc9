import type { ExpressionFault } from "./fault";

const units = ["minute", "hour", "day"];

/** Says what is wrong with a rate, such as `5 minutes`; empty when nothing is. */
export function rateFaults(text: string): readonly ExpressionFault[] {
    const [, before = "", value = "", gap = "", unit = "", rest = ""] = /^(\s*)(\S+)(\s*)(\S*)\s*(.*?)$/s.exec(text) ?? [];
    const valueColumn = before.length + 1;
    const unitColumn = valueColumn + value.length + gap.length;
    if (value === "" || unit === "" || rest !== "") return [{ column: 1, message: "a number and a unit are expected, such as 5 minutes" }];
    const faults: ExpressionFault[] = [];
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (!Number.isSafeInteger(number) || number < 1) faults.push({ column: valueColumn, message: `"${value}" is not a number from 1 on` });

    const singular = units.find((word) => unit === word || unit === `${word}s`);
    const wanted = number === 1 ? singular : `${String(singular)}s`;
    if (faults.length === 0 && value.startsWith("0")) {
        const plain = singular === undefined ? String(number) : `${number} ${String(wanted)}`;
        faults.push({ column: valueColumn, message: `"${value}" begins with a zero, which AWS need not take; write ${plain}` });
    }
    if (singular === undefined) {
        faults.push({ column: unitColumn, message: `"${unit}" is not a unit; allowed: minute, minutes, hour, hours, day, days` });
    } else if (faults.length === 0 && unit !== wanted) {
        faults.push({ column: unitColumn, message: `EventBridge wants the ${number === 1 ? "singular after 1" : "plural after other numbers than 1"}; write ${value} ${String(wanted)}` });
    }
    return faults;
}

/** Says what is wrong with a point in time, such as `2026-11-30T03:00:00`; empty when nothing is. */
export function atFaults(text: string): readonly ExpressionFault[] {
    const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(.*)$/s.exec(text);
    if (parts === null) return [{ column: 1, message: "a date and a time are expected, such as 2026-11-30T03:00:00" }];
    const [, year = "", month = "", day = "", hours = "", minutes = "", seconds = "", rest = ""] = parts;
    if (rest !== "") return [{ column: text.length - rest.length + 1, message: `the time ends before "${rest}"; a time zone is written under timezone` }];

    const faults: ExpressionFault[] = [];
    const atMost = (column: number, value: string, min: number, max: number, what: string): void => {
        if (Number(value) < min || Number(value) > max) faults.push({ column, message: `"${value}" is not ${what}` });
    };
    const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
    atMost(6, month, 1, 12, "a month; months go from 01 to 12");
    if (faults.length === 0) atMost(9, day, 1, days, `a day of that month, which has ${days}`);
    atMost(12, hours, 0, 23, "an hour; hours go from 00 to 23");
    atMost(15, minutes, 0, 59, "a minute; minutes go from 00 to 59");
    atMost(18, seconds, 0, 59, "a second; seconds go from 00 to 59");
    return faults;
}

/** The expression without AWS's own notation around it, which may be written too. @example bare("rate", "rate(5 minutes)") === "5 minutes" */
export function bare(word: "rate" | "at", text: string): string {
    const wrapped = text.startsWith(`${word}(`) && text.endsWith(")");
    return wrapped ? text.slice(word.length + 1, -1) : text;
}
