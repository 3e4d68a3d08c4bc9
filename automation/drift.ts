import { branchStack, isBranchId } from "../model/names";
import { checkAccount } from "./aws/account";
import { backendOf } from "./backend";
import type { Drifted } from "./engine/drift";
import { UnderstudyError } from "./errors";
import { step } from "./events";
import type { Context } from "./options";
import { Session } from "./session";
import { findProject, readStack } from "./settings/project";
import { removeTornDetails } from "./state/torn";
import { defaultBase } from "./branch/target";

/**
 * What of a stack is in AWS otherwise than its last update has left it: changed or removed by hand. Nothing is changed by asking, and values are
 * not told, since some are secrets. Fails with kind `not-found` when there is no such stack.
 */
export async function drift(context: Context, stack: string, { base = defaultBase }: { readonly base?: string } = {}): Promise<readonly Drifted[]> {
    const ofBranch = stack.startsWith(branchStack("")) && isBranchId(stack.slice(branchStack("").length));
    const project = findProject(context.directory);
    const { settings } = readStack(project, ofBranch ? base : stack);
    const backend = backendOf(context, ofBranch ? base : stack, settings);
    await using session = await Session.open(context, { project: { name: project.name }, backend });
    await Promise.all([checkAccount(session.clients(settings), settings), removeTornDetails(session.store, project.name, stack)]);
    if ((await session.state(stack)) === undefined) throw new UnderstudyError("not-found", `there is no ${stack} in ${backend.url}`, "look at what is there with `understudy branch list`");
    return await step(context.emit, "look for changes", () => session.workspace.drift(stack), (found) => `${found.length}`);
}
