import { z } from "zod";
import { kinds, type Kind } from "../environment";
import { formsOf } from "../validation";
import { schemas as settings } from "./definition";

/** How a value is written in YAML, as Pulumi.yaml declares it; `any` has several forms, or no value of its type that could stand for "not given". */
export type SettingType = "string" | "integer" | "array" | "object" | "any";

/** What a person should know about a key of the settings. */
export interface SettingKey {
    readonly type: SettingType;
    readonly description: string;
    /** In words; absent where the key is required. */
    readonly default?: string;
    /** Which stacks have it. */
    readonly of: "all" | "base" | "branch";
}

/** A key with its full path, also one inside another. @example "network.cidr", "services.<service>.count" */
export interface DescribedKey extends SettingKey {
    readonly key: string;
}

type Shape = Readonly<Record<string, z.ZodType>>;
export type SettingName = keyof (typeof shapes)["staging"] | keyof (typeof shapes)["branch"];

const shapes = {
    production: settings.production.unwrap().shape,
    staging: settings.staging.unwrap().shape,
    dev: settings.dev.unwrap().shape,
    branch: settings.branch.unwrap().shape,
};

/** Every key under `understudy:`, in the order in which they are documented. Pulumi.yaml declares the same keys. */
export const settingKeys: Readonly<Record<SettingName, SettingKey>> = Object.fromEntries(
    Object.keys({ ...shapes.staging, ...shapes.branch }).map((key) => [key, describeKey(key)]),
) as Record<SettingName, SettingKey>;

/** The same with all keys inside maps, each after the one that it is in. */
export function describedKeys(): readonly DescribedKey[] {
    return Object.entries<SettingKey>(settingKeys).flatMap(([key, setting]) => [
        { key, ...setting },
        ...describeInside(key, schemasOf(key)).map((inner) => ({ ...inner, of: setting.of })),
    ]);
}

function describeKey(key: string): SettingKey {
    const schemas = schemasOf(key);
    const of = !(key in shapes.branch) ? "base" : key in shapes.staging ? "all" : "branch";
    return { ...describe(schemas), of };
}

/** The schema of a key, by the kinds of stacks that have it. One that only refuses it, with the reason, does not have it. */
function schemasOf(key: string): ReadonlyMap<Kind, z.ZodType> {
    const found = kinds.map((kind) => [kind, (shapes[kind] as Shape)[key]] as const);
    return new Map(found.filter((entry): entry is readonly [Kind, z.ZodType] => entry[1] !== undefined && isThere(entry[1])));
}

/** False for a key that is there to be refused with a reason. */
function isThere(schema: z.ZodType): boolean {
    return !(coreOf(schema) instanceof z.ZodNever);
}

function describeInside(prefix: string, schemas: ReadonlyMap<Kind, z.ZodType>): readonly Omit<DescribedKey, "of">[] {
    const first = firstOf(schemas);
    const names = [...new Set(mapsIn(first).flatMap(({ names: keys }) => keys))];
    return names.flatMap((name) => {
        const inner = mapEach(schemas, (schema) => mapsIn(schema).flatMap(({ shape }) => shape[name] ?? []).find(isThere));
        const key = `${prefix}.${mapsIn(first).some(({ each }) => each) ? "<service>." : ""}${name}`;
        const { description } = metaOf(firstOf(inner));
        return description === undefined ? [] : [{ key, ...describe(inner) }];
    });
}

/** The maps that a value can be, or that the values of a record are. */
function mapsIn(schema: z.ZodType): readonly { readonly shape: Shape; readonly names: readonly string[]; readonly each: boolean }[] {
    const core = coreOf(schema);
    const forms = formsOf(core);
    if (forms !== undefined) return forms.flatMap(mapsIn);
    if (core instanceof z.ZodRecord) return mapsIn(core.valueType as z.ZodType).map((map) => ({ ...map, each: true }));
    return core instanceof z.ZodObject ? [{ shape: core.shape, names: Object.keys(core.shape), each: false }] : [];
}

function describe(schemas: ReadonlyMap<Kind, z.ZodType>): Omit<SettingKey, "of"> {
    const first = firstOf(schemas);
    const told = defaultOf(schemas);
    const type = typeOf(first);
    return { type: type === "integer" && told !== "0" ? "any" : type, description: metaOf(first).description ?? "", ...(told === undefined ? {} : { default: told }) };
}

/** What holds without the key; undefined for one that is required. */
function defaultOf(schemas: ReadonlyMap<Kind, z.ZodType>): string | undefined {
    const first = firstOf(schemas);
    const { absent } = metaOf(first);
    if (absent !== undefined) return absent;
    if (first instanceof z.ZodPrefault) {
        const [keys] = mapsIn(first);
        return (keys?.names ?? [])
            .map((name) => `${name} ${defaultOf(mapEach(schemas, (schema) => mapsIn(schema)[0]?.shape[name])) ?? ""}`)
            .join("; ");
    }
    const values = [...schemas].flatMap(([kind, schema]) => (schema instanceof z.ZodDefault ? [{ kind, value: words(schema.def.defaultValue) }] : []));
    return values.length === 0 ? undefined : perKind(values);
}

/** One value where all kinds have the same; else the last ones that agree are "elsewhere". */
function perKind(values: readonly { readonly kind: Kind; readonly value: string }[]): string {
    const last = values.at(-1)?.value ?? "";
    const different = values.slice(0, values.findLastIndex(({ value }) => value !== last) + 1);
    if (different.length === 0) return last;
    return [...different.map(({ kind, value }) => `${value} in ${kind}`), `${last} elsewhere`].join(", ");
}

function words(value: unknown): string {
    const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
    if (isEmpty) return "none";
    return typeof value === "string" ? value : JSON.stringify(value).replaceAll(",", ", ");
}

function typeOf(schema: z.ZodType): SettingType {
    const core = coreOf(schema);
    const forms = formsOf(core);
    if (forms !== undefined) {
        const [type = "any", ...others] = new Set(forms.map(typeOf));
        return others.length === 0 ? type : "any";
    }
    if (core instanceof z.ZodString || core instanceof z.ZodEnum || core instanceof z.ZodLiteral) return "string";
    if (core instanceof z.ZodNumber) return "integer";
    if (core instanceof z.ZodArray || core instanceof z.ZodTuple) return "array";
    return core instanceof z.ZodObject || core instanceof z.ZodRecord ? "object" : "any";
}

/** What is inside defaults, `optional` and conversions. */
function coreOf(schema: z.ZodType): z.ZodType {
    if (formsOf(schema) !== undefined) return schema;
    if (schema instanceof z.ZodPipe) return coreOf((schema.in instanceof z.ZodTransform ? schema.out : schema.in) as z.ZodType);
    const wraps = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional || schema instanceof z.ZodReadonly;
    return wraps ? coreOf(schema.unwrap() as z.ZodType) : schema;
}

function metaOf(schema: z.ZodType): z.core.GlobalMeta {
    return schema.meta() ?? {};
}

function firstOf(schemas: ReadonlyMap<Kind, z.ZodType>): z.ZodType {
    const [first] = schemas.values();
    if (first === undefined) throw new Error("a key that no kind of stack has");
    return first;
}

function mapEach(schemas: ReadonlyMap<Kind, z.ZodType>, change: (schema: z.ZodType) => z.ZodType | undefined): ReadonlyMap<Kind, z.ZodType> {
    return new Map([...schemas].flatMap(([kind, schema]) => {
        const changed = change(schema);
        return changed === undefined ? [] : [[kind, changed] as const];
    }));
}
