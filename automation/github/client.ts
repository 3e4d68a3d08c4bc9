import type { request } from "@octokit/request";
import { setTimeout as sleep } from "node:timers/promises";
import { programVersion } from "../engine/program";
import { lineOf, UnderstudyError } from "../errors";
import type { Context } from "../options";

/** A repository as GitHub's routes name it. */
export interface Repository {
    readonly owner: string;
    readonly repo: string;
}

/** GitHub's API about one repository. */
export interface GitHub {
    readonly repository: Repository;
    /** Sends one request: authorized, with a time limit, and again when GitHub asks for patience or fails for the moment. */
    readonly ask: typeof request;
    /** The token is of a GitHub App, as that of every workflow is: it acts as a bot and has no user. */
    readonly bot: boolean;
}

/** Bounds of one request, in seconds; tests take smaller ones. */
export interface Bounds {
    /** For one answer. Default 20. */
    readonly answer?: number;
    /** For all pauses between attempts together. Default 120. */
    readonly pauses?: number;
    /** The first pause after a failure for which GitHub names none; each further one is twice as long. Default 1. */
    readonly firstPause?: number;
}

const attempts = 5;

/**
 * GitHub's API about `repository` ("owner/name"), at `GITHUB_API_URL` with `GITHUB_TOKEN` of the context's environment. Fails with kind
 * `credentials` without a token, and with kind `settings` on an address or a repository that is none. Nothing is sent yet.
 */
export async function openGitHub({ env, emit, signal }: Pick<Context, "env" | "emit" | "signal">, repository: string, bounds: Bounds = {}): Promise<GitHub> {
    const { answer = 20, pauses = 120, firstPause = 1 } = bounds;
    const [, owner = "", repo = ""] = /^([\w-][\w.-]*)\/(?!\.{1,2}$)([\w.-]+)$/.exec(repository) ?? [];
    if (repo === "") throw new UnderstudyError("settings", `${JSON.stringify(repository)} is no repository`, "name it as owner/name");
    const token = env["GITHUB_TOKEN"] ?? "";
    if (token === "") throw new UnderstudyError("credentials", "GITHUB_TOKEN is not set", "give it to the step: `env: { GITHUB_TOKEN: ${{ github.token }} }`");

    const { request: send } = await import("@octokit/request");
    const retry = { emit, signal, answer, pauses, firstPause };
    const ask = send.defaults({
        baseUrl: apiUrl(env["GITHUB_API_URL"]),
        headers: { authorization: `Bearer ${token}`, "user-agent": `understudy/${programVersion()}`, "x-github-api-version": "2022-11-28" },
        request: { hook: (once: Send, options: object) => withRetries(once, options, retry) },
    });
    return { repository: { owner, repo }, ask, bot: token.startsWith("ghs_") };
}

/** The address without its last slash, which GitHub's own variable does not have either. */
function apiUrl(given: string | undefined): string {
    const address = given === undefined || given === "" ? "https://api.github.com" : given;
    if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
        throw new UnderstudyError("settings", `GITHUB_API_URL: ${JSON.stringify(address)} is no address`, "leave it as GitHub sets it, or unset it");
    }
    return address.replace(/\/+$/, "");
}

type Send = (options: object) => Promise<unknown>;

interface Retries extends Required<Bounds> {
    readonly emit: Context["emit"];
    readonly signal: AbortSignal | undefined;
}

/** What may be sent twice is up to the callers: each looks afterwards at what there is, since an answer that got lost may have been a success. */
async function withRetries(once: Send, options: object, { emit, signal, answer, pauses, firstPause }: Retries): Promise<unknown> {
    let waited = 0;
    for (let attempt = 1; ; attempt += 1) {
        try {
            return await withinTime(once, options, answer, signal);
        } catch (error) {
            if (signal?.aborted === true) throw interrupted(error);
            const pause = pauseAfter(error, firstPause * 2 ** (attempt - 1));
            if (pause === undefined || attempt === attempts || waited + pause > pauses) throw error;
            waited += pause;
            emit({ type: "notice", message: `GitHub is asked again in ${Math.ceil(pause)} s: ${lineOf(error)}` });
            await sleep(pause * 1000, undefined, signal && { signal }).catch((cause: unknown) => {
                throw interrupted(cause);
            });
        }
    }
}

