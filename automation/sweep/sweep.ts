import { branchStack, isBranchId } from "../../model/names";
import { expiryOf } from "../../model/registry";
import type { Contract } from "../../stacks/contract";
import { checkAccount } from "../aws/account";
import { findDeadImages, removeBranchImages } from "../aws/keptImages";
import { makeClients, type Clients } from "../aws/clients";
import { deregisterDefinitions } from "../aws/taskDefinitions";
import { backendOf } from "../backend";
import { contractOf, repositoryNames } from "../branch/base";
import { down } from "../branch/down";
import { branchStacks } from "../branch/stacks";
import { reportPullRequest } from "../branch/report";
import { defaultBase } from "../branch/target";
import { lineOf, UnderstudyError } from "../errors";
import { step } from "../events";
import { throwIfInterrupted } from "../engine/workspace";
import { openGitHub, type GitHub } from "../github/client";
import { branchExists, findPullRequest } from "../github/questions";
import type { Context, Patience } from "../options";
import { Registry, type KnownEnvironment } from "../registry/registry";
import { Session } from "../session";
import { findProject, readStack } from "../settings/project";
import { fateOf, pullRequestOfEntry, type Needs } from "./judge";
import { oldDefinitions, type OldDefinition } from "./revisions";
import { removeDead, surveyDead, type Tagged } from "./survey";

export interface SweepOptions extends Patience {
    /** Stack of the base. Default `staging`. */
    readonly base?: string;
    /** How long to wait for somebody who works on an environment that is to go, in seconds. Default 60: it goes the next time. */
    readonly patience?: number;
    /** The branches that exist, of all repositories whose branches have environments. Default: not asked. */
    readonly branches?: ReadonlySet<string>;
    /** Repository on GitHub as owner/name, which is asked for branches and pull requests, and told what was removed. Default: not asked. */
    readonly repository?: string;
    /** Whether to do it. Default: only say what would be done. */
    readonly apply?: boolean;
}

/** One thing that is not needed any more, or soon will not be. */
export interface Finding {
    readonly what: "environment" | "request" | "resource" | "task definition" | "image";
    /** The id of the environment, or how Pulumi or AWS calls the thing. */
    readonly id: string;
    readonly action: "remove" | "warn";
    /** In a few words. */
    readonly why: string;
    /** Whether it was done; absent when only said. */
    readonly done?: boolean;
    /** Why it could not be done; it is found again the next time. */
    readonly problem?: string;
}

/** How many environments are removed at once. */
const atOnce = 4;

/**
 * Finds the branch environments of a base that nobody needs any more (expired, branch gone, pull request closed, never up, half removed), what
 * AWS still has of environments that are gone, their images among it, and old revisions of task definitions; with `apply` it removes them. A
 * failure keeps it from nothing else, and stands with what it concerns. What only the state backend knows is not touched: that is for `repair`
 * to say.
 */
export async function sweep(context: Context, { base = defaultBase, apply = false, patience = 60, branches, repository }: SweepOptions = {}): Promise<readonly Finding[]> {
    const { emit } = context;
    const project = findProject(context.directory);
    const { settings } = readStack(project, base);
    const aws = makeClients(context.env, settings);
    await checkAccount(aws, settings);
    const registry = Registry.open(context, aws, settings);
    await using session = await Session.open(context, { project, backend: backendOf(context, base, settings) });
    const contract = contractOf(await session.state(base), base, settings);
    if (contract === undefined) throw new UnderstudyError("base-missing", `the base ${base} publishes nothing for branches`, `bring it up with \`understudy deploy ${base}\``);

    const now = new Date();
    const environments = await step(emit, "look for branches", () => registry.listSurely(), (found) => `${found.length}`);
    const github = repository === undefined ? undefined : await openGitHub(context, repository);
    const needs = await step(emit, "ask who needs them", () => askNeeds(environments, branches, github), ({ gone, closed }) => `${gone.size} branches gone, ${closed.size} pull requests closed`);
    const requests = await registry.listForgotten(now);
    const judged = environments.flatMap((environment) => {
        const fate = fateOf(environment, needs, now);
        return fate.fate === "stays" ? [] : [{ environment, finding: { what: "environment", id: environment.id, action: fate.fate === "warned" ? "warn" : "remove", why: fate.why } as const }];
    });
    const findings: Finding[] = [];
    for (const part of chunks(judged, atOnce)) {
        findings.push(...(await Promise.all(part.map(({ environment, finding }) => act(finding, apply, () => (finding.action === "warn" ? warn(context, registry, environment, now) : remove(context, registry, environment, { base, patience, repository })))))));
        throwIfInterrupted(context.signal);
    }
    for (const id of requests) findings.push(await act({ what: "request", id, action: "remove", why: "nobody works on it any more" }, apply, () => registry.forgetRequest(id)));

    const alive = (): Promise<readonly string[]> => aliveNow(registry, session, project.name);
    findings.push(...(await sweepResources(context, aws, contract, alive, apply)));
    findings.push(...(await sweepDefinitions(context, aws, contract, alive, apply)));
    findings.push(...(await sweepImages(context, aws, contract, registry, alive, apply, patience)));
    return findings;
}

/** What GitHub and the lists of branches say. Of a branch that belongs to a pull request that alone decides. */
async function askNeeds(environments: readonly KnownEnvironment[], branches: ReadonlySet<string> | undefined, github: GitHub | undefined): Promise<Required<Needs>> {
    const [gone, closed] = [new Set<string>(), new Set<number>()];
    for (const environment of environments) {
        const { branch } = environment;
        const pullRequest = pullRequestOfEntry(environment);
        if (pullRequest !== undefined) {
            if (github !== undefined && (await findPullRequest(github, pullRequest))?.state === "closed") closed.add(pullRequest);
        } else if (branches?.has(branch) === false || (branches === undefined && github !== undefined && !(await branchExists(github, branch)))) gone.add(branch);
    }
    return { gone, closed };
}

