import { readFileSync } from "node:fs";
import { branchMainHost, branchStack } from "../../model/names";
import type { EnvironmentEntry } from "../../model/registry";
import type { BaseSettings } from "../../model/settings";
import { reachable } from "../addresses";
import { makeClients } from "../aws/clients";
import { backendOf } from "../backend";
import type { Changes } from "../engine/progress";
import { UnderstudyError } from "../errors";
import { step } from "../events";
import { openGitHub } from "../github/client";
import { markerOf, renderComment } from "../github/comment";
import { recordDeployment, type DeploymentState, type Recorded } from "../github/deployments";
import { pullRequestOf } from "../github/questions";
import { stick, type Stuck } from "../github/stickyComment";
import type { Context } from "../options";
import { Registry, type KnownEnvironment } from "../registry/registry";
import { NoTable } from "../registry/table";
import { forBranches } from "../settings/privateSettings";
import { findProject, readStack } from "../settings/project";
import { readLocks } from "../state/locks";
import { openStore } from "../state/openStore";
import { parseCheckpoint } from "../state/stackState";
import { stackFolder } from "../state/store";
import { readRecord } from "../state/tags";
import type { EnvironmentReport, EnvironmentStatus } from "./environmentReport";
import type { RunStatus } from "./runStatus";
import { defaultBase, identify, refuseOther } from "./target";
import type { BranchUp } from "./up";

/** Which environment is reported, and what is known of the run that was about it. */
export interface ReportOptions {
    /** Full name of the git branch. */
    readonly branch: string;
    /** Stack of the base. Default `staging`. */
    readonly base?: string;
    /** Commit that the run was about. */
    readonly commit?: string;
    /** How the run ended, as its surroundings know it. */
    readonly status?: RunStatus;
    /** File with what `branch up --json` or `branch down --json` printed. It may be missing, empty or cut short: a killed command says no more. */
    readonly result?: string;
    /** The run was to remove the environment. */
    readonly removal?: boolean;
    /** It was removed because its time was over. */
    readonly expired?: boolean;
}

/** A report and whom it is for. */
export interface PullRequestReportOptions extends ReportOptions {
    /** Repository as owner/name. */
    readonly repository: string;
    /** Number of the pull request. Default: the newest one of the branch. */
    readonly pullRequest?: number;
    /** Address where what was done can be read. */
    readonly log?: string;
}

/** What was told to whom. */
export interface Reported {
    /** Absent when there is nothing to tell. */
    readonly report?: EnvironmentReport;
    readonly comment: Stuck;
    readonly deployment: Recorded;
}

/**
 * Tells a pull request how the environment of its branch is: in one comment, and as a deployment of the environment `branch/<id>`. What is told is
 * how the environment is now, whatever the run says of itself. Both are tried; fails when one of them cannot be told.
 */
export async function reportPullRequest(context: Context, options: PullRequestReportOptions): Promise<Reported> {
    const github = await openGitHub(context, options.repository);
    const known = await readReport(context, options);
    if (known === undefined) return { comment: "none", deployment: "none" };

    const pullRequest = options.pullRequest ?? (await pullRequestOf(github, options.branch))?.number;
    const report: EnvironmentReport = { ...known, ...(pullRequest !== undefined && { pullRequest }) };
    const { status } = report;
    const gone = status === "removed" || status === "expired";
    const [comment, deployment] = await Promise.allSettled([
        step(context.emit, "comment on pull request", async () =>
            pullRequest === undefined ? ("none" as const) : stick(github, { pullRequest, marker: markerOf(report), body: renderComment(report), create: !gone }),
        ),
        step(context.emit, "record deployment", () =>
            recordDeployment(github, {
                ...{ environment: `branch/${report.id}`, state: stateOf[status], commit: report.commit, log: options.log, url: report.url },
                description: report.reason ?? descriptions[status],
            }),
        ),
    ]);
    if (comment.status === "rejected") throw comment.reason;
    if (deployment.status === "rejected") throw deployment.reason;
    return { report, comment: comment.value, deployment: deployment.value };
}

