import { branchHost } from "../../model/names";
import { reachable } from "../addresses";
import { backendOf } from "../backend";
import { UnderstudyError } from "../errors";
import type { Context } from "../options";
import { Session } from "../session";
import { baseStacks, findProject, readStack, type Project, type StackFile } from "../settings/project";
import { readLocks } from "../state/locks";
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
    /** Resources in its state; 0 while it is being made, and after a removal that was interrupted. */
    readonly resources: number;
    /** Somebody is working on it now. */
    readonly busy: boolean;
    /** Where its main service is, or will be. */
    readonly url: string;
}

const prefix = "branch-";

/**
 * The branch environments of one base, or of all that can have some and have a settings file; sorted by base and id. Of several, those
 * whose state cannot be read here are passed over with a warning, unless that is all of them.
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
    if (failed.length === found.length && failed.length > 0) throw failed[0];
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

interface ListedStack {
    readonly name: string;
    readonly lastUpdate?: string;
    readonly resourceCount?: number;
}

/** Branches of these bases, which keep their states in one backend. A stack without a record is shown with the first of them. */
async function listBackend(context: Context, project: Project, url: string, bases: ReadonlyMap<string, StackFile>): Promise<readonly BranchInfo[]> {
    await using session = await Session.open(context, { project: { name: project.name }, backend: { url, local: false } });
    const { store, workspace } = session;
    const stacks = (JSON.parse(await workspace.command("stack", "ls", "--json")) as readonly ListedStack[]).filter(({ name }) => name.startsWith(prefix));
    const infos = stacks.map(async ({ name: stack, lastUpdate, resourceCount = 0 }): Promise<readonly BranchInfo[]> => {
        const [record, locks] = await Promise.all([readRecord(store, project.name, stack), readLocks(store, project.name, stack)]);
        const base = record?.base ?? [...bases.keys()][0] ?? "";
        const file = bases.get(base);
        if (file === undefined) return [];
        const id = stack.slice(prefix.length);
        const url = reachable(`https://${branchHost(file.settings.zone, id)}`, context.surroundings, true);
        const known = record && { branch: record.branch, created: record.created, ...(record.owner !== undefined && { owner: record.owner }) };
        return [{ id, stack, base, ...known, ...(lastUpdate !== undefined && { updated: lastUpdate }), resources: resourceCount, busy: locks.length > 0, url }];
    });
    return (await Promise.all(infos)).flat();
}

function compare(one: string, other: string): number {
    return one < other ? -1 : Number(one > other);
}
