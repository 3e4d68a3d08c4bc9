import { readFileSync } from "node:fs";
import { UsageError } from "./errors";

/** What a workflow of GitHub is about, as far as its variables and its event tell. */
export interface GitHubEvent {
    readonly pullRequest?: number;
    /** Of this repository; a fork's branch of the same name is another one. */
    readonly branch?: string;
    /** The pull request's branch is in another repository. */
    readonly fork: boolean;
    /** At the end of the pull request, not the merge that GitHub tries. */
    readonly commit?: string;
    /** The pull request was closed, or the branch deleted. */
    readonly removal: boolean;
    /** Owner/name. */
    readonly repository?: string;
    /** Address of the run. */
    readonly log?: string;
}

/** Reads the variables of a workflow. Outside of one nothing is known. Fails when the event cannot be read. */
export function readGitHubEvent(env: Readonly<Record<string, string | undefined>>): GitHubEvent {
    const repository = given(env["GITHUB_REPOSITORY"]);
    const [server, run] = [given(env["GITHUB_SERVER_URL"]), given(env["GITHUB_RUN_ID"])];
    const known = server === undefined || run === undefined || repository === undefined ? {} : { log: `${server}/${repository}/actions/runs/${run}` };
    return { ...aboutOf(readEvent(given(env["GITHUB_EVENT_PATH"])), env, repository), ...known, ...(repository !== undefined && { repository }) };
}

/** The part of an event that is read here (https://docs.github.com/en/webhooks/webhook-events-and-payloads). */
interface Event {
    readonly action?: string;
    readonly pull_request?: { readonly number: number; readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly full_name: string } | null } };
    readonly ref?: string;
    readonly ref_type?: string;
}

function aboutOf({ action, pull_request: request, ref, ref_type: kind }: Event, env: Readonly<Record<string, string | undefined>>, repository: string | undefined): Pick<GitHubEvent, "pullRequest" | "branch" | "fork" | "commit" | "removal"> {
    if (request !== undefined) {
        const { number, head } = request;
        const own = head.repo?.full_name.toLowerCase() === repository?.toLowerCase();
        return { pullRequest: number, fork: !own, commit: head.sha, removal: action === "closed", ...(own && { branch: head.ref }) };
    }
    if (env["GITHUB_EVENT_NAME"] === "delete" && kind === "branch" && ref !== undefined) return { branch: ref, fork: false, removal: true };
    const [, number] = /^refs\/pull\/(\d+)\//.exec(env["GITHUB_REF"] ?? "") ?? [];
    return { fork: false, removal: false, ...(number !== undefined && { pullRequest: Number(number) }) };
}

function readEvent(file: string | undefined): Event {
    if (file === undefined) return {};
    try {
        return JSON.parse(readFileSync(file, "utf8")) as Event;
    } catch (error) {
        throw new UsageError(`GITHUB_EVENT_PATH: ${file} cannot be read: ${(error as Error).message}`, "leave it as GitHub sets it, or unset it");
    }
}

function given(value: string | undefined): string | undefined {
    return value === "" ? undefined : value;
}
