import { z } from "zod";
import { formatPath, type Path } from "./path";
import { shortened } from "./shortened";
import { suggest } from "./suggest";
import { durationForm, parseDuration } from "./units";

/** What is wrong with one value, before it is known in which file and line it stands. */
export interface Fault {
    readonly path: Path;
    /** What was found, as a short text; absent where nothing was, and for lists and maps. */
    readonly value?: string;
    readonly message: string;
}

/** Checks a value that a person wrote. All that is wrong with it is found at once. */
export function check<T>(
    schema: z.ZodType<T>,
    value: unknown,
): { readonly data: T; readonly faults: readonly [] } | { readonly data?: undefined; readonly faults: readonly Fault[] } {
    const result = schema.safeParse(value);
    const faults = result.success ? [] : result.error.issues.flatMap((issue) => faultsOf(issue, value));
    const said = new Set(faults.map(({ path }) => formatPath(path)));
    const others = impossibleNames(value).filter(({ path }) => !said.has(formatPath(path)));
    if (result.success && others.length === 0) return { data: result.data, faults: [] };
    return { faults: [...new Map([...faults, ...others].map((fault) => [JSON.stringify(fault), fault])).values()] }; // numbers break several rules of one form
}

/** Checks the keys of a map one by one, so that a fault in one does not hide what the others say. */
export function checkEach<S extends z.ZodRawShape>(
    shape: S,
    value: unknown,
): { readonly data: Partial<z.output<z.ZodObject<S>>>; readonly faults: readonly Fault[] } {
    const { data, faults } = check(strictOnce(shape), value);
    if (data !== undefined || typeof value !== "object" || value === null) return { data: data ?? {}, faults };
    const good = Object.entries(value).flatMap(([key, part]) => {
        const result = Object.hasOwn(shape, key) ? z.safeParse(shape[key] as z.ZodType, part) : undefined;
        return result?.success ? [[key, result.data]] : [];
    });
    return { data: Object.fromEntries(good) as Partial<z.output<z.ZodObject<S>>>, faults };
}

/** Schemas by their shape: the library compiles each one anew, which takes longer than to check a value. */
const known = new WeakMap<z.ZodRawShape, z.ZodType>();

function strictOnce<S extends z.ZodRawShape>(shape: S): z.ZodType<z.output<z.ZodObject<S>>> {
    const schema = known.get(shape) ?? strict(shape);
    known.set(shape, schema);
    return schema as z.ZodType<z.output<z.ZodObject<S>>>;
}

/** An object with these keys and no others. */
export function strict<S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strict> {
    const keys = Object.keys(shape).join(separator);
    return z.strictObject(shape, {
        error: ({ code }) => (code === "unrecognized_keys" ? keys : `a map is expected; allowed keys: ${keys}`),
    });
}

/** A whole number, which may come as text. */
export function integer({ min, max }: { readonly min: number; readonly max: number }): z.ZodType<number> {
    const form = `a whole number from ${min} to ${max} is expected`;
    return z.preprocess(
        (value) => (typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value),
        z.int(form).min(min, form).max(max, form),
    );
}

/** True or false, which may come as text. */
export function flag(): z.ZodType<boolean> {
    return z.preprocess(
        (value) => (value === "true" || value === "false" ? value === "true" : value),
        z.boolean("either true or false is expected"),
    );
}

/** A duration such as 30s, or a number of seconds; the result is seconds. `form` says what is expected. */
export function seconds({
    min,
    max,
    form = `${durationForm}; whole seconds from ${min}s to ${max}s are expected`,
}: {
    readonly min: number;
    readonly max: number;
    readonly form?: string;
}): z.ZodType<number> {
    return z.preprocess(
        (value) => (typeof value === "string" ? (parseDuration(value) ?? value) : value),
        z.int(form).min(min, form).max(max, form),
    );
}

/** A text of a form, which editors say in the same words. */
export function text(pattern: RegExp, form: string): z.ZodType<string> {
    return z.string(form).regex(pattern, form).meta({ patternErrorMessage: form });
}

