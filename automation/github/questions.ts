import { allPages, asking, statusOf, type GitHub } from "./client";

/** A pull request as far as its environment needs it. */
export interface PullRequest {
    readonly number: number;
    readonly state: "open" | "closed";
    /** Its branch, in the repository that {@link from} names. */
    readonly branch: string;
    /** Commit at its end. */
    readonly commit: string;
    /** Repository of the branch as owner/name; undefined when a fork is gone. */
    readonly from: string | undefined;
}

/**
 * What a pull request is now. Undefined when GitHub says that there is none, which proves nothing about its environment: pull requests are
 * closed, never removed, so the number is of another repository. Needs `pull-requests: read`.
 */
export async function findPullRequest({ ask, repository }: GitHub, number: number): Promise<PullRequest | undefined> {
    return asking(`look at pull request ${number}`, "pull-requests: read", async () => {
        try {
            const { data } = await ask("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...repository, pull_number: number });
            return pullRequest(data);
        } catch (error) {
            if (statusOf(error) !== 404) throw error;
            await ask("GET /repos/{owner}/{repo}/pulls", { ...repository, state: "all", per_page: 1 }); // fails where nothing can be seen
            return undefined;
        }
    });
}

/** The newest pull request of a branch of this repository, an open one before all closed ones; undefined without any. Needs `pull-requests: read`. */
export async function pullRequestOf({ ask, repository }: GitHub, branch: string): Promise<PullRequest | undefined> {
    return asking(`look for the pull request of ${branch}`, "pull-requests: read", async () => {
        const of = { ...repository, head: `${repository.owner}:${branch}`, state: "all", per_page: 100 } as const;
        const found = (await allPages((page) => ask("GET /repos/{owner}/{repo}/pulls", { ...of, page }))).map(pullRequest);
        const own = found.filter((one) => one.branch === branch); // an unknown filter would give them all
        return own.sort((one, other) => Number(other.state === "open") - Number(one.state === "open") || other.number - one.number)[0];
    });
}

interface Answered {
    readonly number: number;
    readonly state: string;
    readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly full_name: string } | null };
}

function pullRequest({ number, state, head }: Answered): PullRequest {
    return { number, state: state === "open" ? "open" : "closed", branch: head.ref, commit: head.sha, from: head.repo?.full_name };
}

/**
 * Whether a branch of this name exists; one that was renamed does not. Where GitHub answers that it does not, the default branch is looked
 * for in the same way, so that a token that sees nothing never says that all branches are gone. Needs `contents: read`.
 */
export async function branchExists(github: GitHub, branch: string): Promise<boolean> {
    return asking(`look for the branch ${branch}`, "contents: read", async () => {
        if (await hasBranch(github, branch)) return true;
        const { data } = await github.ask("GET /repos/{owner}/{repo}", { ...github.repository });
        await readBranch(github, data.default_branch);
        return false;
    });
}

async function hasBranch(github: GitHub, branch: string): Promise<boolean> {
    try {
        await readBranch(github, branch);
        return true;
    } catch (error) {
        if (statusOf(error) === 404) return false;
        throw error;
    }
}

/** The route of refs, since the one of branches answers for the old name of a branch that was renamed. */
async function readBranch({ ask, repository }: GitHub, branch: string): Promise<void> {
    await ask("GET /repos/{owner}/{repo}/git/ref/{ref}", { ...repository, ref: `heads/${branch}` });
}

/** A run of a workflow, or one attempt of it. */
export interface WorkflowRun {
    /** `GITHUB_RUN_ID` of the run. */
    readonly id: number;
    /** `GITHUB_RUN_ATTEMPT`: an attempt has ended when a later one was begun. Default: the latest. */
    readonly attempt?: number;
}

/**
 * Whether a run of a workflow has ended, and with it, on GitHub's own runners, every process that it had: their machines are gone. On one's own
 * runners a process can outlive its run. Undefined when GitHub no longer knows the run, which proves nothing. Needs `actions: read`.
 */
export async function workflowRunEnded({ ask, repository }: GitHub, { id, attempt }: WorkflowRun): Promise<boolean | undefined> {
    return asking(`look at the workflow run ${id}`, "actions: read", async () => {
        try {
            const { data } = await ask("GET /repos/{owner}/{repo}/actions/runs/{run_id}", { ...repository, run_id: id });
            return data.status === "completed" || (attempt !== undefined && (data.run_attempt ?? 1) > attempt);
        } catch (error) {
            if (statusOf(error) === 404) return undefined;
            throw error;
        }
    });
}
