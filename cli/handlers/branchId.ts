import { text } from "node:stream/consumers";
import { isInProject } from "../../automation/settings/project";
import { branchNameProblem } from "../../model/branchName";
import { branchId as idOf, branchStack } from "../../model/names";
import type { Context } from "../context";
import type { Handler } from "../commands";
import { UsageError } from "../errors";
import { currentBranch } from "../git";
import { table } from "../output";
import { hostsFinder, reachedFrom } from "../hosts";

/** What can be told about a branch by its name alone. */
interface BranchNames {
    readonly branch: string;
    readonly id: string;
    readonly stack: string;
    /** Hosts of its web services, the main one first; empty where nobody knows them: outside of a project, and of a local world that does not run. */
    readonly hosts: readonly string[];
}

/** `understudy branch id`: names only, so that it needs neither account nor engine nor state. */
export const branchId: Handler = async (context, words, options) => {
    const branches = await branchesOf(context, words);
    refuseBadNames(branches);
    const hostsOf = hostsFinder(context.directory, typeof options["base"] === "string" ? options["base"] : "staging");
    const reached = isInProject(context.directory) ? reachedFrom(context) : () => [];
    const named = branches.map((branch): BranchNames => {
        const id = idOf(branch);
        return { branch, id, stack: branchStack(id), hosts: hostsOf(id).flatMap(reached) };
    });
    const rows = named.map(({ branch, id, stack, hosts }) => [branch, id, stack, hosts.join(" ")]);
    // Of thousands of names, most of the time would go into columns that a program does not see.
    context.output.result(named, context.output.json ? "" : table(["branch", "id", "stack", "hosts"], rows));
    return 0;
};

async function branchesOf(context: Context, words: readonly string[]): Promise<readonly string[]> {
    if (words.length === 0) return [await currentBranch(context.directory)];
    if (!words.includes("-")) return words;
    if (words.length > 1) throw new UsageError("`-` reads all names from standard input", "give names or `-`, not both");
    return (await text(context.stdin)).split(/\r?\n/).filter((line) => line !== "");
}

/** All names that git would refuse, at once. */
function refuseBadNames(branches: readonly string[]): void {
    const problems = branches.flatMap((branch) => {
        const problem = branchNameProblem(branch);
        return problem === undefined ? [] : [`${JSON.stringify(branch)}: ${problem}`];
    });
    if (problems.length > 0) throw new UsageError(problems.join("\n  "), "give the names as `git branch` prints them");
}
