import { expiryOf, type EnvironmentEntry } from "../../model/registry";

/** What is known of the world in which environments are needed. What is absent was not asked, and decides nothing. */
export interface Needs {
    /** Branches that exist no more. */
    readonly gone?: ReadonlySet<string>;
    /** Pull requests that are closed, by number. */
    readonly closed?: ReadonlySet<number>;
}

export type Fate = { readonly fate: "stays" } | { readonly fate: "warned"; readonly why: string } | { readonly fate: "goes"; readonly why: string };

/** How long somebody may have begun something and not be at it, in milliseconds. */
const patience = 2 * 60 * 60 * 1000;

/** Whether an environment is still needed. One that somebody works on always stays. */
export function fateOf(environment: EnvironmentEntry & { readonly worker?: unknown }, { gone, closed }: Needs, now: Date): Fate {
    const { branch, status, since, expires, ready, worker, warned } = environment;
    if (worker !== undefined) return { fate: "stays" };
    if (status === "removing" && isOld(since, now)) return goes(`its removal was begun ${since} and not ended`);
    const expiry = expiryOf(environment, now);
    if (expiry === "pinned") return { fate: "stays" };
    if (expiry === "expired") return goes(`it has expired ${expires}`);
    const pullRequest = pullRequestOfEntry(environment);
    if (pullRequest !== undefined && closed?.has(pullRequest) === true) return goes(`its pull request ${pullRequest} is closed`);
    if (gone?.has(branch) === true) return goes("its branch is gone");
    if (ready === undefined && isOld(since, now)) return goes("it was never up");
    if (expiry === "soon" && warned === undefined) return { fate: "warned", why: `it expires ${expires}` };
    return { fate: "stays" };
}

function goes(why: string): Fate {
    return { fate: "goes", why };
}

function isOld(time: string, now: Date): boolean {
    return now.getTime() - Date.parse(time) > patience;
}

/** The pull request that an environment belongs to. A fork's branch is none of ours: its environment has the name of GitHub's ref for the pull request. */
export function pullRequestOfEntry({ branch, pullRequest }: Pick<EnvironmentEntry, "branch" | "pullRequest">): number | undefined {
    const [, number] = /^pull\/(\d+)\/head$/.exec(branch) ?? [];
    return number === undefined ? pullRequest : Number(number);
}
