import { expiryOf, type EnvironmentEntry } from "../../model/registry";

/** What is known of the world in which environments are needed. What is absent was not asked, and decides nothing. */
export interface Needs {
    /** Branches that exist, of all repositories whose branches have environments. */
    readonly branches?: ReadonlySet<string>;
    /** Pull requests that are closed, by number. */
    readonly closed?: ReadonlySet<number>;
}

export type Fate = { readonly fate: "stays" } | { readonly fate: "warned"; readonly why: string } | { readonly fate: "goes"; readonly why: string };

/** How long somebody may have begun something and not be at it, in milliseconds. */
const patience = 2 * 60 * 60 * 1000;

/** Whether an environment is still needed. One that somebody works on always stays. */
export function fateOf(environment: EnvironmentEntry & { readonly worker?: unknown }, { branches, closed }: Needs, now: Date): Fate {
    const { branch, pullRequest, status, since, expires, ready, worker, warned } = environment;
    if (worker !== undefined) return { fate: "stays" };
    if (status === "removing" && isOld(since, now)) return goes(`its removal was begun ${since} and not ended`);
    const expiry = expiryOf(environment, now);
    if (expiry === "pinned") return { fate: "stays" };
    if (expiry === "expired") return goes(`it has expired ${expires}`);
    if (pullRequest !== undefined && closed?.has(pullRequest) === true) return goes(`its pull request ${pullRequest} is closed`);
    if (branches?.has(branch) === false) return goes("its branch is gone");
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
