import type { EnvironmentStatus } from "../../model/registry";
import { reachable } from "../addresses";
import { makeClients } from "../aws/clients";
import { backendOf } from "../backend";
import { UnderstudyError } from "../errors";
import type { Context } from "../options";
import { ownerName } from "../registry/owner";
import { Registry, type KnownEnvironment } from "../registry/registry";
import { forBranches } from "../settings/privateSettings";
import { baseStacks, findProject, readStack, type Project, type StackFile } from "../settings/project";
import { openStore } from "../state/openStore";
import { branchStack } from "../../model/names";
import { together } from "../together";
import { branchStacks } from "./stacks";

/** One branch environment as its base's registry knows it. Times are ISO 8601. */
export interface BranchInfo {
    readonly id: string;
    readonly stack: string;
    /** Stack of the base. */
    readonly base: string;
    /** Full name of the git branch. */
    readonly branch: string;
    readonly status: EnvironmentStatus;
    /** Since when it has the status. */
    readonly since: string;
    /** Why it is `failed`, in one sentence. */
    readonly reason?: string;
    readonly owner?: string;
    readonly pullRequest?: number;
    readonly commit?: string;
    readonly created: string;
    /** When it was last up; absent when it never was. */
    readonly ready?: string;
    /** When somebody last asked for something of it. */
    readonly active: string;
    /** When it may be removed; meaningless while it is pinned. */
    readonly expires: string;
    readonly pinned?: { readonly reason: string; readonly by?: string };
    /** Who works on it now. */
    readonly worker?: string;
    /** Where its main service is, or will be. */
    readonly url: string;
}

/**
 * The branch environments of one base, or of all that can have some and have a settings file; sorted by base and id. Of several, those
 * that cannot be asked here are passed over with a warning, unless nothing else is found.
 */
export async function list(context: Context, { base }: { readonly base?: string } = {}): Promise<readonly BranchInfo[]> {
    const project = findProject(context.directory);
    const stacks = base === undefined ? baseStacks(project).filter((stack) => stack !== "production") : [base];
    const files = stacks.map((stack) => readStack(project, stack));
    const found = await Promise.allSettled(stacks.map((stack, index) => listBase(context, project, stack, files[index] as StackFile)));
    const failed = found.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    const some = found.some((result) => result.status === "fulfilled" && result.value.length > 0);
    if (failed.length > 0 && !some) throw failed[0]; // "none" would not be known
    const lists = found.map((result, index) => (result.status === "fulfilled" ? result.value : passOver(context, stacks[index] as string, result.reason)));
    return lists.flat().toSorted((one, other) => compare(one.base, other.base) || compare(one.id, other.id));
}

function compare(one: string, other: string): number {
    return one < other ? -1 : Number(one > other);
}

function passOver({ emit }: Context, base: string, error: unknown): readonly BranchInfo[] {
    if (!(error instanceof UnderstudyError)) throw error;
    emit({ type: "warning", message: `the branches of ${base} are not listed: ${error.message}; ${error.advice}` });
    return [];
}

/** What the registry of a base says, compared with the names of the stacks, which cost one request. */
async function listBase(context: Context, project: Project, base: string, { settings }: StackFile): Promise<readonly BranchInfo[]> {
    const aws = makeClients(context.env, forBranches(settings));
    const [stacks, environments] = await together([
        openStore(backendOf(context, base, settings).url, context.env).then((store) => branchStacks(store, project.name)),
        Registry.open(context, aws, settings).list(),
    ]);
    const known = new Set(environments.map(({ id }) => branchStack(id)));
    const strangers = stacks.filter((stack) => !known.has(stack));
    if (strangers.length > 0) {
        const [first = ""] = strangers;
        const names = strangers.length === 1 ? first : `${first} and ${strangers.length - 1} more`;
        context.emit({ type: "warning", message: `the registry of ${base} does not know ${names}; bring it in order with \`understudy registry repair ${base}\`` });
    }
    return environments.map((environment) => infoOf(context, base, environment));
}

/** What the callers of the API are told about an environment. */
export function infoOf({ surroundings }: Pick<Context, "surroundings">, base: string, { worker, url, ...environment }: KnownEnvironment): BranchInfo {
    const { warned: _, ...told } = environment;
    return { ...told, stack: branchStack(environment.id), base, url: reachable(url, surroundings, true), ...(worker !== undefined && { worker: ownerName(worker.owner) }) };
}
