import { changedArguments, complete, withDecided } from "./changes";
import { errorLine } from "./errors";
import type { Actual, ResourceType } from "./resourceType";
import { awsFor, type Aws, type Session } from "./session";
import { heldOtherwise, inputsOf, outputsOf, propsOf, withSecrets } from "./state";
import { hasUnknown, unknown, withoutInternal, type Props, type Stored } from "./values";

/** One operation on one resource, as the engine asks for it. */
export interface Operation {
    readonly type: ResourceType;
    readonly session: Session;
    /** Seconds the engine gives it; 0: as long as it takes. */
    readonly timeout: number;
    readonly cancelled: AbortSignal;
}

/** The resource exists, but not as it should: the engine stores it and the next update goes on from there. */
export class InitializationFailed extends Error {
    constructor(
        readonly id: string,
        readonly outputs: Props,
        readonly inputs: Props,
        cause: unknown,
    ) {
        super(errorLine(cause), { cause });
    }
}

/** A resource with its outputs. */
export interface Resource {
    readonly id: string;
    readonly outputs: Props;
}

/** Makes the resource. Fails with `InitializationFailed` when it exists but a later step failed. */
export async function create(operation: Operation, given: Props): Promise<Resource> {
    const { type, session } = operation;
    const inputs = withoutInternal(given);
    if (hasUnknown(inputs)) throw new Error("an input is unknown, which only a preview may have");
    const aws = awsIn(operation, inputs);
    let id: string | undefined;
    try {
        id = await type.create(complete(type.arguments, inputs), aws, (made) => (id = made));
        const actual = await readBack(type, id, aws, inputs);
        id = idIn(actual) ?? id;
        refuseLoss(type, Object.keys(inputs), inputs, actual);
        return { id, outputs: outputsOf(type, inputs, actual, session.defaultTags) };
    } catch (error) {
        if (id === undefined) throw error;
        throw new InitializationFailed(id, inputs, given, error);
    }
}

/** Brings the resource from its old inputs to the new ones. */
export async function update(operation: Operation, id: string, old: Stored, given: Props): Promise<Props> {
    const { type, session } = operation;
    const news = withoutInternal(given);
    const aws = awsIn(operation, news);
    const current = await readBack(type, id, aws, old.outputs);
    const changed = argumentsToUpdate(type, old, news, current);
    await type.update?.(id, { news: complete(type.arguments, news), current: propsOf(current), changed }, aws);
    const actual = await readBack(type, id, aws, { ...old.outputs, ...news });
    refuseLoss(type, [...changed], news, actual);
    return outputsOf(type, news, actual, session.defaultTags);
}

/** Reads the resource; undefined when it is gone. Empty inputs mean an import. */
export async function read(operation: Operation, id: string, known: Stored): Promise<(Stored & { readonly id: string }) | undefined> {
    const { type, session } = operation;
    const aws = awsIn(operation, known.outputs);
    const actual = await type.read(id, aws, known.outputs);
    if (actual === undefined) return undefined;
    const found = withRegion(type, aws, actual);
    const inputs = inputsOf(type, known.inputs, found, session.defaultTags);
    const outputs = outputsOf(type, { ...known.outputs, ...inputs }, found, session.defaultTags);
    return { id: idIn(actual) ?? id, inputs: withSecrets(type, inputs), outputs: withSecrets(type, outputs) };
}

/** Removes the resource; one that is gone is no error. */
export async function remove(operation: Operation, id: string, outputs: Props): Promise<void> {
    await operation.type.delete(id, awsIn(operation, outputs), outputs);
}

/** What a preview says of a resource that would be made: its inputs, and that the rest is unknown. */
export function previewCreate({ type, session }: Operation, given: Props): Props {
    const inputs = withoutInternal(given);
    const decided = Object.entries(type.arguments).flatMap(([name, { rules }]) =>
        rules.computed === true ? [[name, unknown] as const] : [],
    );
    const added = type.outputs.map((name) => [name, unknown] as const);
    const region = "region" in type.arguments ? { region: session.region } : {};
    return { ...Object.fromEntries([...decided, ...added]), ...complete(type.arguments, { ...region, ...inputs }) };
}

/** What a preview says of a resource that would be updated: its outputs with the new inputs, and that what changes with them is unknown. */
export function previewUpdate({ type }: Operation, old: Stored, given: Props): Props {
    const news = withoutInternal(given);
    const volatile = (type.volatile ?? []).map((name) => [name, unknown] as const);
    return {
        ...complete(type.arguments, withDecided(type.arguments, news, old.outputs)),
        ...outputsOnly(type, old.outputs),
        ...Object.fromEntries(volatile),
    };
}

function outputsOnly({ outputs }: ResourceType, props: Props): Props {
    return Object.fromEntries(outputs.map((name) => [name, props[name]] as const));
}

/**
 * What differs between the inputs, as the real provider does it: what somebody else changed on AWS meanwhile stays until a refresh sees
 * it. Equal inputs come only after an operation that failed half-way, and then AWS itself is compared.
 */
function argumentsToUpdate({ arguments: args }: ResourceType, old: Stored, news: Props, current: Actual): ReadonlySet<string> {
    const changed = changedArguments(args, withDecided(args, old.inputs, old.outputs), news);
    return changed.size > 0 ? changed : new Set(heldOtherwise(args, news, current));
}

async function readBack(type: ResourceType, id: string, aws: Aws, state: Props): Promise<Actual> {
    const actual = await type.read(id, aws, state);
    if (actual === undefined) throw new Error(`${type.token} ${id} is not there; somebody else removed it: run pulumi refresh`);
    return withRegion(type, aws, actual);
}

function idIn({ id }: Actual): string | undefined {
    return typeof id === "string" ? id : undefined;
}

function withRegion({ arguments: args }: ResourceType, { region }: Aws, actual: Actual): Actual {
    return "region" in args ? { region, ...actual } : actual;
}

/** No success is reported for something that AWS did not do, such as a parameter that the emulator takes and forgets. */
function refuseLoss({ arguments: args }: ResourceType, names: readonly string[], inputs: Props, actual: Actual): void {
    const lost = heldOtherwise(args, inputs, actual).filter((name) => names.includes(name));
    if (lost.length > 0) throw new Error(`accepted, but afterwards it does not have what was asked for ${lost.join(", ")}`);
}

function awsIn({ session, timeout, cancelled }: Operation, props: Props): Aws {
    return awsFor(session, typeof props["region"] === "string" ? props["region"] : session.region, timeout, cancelled);
}
