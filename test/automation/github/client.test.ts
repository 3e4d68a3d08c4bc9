import assert from "node:assert/strict";
import { exitCodes, UnderstudyError, type Event } from "../../../automation/index";
import { allPages, asking, openGitHub, type Bounds, type GitHub } from "../../../automation/github/client";
import { branchExists, findPullRequest, pullRequestOf, workflowRunEnded } from "../../../automation/github/questions";
import { commitOf, FakeGitHub, type Fault } from "../../support/github";

/** Quick, where GitHub names no time itself. */
const quick: Bounds = { firstPause: 0.01, pauses: 3, answer: 0.5 };

describe("GitHub's API", () => {
    let fake: FakeGitHub;
    const events: Event[] = [];
    before(async () => {
        fake = await FakeGitHub.start();
    });
    after(() => fake[Symbol.asyncDispose]());
    beforeEach(() => {
        fake.clear();
        events.length = 0;
        fake.branches.clear();
        for (const branch of ["main", "feature/search", "fix/#12 ü🚀%"]) fake.branches.add(branch);
        fake.pull(12, "feature/search");
    });

    async function open(more: Readonly<Record<string, string>> = {}, bounds: Bounds = quick, signal?: AbortSignal): Promise<GitHub> {
        return openGitHub({ env: { ...fake.env, ...more }, emit: (event) => events.push(event), signal }, fake.repository, bounds);
    }

    /** How a call fails: kind, message, advice. */
    async function failure(work: Promise<unknown>): Promise<readonly [string, string, string]> {
        try {
            await work;
        } catch (error) {
            if (error instanceof UnderstudyError) return [error.kind, error.message, error.advice];
            throw error;
        }
        assert.fail("it did not fail");
    }

    it("tells what a pull request is", async () => {
        fake.pull(13, "other", { state: "closed", from: "bob/shop" });
        const github = await open();
        assert.deepEqual(await findPullRequest(github, 12), { number: 12, state: "open", branch: "feature/search", commit: commitOf("feature/search"), from: "example/shop" });
        assert.deepEqual(await findPullRequest(github, 13), { number: 13, state: "closed", branch: "other", commit: commitOf("other"), from: "bob/shop" });
        assert.equal(await findPullRequest(github, 14), undefined);
    });

    it("finds the pull request of a branch: an open one, else the newest, and none of a fork's branch of that name", async () => {
        const github = await open();
        fake.pull(20, "feature/search", { state: "closed" });
        fake.pull(21, "feature/search", { from: "bob/shop" });
        assert.equal((await pullRequestOf(github, "feature/search"))?.number, 12);
        fake.pulls[0]!.state = "closed";
        assert.equal((await pullRequestOf(github, "feature/search"))?.number, 20);
        assert.equal(await pullRequestOf(github, "feature"), undefined);
    });

    it("tells whether a branch exists, whatever it is called", async () => {
        const github = await open();
        for (const branch of ["feature/search", "fix/#12 ü🚀%"]) assert.equal(await branchExists(github, branch), true, branch);
        for (const branch of ["feature", "search", "feature/search/x", "fix/#12"]) assert.equal(await branchExists(github, branch), false, branch);
    });

    it("does not take every branch for gone when it sees none at all", async () => {
        fake.branches.delete("main");
        const [kind, message] = await failure(branchExists(await open(), "gone"));
        assert.deepEqual([kind, message], ["not-found", "could not look for the branch gone: there is none (Not Found)"]);
    });

    it("tells whether a run has ended, and an attempt that another one has followed", async () => {
        const github = await open();
        fake.runs.push({ id: 1, status: "completed", run_attempt: 1 }, { id: 2, status: "in_progress", run_attempt: 2 }, { id: 3, status: "queued", run_attempt: 1 });
        const ended = await Promise.all([{ id: 1 }, { id: 2 }, { id: 2, attempt: 1 }, { id: 2, attempt: 2 }, { id: 3, attempt: 1 }, { id: 4 }].map((run) => workflowRunEnded(github, run)));
        assert.deepEqual(ended, [true, false, true, false, false, undefined]);
    });

    it("reads lists to their last page", async () => {
        for (let number = 100; number < 350; number += 1) fake.pull(number, `branch-${number}`);
        const { ask, repository } = await open();
        const all = await allPages((page) => ask("GET /repos/{owner}/{repo}/pulls", { ...repository, per_page: 100, page }));
        assert.equal(new Set(all.map(({ number }) => number)).size, 251);
        assert.equal(fake.requests.length, 3);
    });

    /** Counted from the answer. */
    const exhausted = {
        "x-ratelimit-remaining": "0",
        get "x-ratelimit-reset"() {
            return String(Math.floor(Date.now() / 1000) + 3600);
        },
    };
    const passing: readonly (readonly [what: string, fault: Omit<Fault, "on">])[] = [
        ["fails for the moment", { status: 502 }],
        ["fails for the moment, often", { status: 503, times: 4 }],
        ["asks to wait", { status: 429, headers: { "retry-after": "1" }, body: { message: "too many" } }],
        ["calls too many requests forbidden", { status: 403, headers: { "retry-after": "1" }, body: { message: "You have exceeded a secondary rate limit." } }],
        ["says nothing in time", { delay: 700 }],
    ];
    for (const [what, fault] of passing) {
        it(`is asked again when it ${what}`, async () => {
            fake.faults.push({ on: /^GET .*\/pulls\/12$/, ...fault });
            assert.equal((await findPullRequest(await open(), 12))?.number, 12);
            assert.equal(fake.requests.length, (fault.times ?? 1) + 1);
            assert.match(events.map((event) => (event.type === "notice" ? event.message : "")).join("\n"), /^GitHub is asked again in 1 s: /);
        });
    }

    it("is asked again only as long as asked to: Retry-After counts", async () => {
        fake.faults.push({ on: /./, status: 429, headers: { "retry-after": "1" }, body: {} });
        const begin = performance.now();
        await findPullRequest(await open(), 12);
        const took = performance.now() - begin;
        assert.ok(took >= 1000 && took < 10_000, String(took));
    });

    const failing: readonly (readonly [what: string, fault: Omit<Fault, "on">, requests: number, failure: readonly [kind: string, message: string, advice: string]])[] = [
        [
            "goes on failing",
            { status: 502, times: 99 },
            5,
            ["network", "could not look at pull request 12: GitHub fails at the moment (Server Error)", "run the same command again in a minute"],
        ],
        [
            "has been asked too often for an hour",
            { status: 403, times: 99, headers: exhausted, body: { message: "API rate limit exceeded" } },
            1,
            ["network", "could not look at pull request 12: GitHub is asked too often (API rate limit exceeded)", "run the same command again in 60 min"],
        ],
        [
            "has too many requests and says no time",
            { status: 403, times: 99, body: { message: "You have exceeded a secondary rate limit" } },
            1,
            ["network", "could not look at pull request 12: GitHub is asked too often (You have exceeded a secondary rate limit)", "run the same command again in some minutes"],
        ],
        [
            "never answers",
            { delay: 700, times: 99 },
            5,
            ["network", "could not look at pull request 12: GitHub cannot be reached (no answer within 0.5 s)", "look at the network connection, and at GITHUB_API_URL"],
        ],
        [
            "refuses",
            { status: 403, times: 99, body: { message: "Resource not accessible by integration", documentation_url: "https://docs.github.com/rest" } },
            1,
            ["credentials", "could not look at pull request 12: the token may not do this (Resource not accessible by integration)", "add `pull-requests: read` to the `permissions:` of the job"],
        ],
    ];
    for (const [what, fault, requests, expected] of failing) {
        it(`fails when it ${what}`, async function () {
            this.timeout(20_000);
            fake.faults.push({ on: /./, ...fault });
            assert.deepEqual(await failure(findPullRequest(await open(), 12)), expected);
            assert.equal(fake.requests.length, requests);
        });
    }

    it("fails on a token that it does not know, and never shows it", async () => {
        const [kind, message, advice] = await failure(findPullRequest(await open({ GITHUB_TOKEN: "ghs_unknown" }), 12));
        assert.deepEqual([kind, message], ["credentials", "could not look at pull request 12: GitHub does not know the token (Bad credentials)"]);
        assert.ok(![message, advice, JSON.stringify(events)].join().includes("ghs_unknown"));
    });

    const permissions: readonly (readonly [permission: string, call: (github: GitHub) => Promise<unknown>])[] = [
        ["actions: read", (github) => workflowRunEnded(github, { id: 1 })],
        ["contents: read", (github) => branchExists(github, "main")],
        ["pull-requests: read", (github) => pullRequestOf(github, "main")],
    ];
    for (const [permission, call] of permissions) {
        it(`names the permission that is missing: ${permission}`, async () => {
            fake.permissions = {};
            const [kind, , advice] = await failure(call(await open()));
            assert.deepEqual([kind, advice], ["credentials", `add \`${permission}\` to the \`permissions:\` of the job`]);
        });
    }

    it("fails when nobody is there", async () => {
        const [kind, message] = await failure(findPullRequest(await open({ GITHUB_API_URL: "http://127.0.0.1:1" }), 12));
        assert.equal(kind, "network");
        assert.match(message, /^could not look at pull request 12: GitHub cannot be reached \(/);
    });

    it("takes what it calls a mistake in the request for one of ours", async () => {
        fake.faults.push({ on: /./, status: 422, body: { message: "Validation Failed" } });
        await assert.rejects(findPullRequest(await open(), 12), (error) => error instanceof Error && !(error instanceof UnderstudyError) && error.message === "Validation Failed");
    });

    for (const [when, fault] of [["a pause", { status: 429, headers: { "retry-after": "2" } }], ["an answer", { delay: 400 }]] as const) {
        it(`stops while it waits for ${when}`, async () => {
            fake.faults.push({ on: /./, ...fault, times: 99 });
            const stopping = new AbortController();
            const work = findPullRequest(await open({}, quick, stopping.signal), 12);
            setTimeout(() => stopping.abort(), 100);
            const begin = performance.now();
            const [kind] = await failure(work);
            assert.equal(exitCodes[kind as keyof typeof exitCodes], 130);
            assert.ok(performance.now() - begin < 350);
        });
    }

    const wrong: readonly (readonly [what: string, variables: Readonly<Record<string, string>>, repository: string, kind: string])[] = [
        ["no token", { GITHUB_TOKEN: "" }, "example/shop", "credentials"],
        ["an address that is none", { GITHUB_API_URL: "api.github.com" }, "example/shop", "settings"],
        ["an address of another kind", { GITHUB_API_URL: "file:///etc/passwd" }, "example/shop", "settings"],
        ["a repository without an owner", {}, "shop", "settings"],
        ["a repository that leaves its place", {}, "example/shop/../../user", "settings"],
        ["a repository that is a way out", {}, "example/..", "settings"],
    ];
    for (const [what, variables, repository, kind] of wrong) {
        it(`is not asked with ${what}`, async () => {
            const [found] = await failure(openGitHub({ env: { ...fake.env, ...variables }, emit: () => undefined, signal: undefined }, repository));
            assert.equal(found, kind);
            assert.deepEqual(fake.requests, []);
        });
    }

    it("leaves what others throw as it is", async () => {
        const error = new Error("mine");
        await assert.rejects(asking("do it", "contents: read", () => Promise.reject(error)), error);
    });
});
