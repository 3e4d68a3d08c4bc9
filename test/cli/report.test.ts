import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Reported } from "../../automation/index";
import { branchId } from "../../model/names";
import { environmentFor, registryForTests, type TestRegistry } from "../automation/registry/support";
import { commitOf, FakeGitHub } from "../support/github";
import { Checkout, launcher, type Ended } from "./checkout";

const branch = "feature/search";
const id = branchId(branch);
const environment = `branch/${id}`;
const commit = commitOf(branch);
const changes = { created: 30, updated: 0, replaced: 0, deleted: 0, unchanged: 0 };
const address = `https://${id}.staging.example.com`;
const up = { stack: `branch-${id}`, branch, id, base: "staging", created: true, url: address, urls: { web: address }, images: {}, changes, seconds: 79 };
const down = { stack: `branch-${id}`, changes: { ...changes, created: 0, deleted: 30 }, seconds: 23 };
const failure = { error: { kind: "deployment-failed", message: "web: the health check /healthcheck answers 500", advice: "look at its logs" } };

/** The command as a process, against a server that speaks GitHub's API, a registry in the emulator, and a folder with states as the engine writes them. */
describe("report pr", () => {
    let checkout: Checkout;
    let fake: FakeGitHub;
    let registry: TestRegistry;
    before(async () => {
        [checkout, fake, registry] = await Promise.all([Checkout.make(), FakeGitHub.start(), registryForTests()]);
        checkout.edit("Pulumi.staging.yaml", "s3://understudy-state-222222222222?region=eu-west-1&awssdk=v2", `file://${states()}`);
        checkout.edit("Pulumi.staging.yaml", "  understudy:role: arn:aws:iam::222222222222:role/understudy-deploy\n", "");
        fs.mkdirSync(states());
    });
    after(async () => {
        checkout[Symbol.dispose]();
        await Promise.all([fake[Symbol.asyncDispose](), registry.stop()]);
    });
    beforeEach(async () => {
        await registry.table.remove({ kind: "environment", id });
        fake.clear();
        fake.pull(12, branch);
        fs.rmSync(path.join(states(), ".pulumi"), { recursive: true, force: true });
        fs.rmSync(result(), { force: true });
    });

    const states = (): string => path.join(checkout.home, "states");
    const result = (): string => path.join(checkout.home, "result.json");

    /** An environment as the backend has it. */
    function environmentIs(of: string, { resources = 30, locked = false }: { readonly resources?: number; readonly locked?: boolean } = {}): void {
        const stack = `branch-${branchId(of)}`;
        const folder = path.join(states(), ".pulumi", "stacks", "understudy");
        const one = (index: number): object => ({ urn: `urn:pulumi:${stack}::understudy::aws:ssm/parameter:Parameter::p-${index}`, type: "aws:ssm/parameter:Parameter" });
        const latest = { manifest: { time: "2026-03-01T12:00:00Z" }, resources: Array.from({ length: resources }, (_, index) => one(index)) };
        const record = { branch: of, base: "staging", owner: "ada@example.com", created: "2026-03-01T12:00:00.000Z" };
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(path.join(folder, `${stack}.json`), JSON.stringify({ version: 3, checkpoint: { stack: `organization/understudy/${stack}`, latest } }));
        fs.writeFileSync(path.join(folder, `${stack}.pulumi-tags`), JSON.stringify({ tags: { "understudy:branch": JSON.stringify(record) } }));
        if (!locked) return;
        const locks = path.join(states(), ".pulumi", "locks", "organization", "understudy", stack);
        fs.mkdirSync(locks, { recursive: true });
        fs.writeFileSync(path.join(locks, "1.json"), JSON.stringify({ pid: 1, username: "runner", hostname: "runner-7", timestamp: "2026-03-01T12:00:00Z" }));
    }

    interface Event {
        readonly name?: string;
        readonly payload: object;
    }
    const opened: Event = { payload: { action: "synchronize", pull_request: { number: 12, head: { ref: branch, sha: commit, repo: { full_name: "example/shop" } } } } };
    const closed: Event = { payload: { ...opened.payload, action: "closed" } };
    const deleted: Event = { name: "delete", payload: { ref: branch, ref_type: "branch" } };

    /** An environment as the registry has it. */
    async function registryKnows(more: Readonly<Record<string, unknown>>): Promise<void> {
        const [created, expires] = ["2026-03-01T12:00:00.000Z", "2026-03-08T12:00:00.000Z"];
        await registry.table.put({ kind: "environment", id, branch, status: "up", since: created, url: address, created, active: created, expires, owner: "grace@example.com", waiting: {}, ...more });
    }

    /** Variables of a job that an event has started. */
    function job({ name = "pull_request", payload }: Event, more: Readonly<Record<string, string | undefined>> = {}): Readonly<Record<string, string | undefined>> {
        const file = path.join(checkout.home, "event.json");
        fs.writeFileSync(file, JSON.stringify(payload));
        const run = { GITHUB_SERVER_URL: "https://github.example.com", GITHUB_RUN_ID: "77", GITHUB_REF: name === "delete" ? "refs/heads/main" : "refs/pull/12/merge" };
        return { ...fake.env, ...environmentFor(registry.settings), ...run, GITHUB_ACTIONS: "true", GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: file, PULUMI_CONFIG_PASSPHRASE: "x", ...more };
    }

    async function report(event: Event, ...words: readonly string[]): Promise<Reported> {
        const { exitCode, stdout, stderr } = await checkout.run(["report", "pr", ...words, "--json"], { env: job(event) });
        assert.equal(exitCode, 0, stderr);
        return JSON.parse(stdout) as Reported;
    }

    /** What a reader of the pull request sees: head and reason, and the rows of the table by their names. */
    function shown(): { readonly said: readonly string[]; readonly rows: Readonly<Record<string, string>> } {
        assert.equal(fake.comments.length, 1);
        const plain = (text: string): string => text.replace(/<[^>]*>|\*\*/g, "").replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
        const [, ...lines] = fake.comments[0]!.body.split("\n");
        const cells = lines.filter((line) => line.startsWith("| ") && !line.startsWith("| |") && !line.startsWith("| ---")).map((line) => line.split(" | ").map((cell) => plain(cell).replace(/^\| | \|$/g, "")));
        return { said: lines.filter((line) => line !== "" && !line.startsWith("|") && !line.startsWith("<sub>")).map(plain), rows: Object.fromEntries(cells.map(([name = "", value = ""]) => [name, value])) };
    }

    const head = (said: string): string => `The environment of ${branch} ${said}`;

    it("follows an environment from the request to its end, in one comment and one deployment per commit", async () => {
        assert.deepEqual(await report(opened, "--status", "started"), {
            report: { branch, id, base: "staging", status: "requested", commit, pullRequest: 12 },
            ...{ comment: "created", deployment: "queued" },
        });
        assert.deepEqual(shown().said, [`🕓 ${head("is asked for")}`]);

        environmentIs(branch);
        fs.writeFileSync(result(), JSON.stringify(up));
        assert.equal((await report(opened, "--status", "success", "--result", result())).comment, "updated");
        assert.deepEqual(shown(), {
            said: [`✅ ${head("is up")}`],
            rows: { URL: `${address}/`, commit, changes: "30 created", owner: "ada@example.com", "stands on": "staging", took: "1 min 19 s" },
        });
        const log = "https://github.example.com/example/shop/actions/runs/77";
        assert.deepEqual(fake.deployments[0]?.statuses.at(-1), { state: "success", description: "up", environment_url: address, log_url: log });
        assert.equal((await report(opened, "--status", "success", "--result", result())).comment, "unchanged");

        assert.equal((await report(closed, "--status", "started")).deployment, "none");
        assert.deepEqual(shown().said, [`🔄 ${head("is being removed")}`]);
        assert.deepEqual(fake.states(environment), [[commit, "success"]]);

        fs.rmSync(path.join(states(), ".pulumi"), { recursive: true });
        fs.writeFileSync(result(), JSON.stringify(down));
        await report(closed, "--status", "success", "--result", result());
        assert.deepEqual(shown(), { said: [`🗑️ ${head("is removed")}`], rows: { changes: "30 deleted", "stands on": "staging", took: "23 s" } });
        assert.deepEqual(fake.states(environment), [[commit, "inactive"]]);
    });

    const goesOn = "what was made stays, and the next run goes on from there";
    const ends: readonly (readonly [what: string, before: () => void, words: readonly string[], said: string, reason: string | undefined, deployment: string])[] = [
        ["a failure", () => write(JSON.stringify(failure, undefined, 2)), ["--status", "failure"], "❌ has failed", `web: the health check /healthcheck answers 500; ${goesOn}`, "failure"],
        ["a run that was cancelled", () => write(JSON.stringify({ error: { kind: "interrupted", message: "the update was stopped" } })), ["--status", "cancelled"], "⚠️ was interrupted", `the update was stopped; ${goesOn}`, "error"],
        ["a run that was killed while it wrote", () => write(JSON.stringify(up).slice(0, 100)), ["--status", "cancelled"], "⚠️ was interrupted", `its update was cancelled; ${goesOn}`, "error"],
        ["a run that was killed and has left its lock", () => environmentIs(branch, { locked: true }), ["--status", "failure"], "❌ has failed", "its update ended without a result; it is locked: the engine of that run, or another run, may still work on it", "failure"],
        ["a run that has written nothing", () => write(""), ["--status", "failure"], "❌ has failed", `its update ended without a result; ${goesOn}`, "failure"],
        ["a run without a file", () => undefined, ["--status", "failure"], "❌ has failed", `its update ended without a result; ${goesOn}`, "failure"],
        ["an environment that has gone since", () => (write(JSON.stringify(up)), fs.rmSync(path.join(states(), ".pulumi"), { recursive: true })), ["--status", "success"], "🗑️ is removed", "it was removed after this update", "inactive"],
    ];
    const write = (text: string): void => fs.writeFileSync(result(), text);
    for (const [what, before, words, said, reason, deployment] of ends) {
        it(`tells the truth after ${what}`, async () => {
            environmentIs(branch);
            await report(opened, "--status", "started");
            before();
            await report(opened, ...words, "--result", result());
            const [sign, ...rest] = said.split(" ");
            assert.deepEqual(shown().said, [`${sign!} ${head(rest.join(" "))}`, reason].filter((line) => line !== undefined));
            assert.deepEqual(fake.states(environment), [[commit, deployment]]);
        });
    }

    it("tells what the registry knows: whose it is, until when, what of it runs, and how it is", async () => {
        environmentIs(branch);
        await registryKnows({ commit: "abcdef0", only: ["web", "worker"] });
        write(JSON.stringify(up));
        await report(opened, "--status", "success", "--result", result());
        const rows = { URL: `${address}/`, commit: "abcdef0", changes: "30 created", owner: "grace@example.com", "stands on": "staging", "runs only": "web, worker", took: "1 min 19 s" };
        assert.deepEqual(shown().rows, { ...rows, expires: "2026-03-08 12:00 UTC" });

        await registryKnows({ commit: "abcdef0", pinned: { reason: "for the fair" }, status: "failed", reason: "web does not start" });
        await report(opened);
        const later = { URL: `${address}/`, commit, owner: "grace@example.com", stays: "for the fair", "stands on": "staging" };
        assert.deepEqual(shown(), { said: [`❌ ${head("has failed")}`, `web does not start; ${goesOn}`], rows: later });
    });

    it("tells how the environment is although nobody can ask the registry", async () => {
        environmentIs(branch);
        write(JSON.stringify(up));
        const { exitCode, stderr } = await checkout.run(["report", "pr", "--status", "success", "--result", result()], { env: { ...job(opened), AWS_ENDPOINT_URL: "http://127.0.0.1:9" } });
        assert.deepEqual([exitCode, shown().said], [0, [`✅ ${head("is up")}`]]);
        assert.match(stderr, /the registry is not asked how the environment is: /);
    });

    it("tells of a failure although nobody can look at the state", async () => {
        checkout.edit("Pulumi.staging.yaml", states(), "/nowhere");
        try {
            write(JSON.stringify(failure));
            const { exitCode, stderr } = await checkout.run(["report", "pr", "--status", "failure", "--result", result()], { env: job(opened) });
            assert.deepEqual([exitCode, shown().said], [0, [`❌ ${head("has failed")}`, "web: the health check /healthcheck answers 500"]]);
            assert.match(stderr, /it is not known whether the environment is there: the state backend file:\/\/\/nowhere is not there/);
        } finally {
            checkout.edit("Pulumi.staging.yaml", "/nowhere", states());
        }
    });

    it("says in words what it has told", async () => {
        environmentIs(branch);
        write(JSON.stringify(up));
        const words = ["report", "pr", "--pr", "12", "--branch", branch, "--commit", commit, "--status", "success", "--result", result()];
        const { stdout, stderr } = await checkout.run(words, { env: fake.env });
        assert.equal(stdout, `${id} up; pull request 12: comment created; deployment success`);
        assert.match(stderr, /^✓ comment on pull request: .* s$/m);
        assert.deepEqual((await checkout.run([...words, "--status", "skipped"], { env: fake.env })).stdout, "there is nothing to tell");
    });

    it("finds the pull request of a branch that was deleted", async () => {
        environmentIs(branch);
        await report(opened, "--status", "started");
        fs.rmSync(path.join(states(), ".pulumi"), { recursive: true });
        write(JSON.stringify(down));
        assert.equal((await report(deleted, "--status", "success", "--result", result())).report?.pullRequest, 12);
        assert.deepEqual(shown().said, [`🗑️ ${head("is removed")}`]);
    });

    it("is silent about a pull request that never had an environment", async () => {
        write(JSON.stringify({ error: { kind: "not-found", message: "there is none" } }));
        const { comment, deployment } = await report(closed, "--status", "success", "--result", result());
        assert.deepEqual([comment, deployment, fake.comments, fake.deployments], ["none", "none", [], []]);
    });

    it("is one comment when two tell at once", async () => {
        environmentIs(branch);
        write(JSON.stringify(up));
        fake.faults.push({ on: /^GET .*\/issues\/12\/comments$/, delay: 1500, times: 2, late: true }); // both have looked when the first one writes
        await Promise.all([report(opened, "--status", "success", "--result", result()), report(opened, "--status", "success", "--result", result())]);
        assert.equal(fake.requests.filter((request) => /^POST .*\/comments$/.test(request)).length, 2);
        assert.deepEqual(shown().said, [`✅ ${head("is up")}`]);
        await report(opened, "--status", "success", "--result", result());
        assert.deepEqual(fake.states(environment).at(-1), [commit, "success"]);
        assert.equal(fake.states(environment).filter(([, state]) => state === "success").length, 1);
    });

    it("leaves nobody addressed, and no table broken, by a branch with such a name", async () => {
        const name = "@ada/🚀|<!--`#12`";
        fake.pull(13, name);
        environmentIs(name);
        const payload = { action: "opened", pull_request: { number: 13, head: { ref: name, sha: commitOf(name), repo: { full_name: "example/shop" } } } };
        await report({ payload }, "--status", "started");
        const { body } = fake.comments[0]!;
        assert.ok(body.startsWith(`<!-- understudy:${branchId(name)} -->\n`));
        assert.ok(!/[@#`][a-z0-9]|<!-- .*<!--/s.test(body.replaceAll(/&#\d+;/g, "")), body);
        assert.match(body, /&#64;ada\/🚀&#124;&#60;&#33;--&#96;&#35;12&#96;/);
    });

    it("is not about a branch of this repository when a fork has one of that name", async () => {
        const event = { payload: { action: "opened", pull_request: { number: 12, head: { ref: branch, sha: commit, repo: { full_name: "bob/shop" } } } } };
        assert.deepEqual(await checkout.run(["report", "pr"], { env: job(event) }), {
            ...{ exitCode: 2, stdout: "" },
            stderr: "understudy: the pull request comes from a fork, so its branch is none of this repository\n  name the environment with --branch",
        });
        assert.equal((await report(event, "--branch", "pull/12/head", "--status", "started")).report?.branch, "pull/12/head");
    });

    it("tries the deployment although the comment is refused, and the other way round", async () => {
        environmentIs(branch);
        fake.permissions = { deployments: "write", "pull-requests": "read" };
        const refused = await checkout.run(["report", "pr", "--status", "started"], { env: job(opened) });
        assert.deepEqual([refused.exitCode, refused.stderr.split("\n").slice(-2)], [
            9,
            ["understudy: could not comment on pull request 12: the token may not do this (Resource not accessible by integration)", "  add `pull-requests: write` to the `permissions:` of the job"],
        ]);
        assert.deepEqual(fake.states(environment), [[commit, "in_progress"]]);
        fake.permissions = { "pull-requests": "write" };
        const { exitCode, stderr } = await checkout.run(["report", "pr", "--status", "started"], { env: job(opened) });
        assert.deepEqual([exitCode, stderr.split("\n").at(-1), fake.comments.length], [9, "  add `deployments: write` to the `permissions:` of the job", 1]);
    });

    it("never shows the token", async () => {
        fake.faults.push({ on: /./, status: 401, body: { message: "Bad credentials" }, times: 99 });
        for (const more of [[], ["--json"], ["--debug"]]) {
            const { stdout, stderr } = await checkout.run(["report", "pr", "--status", "started", ...more], { env: job(opened) });
            assert.ok(!`${stdout}${stderr}`.includes(fake.token), stdout + stderr);
        }
    });

    const wrong: readonly (readonly [words: readonly string[], env: Readonly<Record<string, string | undefined>>, code: number, first: string])[] = [
        [[], { GITHUB_REPOSITORY: undefined }, 2, "no repository is named, and GITHUB_REPOSITORY is not set"],
        [["--pr", "#12"], {}, 2, "--pr #12 is no number of a pull request"],
        [["--pr", "0"], {}, 2, "--pr 0 is no number of a pull request"],
        [["--status", "succes"], {}, 2, "--status succes is not known"],
        [["--repository", "shop"], {}, 3, '"shop" is no repository'],
        [["--branch", "a..b"], {}, 2, '"a..b": a branch name must not contain ".."'],
        [[], { GITHUB_TOKEN: undefined }, 9, "GITHUB_TOKEN is not set"],
        [[], { GITHUB_API_URL: "x" }, 3, 'GITHUB_API_URL: "x" is no address'],
        [["--pr", "99"], {}, 5, "could not comment on pull request 99: there is none (Not Found)"],
    ];
    for (const [words, env, code, first] of wrong) {
        it(`refuses ${[...words, ...Object.entries(env).map(([name, value]) => `${name}=${value ?? "(unset)"}`)].join(" ")}`, async () => {
            const { exitCode, stderr } = await checkout.run(["report", "pr", ...words], { env: job(opened, env) });
            assert.deepEqual([exitCode, stderr.split("\n").find((line) => line.startsWith("understudy: "))], [code, `understudy: ${first}`], stderr);
        });
    }

    it("refuses an event that cannot be read", async () => {
        fs.writeFileSync(path.join(checkout.home, "torn.json"), '{"action":');
        const ended: Ended = await checkout.run(["report", "pr"], { env: { ...job(opened), GITHUB_EVENT_PATH: path.join(checkout.home, "torn.json") } });
        assert.deepEqual([ended.exitCode, /^understudy: GITHUB_EVENT_PATH: .*torn\.json cannot be read: /.test(ended.stderr)], [2, true]);
    });

    it("stops when it is asked to while GitHub is slow, and leaves nothing that the next one does not mend", async () => {
        environmentIs(branch);
        write(JSON.stringify(up));
        fake.faults.push({ on: /^GET .*\/comments$/, delay: 5000 });
        const env = checkout.env(job(opened));
        const child = spawn(process.execPath, [launcher, "report", "pr", "--status", "success", "--result", result()], { cwd: checkout.directory, env, stdio: "ignore" });
        const ended = once(child, "close");
        while (!fake.requests.some((request) => request.endsWith("/comments"))) await sleep(10);
        child.kill("SIGTERM");
        assert.deepEqual(await ended, [130, null]);
        await report(opened, "--status", "success", "--result", result());
        assert.deepEqual(shown().said, [`✅ ${head("is up")}`]);
    });
});
