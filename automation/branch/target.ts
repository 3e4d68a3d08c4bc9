import { branchNameProblem } from "../../model/branchName";
import { branchId, branchStack, isBranchId } from "../../model/names";
import { UnderstudyError } from "../errors";
import type { BranchRecord } from "../state/tags";

/** A branch environment by any of its names. */
export interface BranchTarget {
    /** Full name of the git branch. */
    readonly branch?: string;
    /** Its id, where the name is no longer known. */
    readonly id?: string;
}

/** The base on which branches stand when nobody says another one. */
export const defaultBase = "staging";

/** The id and the stack of a branch. Fails with kind `settings` on a name that git would refuse, and without any name. */
export function identify({ branch, id }: BranchTarget): { readonly id: string; readonly stack: string } {
    if (branch !== undefined) {
        const problem = branchNameProblem(branch);
        if (problem !== undefined) throw new UnderstudyError("settings", `${JSON.stringify(branch)}: ${problem}`, "name a branch as git knows it");
        if (id !== undefined && id !== branchId(branch)) {
            throw new UnderstudyError("settings", `the id of ${branch} is ${branchId(branch)}, not ${id}`, "give the branch or the id, not both");
        }
    }
    const known = branch === undefined ? id : branchId(branch);
    if (known === undefined || !isBranchId(known)) {
        throw new UnderstudyError("settings", known === undefined ? "no branch is named" : `${JSON.stringify(known)} is no branch id`, "name the branch, or give its id");
    }
    return { id: known, stack: branchStack(known) };
}

/** Two branches whose names have the same id are told apart by their full names, so that nobody touches the other's environment. */
export function refuseOther({ id, branch }: { readonly id: string; readonly branch?: string | undefined }, record: Pick<BranchRecord, "branch"> | undefined): void {
    if (branch === undefined || record === undefined || record.branch === branch) return;
    const message = `the environment ${id} belongs to the branch ${record.branch}; the branch ${branch} has the same id`;
    throw new UnderstudyError("conflict", message, "rename one of the branches");
}
