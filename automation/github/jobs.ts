import type { Context } from "../options";
import type { Owner } from "../registry/owner";
import type { LockOwner } from "../state/locks";
import { openGitHub } from "./client";
import { workflowRunEnded } from "./questions";

/**
 * True when the owner of a lock is proven dead by the end of its job: whoever had the lease on the stack has not given it back, ran in a job of GitHub on
 * the host that the lock names, and GitHub says that the job has ended. Without a token nobody can be asked.
 */
export async function jobHasEnded(context: Pick<Context, "env" | "emit" | "signal">, dead: Owner | undefined, { host }: Pick<LockOwner, "host">): Promise<boolean> {
    if (dead?.job === undefined || dead.host !== host || (context.env["GITHUB_TOKEN"] ?? "") === "") return false;
    const { repository, run, attempt } = dead.job;
    const github = await openGitHub(context, repository);
    return (await workflowRunEnded(github, { id: Number(run), ...(attempt !== undefined && { attempt: Number(attempt) }) })) === true;
}
