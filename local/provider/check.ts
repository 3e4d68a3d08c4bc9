import { createHash, randomBytes } from "node:crypto";
import type { Argument, Arguments } from "./arguments";
import { completeValue } from "./changes";
import type { Failure, ResourceType } from "./resourceType";
import { hasUnknown, isList, isProps, unknown, withoutInternal, type Props, type Value } from "./values";

/** A resource as the engine asks to check it. */
export interface CheckRequest {
    /** Logical name, from which the physical one is made. */
    readonly name: string;
    /** What the program gives. */
    readonly news: Props;
    /** Inputs of the resource that exists; empty when it is made. */
    readonly olds: Props;
    /** Makes automatic names repeatable; empty: random. */
    readonly seed: Uint8Array;
    /** Tags of the provider for every resource that can have tags. */
    readonly defaultTags: Props;
}

/** Inputs to store, with what the provider adds, and all that is wrong with them. */
export interface Checked {
    readonly inputs: Props;
    readonly failures: readonly Failure[];
}

/** Adds the automatic name and the default tags, and finds everything about the inputs that AWS or this provider would refuse. */
export function check(type: ResourceType, request: CheckRequest): Checked {
    const given = withoutInternal(request.news);
    const formFailures = argumentProblems(type.token, type.arguments, given);
    const { inputs, failures } = named(type, request, given);
    if (formFailures.length > 0) return { inputs, failures: formFailures };
    const limits = type.limits?.(knownOf(inputs), (name) => inputs[name] !== undefined) ?? [];
    return { inputs: withAllTags(type, inputs, request.defaultTags), failures: [...failures, ...limits] };
}

/** What is wrong with the arguments of `subject` themselves: unknown ones, missing ones, and values of a wrong form. */
export function argumentProblems(subject: string, args: Arguments, given: Props): readonly Failure[] {
    const allowed = Object.keys(args).filter((name) => name !== "tagsAll"); // comes back from an import, and is made anew
    const unexpected = Object.keys(given).filter((name) => args[name] === undefined);
    const reason = (name: string): string =>
        `the local AWS provider has no argument "${name}" for ${subject}; it has ${allowed.join(", ") || "none"}`;
    return [...unexpected.map((name) => ({ property: name, reason: reason(name) })), ...formProblems(args, given)];
}

/** Seven hexadecimal digits after the logical name, the same for the same seed. */
export function automaticName(logicalName: string, seed: Uint8Array): string {
    const digits = seed.length > 0 ? createHash("sha256").update(seed).digest("hex") : randomBytes(4).toString("hex");
    return `${logicalName}-${digits.slice(0, 7)}`;
}

function named({ autoName, token }: ResourceType, { name, olds, seed }: CheckRequest, given: Props): Checked {
    if (autoName === undefined || given[autoName.argument] !== undefined) return { inputs: given, failures: [] };
    const { argument, maxLength, shape = (unshaped: string): string => unshaped } = autoName;
    const made = automaticName(name, seed);
    const keeps = isList(olds["__defaults"]) && olds["__defaults"].includes(argument) && shape(made, olds) === shape(made, given);
    const physical: Value = (keeps ? olds[argument] : undefined) ?? shape(made, given);
    const inputs: Props = { ...given, [argument]: physical, __defaults: [argument] };
    if (typeof physical !== "string" || physical.length <= maxLength) return { inputs, failures: [] };
    const added = physical.length - name.length;
    const advice = `give the resource a logical name of at most ${maxLength - added}`;
    const reason = `the automatic name of ${token} adds ${added} characters and may have ${maxLength}; ${advice}`;
    return { inputs, failures: [{ property: argument, reason }] };
}

function withAllTags({ arguments: args }: ResourceType, inputs: Props, defaultTags: Props): Props {
    if (args["tagsAll"] === undefined) return inputs;
    const { tags = {} } = inputs;
    if (hasUnknown(tags) || !isProps(tags)) return { ...inputs, tagsAll: unknown };
    return { ...inputs, tagsAll: { ...defaultTags, ...tags } };
}

function knownOf(inputs: Props): Props {
    return Object.fromEntries(Object.entries(withoutInternal(inputs)).filter(([, value]) => !hasUnknown(value)));
}

function formProblems(args: Arguments, given: Props, path = ""): readonly Failure[] {
    return Object.entries(args).flatMap(([name, argument]) => {
        const property = `${path}${name}`;
        const value = given[name];
        if (value !== undefined) return valueProblems(property, argument, value);
        return argument.rules.required === true ? [{ property, reason: "is required" }] : [];
    });
}

function valueProblems(property: string, argument: Argument, value: Value): readonly Failure[] {
    if (value === unknown) return [];
    const form = formProblem(argument, value);
    if (form !== undefined) return [{ property, reason: form }];
    const { of, fields } = argument;
    const inner = [
        ...(isList(value) && of !== undefined ? value.flatMap((item, index) => valueProblems(`${property}[${index}]`, of, item)) : []),
        ...(isProps(value) && of !== undefined
            ? Object.entries(value).flatMap(([key, item = ""]) => valueProblems(`${property}.${key}`, of, item))
            : []),
        ...(isProps(value) && fields !== undefined ? fieldProblems(property, fields, value) : []),
    ];
    if (inner.length > 0 || hasUnknown(value)) return inner;
    const reason = argument.rules.limit?.(completeValue(argument, value));
    return reason === undefined ? [] : [{ property, reason }];
}

function fieldProblems(property: string, fields: Arguments, value: Props): readonly Failure[] {
    const unexpected = Object.keys(withoutInternal(value)).filter((name) => fields[name] === undefined);
    return [
        ...unexpected.map((name) => ({
            property: `${property}.${name}`,
            reason: `the local AWS provider has no argument "${name}" here; it has ${Object.keys(fields).join(", ")}`,
        })),
        ...formProblems(fields, value, `${property}.`),
    ];
}

function formProblem({ kind }: Argument, value: Value): string | undefined {
    const fits = {
        text: typeof value === "string",
        number: typeof value === "number",
        flag: typeof value === "boolean",
        list: isList(value),
        set: isList(value),
        map: isProps(value),
        object: isProps(value),
    }[kind];
    const words = {
        text: "a string",
        number: "a number",
        flag: "a boolean",
        list: "a list",
        set: "a list",
        map: "an object of strings",
        object: "an object",
    };
    return fits ? undefined : `must be ${words[kind]}`;
}