/** A clock of its own: a combination of signals with a time limit may be forgotten by Node.js 20. */
async function withinTime(once: Send, options: object, seconds: number, signal: AbortSignal | undefined): Promise<unknown> {
    const ending = new AbortController();
    const end = (): void => ending.abort(signal?.reason);
    const clock = setTimeout(() => ending.abort(new Error(`no answer within ${seconds} s`)), seconds * 1000);
    signal?.addEventListener("abort", end, { once: true });
    try {
        if (signal?.aborted === true) end();
        const { request } = options as { readonly request?: object };
        return await once({ ...options, request: { ...request, signal: ending.signal } });
    } finally {
        clearTimeout(clock);
        signal?.removeEventListener("abort", end);
    }
}

function interrupted(cause: unknown): UnderstudyError {
    return new UnderstudyError("interrupted", "stopped while GitHub was asked", "run the same command again", { cause });
}

/** What the library throws: an answer that is no success, or, without `response`, none at all. */
interface HttpError extends Error {
    readonly status: number;
    readonly response?: { readonly status: number; readonly headers: Readonly<Record<string, string | number | undefined>> };
}

function isHttpError(error: unknown): error is HttpError {
    return error instanceof Error && error.name === "HttpError" && "status" in error;
}

/** The status of GitHub's answer; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
    return isHttpError(error) ? error.response?.status : undefined;
}

/** Seconds until the same request may succeed; undefined when it will not. `guess` where GitHub names no time. */
function pauseAfter(error: unknown, guess: number): number | undefined {
    if (!isHttpError(error)) return undefined;
    const status = statusOf(error);
    if (isRateLimit(error)) return untilReset(error) ?? Math.max(guess, 60); // less than a minute would make a secondary limit longer
    return status === undefined || status >= 500 ? guess : undefined;
}

/** GitHub counts requests, and answers those that are too many as if they were forbidden. */
function isRateLimit(error: HttpError): boolean {
    const status = statusOf(error);
    if (status === 429) return true;
    const { headers = {} } = error.response ?? {};
    return status === 403 && (headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0" || /rate limit/i.test(error.message));
}

/** Seconds as GitHub says them; the end of its hour by GitHub's own clock. */
function untilReset({ response }: HttpError): number | undefined {
    const { "retry-after": after, "x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset, date } = response?.headers ?? {};
    if (after !== undefined && Number(after) >= 0) return Number(after);
    const now = Date.parse(String(date));
    return remaining === "0" && Number(reset) > 0 ? Math.max(1, Number(reset) - (Number.isNaN(now) ? Date.now() : now) / 1000) : undefined;
}

/**
 * Does what is asked of GitHub and throws what a person can act on. `doing` completes "could not …", `permission` is the line that the job
 * needs under `permissions:`. What GitHub calls a mistake in the request is one of this program and thrown as it is.
 */
export async function asking<T>(doing: string, permission: string, work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw explained(error, doing, permission);
    }
}

function explained(error: unknown, doing: string, permission: string): unknown {
    if (!isHttpError(error)) return error;
    const status = statusOf(error);
    const told = (kind: "credentials" | "network" | "not-found", what: string, advice: string): UnderstudyError =>
        new UnderstudyError(kind, `could not ${doing}: ${what} (${lineOf(error).replace(/ - https?:\S+$/, "")})`, advice, { cause: error });

    if (status === undefined) return told("network", "GitHub cannot be reached", "look at the network connection, and at GITHUB_API_URL");
    if (isRateLimit(error)) {
        const seconds = untilReset(error);
        const advice = seconds === undefined ? "run the same command again in some minutes" : `run the same command again in ${Math.ceil(seconds / 60)} min`;
        return told("network", "GitHub is asked too often", advice);
    }
    if (status >= 500) return told("network", "GitHub fails at the moment", "run the same command again in a minute");
    if (status === 401) return told("credentials", "GitHub does not know the token", "give the step `env: { GITHUB_TOKEN: ${{ github.token }} }`, or a token that has not expired");
    if (status === 403) return told("credentials", "the token may not do this", `add \`${permission}\` to the \`permissions:\` of the job`);
    if (status === 404) return told("not-found", "there is none", `look at the repository and the number; without \`${permission}\` a private repository is not seen`);
    return error;
}

/** All entries of a list, from page to page as GitHub links them. */
export async function allPages<T>(read: (page: number) => Promise<{ readonly data: readonly T[]; readonly headers: { readonly link?: string | undefined } }>): Promise<readonly T[]> {
    const found: T[] = [];
    for (let page = 1; ; page += 1) {
        const { data, headers } = await read(page);
        found.push(...data);
        if (!/<[^>]+>;\s*rel="next"/.test(headers.link ?? "")) return found;
    }
}
