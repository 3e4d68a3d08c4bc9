import type { Props, Value } from "./values";

/** Decides from a resource's inputs before and after whether a change of the argument asks for a new resource. */
export type ReplaceRule = (from: Props, to: Props) => boolean;

/** What holds for an argument besides its form. */
export interface Rules<T> {
    /** Must be given. */
    readonly required?: true;
    /** What AWS takes when it is not given, so that leaving it out and writing this are the same. */
    readonly default?: T;
    /** When it is not given AWS decides, and keeps what it decided: leaving it out changes nothing. */
    readonly computed?: true;
    /** Must not be readable in the state, also when the resource was imported and no program says that it is a secret. */
    readonly secret?: true;
    /** A change makes a new resource, as the argument's ForceNew in the real provider. */
    readonly replaces?: true | ReplaceRule;
    /** Says what is allowed when the value is not, without repeating the value: it may be a secret. */
    readonly limit?: (value: T) => string | undefined;
    /** Two ways to write the same value. */
    readonly same?: (one: T, other: T) => boolean;
}

export type ArgumentKind = "text" | "number" | "flag" | "list" | "set" | "map" | "object";

/** One argument of a resource type. `Given` is true when a complete set of inputs always has it. */
export interface Argument<T = unknown, Given extends boolean = boolean> {
    readonly kind: ArgumentKind;
    readonly rules: Rules<Value>;
    /** What a list, set or map holds. */
    readonly of?: Argument;
    /** What an object holds. */
    readonly fields?: Arguments;
    /** Carries the types; never there at run time. */
    readonly types?: { readonly value: T; readonly given: Given };
}

/** Arguments by name. */
export type Arguments = Readonly<Record<string, Argument>>;

/** The TypeScript type of an argument's value. */
export type ValueOf<A extends Argument> = A extends Argument<infer T> ? T : never;

/** Complete inputs, as an operation gets them: every default filled in, nothing unknown. */
export type InputsOf<A extends Arguments> = {
    readonly [K in keyof A as A[K] extends Argument<unknown, true> ? K : never]: ValueOf<A[K]>;
} & {
    readonly [K in keyof A as A[K] extends Argument<unknown, true> ? never : K]?: ValueOf<A[K]>;
};

/** Inputs of which only what was given and is known is there. */
export type KnownOf<A extends Arguments> = { readonly [K in keyof A]?: ValueOf<A[K]> };

type Given<R> = R extends { readonly required: true } | { readonly default: unknown } ? true : false;

export function text<const R extends Rules<string>>(rules?: R): Argument<string, Given<R>> {
    return { kind: "text", ...erased(rules) };
}

export function number<const R extends Rules<number>>(rules?: R): Argument<number, Given<R>> {
    return { kind: "number", ...erased(rules) };
}

export function flag<const R extends Rules<boolean>>(rules?: R): Argument<boolean, Given<R>> {
    return { kind: "flag", ...erased(rules) };
}

/** A text that is one of these. */
export function oneOf<const T extends string, const R extends Rules<T>>(allowed: readonly T[], rules?: R): Argument<T, Given<R>> {
    const limit = (value: T): string | undefined => (allowed.includes(value) ? undefined : `must be one of ${allowed.join(", ")}`);
    return { kind: "text", ...erased({ ...rules, limit }) };
}

/** A text that holds JSON: another layout or order of keys is no change. */
export function json<const R extends Rules<string>>(rules?: R): Argument<string, Given<R>> {
    const limit = (value: string): string | undefined => (parsed(value) === undefined ? "must be JSON" : undefined);
    return { kind: "text", ...erased({ same: sameJson, limit, ...rules }) };
}

export function list<T, const R extends Rules<readonly T[]>>(of: Argument<T>, rules?: R): Argument<readonly T[], Given<R>> {
    return { kind: "list", of, ...erased(rules) };
}

/** A list whose order means nothing. */
export function set<T, const R extends Rules<readonly T[]>>(of: Argument<T>, rules?: R): Argument<readonly T[], Given<R>> {
    return { kind: "set", of, ...erased(rules) };
}

/** Texts by names of the user's choice. */
export function map<const R extends Rules<Readonly<Record<string, string>>>>(
    rules?: R,
): Argument<Readonly<Record<string, string>>, Given<R>> {
    return { kind: "map", of: text(), ...erased(rules) };
}

export function object<A extends Arguments, const R extends Rules<InputsOf<A>>>(fields: A, rules?: R): Argument<InputsOf<A>, Given<R>> {
    return { kind: "object", fields, ...erased(rules) };
}

/** Rules in the form that all arguments have in common: the value that a rule gets always has the argument's form. */
function erased(rules: object | undefined): { readonly rules: Rules<Value> } {
    return { rules: rules ?? {} };
}

/** Every resource type that lives in a Region has it: where it is made, by default the provider's. */
export const regional = { region: text({ computed: true, replaces: true }) };

/** `tags` are the program's, `tagsAll` those and the provider's default tags, which Check puts together. */
export const tagged = { tags: map({ default: {} }), tagsAll: map({ default: {} }) };

/** Limit of a number, both ends included. */
export function between(first: number, last: number): (value: number) => string | undefined {
    return (value) =>
        Number.isInteger(value) && value >= first && value <= last ? undefined : `must be a whole number from ${first} to ${last}`;
}

/** Limit of a text's length. */
export function atMost(length: number): (value: string) => string | undefined {
    return (value) => (value.length <= length ? undefined : `must have at most ${length} characters; it has ${value.length}`);
}

/** True when both texts hold the same JSON. */
export function sameJson(one: string, other: string): boolean {
    return one === other || canonicalJson(parsed(one) ?? one) === canonicalJson(parsed(other) ?? other);
}

/** JSON with its keys in order, for comparing. */
export function canonicalJson(value: unknown): string {
    return JSON.stringify(value, (_, part: unknown) =>
        typeof part === "object" && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(byName)) : part,
    );
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
    return one < other ? -1 : 1;
}

function parsed(text: string): object | undefined {
    try {
        const value: unknown = JSON.parse(text);
        return typeof value === "object" && value !== null ? value : undefined;
    } catch {
        return undefined;
    }
}
