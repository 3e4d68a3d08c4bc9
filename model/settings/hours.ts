import { z } from "zod";
import { minutesOf, weekdays, type Hours, type Weekday } from "../hours";
import { timeZoneProblem } from "../timeZone";
import { refined, strict } from "../validation";

const workdays: readonly Weekday[] = weekdays.slice(0, 5);

const dayNames = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const dayForm = `allowed: ${weekdays.join(", ")}`;
const day = z.enum(weekdays, { error: ({ input }) => dayProblem(input) });

const days = z
    .array(day, "a list of days is expected, such as [mon, tue, wed, thu, fri]")
    .min(1, "at least one day is expected, such as [mon, tue, wed, thu, fri]")
    .superRefine(
        (given, context) => {
            for (const [index, each] of given.entries()) {
                if (weekdays.includes(each) && given.indexOf(each) < index) context.addIssue({ code: "custom", path: [index], message: "the day is there twice; remove one" });
            }
        },
        { when: ({ value }) => Array.isArray(value) },
    )
    .meta({ uniqueItems: true })
    .transform((given) => weekdays.filter((each) => given.includes(each)))
    .readonly();

/** A time of the day, which stands in quotes so that every reader of YAML takes it for a text. `last` is a full hour, and `why` it is the last one. */
function time(last: "23:00" | "24:00", why = ""): z.ZodType<string> {
    const pattern = last === "24:00" ? "^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$" : "^(([01]\\d|2[0-2]):[0-5]\\d|23:00)$";
    const form = `a time of the day in quotes is expected, from "00:00" to "${last}"${why}`;
    const problemOf = (value: unknown): string | undefined => {
        const isTime = (text: string): boolean => new RegExp(pattern).test(text);
        if (typeof value === "string" && isTime(value)) return undefined;
        const meant = meantTime(value);
        return meant !== undefined && isTime(meant) ? `${form}; write "${meant}"` : form;
    };
    return refined(z.string({ error: ({ input }) => problemOf(input) }), problemOf).meta({ pattern, patternErrorMessage: form });
}

const start = time("23:00", ", an hour before the day ends");
const stop = time("24:00");

/** When staging and dev are awake. */
export const hours: z.ZodType<Hours> = strict({
    timezone: refined(z.string("a time zone of the IANA database is expected, such as Europe/Berlin"), timeZoneProblem).describe("IANA time zone in which start and stop are meant"),
    days: days.default(workdays).describe(`Days on which it is awake: ${weekdays.join(", ")}`).meta({ absent: "mon to fri" }),
    start: start.describe('When it is awake from, such as "08:00", 24 hours and in quotes'),
    stop: stop.describe('When it is awake to, such as "20:00", on the same day and at least an hour later; "24:00" is the end of the day'),
})
    .superRefine(
        (window, context) => {
            const message = windowProblem(window);
            if (message !== undefined) context.addIssue({ code: "custom", path: ["stop"], message });
        },
        { when: ({ value }) => areTimes(value) }, // whatever is wrong with the other keys
    )
    .readonly();

/** Production has none. */
export const noHours: z.ZodType<never> = z.never("production is always awake, and hours are for staging and dev; remove the key");

/** Says what is wrong with two times that are right by themselves. */
function windowProblem({ start: from, stop: to }: Pick<Hours, "start" | "stop">): string | undefined {
    const minutes = minutesOf(to) - minutesOf(from);
    if (minutes >= 60) return undefined;
    if (to === "00:00") return 'midnight is the beginning of a day here; write "24:00" for its end';
    if (minutes === 0) return "start and stop are the same time, so it would never be awake; write a stop that is at least an hour later";
    if (minutes > 0) return `this leaves it awake for ${minutes} minutes a day, and it needs some of them to start; write a stop that is at least an hour after the start, ${from}`;
    const why = "it would be awake on days that days does not name";
    const advice = minutes > -60 ? "write a stop that is at least an hour after the start" : "swap the two";
    return `the stop is not after the start, ${from}, and hours do not go over midnight, since ${why}; ${advice}, or write "24:00" for the end of the day`;
}

function areTimes(value: unknown): boolean {
    const { start: from, stop: to } = (typeof value === "object" && value !== null ? value : {}) as { readonly start?: unknown; readonly stop?: unknown };
    return start.safeParse(from).success && stop.safeParse(to).success;
}

function dayProblem(input: unknown): string {
    const word = typeof input === "string" && input.length >= 3 ? input.toLowerCase() : undefined;
    const meant = word === undefined ? undefined : weekdays.find((_, index) => dayNames[index]?.startsWith(word));
    return meant === undefined ? dayForm : `${dayForm}; write ${meant}`;
}

/** The time that was probably meant by 8, 8:00 or 8pm. */
function meantTime(value: unknown): string | undefined {
    const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
    const [, hour, minute = "00", half = ""] = /^(\d{1,2})(?::(\d\d))? ?([ap]m)?$/i.exec(text) ?? [];
    if (hour === undefined || (half !== "" && (Number(hour) < 1 || Number(hour) > 12))) return undefined;
    const number = half === "" ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
    return `${String(number).padStart(2, "0")}:${minute}`;
}