/** A removal is under way until it is over: GitHub has no word for it. */
const stateOf: Readonly<Record<EnvironmentStatus, DeploymentState>> = {
    requested: "queued",
    updating: "in_progress",
    up: "success",
    failed: "failure",
    removing: "in_progress",
    removed: "inactive",
    expired: "inactive",
    cancelled: "error",
};

const descriptions: Readonly<Record<EnvironmentStatus, string>> = {
    requested: "asked for",
    updating: "being updated",
    up: "up",
    failed: "failed",
    removing: "being removed",
    removed: "removed",
    expired: "expired and removed",
    cancelled: "interrupted",
};

/** How the environment of a branch is now, from its state, its base's registry and what the run left behind. Undefined when there is nothing to tell. */
export async function readReport(context: Context, options: ReportOptions): Promise<EnvironmentReport | undefined> {
    const { branch, base = defaultBase, commit } = options;
    const { id } = identify({ branch });
    const [seen, outcome] = [await look(context, { branch, base }), readOutcome(options.result, id)];
    const judged = judge(seen, outcome, options);
    if (judged === undefined) return undefined;

    const info = seen.kind === "there" ? seen.info : undefined;
    const alive = judged.status !== "removed" && judged.status !== "expired";
    const runs = (judged.status === "up" ? info?.entry?.commit : undefined) ?? commit;
    return {
        ...{ branch, id, base, ...judged },
        ...(runs !== undefined && options.removal !== true && { commit: runs }),
        ...(info !== undefined && alive && factsOf(info)),
        ...(alive && addressesOf(info, outcome)),
        ...(outcome.kind === "up" && alive && numbersOf(outcome.up)),
        ...(outcome.kind === "removed" && !alive && numbersOf(outcome.removed)),
    };
}

/** What there is of the environment. */
export type Seen =
    | { readonly kind: "there"; readonly info: SeenEnvironment }
    | { readonly kind: "gone" }
    /** Nobody could look. */
    | { readonly kind: "unknown"; readonly why: string };

export interface SeenEnvironment {
    readonly owner?: string;
    /** Resources in its state; absent when that cannot be read. */
    readonly resources?: number;
    /** Its state is locked, or somebody is said to work on it. */
    readonly busy: boolean;
    /** What the registry knows of it. */
    readonly entry?: Pick<EnvironmentEntry, "status" | "reason" | "owner" | "commit" | "expires" | "pinned" | "only">;
    /** Where its main service is, or will be. */
    readonly url: string;
}

/** A report is most needed where something is broken, so whatever keeps from looking is told, and stops nothing. */
async function look(context: Context, target: { readonly branch: string; readonly base: string }): Promise<Seen> {
    try {
        const info = await readEnvironmentOf(context, target);
        return info === undefined ? { kind: "gone" } : { kind: "there", info };
    } catch (error) {
        if (!(error instanceof UnderstudyError) || error.kind === "interrupted" || error.kind === "conflict") throw error;
        context.emit({ type: "warning", message: `it is not known whether the environment is there: ${error.message}; ${error.advice}` });
        return { kind: "unknown", why: error.message };
    }
}

/** Reads the backend's objects of this one environment and its item in the registry: no engine is needed for that. Undefined where there is no state. */
async function readEnvironmentOf(context: Context, { branch, base }: { readonly branch: string; readonly base: string }): Promise<SeenEnvironment | undefined> {
    const { id, stack } = identify({ branch });
    const found = findProject(context.directory);
    const { settings } = readStack(found, base);
    const { name: project } = found;
    const store = await openStore(backendOf(context, base, settings).url, context.env);
    const key = `${stackFolder(project)}${stack}.json`;
    const [objects, record, locks, entry] = await Promise.all([store.list(key), readRecord(store, project, stack), readLocks(store, project, stack), readEntry(context, settings, id)]);
    if (!objects.some((object) => object === key || object === `${key}.gz`)) return undefined;
    refuseOther({ id, branch }, record);
    const resources = parseCheckpoint(await store.read(key))?.resources.length;
    const url = reachable(`https://${branchMainHost(settings.zone, id)}`, context.surroundings, true);
    const owner = entry?.owner ?? record?.owner;
    const busy = locks.length > 0 || entry?.worker !== undefined;
    return { url, busy, ...(resources !== undefined && { resources }), ...(owner !== undefined && { owner }), ...(entry !== undefined && { entry }) };
}

