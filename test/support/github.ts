import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The part of GitHub's REST API that the tool uses, written after its documentation (https://docs.github.com/en/rest): routes, status codes,
 * permissions, pages, and what GitHub does by itself. Nobody has compared it with GitHub.
 */

export interface FakePull {
    readonly number: number;
    state: "open" | "closed";
    readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly full_name: string } | null };
}

export interface FakeRun {
    readonly id: number;
    status: "queued" | "in_progress" | "completed";
    run_attempt: number;
}

export interface FakeComment {
    readonly id: number;
    readonly issue: number;
    body: string;
    readonly user: { readonly login: string; readonly type: "Bot" | "User" };
}

export interface FakeDeployment {
    readonly id: number;
    readonly sha: string;
    readonly environment: string;
    readonly transient_environment: boolean;
    readonly production_environment: boolean;
    readonly statuses: FakeStatus[];
}

export interface FakeStatus {
    readonly state: string;
    readonly description: string;
    readonly environment_url: string;
    readonly log_url: string;
}

export interface Fault {
    /** Which requests it meets. @example "POST /repos/example/shop/issues/12/comments" */
    readonly on: RegExp;
    /** How often; default once. */
    times?: number;
    /** What is answered; without it the request is handled as always, after the delay. */
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: object;
    /** Handles the request first: only its answer is late, or lost. */
    readonly late?: boolean;
    /** Milliseconds before the answer. */
    readonly delay?: number;
}

type Permission = "actions" | "contents" | "deployments" | "pull-requests";
type Level = "read" | "write";

interface Call {
    readonly body: Readonly<Record<string, unknown>>;
    readonly query: URLSearchParams;
    readonly ids: readonly string[];
}

interface Answer {
    readonly status: number;
    readonly data?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
}

interface Route {
    readonly method: string;
    readonly path: RegExp;
    readonly needs?: readonly [Permission, Level];
    readonly handle: (call: Call) => Answer;
}

const repository = "example/shop";
/** The token of a workflow, and its user. */
const botToken = "ghs_workflow";
const bot = { login: "github-actions[bot]", type: "Bot" } as const;

export class FakeGitHub implements AsyncDisposable {
    readonly repository = repository;
    readonly token = botToken;
    readonly branches = new Set(["main"]);
    readonly pulls: FakePull[] = [];
    readonly runs: FakeRun[] = [];
    readonly deployments: FakeDeployment[] = [];
    comments: FakeComment[] = [];
    /** Commits that it has; all when empty. */
    readonly commits = new Set<string>();
    readonly faults: Fault[] = [];
    /** What the token may do. */
    permissions: Readonly<Partial<Record<Permission, Level>>> = { actions: "read", contents: "read", deployments: "write", "pull-requests": "write" };
    /** Users by their tokens. */
    readonly users: Readonly<Record<string, FakeComment["user"]>> = { [botToken]: bot, ghp_ada: { login: "ada", type: "User" }, ghp_bob: { login: "bob", type: "User" } };
    /** Method and path of every request. */
    readonly requests: string[] = [];
    private readonly server = createServer((request, response) => void this.answer(request, response));
    /** Where it listens. */
    url = "";
    private lastId = 1000;
    private caller: FakeComment["user"] = bot;

    static async start(): Promise<FakeGitHub> {
        const fake = new FakeGitHub();
        fake.server.listen(0, "127.0.0.1");
        await once(fake.server, "listening");
        fake.url = `http://127.0.0.1:${(fake.server.address() as AddressInfo).port}`;
        return fake;
    }

    async [Symbol.asyncDispose](): Promise<void> {
        this.server.closeAllConnections();
        this.server.close();
        await once(this.server, "close");
    }

    /** Variables of a process that works with it, as a workflow's token. */
    get env(): Readonly<Record<string, string>> {
        return { GITHUB_API_URL: this.url, GITHUB_TOKEN: botToken, GITHUB_REPOSITORY: repository };
    }

    clear(): void {
        for (const list of [this.pulls, this.runs, this.deployments, this.comments, this.faults, this.requests]) list.length = 0;
        this.commits.clear();
        this.permissions = { actions: "read", contents: "read", deployments: "write", "pull-requests": "write" };
    }

    pull(number: number, branch: string, more: { readonly state?: "open" | "closed"; readonly from?: string; readonly sha?: string } = {}): void {
        const { state = "open", from = repository, sha = commitOf(branch) } = more;
        this.pulls.push({ number, state, head: { ref: branch, sha, repo: { full_name: from } } });
    }

    comment(issue: number, body: string, user: FakeComment["user"] = { login: "bob", type: "User" }): FakeComment {
        const comment = { id: this.nextId(), issue, body, user };
        this.comments.push(comment);
        return comment;
    }

    /** Latest state per deployment of an environment, the oldest first. */
    states(environment: string): readonly (readonly [sha: string, state: string])[] {
        return this.deployments.filter((one) => one.environment === environment).map(({ sha, statuses }) => [sha, statuses.at(-1)?.state ?? "pending"]);
    }

