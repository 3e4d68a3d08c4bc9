/* eslint-disable @typescript-eslint/no-require-imports -- what a function needs is loaded when it is first called */
import type { BranchDownOptions, Removed } from "./branch/down";
import type { BranchQuery } from "./branch/found";
import type { ExtendOptions, PinOptions } from "./branch/keep";
import type { BranchInfo } from "./branch/list";
import type { LogLine, LogsOptions } from "./branch/logs";
import type { Difference, RepairOptions } from "./branch/repair";
import type { PullRequestReportOptions, Reported } from "./branch/report";
import type { BranchUp, BranchUpOptions } from "./branch/up";
import type { BranchUrls } from "./branch/url";
import type { DeployOptions } from "./deploy";
import type { DestroyOptions } from "./destroy";
import type { Check } from "./doctor";
import type { Drifted } from "./engine/drift";
import type { Deployed } from "./finish";
import { contextOf, type UnderstudyOptions } from "./options";
import type { Plan, PlanOptions, PlanTarget } from "./plan/plan";
import type { ReleaseCopied, ReleaseCopyOptions } from "./release/copy";
import type { Finding, SweepOptions } from "./sweep/sweep";

/** What can be done with environments. Every function fails with an {@link UnderstudyError} when it fails knowingly. */
export interface Understudy {
    /** Brings production, staging or dev to a release and to its settings as they are. Production has to be confirmed by its name. */
    deploy(stack: string, options?: DeployOptions): Promise<Deployed>;
    /** Removes production, staging or dev, confirmed by its name. */
    destroy(stack: string, options: DestroyOptions): Promise<Removed>;
    readonly branch: {
        /** Makes or updates the environment of a git branch. */
        up(options: BranchUpOptions): Promise<BranchUp>;
        /** Removes the environment of a git branch; with `backend` from anywhere. */
        down(options: BranchDownOptions): Promise<Removed>;
        /** The branch environments of one base, or of all. */
        list(options?: { readonly base?: string }): Promise<readonly BranchInfo[]>;
        /** Lets the environment of a git branch expire later. */
        extend(options: ExtendOptions): Promise<BranchInfo>;
        /** Keeps it from expiring. */
        pin(options: PinOptions): Promise<BranchInfo>;
        /** Lets it expire again. */
        unpin(query: BranchQuery): Promise<BranchInfo>;
        /** Finds what nobody needs any more, and removes it when asked to. */
        sweep(options?: SweepOptions): Promise<readonly Finding[]>;
        /** Where a branch environment is reached. */
        url(query: BranchQuery): Promise<BranchUrls>;
        /** What the containers of a branch environment write. */
        logs(options: LogsOptions): AsyncIterable<LogLine>;
        /** Tells a pull request on GitHub how the environment of its branch is. */
        report(options: PullRequestReportOptions): Promise<Reported>;
    };
    readonly registry: {
        /** Compares the registry of a base with the stacks of its branches, and brings it in order when asked to. */
        repair(base: string, options?: RepairOptions): Promise<readonly Difference[]>;
    };
    readonly release: {
        /** Copies images from one base's registry into another's, digest for digest. */
        copy(options: ReleaseCopyOptions): Promise<ReleaseCopied>;
    };
    /** The variables with which plain `pulumi` works on a stack. */
    env(stack: string, options?: { readonly base?: string }): Readonly<Record<string, string>>;
    /** What of a stack was changed or removed by hand. */
    drift(stack: string, options?: { readonly base?: string }): Promise<readonly Drifted[]>;
    /** What is right and wrong here, as data. */
    doctor(): Promise<readonly Check[]>;
    /** What a stack would consist of, without engine, account or network. */
    plan(target: PlanTarget, options?: PlanOptions): Promise<Plan>;
}

/**
 * The API on one project. It prints nothing and ends no process; all that happens is told to `onEvent`. What a function needs is loaded
 * when it is first called.
 */
export function understudy(options: UnderstudyOptions = {}): Understudy {
    const context = contextOf(options);
    return {
        deploy: async (stack, more) => (require("./deploy") as typeof import("./deploy")).deploy(context, stack, more),
        destroy: async (stack, more) => (require("./destroy") as typeof import("./destroy")).destroy(context, stack, more),
        branch: {
            up: async (more) => (require("./branch/up") as typeof import("./branch/up")).up(context, more),
            down: async (more) => (require("./branch/down") as typeof import("./branch/down")).down(context, more),
            list: async (more) => (require("./branch/list") as typeof import("./branch/list")).list(context, more),
            extend: async (more) => (require("./branch/keep") as typeof import("./branch/keep")).extend(context, more),
            pin: async (more) => (require("./branch/keep") as typeof import("./branch/keep")).pin(context, more),
            unpin: async (query) => (require("./branch/keep") as typeof import("./branch/keep")).unpin(context, query),
            sweep: async (more) => (require("./sweep/sweep") as typeof import("./sweep/sweep")).sweep(context, more),
            url: async (query) => (require("./branch/url") as typeof import("./branch/url")).url(context, query),
            logs: async function* (more) {
                yield* (require("./branch/logs") as typeof import("./branch/logs")).logs(context, more);
            },
            report: async (more) => (require("./branch/report") as typeof import("./branch/report")).reportPullRequest(context, more),
        },
        registry: {
            repair: async (base, more) => (require("./branch/repair") as typeof import("./branch/repair")).repair(context, base, more),
        },
        release: {
            copy: async (more) => (require("./release/copy") as typeof import("./release/copy")).copyRelease(context, more),
        },
        env: (stack, more) => (require("./env") as typeof import("./env")).env(context, stack, more),
        drift: async (stack, more) => (require("./drift") as typeof import("./drift")).drift(context, stack, more),
        doctor: async () => (require("./doctor") as typeof import("./doctor")).doctor(context),
        plan: async (target, more) => (require("./plan/plan") as typeof import("./plan/plan")).plan(context, target, more),
    };
}
