import { given } from "../given";

/** A scalar as Docker Compose understands it. */
export interface Resolved {
    readonly value: string | number | boolean | null;
    /** What a container gets to see of it. */
    readonly text: string;
    /** The scalar as written, where a container gets another text than that. */
    readonly written?: string;
}

const words: ReadonlyMap<string, boolean | null> = new Map([
    ...["true", "True", "TRUE"].map((word) => [word, true] as const),
    ...["false", "False", "FALSE"].map((word) => [word, false] as const),
    ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
]);

/**
 * Resolves a scalar without quotes. Compose's rules are neither those of YAML 1.1 nor those of 1.2: `0755` is octal, `1_000` a number and
 * `2024-01-01` a date, but `off`, `yes` and `22:22` are texts.
 */
export function resolveScalar(source: string): Resolved {
    const word = words.get(source);
    if (word === null) return { value: null, text: "" };
    if (word !== undefined) return withText(source, word, String(word));
    if (!/^[-+.\d]/.test(source)) return { value: source, text: source };
    const date = dateText(source);
    if (date !== undefined) return withText(source, source, date);
    const number = resolveNumber(source.startsWith(".") ? source : source.replaceAll("_", ""));
    return number === undefined ? { value: source, text: source } : withText(source, number.value, number.text);
}

function withText(source: string, value: Resolved["value"], text: string): Resolved {
    return given({ value, text, written: source === text ? undefined : source });
}

const integer = /^([-+]?)(?:(0[xX][0-9a-fA-F]+|0[bB][01]+|[1-9]\d*|0)|0[oO]?([0-7]+))$/;
const decimal = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
const highest = 2n ** 64n - 1n;
const lowest = -(2n ** 63n);

function resolveNumber(plain: string): { readonly value: number; readonly text: string } | undefined {
    const [, sign, literal, octal] = integer.exec(plain) ?? [];
    if (sign !== undefined && plain !== "-0") {
        const magnitude = BigInt(literal ?? `0o${octal ?? ""}`);
        const value = sign === "-" ? -magnitude : magnitude;
        if (value >= lowest && value <= highest) return { value: Number(value), text: String(value) };
    }
    const value = decimal.test(plain) ? Number(plain) : NaN;
    return Number.isFinite(value) ? { value, text: decimalText(value) } : undefined;
}

/** The number as Go prints it, in which Docker Compose is written. @example decimalText(1e6) === "1e+06" */
function decimalText(value: number): string {
    const [digits = "", exponent = ""] = value.toExponential().split("e");
    if (Number(exponent) >= -4 && Number(exponent) < 6) return Object.is(value, -0) ? "-0" : String(value);
    return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, "0")}`;
}

const dateForm = /^(\d{4})-(\d\d?)-(\d\d?)(?:([Tt ])(\d\d?):(\d\d?):(\d\d?)(\.\d{1,9})?(Z|[-+]\d\d:\d\d)?)?$/;

/** The text that Docker Compose passes for a date; undefined when it is none. A time of day after a T has a zone, another one has none. */
function dateText(source: string): string | undefined {
    const [matched, year = "", month = "", day = "", separator, hour = "0", minute = "0", second = "0", fraction = "", zone] =
        dateForm.exec(source) ?? [];
    if (matched === undefined || (separator !== undefined && (zone === undefined) !== (separator === " "))) return undefined;
    if (!isMoment([year, month, day, hour, minute, second].map(Number))) return undefined;
    const two = (part: string): string => part.padStart(2, "0");
    const offset = zone === undefined || zone === "Z" ? "+0000 UTC" : `${zone.replace(":", "")} ${zone.replace(":", "")}`;
    return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}${fraction.replace(/\.?0*$/, "")} ${offset}`;
}

function isMoment([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]): boolean {
    const daysInMonth = new Date(Date.UTC(year % 400 + 2000, month, 0)).getUTCDate(); // the calendar repeats after 400 years
    return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth && hour < 24 && minute < 60 && second < 60;
}
