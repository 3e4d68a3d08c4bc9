import path from "node:path";
import { stringify } from "yaml";
import { UnderstudyError } from "../errors";
import type { BaseSettings, BranchSettings } from "../../model/settings";
import type { Project, Protection, StackFile } from "./project";

/** Digest per own image. @example { web: "sha256:…" } */
export type Digests = Readonly<Record<string, string>>;

/**
 * The settings file that a run hands to the engine in its private work directory. It is complete: the engine asks nothing else, and the
 * tracked files are only read.
 */
export interface PrivateSettings {
    readonly config: Readonly<Record<string, unknown>>;
    readonly protection: Protection;
}

/** Settings of a base: what its file says, with the images of this release when there is one. */
export function baseRun(project: Project, stack: StackFile, images: Digests | undefined): PrivateSettings {
    const config = {
        ...stack.config,
        "understudy:appDir": path.resolve(project.directory, stack.settings.appDir),
        ...(images === undefined ? {} : { "understudy:images": images }),
    };
    return { config, protection: stack.protection };
}

/** A base's settings as those see them who work on its branches: with the role that may do less, where there is one. */
export function forBranches(settings: BaseSettings): BaseSettings {
    const { branchRole, ...rest } = settings;
    return branchRole === undefined ? settings : { ...rest, branchRole, role: branchRole };
}

/** What is a branch's own. */
export interface BranchChoice {
    /** Stack of its base. */
    readonly base: string;
    readonly branch: string;
    readonly appDir: string;
    readonly images?: Digests;
    /** The base's load balancer that serves it. Default: the first. */
    readonly shard?: number;
    /** Services that run in it. Default, and when empty: all of them. */
    readonly only?: readonly string[];
}

/** Settings of a branch, derived from its base's: what a branch may not choose is taken from there. Fails on production, which lends nothing. */
export function branchSettings(base: BaseSettings, branch: BranchChoice): BranchSettings {
    if (base.kind === "production") throw new UnderstudyError("settings", `no branch stands on ${branch.base}: production lends nothing`, "name another base with --base");
    const { app, account, region, role, branchRole = role, zone, variables, capacity } = base;
    return {
        ...{ kind: "branch", app, account, region, zone, variables, capacity, baseKind: base.kind, ...branch },
        ...(branchRole === undefined ? {} : { role: branchRole }),
        services: {}, // counts and sizes of the base are about its own load
        logRetention: 7,
        ownSecrets: [],
        shard: branch.shard ?? 0,
        only: branch.only ?? [],
    };
}

/** Settings of a branch as the engine reads them. Its key is made by the provider of its base, but is its own. */
export function branchRun(settings: BranchSettings, { secretsprovider }: Protection): PrivateSettings {
    const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`understudy:${key}`, value]));
    return { config, protection: secretsprovider === undefined ? {} : { secretsprovider } };
}

/** `Pulumi.<stack>.yaml` as text. */
export function renderSettings({ config, protection }: PrivateSettings): string {
    return stringify({ ...protection, config });
}

/**
 * `Pulumi.yaml` as text: the same program and the same declared keys, but already compiled, so that neither ts-node nor a type check runs.
 * Without a program only what needs none can be done: reading, destroying, removing.
 */
export function renderProject({ name, declarations }: Pick<Project, "name" | "declarations">, main?: string): string {
    return stringify({ name, runtime: { name: "nodejs", options: { typescript: false } }, main, config: declarations });
}

/**
 * The lines about the key that the engine needs. Without any it goes on with the key that the state names. A provider's name without the
 * key itself makes a new key, which is right only while the state has none.
 */
export function neededProtection(written: Protection, stateHasKey: boolean): Protection {
    const complete = written.encryptedkey !== undefined || written.encryptionsalt !== undefined;
    return complete || !stateHasKey ? written : {};
}
