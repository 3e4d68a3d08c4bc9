import type { Argument, Arguments } from "./arguments";
import { sameValue } from "./changes";
import type { Actual, ResourceType } from "./resourceType";
import { isProps, secret, withoutInternal, type Props, type Value } from "./values";

/**
 * The outputs of a resource: every argument as AWS has it, in the program's spelling where both mean the same; arguments that AWS
 * says nothing about as the program gave them; then what AWS adds.
 */
export function outputsOf(type: ResourceType, inputs: Props, actual: Actual, defaultTags: Props): Props {
    const found = withTags(type, inputs, propsOf(actual), defaultTags);
    const args = Object.entries(type.arguments).map(([name, argument]) => [
        name,
        outputOf(argument, inputs[name], found[name], actual[name]),
    ]);
    const added = type.outputs.map((name) => [name, found[name]]);
    return withoutInternal(Object.fromEntries([...args, ...added]) as Props);
}

function outputOf(argument: Argument, input: Value | undefined, found: Value | undefined, raw: unknown): Value | undefined {
    if (found === undefined && raw === undefined) return input ?? argument.rules.default;
    return input !== undefined && sameValue(argument, found, input) && !isProps(input) ? input : found;
}

/**
 * The inputs of a resource that was read. What AWS has otherwise than `inputs` say takes their place, so that the next update sees the
 * difference; what was never asked for stays out as long as AWS has its default. Without inputs, as in an import, everything that is
 * not a default is one.
 */
export function inputsOf(type: ResourceType, inputs: Props, actual: Actual, defaultTags: Props): Props {
    const found = withTags(type, inputs, propsOf(actual), defaultTags);
    const imported = Object.keys(withoutInternal(inputs)).length === 0;
    const entries = Object.entries(type.arguments).map(([name, argument]) => {
        const silent = actual[name] === undefined && found[name] === undefined;
        return [name, silent ? inputs[name] : inputOf(argument, inputs[name], found[name], imported)] as const;
    });
    const { __defaults } = inputs;
    return { ...withoutInternal(Object.fromEntries(entries)), ...(__defaults === undefined ? {} : { __defaults }) };
}

function inputOf(argument: Argument, input: Value | undefined, found: Value | undefined, imported: boolean): Value | undefined {
    if (input !== undefined) return sameValue(argument, found, input) ? input : found;
    if (argument.rules.computed === true) return imported ? found : undefined;
    return sameValue(argument, undefined, found) ? undefined : found;
}

/** The arguments, by name, that AWS has otherwise than the inputs say; those that it says nothing about are not among them. */
export function heldOtherwise(args: Arguments, inputs: Props, actual: Actual): readonly string[] {
    const found = propsOf(actual);
    return Object.entries(args).flatMap(([name, argument]) =>
        actual[name] === undefined || sameValue(argument, found[name], inputs[name]) ? [] : [name],
    );
}

/** The properties, with those that are secret by nature marked as such. */
export function withSecrets({ arguments: args }: ResourceType, props: Props): Props {
    const marked = Object.entries(props).map(([name, value]) => [
        name,
        value !== undefined && args[name]?.rules.secret === true ? secret(value) : value,
    ]);
    return Object.fromEntries(marked) as Props;
}

/** What was read, as property values: null and undefined are left out at every depth. */
export function propsOf(actual: Actual): Props {
    return Object.fromEntries(
        Object.entries(actual).flatMap(([name, value]) => {
            const converted = valueOf(value);
            return converted === undefined ? [] : [[name, converted]];
        }),
    );
}

function valueOf(value: unknown): Value | undefined {
    if (value === null || value === undefined) return undefined;
    if (Array.isArray(value)) return value.flatMap((item: unknown) => valueOf(item) ?? []);
    if (value instanceof Date) return value.toISOString();
    return typeof value === "object" ? propsOf(value as Actual) : (value as Value);
}

/** AWS has all tags together: those that only the provider gave are not the program's. */
function withTags(type: ResourceType, inputs: Props, found: Props, defaultTags: Props): Props {
    const { tagsAll } = found;
    if (type.arguments["tagsAll"] === undefined || !isProps(tagsAll)) return found;
    const own = isProps(inputs["tags"]) ? inputs["tags"] : {};
    const tags = Object.entries(tagsAll).filter(([key, value]) => own[key] !== undefined || defaultTags[key] !== value);
    return { ...found, tags: Object.fromEntries(tags) };
}

/** Text of a value that AWS or a state must have, for an operation that cannot go on without it. */
export function textOf(props: Props, name: string): string {
    const value = props[name];
    return typeof value === "string" ? value : "";
}
