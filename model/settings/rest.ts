import type { Kind } from "../environment";
import type { Path } from "../path";
import { check, deepest, type Fault } from "../validation";
import { schemas } from "./definition";
import type { Settings } from "./parse";

/** Settings in which something stands for what is wrong: for checks of the others, and for nothing that is built. */
export interface RestOfSettings {
    readonly settings: Settings;
    /** The keys in which something is not as it was written. @example new Set(["zone"]) */
    readonly wrong: ReadonlySet<string>;
}

type Values = Readonly<Record<string, unknown>>;

/** What stands for a key that has to be there. Where there is nothing here, the key's default does. */
const standIns: Values = {
    app: "app",
    account: "000000000000",
    region: "eu-west-1",
    zone: "example.com",
    base: "staging",
    baseKind: "staging",
    branch: "branch",
};

/** What stands for an entry of a map whose name is worth a check. */
const entryStandIns: Values = { services: {}, images: `sha256:${"0".repeat(64)}` };

/** The settings of a kind without what has faults. First only the faulty parts of a key are left out; where that is not enough, the whole key. */
export function restOf(kind: Kind, input: Values, faults: readonly Fault[]): RestOfSettings {
    const read = (values: Values): ReturnType<typeof check<Settings>> => check<Settings>(schemas[kind], { ...values, kind });
    const parts = without(input, faults, kind);
    const keys = read(parts).faults.map((fault) => ({ ...fault, path: fault.path.slice(0, 1) }));
    const { data: settings } = read(without(parts, keys, kind));
    if (settings === undefined) throw new Error(`nothing stands for a setting of ${kind} that has to be there`);
    return { settings, wrong: new Set(faults.map(({ path: [key] }) => String(key))) };
}

/** The values with something in place of what is wrong, or without it. */
function without(values: Values, faults: readonly Fault[], kind: Kind): Values {
    const wrong = new Map(faults.map(({ path }) => [JSON.stringify(path), standInFor(path, kind)]));
    const change = (value: unknown, path: Path): readonly unknown[] => {
        const place = JSON.stringify(path);
        if (wrong.has(place)) return [wrong.get(place)].filter((standIn) => standIn !== undefined);
        const isKept = typeof value !== "object" || value === null || path.length === deepest;
        if (isKept) return [value];
        if (Array.isArray(value)) return [value.flatMap((item: unknown, index) => change(item, [...path, index]))];
        return [Object.fromEntries(Object.entries(value).flatMap(([key, part]) => change(part, [...path, key]).map((changed) => [key, changed] as const)))];
    };
    const missing = faults.flatMap(({ path: [key, ...inside] }) => (inside.length === 0 ? [[String(key), undefined] as const] : []));
    const [changed] = change({ ...Object.fromEntries(missing), ...values }, []);
    return changed as Values;
}

/** Undefined for a key that the kind does not have, too. */
function standInFor([head, name, ...others]: Path, kind: Kind): unknown {
    const key = String(head);
    if (!Object.hasOwn(schemas[kind].unwrap().shape, key)) return undefined;
    if (name === undefined) return standIns[key];
    return others.length === 0 && name !== "__proto__" ? entryStandIns[key] : undefined;
}
