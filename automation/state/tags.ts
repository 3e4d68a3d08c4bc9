import type { Workspace } from "../engine/workspace";
import type { StatePlace } from "./stackState";
import { stackFolder, type StateStore } from "./store";

/** What is kept about a branch environment beside its state, since a stack's name holds only the id. */
export interface BranchRecord {
    /** Full name of the git branch. */
    readonly branch: string;
    /** Stack of the base. */
    readonly base: string;
    /** Who asked for it last. */
    readonly owner?: string;
    /** When it was made, ISO 8601. */
    readonly created: string;
    /** Where in AWS it is: after an interrupted removal the state no longer says it. */
    readonly place?: StatePlace;
}

/** One tag for all of it: each tag is a process of its own to set. AWS tags could not hold it, since they refuse emoji and other characters. */
const tagName = "understudy:branch";

export function formatRecord(record: BranchRecord): string {
    return JSON.stringify(record);
}

/** Reads the tag; undefined when it is not there or was written by something else. */
export function parseRecord(tags: Readonly<Record<string, unknown>>): BranchRecord | undefined {
    const text = tags[tagName];
    if (typeof text !== "string") return undefined;
    try {
        const { branch, base, owner, created, place } = JSON.parse(text) as Record<string, unknown>;
        if (typeof branch !== "string" || typeof base !== "string" || typeof created !== "string") return undefined;
        return { branch, base, created, ...(typeof owner === "string" && { owner }), ...(isPlace(place) && { place }) };
    } catch {
        return undefined;
    }
}

function isPlace(value: unknown): value is StatePlace {
    const { region, account, app, role } = (value ?? {}) as Record<string, unknown>;
    return [region, account, app].every((text) => typeof text === "string") && (role === undefined || typeof role === "string");
}

/** Reads a stack's record from the backend itself: the engine would need a process for each stack. */
export async function readRecord(store: StateStore, project: string, stack: string): Promise<BranchRecord | undefined> {
    const text = await store.read(`${stackFolder(project)}${stack}.pulumi-tags`);
    if (text === undefined) return undefined;
    const { tags = {} } = JSON.parse(text) as { readonly tags?: Record<string, unknown> };
    return parseRecord(tags);
}

export async function writeRecord(workspace: Workspace, stack: string, record: BranchRecord): Promise<void> {
    await workspace.command("stack", "tag", "set", tagName, formatRecord(record), "--stack", stack);
}

/** Projects of the backend that have a stack of this name, sorted. */
export async function projectsWith(store: StateStore, stack: string): Promise<readonly string[]> {
    const keys = await store.list(".pulumi/stacks/");
    const found = keys.flatMap((key) => {
        const [, , project = "", file = ""] = key.split("/");
        return file === `${stack}.json` || file === `${stack}.json.gz` ? [project] : [];
    });
    return [...new Set(found)].sort();
}
