import type { Argument, Arguments } from "./arguments";
import { hasUnknown, isList, isProps, unknown, type Props, type Value } from "./values";

/** One difference between two sets of inputs. */
export interface Change {
    /** Where, in the engine's notation. @example "healthCheck.path", "conditions[0]" */
    readonly path: string;
    readonly kind: "add" | "update" | "delete";
    /** The resource must be made anew. */
    readonly replaces: boolean;
}

/**
 * What applying `to` over `from` would change, by what the arguments mean: defaults are filled in, what AWS decides stays as it is
 * when it is left out, sets have no order, texts that say the same are the same. An unknown value is a change.
 */
export function changesOf(args: Arguments, from: Props, to: Props): readonly Change[] {
    return Object.entries(args).flatMap(([name, argument]) => {
        const { replaces = false } = argument.rules;
        const changes = valueChanges(name, argument, from[name], to[name]);
        return replaces === true || (replaces !== false && replaces(from, to))
            ? changes.map((change) => ({ ...change, replaces: true }))
            : changes;
    });
}

/** The arguments, by name, in which applying `to` over `from` changes something. */
export function changedArguments(args: Arguments, from: Props, to: Props): ReadonlySet<string> {
    return new Set(Object.entries(args).flatMap(([name, argument]) => (sameValue(argument, from[name], to[name]) ? [] : [name])));
}

/** True when writing `to` over `from` changes nothing. */
export function sameValue(argument: Argument, from: Value | undefined, to: Value | undefined): boolean {
    return valueChanges("", argument, from, to).length === 0;
}

/** The inputs with every default filled in, at every depth. */
export function complete(args: Arguments, inputs: Props): Props {
    const values = Object.entries(args).map(
        ([name, argument]) => [name, completeValue(argument, inputs[name] ?? argument.rules.default)] as const,
    );
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** The inputs with what AWS decided where they leave it open, at every depth but in lists. */
export function withDecided(args: Arguments, inputs: Props, outputs: Props): Props {
    return Object.fromEntries(Object.entries(args).map(([name, argument]) => [name, decided(argument, inputs[name], outputs[name])]));
}

function decided({ rules, fields }: Argument, input: Value | undefined, output: Value | undefined): Value | undefined {
    if (input === undefined) return rules.computed === true ? output : undefined;
    return fields !== undefined && isProps(input) && isProps(output) ? withDecided(fields, input, output) : input;
}

/** A value with every default inside it filled in. */
export function completeValue<V extends Value | undefined>(argument: Argument, value: V): Value | V {
    const { fields, of } = argument;
    if (isList(value) && of !== undefined) return value.map((item) => completeValue(of, item));
    return isProps(value) && fields !== undefined ? complete(fields, value) : value;
}

function valueChanges(path: string, argument: Argument, before: Value | undefined, after: Value | undefined): readonly Change[] {
    const { computed, default: fallback, same } = argument.rules;
    const from = before ?? fallback;
    const to = after ?? fallback;
    if (to === undefined) {
        return computed === true || from === undefined || isEmpty(argument, from) ? [] : [{ path, kind: "delete", replaces: false }];
    }
    if (from === undefined) return isEmpty(argument, to) ? [] : [{ path, kind: "add", replaces: false }];
    if (from === to || (same !== undefined && from !== unknown && to !== unknown && same(from, to))) return [];
    const update = [{ path, kind: "update", replaces: false }] as const;
    if (isList(from) && isList(to) && argument.of !== undefined) {
        return argument.kind === "set" ? (sameSet(argument.of, from, to) ? [] : update) : listChanges(path, argument.of, from, to);
    }
    if (isProps(from) && isProps(to)) {
        return argument.fields === undefined ? mapChanges(path, from, to) : nested(path, changesOf(argument.fields, from, to));
    }
    return update;
}

function listChanges(path: string, of: Argument, from: readonly Value[], to: readonly Value[]): readonly Change[] {
    return Array.from({ length: Math.max(from.length, to.length) }).flatMap((_, index): readonly Change[] => {
        const at = `${path}[${index}]`;
        if (index >= to.length) return [{ path: at, kind: "delete", replaces: false }];
        if (index >= from.length) return [{ path: at, kind: "add", replaces: false }];
        return valueChanges(at, of, from[index], to[index]);
    });
}

function mapChanges(path: string, from: Props, to: Props): readonly Change[] {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((key) => from[key] !== to[key]);
    return keys.map((key) => {
        const kind = from[key] === undefined ? "add" : to[key] === undefined ? "delete" : "update";
        return { path: `${path}${/^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`}`, kind, replaces: false };
    });
}

function sameSet(of: Argument, from: readonly Value[], to: readonly Value[]): boolean {
    if (from.length !== to.length || hasUnknown(to)) return false;
    const left = [...from];
    return to.every((item) => {
        const index = left.findIndex((candidate) => sameValue(of, candidate, item));
        if (index >= 0) left.splice(index, 1);
        return index >= 0;
    });
}

function nested(path: string, changes: readonly Change[]): readonly Change[] {
    return changes.map((change) => ({ ...change, path: `${path}.${change.path}` }));
}

/** AWS makes no difference between nothing and an empty text, list or map; an object says something by being there. */
function isEmpty({ kind }: Argument, value: Value): boolean {
    return value === "" || (kind !== "object" && typeof value === "object" && Object.keys(value).length === 0);
}