/**
 * A schema with one more condition, said by a function: undefined is good, else what is expected instead. It is not asked about a value that
 * is wrong already.
 */
export function refined<T>(schema: z.ZodType<T>, problemOf: (value: T) => string | undefined): z.ZodType<T> {
    return schema.superRefine(
        (value, context) => {
            const message = problemOf(value);
            if (message !== undefined) context.addIssue({ code: "custom", message });
        },
        { when: ({ issues }) => issues.length === 0 },
    );
}

/** A map whose keys a person chooses; `names` says how they may be. */
export function map<T>(value: z.ZodType<T>, form: string, names: z.ZodType<string> = z.string()): z.ZodType<Readonly<Record<string, T>>> {
    return z.record(names as z.ZodString, value, { error: (issue) => (issue.code === "invalid_key" ? issue.issues[0]?.message : form) }).readonly();
}

const forms = new WeakMap<object, readonly z.ZodType[]>();

/** The schemas of both forms of a value that {@link either} describes; undefined for any other schema. */
export function formsOf(schema: object): readonly z.ZodType[] | undefined {
    return forms.get(schema);
}

/** A value of two forms: `isSecond` tells from the value which one is meant, so that the problems are those of that one. */
export function either<A extends z.ZodType, B extends z.ZodType>(
    first: A,
    second: B,
    isSecond: (value: unknown) => boolean,
): z.ZodType<z.output<A> | z.output<B>> {
    const schema = z.unknown().transform((value, context): z.output<A> | z.output<B> => {
        const result = (isSecond(value) ? second : first).safeParse(value);
        if (result.success) return result.data;
        context.issues.push(...result.error.issues.map((issue) => ({ ...issue, input: value }) as z.core.$ZodRawIssue));
        return z.NEVER;
    });
    forms.set(schema, [first, second]);
    return schema;
}

/** Name of a secret: of a parameter and of a variable alike. */
export const secretName = text(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    "a secret's name is letters, digits and underscores and does not begin with a digit",
);

/** One of some words. */
export function choice<const T extends readonly string[]>(words: T): z.ZodType<T[number]> {
    return z.enum(words, `allowed: ${words.join(", ")}`);
}

const separator = ", ";

/** What a person writes may be nested without end, in JSON at least; no schema has as many levels as this. */
export const deepest = 10;

/** Keys that the schemas pass over without a word, since an object of theirs cannot have them. */
function impossibleNames(value: unknown, path: Path = []): readonly Fault[] {
    if (typeof value !== "object" || value === null || path.length === deepest) return [];
    const parts: readonly (readonly [string | number, unknown])[] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
    return parts.flatMap(([key, part]) =>
        key === "__proto__" ? [{ path: [...path, key], ...found(part), message: "nothing can have this name; choose another" }] : impossibleNames(part, [...path, key]),
    );
}

function faultsOf(issue: z.core.$ZodIssue, input: unknown): readonly Fault[] {
    const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    const value = valueAt(input, path);
    if (issue.code === "unrecognized_keys") {
        const allowed = issue.message.split(separator);
        return issue.keys.map((key) => ({
            path: [...path, key],
            ...found(valueAt(value, [key])),
            message: `unknown key; ${suggest(key, allowed)}`,
        }));
    }
    if (issue.code === "invalid_key") return [{ path, ...found(path.at(-1)), message: issue.message }];
    return [{ path, ...found(value), message: value === undefined ? `missing; ${issue.message}` : issue.message }];
}

function found(value: unknown): Pick<Fault, "value"> {
    return isScalar(value) ? { value: shortened(String(value)) } : {};
}

function isScalar(value: unknown): value is string | number | boolean {
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function valueAt(input: unknown, [head, ...rest]: Path): unknown {
    if (head === undefined || typeof input !== "object" || input === null) return head === undefined ? input : undefined;
    return valueAt((input as Record<string, unknown>)[String(head)], rest);
}
