import { branchHost } from "../../model/names";
import { reachable } from "../addresses";
import { backendOf } from "../backend";
import { UnderstudyError, type ErrorKind } from "../errors";
import type { Context } from "../options";
import { Session } from "../session";
import { baseStacks, findProject, readStack, type Project, type StackFile } from "../settings/project";
import { readLocks } from "../state/locks";
import { stackFolder, type StateStore } from "../state/store";
import { readRecord } from "../state/tags";

/** One branch environment as the state backend knows it. Times are ISO 8601. */
export interface BranchInfo {
    readonly id: string;
    readonly stack: string;
    /** Stack of the base. */
    readonly base: string;
    /** Absent when the stack was not made by this tool. */
    readonly branch?: string;
    readonly owner?: string;
    readonly created?: string;
    /** The last update; absent before the first one has ended. */
    readonly updated?: string;
    /** Resources in its state; 0 while it is being made, and after a removal that was interrupted. Absent when the state cannot be read. */
    readonly resources?: number;
    /** Somebody is working on it now. */
    readonly busy: boolean;
    /** Where its main service is, or will be. */
    readonly url: string;
}

const prefix = "branch-";

/**
 * The branch environments of one base, or of all that can have some and have a settings file; sorted by base and id. Of several, those
 * whose backend cannot be read here are passed over with a warning, unless nothing else is found.
 */
export async function list(context: Context, { base }: { readonly base?: string } = {}): Promise<readonly BranchInfo[]> {
    const project = findProject(context.directory);
    const stacks = base === undefined ? baseStacks(project).filter((stack) => stack !== "production") : [base];
    const files = stacks.map((stack) => ({ base: stack, file: readStack(project, stack) }));
    const backends = new Map<string, typeof files>();
    for (const entry of files) {
        const { url } = backendOf(context, entry.base, entry.file.settings);
        backends.set(url, [...(backends.get(url) ?? []), entry]);
    }
    const found = await Promise.allSettled([...backends].map(([url, bases]) => listBackend(context, project, url, new Map(bases.map((entry) => [entry.base, entry.file])))));
    const failed = found.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    const some = found.some((result) => result.status === "fulfilled" && result.value.length > 0);
    if (failed.length > 0 && !some) throw failed[0]; // "none" would not be known
    const lists = [...backends.keys()].map((url, index) => {
        const result = found[index];
        return result?.status === "fulfilled" ? result.value : passOver(context, url, result?.reason);
    });
    return lists.flat().sort((one, other) => compare(one.base, other.base) || compare(one.id, other.id));
}

function passOver({ emit }: Context, url: string, error: unknown): readonly BranchInfo[] {
    if (!(error instanceof UnderstudyError)) throw error;
    emit({ type: "warning", message: `the branches in ${url} are not listed: ${error.message}; ${error.advice}` });
    return [];
}

/** Branches of these bases, which keep their states in one backend. A stack without a record is shown with the first of them. */
async function listBackend(context: Context, project: Project, url: string, bases: ReadonlyMap<string, StackFile>): Promise<readonly BranchInfo[]> {
    await using session = await Session.open(context, { project: { name: project.name }, backend: { url, local: false } });
    const infos = (await branchStacks(session.store, project.name)).map(async (stack): Promise<readonly BranchInfo[]> => {
        const record = await readRecord(session.store, project.name, stack);
        const base = record?.base ?? [...bases.keys()][0] ?? "";
        const file = bases.get(base);
        if (file === undefined) return [];
        const [state, locks] = await Promise.all([stateOf(context, session, stack), readLocks(session.store, project.name, stack)]);
        if (state === undefined) return []; // removed meanwhile
        const id = stack.slice(prefix.length);
        const url = reachable(`https://${branchHost(file.settings.zone, id)}`, context.surroundings, true);
        const known = record && { branch: record.branch, created: record.created, ...(record.owner !== undefined && { owner: record.owner }) };
        return [{ id, stack, base, ...known, ...state, busy: locks.length > 0, url }];
    });
    return (await Promise.all(infos)).flat();
}

/** Stacks of branches by the backend's own objects: one that the engine cannot read would keep it from listing any. */
async function branchStacks(store: StateStore, project: string): Promise<readonly string[]> {
    const folder = stackFolder(project);
    const files = (await store.list(`${folder}${prefix}`)).map((key) => key.slice(folder.length));
    const stacks = files.flatMap((file) => /^([^/]+)\.json(\.gz)?$/.exec(file)?.[1] ?? []);
    return [...new Set(stacks)];
}

/** What is wrong with one state and says nothing about the others. */
const unreadable: ReadonlySet<ErrorKind> = new Set(["backend", "newer-state"]);

/** What the state tells about the environment; nothing, and a warning, when it cannot be read. Undefined when there is no such stack. */
async function stateOf({ emit }: Context, session: Session, stack: string): Promise<Pick<BranchInfo, "updated" | "resources"> | undefined> {
    try {
        const state = await session.state(stack);
        return state && { resources: state.resources.length, ...(state.written.getTime() > 0 && { updated: state.written.toISOString() }) };
    } catch (error) {
        if (!(error instanceof UnderstudyError) || !unreadable.has(error.kind)) throw error;
        emit({ type: "warning", message: `${stack}: ${error.message}; ${error.advice}` });
        return {};
    }
}

function compare(one: string, other: string): number {
    return one < other ? -1 : Number(one > other);
}
