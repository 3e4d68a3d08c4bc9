import { down, type BranchDownOptions, type Removed } from "./branch/down";
import type { BranchQuery } from "./branch/found";
import { list, type BranchInfo } from "./branch/list";
import { logs, type LogLine, type LogsOptions } from "./branch/logs";
import { up, type BranchUp, type BranchUpOptions } from "./branch/up";
import { url, type BranchUrls } from "./branch/url";
import { deploy, type DeployOptions } from "./deploy";
import { destroy, type DestroyOptions } from "./destroy";
import { doctor, type Check } from "./doctor";
import { env } from "./env";
import type { Deployed } from "./finish";
import { contextOf, type UnderstudyOptions } from "./options";
import { plan, type Plan, type PlanOptions, type PlanTarget } from "./plan/plan";

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
        /** Where a branch environment is reached. */
        url(query: BranchQuery): Promise<BranchUrls>;
        /** What the containers of a branch environment write. */
        logs(options: LogsOptions): AsyncIterable<LogLine>;
    };
    /** The variables with which plain `pulumi` works on a stack. */
    env(stack: string, options?: { readonly base?: string }): Readonly<Record<string, string>>;
    /** What is right and wrong here, as data. */
    doctor(): Promise<readonly Check[]>;
    /** What a stack would consist of, without engine, account or network. */
    plan(target: PlanTarget, options?: PlanOptions): Promise<Plan>;
}

/** The API on one project. It prints nothing and ends no process; all that happens is told to `onEvent`. */
export function understudy(options: UnderstudyOptions = {}): Understudy {
    const context = contextOf(options);
    return {
        deploy: (stack, more) => deploy(context, stack, more),
        destroy: (stack, more) => destroy(context, stack, more),
        branch: {
            up: (more) => up(context, more),
            down: (more) => down(context, more),
            list: (more) => list(context, more),
            url: (query) => url(context, query),
            logs: (more) => logs(context, more),
        },
        env: (stack, more) => env(context, stack, more),
        doctor: () => doctor(context),
        plan: (target, more) => plan(context, target, more),
    };
}
