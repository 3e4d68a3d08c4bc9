import { parse } from "yaml";

/** What the rules read of a workflow, or of an action of this repository. */
interface Document {
    readonly on?: string | readonly string[] | Readonly<Record<string, unknown>>;
    readonly permissions?: unknown;
    readonly concurrency?: { readonly group?: string; readonly "cancel-in-progress"?: unknown };
    readonly jobs?: Readonly<Record<string, Job>>;
    readonly runs?: { readonly steps: readonly Step[] };
}

export interface Job {
    readonly if?: string;
    readonly permissions?: Readonly<Record<string, string>> | string;
    readonly "runs-on"?: string;
    readonly "timeout-minutes"?: number;
    readonly environment?: string;
    readonly steps?: readonly Step[];
}

export interface Step {
    readonly uses?: string;
    readonly run?: string;
    readonly if?: string;
    readonly shell?: string;
    readonly with?: Readonly<Record<string, unknown>>;
    readonly env?: Readonly<Record<string, string>>;
}

/** Inputs of the actions at the commits that are used, as their own `action.yml` there has them; no other is taken, and a misspelled one is not noticed by GitHub. */
const inputs: Readonly<Record<string, readonly string[]>> = {
    "actions/checkout": ["repository", "ref", "token", "persist-credentials", "path", "fetch-depth"],
    "actions/setup-node": ["node-version", "node-version-file", "cache", "package-manager-cache"],
    "actions/upload-artifact": ["name", "path", "if-no-files-found", "retention-days", "compression-level", "overwrite"],
    "actions/download-artifact": ["name", "path", "github-token", "repository", "run-id"],
    "aws-actions/configure-aws-credentials": ["aws-region", "role-to-assume", "role-session-name", "role-duration-seconds"],
    "pulumi/actions": ["pulumi-version"],
};

/** All steps of a workflow or an action, with the job they are in. */
export function stepsOf(text: string): readonly (Step & { readonly job: string })[] {
    const { jobs = {}, runs } = parse(text) as Document;
    const ofJobs = Object.entries(jobs).flatMap(([job, { steps = [] }]) => steps.map((step) => ({ ...step, job })));
    return [...ofJobs, ...(runs?.steps ?? []).map((step) => ({ ...step, job: "" }))];
}

export function jobsOf(text: string): Readonly<Record<string, Job>> {
    return (parse(text) as Document).jobs ?? {};
}

/** What is wrong with a workflow, or an action of this repository, that its linter does not mind. */
export function problemsOf(text: string): readonly string[] {
    const document = parse(text) as Document;
    const steps = stepsOf(text);
    return [...pins(text), ...(document.runs === undefined ? workflow(document) : []), ...steps.flatMap((step) => stepProblems(step, document))];
}

/** Every action of others by the commit of a release, which is named beside it: a tag could be moved. */
function pins(text: string): readonly string[] {
    return text.split("\n").flatMap((line) => {
        const [, uses] = /^\s*(?:- )?uses:\s*(\S+)/.exec(line) ?? [];
        if (uses === undefined || uses.startsWith("./")) return [];
        return /^\s*(?:- )?uses: [\w.-]+\/[\w.-]+(?:\/[\w./-]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line) ? [] : [`${uses} is not pinned by a commit with its version`];
    });
}

function workflow({ on = {}, permissions, concurrency, jobs = {} }: Document): readonly string[] {
    const triggers = typeof on === "string" ? [on] : Array.isArray(on) ? (on as readonly string[]) : Object.keys(on);
    const nothing = typeof permissions === "object" && permissions !== null && Object.keys(permissions).length === 0;
    return [
        ...(triggers.includes("pull_request_target") ? ["pull_request_target runs with the secrets of this repository on somebody else's word"] : []),
        ...(nothing ? [] : ["the workflow has permissions that its jobs do not name"]),
        ...(concurrency?.group === undefined ? ["there is no concurrency group"] : []),
        ...(concurrency?.["cancel-in-progress"] === false ? [] : ["a run that is under way could be cancelled"]),
        ...Object.entries(jobs).flatMap(([name, job]) => jobProblems(name, job, triggers)),
    ];
}

function jobProblems(name: string, { permissions, "runs-on": runner = "", "timeout-minutes": timeout, environment }: Job, triggers: readonly string[]): readonly string[] {
    return [
        ...(typeof permissions === "object" ? [] : [`${name}: its permissions are not listed`]),
        ...(/^ubuntu-\d+\.\d+$/.test(runner) ? [] : [`${name}: its machine is not one of a version`]),
        ...(timeout !== undefined && timeout <= 90 ? [] : [`${name}: it has no limit of time`]),
        ...(triggers.includes("workflow_run") && environment === undefined ? [`${name}: nobody approves what another run has made`] : []),
    ];
}

function stepProblems({ uses = "", run, with: given = {}, env = {}, job }: Step & { readonly job: string }, { on = {} }: Document): readonly string[] {
    const [action = ""] = uses.split("@");
    const where = job === "" ? "" : `${job}: `;
    const known = inputs[action];
    const ofRun = typeof on === "object" && "workflow_run" in on;
    return [
        ...(run?.includes("${{") === true ? [`${where}an expression becomes part of a script: ${run.split("\n", 1).join("")}`] : []),
        ...(action === "actions/checkout" && given["persist-credentials"] !== false ? [`${where}the checkout keeps the token`] : []),
        ...(action === "actions/checkout" && ofRun && given["ref"] !== undefined ? [`${where}code of others is checked out beside credentials`] : []),
        ...(uses !== "" && !uses.startsWith("./") && known === undefined ? [`${where}nobody has looked at the inputs of ${action}`] : []),
        ...(known === undefined ? [] : Object.keys(given).flatMap((name) => (known.includes(name) ? [] : [`${where}${action} has no input ${name}`]))),
        ...Object.entries(env).flatMap(([name, value]) => (/secrets\./.test(value) ? [`${where}${name} is a secret: roles and the job's own token are enough`] : [])),
    ];
}
