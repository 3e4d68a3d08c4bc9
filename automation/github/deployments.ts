import { allPages, asking, statusOf, type GitHub } from "./client";

/** How a deployment is, in GitHub's words. Of a transient one GitHub shows `inactive` as destroyed. */
export type DeploymentState = "queued" | "in_progress" | "success" | "failure" | "error" | "inactive";

export interface DeploymentRecord {
    /** Name of the environment. @example "branch/feature-search-38e7a3a2" */
    readonly environment: string;
    readonly state: DeploymentState;
    /** What is deployed. Without it, and with `inactive`, nothing new is recorded. */
    readonly commit?: string | undefined;
    /** One sentence; GitHub takes 140 characters. */
    readonly description: string;
    /** Where the environment is reached. */
    readonly url?: string | undefined;
    /** Where what was done can be read. */
    readonly log?: string | undefined;
}

/** What became of the record; `none` when there is nothing that it could be about. */
export type Recorded = DeploymentState | "none";

const permission = "deployments: write";
const longestDescription = 140;

/**
 * Records at GitHub how an environment is: one deployment per commit, its states one after the other. When one is a success, and when the
 * environment is gone, all earlier ones become inactive; GitHub does that by itself only where a deployment is not transient. A commit that
 * GitHub does not have, such as one of a fork that is gone, is not recorded. Needs `deployments: write`.
 */
export async function recordDeployment(github: GitHub, record: DeploymentRecord): Promise<Recorded> {
    return asking(`record the deployment of ${record.environment}`, permission, async () => {
        const { environment, state, commit } = record;
        const before = await deploymentsOf(github, environment);
        if (state === "inactive") {
            await deactivate(github, before, record);
            return before.length === 0 ? "none" : "inactive";
        }
        if (commit === undefined) return "none";
        const [newest] = before; // an older one of this commit stays behind: its place among the others tells what is active
        const id = newest?.sha === commit ? newest.id : await begin(github, record, commit);
        if (id === undefined) return "none";
        await setState(github, id, record);
        if (state === "success") await deactivate(github, before.filter((one) => one.id !== id), { ...record, state: "inactive", description: "replaced by a newer one" });
        return state;
    });
}

interface Deployment {
    readonly id: number;
    readonly sha: string;
}

/** The newest first. */
async function deploymentsOf({ ask, repository }: GitHub, environment: string): Promise<readonly Deployment[]> {
    const found = await allPages((page) => ask("GET /repos/{owner}/{repo}/deployments", { ...repository, environment, per_page: 100, page }));
    return found.map(({ id, sha }) => ({ id: Number(id), sha })).sort((one, other) => other.id - one.id);
}

/** Undefined when GitHub does not have the commit. */
async function begin({ ask, repository }: GitHub, { environment, description }: DeploymentRecord, commit: string): Promise<number | undefined> {
    try {
        const { data } = await ask("POST /repos/{owner}/{repo}/deployments", {
            ...repository,
            ref: commit,
            environment,
            description: shortened(description),
            transient_environment: true,
            production_environment: false,
            // It is deployed already, or about to be: nothing is merged into it for that, and no check is waited for.
            auto_merge: false,
            required_contexts: [],
        });
        if ("id" in data) return Number(data.id);
        throw new Error(`GitHub has merged something instead of recording a deployment: ${data.message ?? ""}`);
    } catch (error) {
        if (statusOf(error) === 422 && error instanceof Error && /no ref found/i.test(error.message)) return undefined;
        throw error;
    }
}

/** The oldest first: what is left active by somebody who is stopped in between is then found from the newest on. */
async function deactivate(github: GitHub, newestFirst: readonly Deployment[], record: DeploymentRecord): Promise<void> {
    const active: Deployment[] = [];
    for (const deployment of newestFirst) {
        if ((await stateOf(github, deployment)) === "inactive") break; // all that are older are so too
        active.unshift(deployment);
    }
    for (const { id } of active) await setState(github, id, record);
}

async function stateOf({ ask, repository }: GitHub, { id }: Deployment): Promise<string | undefined> {
    const { data } = await ask("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", { ...repository, deployment_id: id, per_page: 1 });
    return data[0]?.state;
}

async function setState({ ask, repository }: GitHub, id: number, { environment, state, description, url, log }: DeploymentRecord): Promise<void> {
    await ask("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
        ...{ ...repository, deployment_id: id, state, environment, description: shortened(description), auto_inactive: true },
        ...(url !== undefined && { environment_url: url }),
        ...(log !== undefined && { log_url: log }),
    });
}

function shortened(text: string): string {
    const characters = Array.from(text);
    return characters.length <= longestDescription ? text : `${characters.slice(0, longestDescription - 1).join("")}…`;
}
