/** How a value must look. `?` marks one that may be absent. */
type Look = "text" | "text?" | "number" | "flag" | "texts" | "map";

/** How every value of a `T` must look, key by key; no key can be left out. */
export type Shape<T> = { readonly [K in keyof Required<T>]: LookOf<T[K]> };

type LookOf<V> = undefined extends V
    ? "text?"
    : V extends string
      ? "text"
      : V extends number
        ? "number"
        : V extends boolean
          ? "flag"
          : V extends readonly string[]
            ? "texts"
            : V extends readonly (infer Item)[]
              ? readonly [each: Shape<Item>]
              : string extends keyof V
                ? "map"
                : Shape<V>;

/** A {@link Shape} of whatever type. A list of one shape stands for any number of values that have it. */
export interface ShapeTree {
    readonly [key: string]: Look | ShapeTree | readonly [each: ShapeTree];
}

/** Paths of the values that are absent or do not look as they should, below `path`. */
export function misshapen(value: unknown, look: ShapeTree[string], path: string): readonly string[] {
    if (typeof look === "string") return looks[look](value) ? [] : [path];
    if (isList(look)) return Array.isArray(value) ? value.flatMap((item, index) => misshapen(item, look[0], `${path}[${index}]`)) : [path];
    if (!isRecord(value)) return [path];
    return Object.entries(look).flatMap(([key, part]) => misshapen(value[key], part, `${path}.${key}`));
}

function isList(look: ShapeTree | readonly [each: ShapeTree]): look is readonly [each: ShapeTree] {
    return Array.isArray(look);
}

const looks: Readonly<Record<Look, (value: unknown) => boolean>> = {
    text: isText,
    "text?": (value) => value === undefined || isText(value),
    number: (value) => typeof value === "number",
    flag: (value) => typeof value === "boolean",
    texts: (value) => Array.isArray(value) && value.every(isText),
    map: (value) => isRecord(value) && Object.values(value).every(isText),
};

function isText(value: unknown): value is string {
    return typeof value === "string" && value !== "";
}

/** True for an object that is no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
