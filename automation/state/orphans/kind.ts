import { setTimeout as sleep } from "node:timers/promises";
import type { Clients } from "../../aws/clients";
import { throwIfInterrupted } from "../../engine/workspace";
import { UnderstudyError } from "../../errors";

/** Something in AWS that an interrupted creation may have made. */
export interface Found {
    /** How Pulumi calls it: the id or the ARN that a finished creation would have left in the state. */
    readonly id: string;
    /** Its own, or those of what it is a part of. Undefined where the type has none: it is found only by everything that its creation was asked for. */
    readonly tags: Tags | undefined;
}

/** How things of one resource type are found by what their creation was asked for, and removed. */
export interface OrphanKind {
    /** What there is, by the inputs that the engine recorded before it asked AWS; an automatic name is among them. */
    readonly find: (aws: Clients, inputs: Inputs) => Promise<readonly Found[]>;
    /** What tells one from another by its inputs, where the id that Pulumi gives it is made up by the provider. */
    readonly key?: (inputs: Inputs) => string;
    /** Seconds for which what was asked for may still come to be. Default: a moment. */
    readonly settling?: number;
    readonly remove: (aws: Clients, id: string, signal: AbortSignal | undefined) => Promise<unknown>;
}

export type Inputs = Readonly<Record<string, unknown>>;
export type Tags = Readonly<Record<string, string>>;

/** An input that every creation of the type has. */
export function text(inputs: Inputs, key: string): string {
    const value = inputs[key];
    if (typeof value === "string") return value;
    throw new Error(`the recorded inputs have no ${key}`);
}

/** Each id with its tags. */
export async function tagged(ids: readonly string[], tagsOf: (id: string) => Promise<Tags>): Promise<readonly Found[]> {
    return Promise.all(ids.map(async (id) => ({ id, tags: await tagsOf(id) })));
}

export function tagMap(tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = []): Tags {
    return Object.fromEntries(tags.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ""]])));
}

/** All tags that a creation was asked for, with those that the provider adds to everything. */
export function tagsOf(inputs: Inputs): Tags {
    return (inputs["tagsAll"] ?? inputs["tags"] ?? {}) as Tags;
}

export function sameSet(one: readonly string[], other: readonly string[]): boolean {
    return one.length === other.length && one.every((value) => other.includes(value));
}

export function hasTags(tags: Tags, wanted: Tags): boolean {
    return Object.entries(wanted).every(([key, value]) => tags[key] === value);
}

const ending = { pause: 1_000, tries: 300 } as const; // milliseconds; tasks have at most two minutes to stop, a NAT gateway takes about one

/** Waits until something whose removal has begun is gone, up to five minutes. */
export async function waitUntilGone(id: string, gone: () => Promise<boolean>, signal: AbortSignal | undefined): Promise<void> {
    for (let tried = 1; tried <= ending.tries; tried += 1) {
        if (await gone()) return;
        throwIfInterrupted(signal);
        await sleep(ending.pause);
    }
    throw new UnderstudyError("update-failed", `${id}, which an interrupted run had made, does not end`, "wait until AWS shows it no more, then run the same command again");
}