    private nextId(): number {
        return (this.lastId += 1);
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const url = new URL(request.url ?? "", this.url);
        const said = await text(request);
        const name = `${request.method ?? ""} ${decodeURIComponent(url.pathname)}`;
        this.requests.push(name);
        const fault = this.faults.find(({ on, times = 1 }) => times > 0 && on.test(name));
        if (fault !== undefined) fault.times = (fault.times ?? 1) - 1;
        const early = fault?.late === true ? this.handle(request, url, said) : undefined;
        if (fault?.delay !== undefined) await sleep(fault.delay);
        const { status, data, headers } = fault?.status === undefined ? (early ?? this.handle(request, url, said)) : { status: fault.status, data: fault.body ?? { message: "Server Error" }, headers: fault.headers };
        response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
        response.on("error", () => undefined); // who asked has gone
        response.end(data === undefined ? undefined : JSON.stringify(data));
    }

    private handle({ method, headers }: IncomingMessage, url: URL, said: string): Answer {
        if (headers["user-agent"] === undefined) return { status: 403, data: { message: "Request forbidden by administrative rules." } };
        const [, token = ""] = /^(?:Bearer|token) (.+)$/.exec(headers.authorization ?? "") ?? [];
        const caller = this.users[token];
        if (caller === undefined) return { status: 401, data: { message: "Bad credentials" } };
        this.caller = caller;
        if (headers["x-github-api-version"] !== "2022-11-28") return { status: 400, data: { message: "unsupported version" } };
        for (const route of this.routes) {
            const match = route.method === method ? route.path.exec(url.pathname) : null;
            if (match === null) continue;
            if (!this.allows(route.needs)) return { status: 403, data: { message: "Resource not accessible by integration" } };
            const ids = match.slice(1).map(decodeURIComponent);
            try {
                return route.handle({ body: (said === "" ? {} : JSON.parse(said)) as Call["body"], query: url.searchParams, ids });
            } catch (error) {
                if (error instanceof Refusal) return error.answer;
                throw error;
            }
        }
        return { status: 404, data: { message: "Not Found" } };
    }

    private allows(needs: Route["needs"]): boolean {
        if (needs === undefined) return true;
        const level = this.permissions[needs[0]];
        return level === "write" || level === needs[1];
    }

    private page(all: readonly unknown[], { query }: Call, path: string): Answer {
        const size = Math.min(Number(query.get("per_page") ?? 30), 100);
        const page = Number(query.get("page") ?? 1);
        const next = new URL(path, this.url);
        for (const [key, value] of query) next.searchParams.set(key, value);
        next.searchParams.set("page", String(page + 1));
        const more = page * size < all.length;
        return { status: 200, data: all.slice((page - 1) * size, page * size), ...(more && { headers: { link: `<${next.href}>; rel="next", <${next.href}>; rel="last"` } }) };
    }