/**
 * Removes an environment, unless somebody has asked for it since it was looked at, which may be minutes ago. Says so where its pull request is;
 * that it cannot be said keeps nothing.
 */
async function remove(context: Context, registry: Registry, environment: KnownEnvironment, { base, patience, repository }: { readonly base: string; readonly patience: number; readonly repository: string | undefined }): Promise<void> {
    const { id, branch } = environment;
    if ((await registry.read(id)) === undefined) return;
    await down(context, { id, base, patience }, (now) => {
        const same = now !== undefined && now.since === environment.since && now.expires === environment.expires && (now.pinned === undefined || environment.pinned !== undefined);
        if (!same) throw askedSince();
    });
    if (repository === undefined) return;
    const expired = expiryOf(environment, new Date()) === "expired";
    const pullRequest = pullRequestOfEntry(environment);
    try {
        await reportPullRequest(context, { branch, base, repository, removal: true, expired, ...(pullRequest !== undefined && { pullRequest }) });
    } catch (error) {
        context.emit({ type: "warning", message: `the pull request of ${branch} was not told that its environment is gone: ${lineOf(error)}` });
    }
}

function askedSince(): UnderstudyError {
    return new UnderstudyError("locked", "somebody has asked for it since", "look at it again");
}

/** Environments that the registry knows, and those of which only a stack does. */
async function aliveNow(registry: Registry, session: Session, project: string): Promise<readonly string[]> {
    const stacks = await branchStacks(session.store, project);
    const known = (await registry.list()).map(({ id }) => id);
    return [...new Set([...known, ...stacks.map((stack) => stack.slice(branchStack("").length)).filter(isBranchId)])];
}

/** What lives, read anew: an environment is in the registry before anything of it is made, so nothing that was found before that is of one that came since. */
type Alive = () => Promise<readonly string[]>;

async function sweepResources(context: Context, aws: Clients, contract: Contract, alive: Alive, apply: boolean): Promise<readonly Finding[]> {
    const dead = await step(context.emit, "look for leftovers", async () => ofTheDead(await surveyDead(aws, contract, await alive()), await alive()), (found) => `${found.length}`);
    const findings: Finding[] = [];
    for (const thing of dead) {
        findings.push(await act(findingOf(thing), apply, () => removeDead(aws, thing, context.signal)));
        throwIfInterrupted(context.signal);
    }
    return findings;
}

function findingOf({ type, id, environment }: Tagged): Finding {
    return { what: "resource", id, action: "remove", why: `${type} of ${environment}, which is gone` };
}

function ofTheDead<T extends { readonly environment: string }>(found: readonly T[], alive: readonly string[]): readonly T[] {
    return found.filter(({ environment }) => !alive.includes(environment));
}

async function sweepDefinitions(context: Context, aws: Clients, { app, cluster }: Contract, alive: Alive, apply: boolean): Promise<readonly Finding[]> {
    const look = async (): Promise<readonly OldDefinition[]> => {
        const found = await oldDefinitions(aws, { app, cluster: cluster.name }, await alive());
        const since = await alive();
        return found.filter(({ environment, gone }) => !gone || !since.includes(environment));
    };
    const old = await step(context.emit, "look for old revisions", look, (found) => `${found.length}`);
    const findings: Finding[] = [];
    for (const { arn, why } of old) {
        const id = arn.slice(arn.lastIndexOf("/") + 1);
        findings.push(await act({ what: "task definition", id, action: "remove", why }, apply, () => deregisterDefinitions(aws, [arn])));
        throwIfInterrupted(context.signal);
    }
    return findings;
}

/** Images go while nobody else may bring up their environment, which would run them. */
async function sweepImages(context: Context, aws: Clients, contract: Contract, registry: Registry, alive: Alive, apply: boolean, patience: number): Promise<readonly Finding[]> {
    const { emit, signal } = context;
    const dead = await step(emit, "look for images", async () => findDeadImages(aws, repositoryNames(contract.repositories), await alive()), (found) => `${found.length}`);
    const findings: Finding[] = [];
    for (const image of dead) {
        const remove = (): Promise<void> =>
            registry.whileNobodyHasEnvironment(image.id, branchStack(image.id), { patience }, async (held) => {
                if (held.before !== undefined) throw askedSince();
                const { refused } = await removeBranchImages(aws, [image]);
                await held.forget();
                if (refused.length > 0) throw new Error(refused.join("; "));
            });
        findings.push(await act({ what: "image", id: `${image.repository}@${image.image.digest}`, action: "remove", why: `kept for ${image.id}, which is gone` }, apply, remove));
        throwIfInterrupted(signal);
    }
    return findings;
}

/** Does what a finding says, unless it is only to be said. */
async function act(finding: Finding, apply: boolean, work: () => Promise<void>): Promise<Finding> {
    if (!apply) return finding;
    try {
        await work();
        return { ...finding, done: true };
    } catch (error) {
        if (error instanceof UnderstudyError && error.kind === "interrupted") throw error;
        return { ...finding, done: false, problem: lineOf(error) };
    }
}

async function warn({ emit }: Context, registry: Registry, { id, branch, expires }: KnownEnvironment, now: Date): Promise<void> {
    emit({ type: "warning", message: `the environment of ${branch} expires ${expires}; keep it with \`understudy branch extend ${branch}\`` });
    await registry.warned(id, now.toISOString());
}

function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
    return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
}