/** What the registry knows of an environment; undefined as well when it is not there or cannot be asked, which keeps no report from being made. */
async function readEntry(context: Context, settings: BaseSettings, id: string): Promise<KnownEnvironment | undefined> {
    try {
        return await Registry.open(context, makeClients(context.env, forBranches(settings)), settings).read(id);
    } catch (error) {
        if (!(error instanceof UnderstudyError) || error.kind === "interrupted") throw error;
        if (!(error instanceof NoTable)) context.emit({ type: "warning", message: `the registry is not asked how the environment is: ${error.message}; ${error.advice}` });
        return undefined;
    }
}

/** What a command said of itself at its end. */
export type Outcome =
    | { readonly kind: "up"; readonly up: Pick<BranchUp, "urls" | "changes" | "seconds" | "url"> }
    | { readonly kind: "removed"; readonly removed: { readonly changes: Changes; readonly seconds: number } }
    | { readonly kind: "error"; readonly error: { readonly kind: string; readonly message: string } }
    /** It came to no end, or said nothing. */
    | { readonly kind: "nothing" };

function readOutcome(file: string | undefined, id: string): Outcome {
    if (file === undefined) return { kind: "nothing" };
    try {
        return parseOutcome(readFileSync(file, "utf8"), branchStack(id));
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return { kind: "nothing" };
        throw new UnderstudyError("settings", `${file} cannot be read: ${(error as Error).message}`, "name the file with what the command before printed", { cause: error });
    }
}

/**
 * What a command about a stack printed with `--json`; `nothing` when it is no whole document of `branch up`, `branch down` or an error, or is
 * about another stack.
 */
export function parseOutcome(text: string, about: string): Outcome {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        return { kind: "nothing" }; // cut short
    }
    const { error, changes, seconds, stack, url, urls } = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
    if (isError(error)) return { kind: "error", error: { kind: error.kind, message: error.message } };
    if (stack !== about || typeof seconds !== "number" || !isChanges(changes)) return { kind: "nothing" };
    if (urls === undefined) return { kind: "removed", removed: { changes, seconds } };
    return isAddresses(urls) ? { kind: "up", up: { urls, changes, seconds, ...(typeof url === "string" && { url }) } } : { kind: "nothing" };
}

function isError(value: unknown): value is { readonly kind: string; readonly message: string } {
    return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string" && "message" in value && typeof value.message === "string";
}

const counts = ["created", "updated", "replaced", "deleted", "unchanged"] as const satisfies readonly (keyof Changes)[];

function isChanges(value: unknown): value is Changes {
    return typeof value === "object" && value !== null && counts.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === "number");
}

function isAddresses(value: unknown): value is Readonly<Record<string, string>> {
    return typeof value === "object" && value !== null && Object.values(value).every((address) => typeof address === "string");
}

type Judged = Pick<EnvironmentReport, "status" | "reason">;

/**
 * What is true of an environment when a run has ended as its surroundings say, has said `outcome` of itself, and has left what is `seen`. What is
 * seen counts most: a run that was stopped may have done all, and one that was a success may be long past. Undefined when no run took place.
 */
export function judge(seen: Seen, outcome: Outcome, { status, removal = false, expired = false }: Pick<ReportOptions, "status" | "removal" | "expired">): Judged | undefined {
    if (status === "skipped") return undefined;
    if (removal && seen.kind === "gone") return { status: expired ? "expired" : "removed" };
    if (status === "started") return { status: startedAs(seen, removal) };
    switch (outcome.kind) {
        case "up":
            if (seen.kind === "gone") return { status: "removed", reason: "it was removed after this update" };
            if (seen.kind === "there" && seen.info.busy) return { status: "updating", reason: "somebody works on it again" };
            if (seen.kind === "there" && seen.info.entry !== undefined && seen.info.entry.status !== "up") return known(seen.info.entry, seen); // a later run's end
            return { status: "up", ...(status === "failure" && { reason: "it is up, but the job failed afterwards" }) };
        case "removed":
            if (seen.kind === "there") return { status: "updating", reason: "it was removed, and is made anew" };
            return { status: "removed" };
        case "error":
            // Another request has the environment, or this one never had its turn: how it is, only the registry knows.
            if (!removal && notAboutIt.has(outcome.error.kind) && seen.kind === "there" && seen.info.entry !== undefined) return known(seen.info.entry, seen);
            if (outcome.error.kind === "interrupted") return { status: "cancelled", reason: left(seen, outcome.error.message) };
            if (removal && outcome.error.kind === "not-found" && seen.kind === "unknown") return { status: "removed" };
            return { status: "failed", reason: removal ? `it could not be removed: ${outcome.error.message}` : left(seen, outcome.error.message) };
        case "nothing":
            return silent(seen, status, removal);
    }
}

