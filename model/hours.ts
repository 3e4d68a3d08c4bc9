/** Days of the week, as they are written and in their order. */
export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

/** When an environment is awake: on some days, from one time of the day to a later one. */
export interface Hours {
    /** IANA name of the time zone in which the times are meant. @example "Europe/Berlin" */
    readonly timezone: string;
    /** In the order of the week, each once; at least one. */
    readonly days: readonly Weekday[];
    /** @example "08:00" */
    readonly start: string;
    /** At least an hour after the start, on the same day; "24:00" is the end of the day. @example "20:00" */
    readonly stop: string;
}

const hoursOfWeek = 7 * 24;

/** Hours of a week in which an environment is awake. Every day counts 24 hours, also those on which clocks change. */
export function awakeHours({ days, start, stop }: Pick<Hours, "days" | "start" | "stop">): number {
    return (days.length * (minutesOf(stop) - minutesOf(start))) / 60;
}

/** Minutes from midnight to a time of the day, HH:MM. @example minutesOf("08:30") === 510 */
export function minutesOf(time: string): number {
    const [hour = 0, minute = 0] = time.split(":").map(Number);
    return hour * 60 + minute;
}

/** In one line for people. @example "awake mon-fri 08:00-20:00 Europe/Berlin, 60 of 168 hours a week" */
export function describeHours(hours: Hours): string {
    const awake = Number(awakeHours(hours).toFixed(1));
    return `awake ${daysInWords(hours.days)} ${hours.start}-${hours.stop} ${hours.timezone}, ${awake} of ${hoursOfWeek} hours a week`;
}

/** Three days or more that follow each other are a range. @example daysInWords(["mon", "tue", "wed", "sat"]) === "mon-wed,sat" */
function daysInWords(days: readonly Weekday[]): string {
    const runs = weekdays.reduce<readonly (readonly Weekday[])[]>((found, day) => {
        if (!days.includes(day)) return [...found, []];
        return [...found.slice(0, -1), [...(found.at(-1) ?? []), day]];
    }, []);
    return runs.map((run) => (run.length < 3 ? run.join(",") : `${String(run[0])}-${String(run.at(-1))}`)).filter((part) => part !== "").join(",");
}
