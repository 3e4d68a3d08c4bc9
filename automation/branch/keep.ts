import { expiryOf } from "../../model/registry";
import { checkAccount } from "../aws/account";
import { makeClients } from "../aws/clients";
import { UnderstudyError } from "../errors";
import type { Context } from "../options";
import { Registry, type KnownEnvironment } from "../registry/registry";
import { forBranches } from "../settings/privateSettings";
import { findProject, readStack } from "../settings/project";
import type { BranchQuery } from "./found";
import { infoOf, type BranchInfo } from "./list";
import { defaultBase, identify, refuseOther } from "./target";

export interface ExtendOptions extends BranchQuery {
    /** How much longer it stays, in seconds. Default: the `ttl` of the base's settings. */
    readonly by?: number;
}

export interface PinOptions extends BranchQuery {
    /** Why it has to stay. */
    readonly reason: string;
    /** Who says so. */
    readonly owner?: string;
}

/** The longest that an environment can be extended to from now, in seconds. */
const longest = 365 * 86_400;

/** Lets a branch environment expire later: from when it would, or from now where it would have already. Fails with kind `not-found` when there is none. */
export async function extend(context: Context, { by, ...query }: ExtendOptions): Promise<BranchInfo> {
    return change(context, query, (registry, environment, ttl) => {
        const now = new Date();
        const start = expiryOf(environment, now) === "expired" ? now.getTime() : Date.parse(environment.expires);
        const expires = Math.min(start + (by ?? ttl) * 1000, now.getTime() + longest * 1000);
        return registry.extend(environment.id, new Date(expires).toISOString());
    });
}

/** Keeps a branch environment from expiring until it is unpinned. Fails with kind `not-found` when there is none. */
export async function pin(context: Context, { reason, owner, ...query }: PinOptions): Promise<BranchInfo> {
    return change(context, query, (registry, { id }) => registry.pin(id, { reason, ...(owner !== undefined && { by: owner }) }));
}

/** Lets a branch environment expire again, not before a day has passed. Fails with kind `not-found` when there is none. */
export async function unpin(context: Context, query: BranchQuery): Promise<BranchInfo> {
    return change(context, query, async (registry, { id, expires }) => {
        const tomorrow = Date.now() + 86_400_000;
        if (Date.parse(expires) < tomorrow) await registry.extend(id, new Date(tomorrow).toISOString());
        return registry.pin(id, undefined);
    });
}

type Change = (registry: Registry, environment: KnownEnvironment, ttl: number) => Promise<KnownEnvironment | undefined>;

async function change(context: Context, query: BranchQuery, work: Change): Promise<BranchInfo> {
    const { base = defaultBase, branch } = query;
    const { id } = identify(query);
    const settings = forBranches(readStack(findProject(context.directory), base).settings);
    const aws = makeClients(context.env, settings);
    await checkAccount(aws, settings);
    const registry = Registry.open(context, aws, settings);
    const environment = await registry.read(id);
    if (environment !== undefined) refuseOther({ id, branch }, environment);
    if (environment?.status === "removing") throw new UnderstudyError("not-found", `the environment of ${environment.branch} is being removed`, `bring it up again with \`understudy branch up ${environment.branch}\``);
    const changed = environment && (await work(registry, environment, settings.branches.ttl));
    if (changed !== undefined) return infoOf(context, base, changed);
    throw new UnderstudyError("not-found", `${branch ?? id} has no environment on ${base}`, "look at what is there with `understudy branch list`");
}