    private readonly routes: readonly Route[] = [
        { method: "GET", path: /^\/user$/, handle: () => (this.caller.type === "Bot" ? { status: 403, data: { message: "Resource not accessible by integration" } } : { status: 200, data: this.caller }) },
        { method: "GET", path: at(""), handle: () => ({ status: 200, data: { full_name: repository, default_branch: "main" } }) },
        {
            ...{ method: "GET", path: at("/git/ref/(.+)"), needs: ["contents", "read"] },
            handle: ({ ids: [ref = ""] }) => (this.branches.has(ref.replace(/^heads\//, "")) && ref.startsWith("heads/") ? { status: 200, data: { ref: `refs/${ref}` } } : notFound()),
        },
        { method: "GET", path: at("/pulls/(\\d+)"), needs: ["pull-requests", "read"], handle: ({ ids: [number] }) => found(this.pulls.find((pull) => pull.number === Number(number))) },
        {
            ...{ method: "GET", path: at("/pulls"), needs: ["pull-requests", "read"] },
            handle: (call) => {
                const { query } = call;
                const state = query.get("state") ?? "open";
                const [owner, ...branch] = (query.get("head") ?? "").split(":");
                const isOf = (pull: FakePull): boolean => !query.has("head") || (pull.head.ref === branch.join(":") && pull.head.repo?.full_name.split("/")[0] === owner);
                const all = this.pulls.filter((pull) => (state === "all" || pull.state === state) && isOf(pull));
                return this.page(all.sort((one, other) => other.number - one.number), call, `/repos/${repository}/pulls`);
            },
        },
        { method: "GET", path: at("/actions/runs/(\\d+)"), needs: ["actions", "read"], handle: ({ ids: [id] }) => found(this.runs.find((run) => run.id === Number(id))) },
        {
            ...{ method: "GET", path: at("/issues/(\\d+)/comments"), needs: ["pull-requests", "read"] },
            handle: (call) => this.page(this.comments.filter(({ issue }) => issue === this.pullOf(call)), call, `/repos/${repository}/issues/${call.ids[0] ?? ""}/comments`),
        },
        {
            ...{ method: "POST", path: at("/issues/(\\d+)/comments"), needs: ["pull-requests", "write"] },
            handle: (call) => ({ status: 201, data: this.comment(this.pullOf(call), bodyOf(call), this.caller) }),
        },
        {
            ...{ method: "PATCH", path: at("/issues/comments/(\\d+)"), needs: ["pull-requests", "write"] },
            handle: (call) => {
                const comment = this.comments.find(({ id }) => id === Number(call.ids[0]));
                if (comment !== undefined) comment.body = bodyOf(call);
                return found(comment);
            },
        },
        {
            ...{ method: "DELETE", path: at("/issues/comments/(\\d+)"), needs: ["pull-requests", "write"] },
            handle: ({ ids: [id] }) => {
                const before = this.comments.length;
                this.comments = this.comments.filter((comment) => comment.id !== Number(id));
                return this.comments.length === before ? notFound() : { status: 204 };
            },
        },
        {
            ...{ method: "GET", path: at("/deployments"), needs: ["deployments", "read"] },
            handle: (call) => {
                const environment = call.query.get("environment");
                const all = this.deployments.filter((one) => environment === null || one.environment === environment).map(({ statuses: _, ...rest }) => rest);
                return this.page(all.reverse(), call, `/repos/${repository}/deployments`);
            },
        },
        { method: "POST", path: at("/deployments"), needs: ["deployments", "write"], handle: ({ body }) => this.deploy(body) },
        {
            ...{ method: "GET", path: at("/deployments/(\\d+)/statuses"), needs: ["deployments", "read"] },
            handle: (call) => this.page([...this.deploymentOf(call).statuses].reverse(), call, `/repos/${repository}/deployments/${call.ids[0] ?? ""}/statuses`),
        },
        { method: "POST", path: at("/deployments/(\\d+)/statuses"), needs: ["deployments", "write"], handle: (call) => this.setState(this.deploymentOf(call), call) },
    ];

    private pullOf({ ids: [number] }: Call): number {
        const pull = this.pulls.find((one) => one.number === Number(number));
        if (pull === undefined) throw new Refusal(notFound());
        return pull.number;
    }

    private deploymentOf({ ids: [id] }: Call): FakeDeployment {
        const deployment = this.deployments.find((one) => one.id === Number(id));
        if (deployment === undefined) throw new Refusal(notFound());
        return deployment;
    }

    private deploy(body: Call["body"]): Answer {
        const { ref, environment = "production", transient_environment: transient = false, production_environment: production = environment === "production" } = body;
        if (typeof ref !== "string") throw new Refusal(invalid('"ref" wasn\'t supplied.'));
        if (this.commits.size > 0 && !this.commits.has(ref)) throw new Refusal(invalid(`No ref found for: ${ref}`));
        if (body["auto_merge"] !== false) throw new Refusal({ status: 202, data: { message: "Auto-merged main into topic-branch on deployment." } });
        if (!Array.isArray(body["required_contexts"]) || body["required_contexts"].length > 0) throw new Refusal({ status: 409, data: { message: "Conflict: Commit status checks failed." } });
        const made = { id: this.nextId(), sha: ref, environment: String(environment), transient_environment: transient === true, production_environment: production === true, statuses: [] };
        this.deployments.push(made);
        return { status: 201, data: made };
    }

    private setState(deployment: FakeDeployment, { body }: Call): Answer {
        const { state, description = "", environment_url = "", log_url = "", auto_inactive = true } = body as Readonly<Record<string, string | boolean>>;
        const states = ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"];
        if (typeof state !== "string" || !states.includes(state)) throw new Refusal(invalid("state is not included in the list"));
        if (Array.from(String(description)).length > 140) throw new Refusal(invalid("description is too long (maximum is 140 characters)"));
        for (const address of [environment_url, log_url]) if (address !== "" && !/^https?:\/\//.test(String(address))) throw new Refusal(invalid("must use http(s) scheme"));
        deployment.statuses.push({ state, description: String(description), environment_url: String(environment_url), log_url: String(log_url) });
        if (state === "success" && auto_inactive === true) {
            const prior = this.deployments.filter((one) => one.environment === deployment.environment && one.id < deployment.id && !one.transient_environment && !one.production_environment);
            for (const one of prior) one.statuses.push({ state: "inactive", description: "", environment_url: "", log_url: "" });
        }
        return { status: 201, data: deployment.statuses.at(-1) };
    }
}

/** A commit that a name stands for. */
export function commitOf(name: string): string {
    return Buffer.from(name).toString("hex").padEnd(40, "0").slice(0, 40);
}

class Refusal extends Error {
    constructor(readonly answer: Answer) {
        super();
    }
}

function at(path: string): RegExp {
    return new RegExp(`^/repos/${repository}${path}$`);
}

function bodyOf({ body }: Call): string {
    const { body: said } = body;
    if (typeof said !== "string" || said.trim() === "") throw new Refusal(invalid("Body can't be blank"));
    if (said.length > 65_536) throw new Refusal(invalid("Body is too long (maximum is 65536 characters)"));
    return said;
}

function found(data: unknown): Answer {
    return data === undefined ? notFound() : { status: 200, data };
}

function notFound(): Answer {
    return { status: 404, data: { message: "Not Found" } };
}

function invalid(message: string): Answer {
    return { status: 422, data: { message: `Validation Failed: ${message}`, errors: [] } };
}