/** Failures of a request that say nothing of the environment. */
const notAboutIt: ReadonlySet<string> = new Set(["superseded", "locked"]);

function startedAs(seen: Seen, removal: boolean): EnvironmentStatus {
    if (removal) return "removing";
    return seen.kind === "there" && seen.info.resources !== 0 ? "updating" : "requested";
}

/** Of a run that said nothing only its surroundings tell how it ended. */
function silent(seen: Seen, status: Exclude<RunStatus, "skipped" | "started"> | undefined, removal: boolean): Judged {
    const what = removal ? "its removal" : "its update";
    const entry = seen.kind === "there" ? seen.info.entry : undefined;
    if (status === "cancelled") return { status: "cancelled", reason: left(seen, `${what} was cancelled`) };
    if (status === "failure" || (status === undefined && entry === undefined)) {
        return { status: "failed", reason: left(seen, (entry?.status === "failed" ? entry.reason : undefined) ?? `${what} ended without a result`) };
    }
    if (seen.kind === "gone") return { status: "removed" };
    if (seen.kind === "unknown") return { status: "failed", reason: `${what} left no result, and nobody could look: ${seen.why}` };
    if (removal && status === "success") return { status: "failed", reason: "it is still there" };
    if (entry !== undefined) return known(entry, seen);
    return seen.info.busy ? { status: "updating", reason: "somebody works on it" } : { status: "up" };
}

/** What the registry says. An update or a removal on which nobody works any more was killed. */
function known({ status, reason }: Pick<EnvironmentEntry, "status" | "reason">, seen: Seen & { readonly kind: "there" }): Judged {
    switch (status) {
        case "up":
            return seen.info.busy ? { status: "updating", reason: "somebody works on it" } : { status };
        case "failed":
            return { status, ...(reason !== undefined && { reason: left(seen, reason) }) };
        case "updating":
        case "removing":
            return seen.info.busy ? { status } : { status: "cancelled", reason: left(seen, `its ${status === "updating" ? "update" : "removal"} was stopped`) };
    }
}

/** A reason with what the run has left behind. */
function left(seen: Seen, reason: string): string {
    if (seen.kind === "unknown") return reason;
    if (seen.kind === "gone") return `${reason}; there is no environment`;
    if (seen.info.busy) return `${reason}; it is locked: the engine of that run, or another run, may still work on it`;
    return seen.info.resources === 0 ? `${reason}; nothing was made yet` : `${reason}; what was made stays, and the next run goes on from there`;
}

/** Where it is reached: what the update said, else where the state says that the main service is, or will be. */
function addressesOf(info: SeenEnvironment | undefined, outcome: Outcome): Pick<EnvironmentReport, "url" | "urls"> {
    if (outcome.kind === "up") return { urls: outcome.up.urls, ...(outcome.up.url !== undefined && { url: outcome.up.url }) };
    return info === undefined || info.resources === undefined || info.resources === 0 ? {} : { url: info.url };
}

/** Whose it is, until when, and what of it runs. */
function factsOf({ owner, entry }: SeenEnvironment): Pick<EnvironmentReport, "owner" | "expires" | "pinned" | "only"> {
    const { expires, pinned, only } = entry ?? {};
    return {
        ...(owner !== undefined && { owner }),
        ...(pinned !== undefined ? { pinned: pinned.reason } : expires !== undefined && { expires }),
        ...(only !== undefined && { only }),
    };
}

function numbersOf({ changes, seconds }: { readonly changes: Changes; readonly seconds: number }): Pick<EnvironmentReport, "changes" | "seconds"> {
    return { changes, seconds };
}
