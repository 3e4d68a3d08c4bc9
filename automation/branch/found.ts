import type { BaseOutputs } from "../../stacks/outputs";
import { backendOf } from "../backend";
import { UnderstudyError } from "../errors";
import type { Context } from "../options";
import { environmentOutputs } from "../outputs";
import { Session } from "../session";
import { findProject, readStack } from "../settings/project";
import type { BaseSettings } from "../../model/settings";
import { readRecord } from "../state/tags";
import { defaultBase, identify, refuseOther, type BranchTarget } from "./target";

/** A branch environment to look at. */
export interface BranchQuery extends BranchTarget {
    /** Stack of the base. Default `staging`. */
    readonly base?: string;
}

/** A branch environment that exists. */
export interface FoundBranch {
    readonly id: string;
    readonly stack: string;
    readonly outputs: BaseOutputs;
    /** Settings of its base. */
    readonly settings: BaseSettings;
}

/** Reads what a branch environment tells about itself. Fails with kind `not-found` when there is none. */
export async function findBranch(context: Context, query: BranchQuery): Promise<FoundBranch> {
    const { base = defaultBase } = query;
    const { id, stack } = identify(query);
    const project = findProject(context.directory);
    const { settings } = readStack(project, base);
    await using session = await Session.open(context, { project: { name: project.name }, backend: backendOf(context, base, settings) });
    const [state, record] = await Promise.all([session.state(stack), readRecord(session.store, project.name, stack)]);
    refuseOther({ id, branch: query.branch }, record);
    if (state === undefined) {
        throw new UnderstudyError("not-found", `${query.branch ?? id} has no environment on ${base}`, "make it with `understudy branch up`, or look at what is there with `understudy branch list`");
    }
    return { id, stack, outputs: environmentOutputs(state.outputs), settings };
}
