import { backendOf } from "../backend";
import { UnderstudyError } from "../errors";
import type { Context } from "../options";
import { Session } from "../session";
import { findProject, readStack } from "../settings/project";
import { unreadable } from "../state/stackState";
import type { StackState } from "../state/stackState";
import { stackFolder, type StateStore } from "../state/store";
import { readRecord, type BranchRecord } from "../state/tags";

/** A stack of a branch as the state backend knows it. */
export interface BranchStack extends Partial<Pick<BranchRecord, "branch" | "owner" | "created" | "place">> {
    readonly id: string;
    readonly stack: string;
    /** Resources in its state; 0 while it is being made, and after a removal that was interrupted. Absent when the state cannot be read. */
    readonly resources?: number;
    /** Listener on which its rules stand. */
    readonly listener?: string;
    /** Whether an update has come to its end, so that it has outputs. */
    readonly complete?: boolean;
    /** When its state was last written, ISO 8601; absent before the first update has ended. */
    readonly updated?: string;
}

const prefix = "branch-";

/** The stacks of branches that stand on a base, by the state backend alone; sorted by id. A stack without a record counts as one of them. */
export async function listStacks(context: Context, base: string): Promise<readonly BranchStack[]> {
    const project = findProject(context.directory);
    const backend = backendOf(context, base, readStack(project, base).settings);
    await using session = await Session.open(context, { project: { name: project.name }, backend });
    const infos = (await branchStacks(session.store, project.name)).map(async (stack): Promise<readonly BranchStack[]> => {
        const record = await readRecord(session.store, project.name, stack);
        if (record !== undefined && record.base !== base) return [];
        const state = await stateOf(context, session, stack);
        if (state === undefined) return []; // removed meanwhile
        const { branch, owner, created, place } = record ?? {};
        const told = { ...(branch !== undefined && { branch }), ...(owner !== undefined && { owner }), ...(created !== undefined && { created }), ...(place !== undefined && { place }) };
        return [{ id: stack.slice(prefix.length), stack, ...told, ...state }];
    });
    return (await Promise.all(infos)).flat().sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Stacks of branches by the backend's own objects: one that the engine cannot read would keep it from listing any. */
export async function branchStacks(store: StateStore, project: string): Promise<readonly string[]> {
    const folder = stackFolder(project);
    const files = (await store.list(`${folder}${prefix}`)).map((key) => key.slice(folder.length));
    const stacks = files.flatMap((file) => /^([^/]+)\.json(\.gz)?$/.exec(file)?.[1] ?? []);
    return [...new Set(stacks)];
}

/** What the state tells about the environment; nothing, and a warning, when it cannot be read. Undefined when there is no such stack. */
async function stateOf({ emit }: Context, session: Session, stack: string): Promise<Pick<BranchStack, "updated" | "resources" | "complete" | "listener"> | undefined> {
    try {
        const state = await session.state(stack);
        return state && { resources: state.resources.length, complete: Object.keys(state.outputs).length > 0, ...listenerOf(state), ...(state.written.getTime() > 0 && { updated: state.written.toISOString() }) };
    } catch (error) {
        if (!(error instanceof UnderstudyError) || !unreadable.has(error.kind)) throw error;
        emit({ type: "warning", message: `${error.message}; ${error.advice}` });
        return {};
    }
}

function listenerOf({ resources }: StackState): Pick<BranchStack, "listener"> {
    const listener = resources.find(({ type }) => type === "aws:lb/listenerRule:ListenerRule")?.inputs["listenerArn"];
    return typeof listener === "string" ? { listener } : {};
}
