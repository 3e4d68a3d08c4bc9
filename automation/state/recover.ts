import { setTimeout as sleep } from "node:timers/promises";
import type { Clients } from "../aws/clients";
import { calling, isMissing } from "../aws/errors";
import type { EnvironmentNames } from "../aws/taskDefinitions";
import { nameOf } from "../engine/progress";
import { throwIfInterrupted, type Workspace } from "../engine/workspace";
import type { Emit } from "../events";
import type { Found, OrphanKind, Tags } from "./orphans/kind";
import { findOrphans, orphanKinds } from "./orphans/kinds";
import type { PendingOperation, StackState } from "./stackState";

export interface RecoverOptions {
    readonly workspace: Workspace;
    readonly stack: string;
    readonly state: StackState;
    readonly aws: Clients;
    /** How everything that this stack makes is tagged. */
    readonly owner: EnvironmentNames;
    readonly emit: Emit;
    /** Fails when somebody else works on the stack, or has since `state` was read: what is found then may be theirs. Asked before each removal. */
    readonly stillAlone: () => Promise<void>;
    readonly signal?: AbortSignal | undefined;
}

/**
 * Clears up after a run that was killed. The engine keeps a note of each step that was under way, and would only warn of it:
 * - A creation may or may not have happened. What it made is nowhere in the state, so it would stay for ever, and a fixed name would make
 *   the next creation fail. It is looked up by its recorded inputs, removed, and the note is dropped.
 * - Of a change or a deletion the resource is known: a refresh of just these asks AWS how they are, which drops the notes.
 * The notes are dropped by the engine. It locks the stack only when it writes: whether somebody else has come is asked once more before.
 */
export async function recover(options: RecoverOptions): Promise<void> {
    const { workspace, stack, state, emit } = options;
    if (state.pending.length === 0) return;

    const creations = state.pending.filter(({ type }) => type === "creating");
    const unknown = creations.filter(({ resource: { custom, type } }) => custom && !type.startsWith("pulumi:") && !orphanKinds.has(type));
    for (const { resource } of unknown) {
        const advice = "look in AWS whether it is there, delete it, and then run `pulumi refresh --clear-pending-creates`";
        emit({ type: "warning", message: `an earlier run was killed while it made ${resource.urn}; ${advice}` });
    }
    for (const [type, kind] of orphanKinds) {
        const ofType = creations.filter(({ resource }) => resource.type === type);
        for (const creation of ofType) {
            for (const orphan of await findAfterCrash(options, creation)) {
                if (orphan.tags === undefined || isOf(options.owner, orphan.tags)) {
                    await options.stillAlone();
                    await calling(`remove ${orphan.id}, which an interrupted run has made`, () => kind.remove(options.aws, orphan.id, options.signal).catch(unlessMissing));
                    emit({ type: "notice", message: `removed ${orphan.id}, which an earlier run had made when it was killed (${nameOf(creation.resource.urn)})` });
                } else {
                    emit({ type: "warning", message: `${orphan.id} is in the way of ${nameOf(creation.resource.urn)}, but not tagged as ${options.owner.environment}'s of ${options.owner.app}; it is left alone` });
                }
            }
        }
    }

    const others = state.pending.filter(({ type }) => type !== "creating").map(({ resource }) => resource.urn);
    const known = new Set(state.resources.map(({ urn }) => urn));
    const root = state.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    const targets = [...(root === undefined ? [] : [root.urn]), ...others.filter((urn) => known.has(urn))];
    await options.stillAlone();
    await workspace.refresh(stack, targets, unknown.length === 0);
}

/** A request that was under way when its sender was killed may still be carried out a moment later. */
const settling = { recently: 60_000, atLeast: 3_000, pause: 750 } as const; // milliseconds

/** What the creation made and the state does not know. */
async function findAfterCrash({ aws, state, signal }: RecoverOptions, { resource }: PendingOperation): Promise<readonly Found[]> {
    const kind = orphanKinds.get(resource.type);
    if (kind === undefined) return [];
    if (hasSame(kind, state, resource)) return [];
    const known = knownIds(state, resource.type, resource.inputs["family"]);
    const written = state.written.getTime();
    const recent = Date.now() - written < settling.recently ? Date.now() + settling.atLeast : 0;
    const until = Math.max(recent, written + (kind.settling ?? 0) * 1000);
    for (;;) {
        const found = (await calling("look for what an interrupted run has made", () => findOrphans(kind, aws, resource.inputs))).filter(({ id }) => !known(id));
        if (found.length > 0 || Date.now() > until) return found;
        throwIfInterrupted(signal);
        await sleep(settling.pause);
    }
}

/** A later run has made it successfully. */
function hasSame({ key }: OrphanKind, { resources }: StackState, { type, inputs }: PendingOperation["resource"]): boolean {
    return key !== undefined && resources.some((resource) => resource.type === type && key(resource.inputs) === key(inputs));
}

function isOf({ app, environment }: EnvironmentNames, tags: Tags): boolean {
    return tags["understudy:app"] === app && tags["understudy:environment"] === environment;
}

/**
 * Tells what is no orphan: what the state has, since a later run may have made the same thing successfully; and the earlier revisions of a
 * task definition, which are kept on purpose.
 */
function knownIds(state: StackState, type: string, family: unknown): (id: string) => boolean {
    const same = state.resources.filter((resource) => resource.type === type);
    const ids = new Set(same.flatMap(({ id, outputs }) => [id, outputs["arn"]]));
    const revisions = same.filter(({ outputs }) => outputs["family"] === family).map(({ outputs }) => Number(outputs["revision"]));
    const newest = Math.max(0, ...revisions);
    return (id) => ids.has(id) || (type === "aws:ecs/taskDefinition:TaskDefinition" && Number(id.slice(id.lastIndexOf(":") + 1)) <= newest);
}

function unlessMissing(error: unknown): void {
    if (!isMissing(error)) throw error;
}
