import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** Stands for a value that exists only once another resource does. Previews have it, updates never. */
export const unknown: unique symbol = Symbol("unknown");

/** A property value as the engine sends it, without secrets: the engine takes them off and puts them back (`acceptSecrets` is false). */
export type Value = boolean | number | string | typeof unknown | readonly Value[] | Props;

/** Properties of a resource by name; absent and `undefined` are the same. */
export interface Props {
    readonly [name: string]: Value | undefined;
}

/** Inputs and outputs of a resource, as the state has them. */
export interface Stored {
    readonly inputs: Props;
    readonly outputs: Props;
}

type Wire = null | boolean | number | string | Wire[] | { [name: string]: Wire };

/** What the protocol writes for an unknown value: one for each kind of value, of which the Node.js SDK sends the first. */
const unknownOnWire: ReadonlySet<unknown> = new Set([
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
const [unknownText] = unknownOnWire as ReadonlySet<string>;

/** The properties in a message of the engine; null counts as absent. */
export function fromStruct(struct: Struct | undefined): Props {
    return struct === undefined ? {} : propsFromWire(struct.toJavaScript());
}

/** The message that carries these properties. */
export function toStruct(props: Props): Struct {
    return Struct.fromJavaScript(propsToWire(props));
}

/** The value as a secret, for answers to functions: what the engine gets from resources it marks by itself. */
export function secret(value: Value): Props {
    return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

/** True for a set of named properties, false for lists and everything simple. */
export function isProps(value: Value | undefined): value is Props {
    return typeof value === "object" && !isList(value);
}

/** True for a list of values. */
export function isList(value: Value | undefined): value is readonly Value[] {
    return Array.isArray(value);
}

/** True when the value or any part of it is unknown. */
export function hasUnknown(value: Value | undefined): boolean {
    if (value === unknown) return true;
    if (isList(value)) return value.some(hasUnknown);
    return isProps(value) && Object.values(value).some(hasUnknown);
}

/** The same properties without those that the engine and SDKs keep for themselves, such as `__defaults`. */
export function withoutInternal(props: Props): Props {
    return Object.fromEntries(Object.entries(props).filter(([name, value]) => !name.startsWith("__") && value !== undefined));
}

function propsFromWire(wire: { readonly [name: string]: Wire }): Props {
    return Object.fromEntries(Object.entries(wire).flatMap(([name, value]) => (value === null ? [] : [[name, fromWire(value)]])));
}

function fromWire(wire: Exclude<Wire, null>): Value {
    if (unknownOnWire.has(wire)) return unknown;
    if (Array.isArray(wire)) return wire.filter((item) => item !== null).map(fromWire);
    return typeof wire === "object" ? propsFromWire(wire) : wire;
}

function propsToWire(props: Props): Record<string, Wire> {
    return Object.fromEntries(Object.entries(props).flatMap(([name, value]) => (value === undefined ? [] : [[name, toWire(value)]])));
}

function toWire(value: Value): Wire {
    if (value === unknown) return unknownText as string;
    if (isList(value)) return value.map(toWire);
    return isProps(value) ? propsToWire(value) : value;
}
