import type { Cron } from "./cron";

/** A date and a time without a zone, which sorts as text. @example "2026-11-30T03:00:00" */
export type WallClock = string;

/** The last time for which an expression holds; undefined where none of its months has such a day, so that it never holds. */
export function lastRun(cron: Cron): WallClock | undefined {
    for (const year of cron.years.toReversed()) {
        for (const month of cron.months.toReversed()) {
            const day = lastDay(cron, year, month);
            if (day !== undefined) return `${year}-${two(month)}-${two(day)}T${two(cron.hours.at(-1))}:${two(cron.minutes.at(-1))}:00`;
        }
    }
    return undefined;
}

/** What a clock shows in a time zone; without one in UTC. */
export function wallClock(now: Date, timeZone = "UTC"): WallClock {
    const format = new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short", timeStyle: "medium" }); // Sweden writes ISO 8601
    return format.format(now).replace(" ", "T");
}

function lastDay({ daysOfMonth, daysOfWeek }: Cron, year: number, month: number): number | undefined {
    const weekday = (day: number): number => new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
    const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const days = Array.from({ length }, (_, index) => length - index);
    return days.find((day) => {
        switch (daysOfMonth.kind) {
            case "last":
                return day === length;
            case "lastWeekday":
                return day === nearestWeekday(length, length, weekday);
            case "nearestWeekday":
                return daysOfMonth.day <= length && day === nearestWeekday(daysOfMonth.day, length, weekday);
            case "days":
                return daysOfMonth.days.includes(day);
            case "any":
                return holdsOnWeekday(daysOfWeek, { day, weekday: weekday(day), length });
        }
    });
}

function holdsOnWeekday(days: Cron["daysOfWeek"], { day, weekday, length }: { readonly day: number; readonly weekday: number; readonly length: number }): boolean {
    switch (days.kind) {
        case "any":
            return true;
        case "days":
            return days.days.includes(weekday);
        case "lastOfMonth":
            return weekday === days.day && day + 7 > length;
        case "nthOfMonth":
            return weekday === days.day && Math.ceil(day / 7) === days.nth;
    }
}

/** The weekday of the same month that is nearest to a day. 1 is Sunday. */
function nearestWeekday(day: number, length: number, weekday: (day: number) => number): number {
    if (weekday(day) === 7) return day === 1 ? 3 : day - 1;
    if (weekday(day) === 1) return day === length ? day - 2 : day + 1;
    return day;
}

function two(number = 0): string {
    return String(number).padStart(2, "0");
}
