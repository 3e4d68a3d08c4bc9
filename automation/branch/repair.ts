import { branchMainHost } from "../../model/names";
import { laterExpiry, type EnvironmentEntry } from "../../model/registry";
import type { BaseSettings } from "../../model/settings";
import { checkAccount } from "../aws/account";
import { makeClients } from "../aws/clients";
import { backendOf } from "../backend";
import { step } from "../events";
import type { Context } from "../options";
import { Registry } from "../registry/registry";
import { Session } from "../session";
import { findProject, readStack, type Project } from "../settings/project";
import { contractOf } from "./base";
import { listStacks, type BranchStack } from "./stacks";

export interface RepairOptions {
    /** Whether to do it. Default: only say what would be done. */
    readonly apply?: boolean;
}

/** One thing in which the registry and the stacks differ. */
export interface Difference {
    /** Id of the environment. */
    readonly id: string;
    /** `none`: it can only be said. */
    readonly action: "add" | "remove" | "none";
    readonly why: string;
    readonly done?: boolean;
}

/**
 * Brings the registry of a base to what the stacks of its branches and their tags say: whoever is missing is added, and what has no stack is
 * forgotten, unless somebody works on it at that moment. What was only in the registry (pull request, commit, pins) is not had back.
 */
export async function repair(context: Context, base: string, { apply = false }: RepairOptions = {}): Promise<readonly Difference[]> {
    const project = findProject(context.directory);
    const { settings } = readStack(project, base);
    const aws = makeClients(context.env, settings);
    await checkAccount(aws, settings);
    const registry = Registry.open(context, aws, settings);
    // An environment is in the registry before it has a stack, and its stack is gone before the registry forgets it: so what the registry
    // knows is read before and after the stacks, and what comes or goes meanwhile is no difference.
    const known = await registry.listSurely();
    const stacks = await step(context.emit, "look for branches", () => listStacks(context, base), (found) => `${found.length}`);
    const ids = new Set([...known, ...(await registry.list())].map(({ id }) => id));
    const listeners = await listenersOf(context, project, base, settings);

    const differences: Difference[] = [];
    for (const stack of stacks) {
        if (ids.has(stack.id)) continue;
        const entry = entryOf(stack, shardOf(stack, listeners), settings);
        if (entry === undefined) {
            differences.push({ id: stack.id, action: "none", why: `nothing says which branch ${stack.stack} is of; remove it with \`understudy branch down --id ${stack.id}\`` });
            continue;
        }
        const why = `${stack.stack} is there, but the registry does not know it`;
        differences.push({ id: stack.id, action: "add", why, ...(apply && { done: await registry.add(entry) }) });
    }
    const there = new Set(stacks.map(({ id }) => id));
    for (const { id, status, worker, since } of known) {
        if (there.has(id) || worker !== undefined) continue;
        differences.push({ id, action: "remove", why: `the registry says that it is ${status}, but it has no stack`, ...(apply && { done: await registry.drop({ id, since }) }) });
    }
    return differences;
}

/** The listeners of the base's load balancers, in their order. */
async function listenersOf(context: Context, project: Project, base: string, settings: BaseSettings): Promise<readonly string[]> {
    await using session = await Session.open(context, { project: { name: project.name }, backend: backendOf(context, base, settings) });
    const contract = contractOf(await session.state(base), base, settings);
    return contract === undefined ? [] : [contract.ingress.listenerArn, ...contract.ingress.furtherShards.map(({ listenerArn }) => listenerArn)];
}

function shardOf({ listener }: BranchStack, listeners: readonly string[]): number {
    return Math.max(0, listeners.findIndex((arn) => arn === listener));
}

/** What can be told of an environment without its registry. One whose last update came to its end has outputs, and counts as up. */
function entryOf({ id, branch, owner, created, updated, complete }: BranchStack, shard: number, { zone, branches: { ttl } }: BaseSettings): EnvironmentEntry | undefined {
    if (branch === undefined) return undefined;
    const now = new Date();
    const told = { id, branch, url: `https://${branchMainHost(zone, id)}`, created: created ?? now.toISOString(), active: updated ?? now.toISOString(), ...(owner !== undefined && { owner }) };
    const use = { targetGroups: 0, rules: 0, targets: 0 }; // known again with its next update
    const since = { shard, use, since: now.toISOString(), expires: laterExpiry(undefined, now, ttl) };
    if (complete === true) return { ...told, ...since, status: "up", ready: updated ?? now.toISOString() };
    return { ...told, ...since, status: "failed", reason: "the registry was lost before its update came to its end" };
}
