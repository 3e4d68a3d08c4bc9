import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { understudy, UnderstudyError, type ErrorKind, type Understudy } from "../../automation/index";
import { writeRecord } from "../../automation/state/tags";
import { branchId } from "../../model/names";
import { environmentFor, registryForTests, type TestRegistry } from "./registry/support";
import { findTestEngine, FixtureWorld } from "./support/fixtureWorld";
import { compose, staging, TemporaryProject } from "./support/temporaryProject";

const withoutRole = staging.replace(/.*:role: .*\n/, "");
const branch = "feature/🚀";
const id = branchId(branch);
const record = { branch, base: "staging", owner: "ada@example.com", created: "2026-03-01T12:00:00.000Z" };
const entry = {
    id,
    branch,
    status: "up",
    since: "2026-03-02T12:00:00.000Z",
    owner: "ada@example.com",
    pullRequest: 12,
    commit: "0123456789abcdef0123456789abcdef01234567",
    url: `https://${id}.staging.example.com`,
    created: "2026-03-01T12:00:00.000Z",
    active: "2026-03-02T12:00:00.000Z",
    expires: "2026-03-09T12:00:00.000Z",
    shard: 0,
    use: { targetGroups: 1, rules: 1, targets: 2 },
} as const;
const production = withoutRole.replace("kind: staging", "kind: production");

/** A project whose stacks are the fixture program's, so that no AWS is needed. */
class Projects implements Disposable {
    readonly project = new TemporaryProject({ "Pulumi.yaml": "name: fixture\n", "Pulumi.staging.yaml": withoutRole, "Pulumi.production.yaml": production, "Pulumi.dev.yaml": withoutRole.replace("kind: staging", "kind: dev"), "app/compose.yaml": compose });
    readonly api: Understudy;

    constructor(world: FixtureWorld, aws: Readonly<Record<string, string>>) {
        const backends = { staging: world.backend, dev: world.backend, production: world.backend };
        this.api = understudy({
            directory: this.project.directory,
            surroundings: { backends, env: { ...world.ownEnv, ...aws }, frontDoor: "http://localhost:4000" },
            onEvent: (event) => world.events.push(event),
        });
    }

    [Symbol.dispose](): void {
        this.project[Symbol.dispose]();
    }
}

async function makeBranch(world: FixtureWorld, things: Readonly<Record<string, object>>): Promise<void> {
    await using workspace = world.open();
    await workspace.createStack(`branch-${id}`, "passphrase");
    await writeRecord(workspace, `branch-${id}`, record);
    workspace.writeSettings(`branch-${id}`, world.settings(things));
    await workspace.up(`branch-${id}`);
}

function failsWith(kind: ErrorKind, message: string | RegExp): (error: unknown) => boolean {
    return (error) => {
        assert.ok(error instanceof UnderstudyError, String(error));
        assert.equal(error.kind, kind);
        if (typeof message === "string") assert.equal(error.message, message);
        else assert.match(error.message, message);
        return true;
    };
}

describe("branch environments", function () {
    this.timeout(60_000);
    let world: FixtureWorld;
    let registry: TestRegistry;
    let projects: Projects;

    before(async function () {
        this.timeout(600_000);
        await findTestEngine();
        world = await FixtureWorld.make();
        registry = await registryForTests();
        projects = new Projects(world, environmentFor(registry.settings));
        await makeBranch(world, { a: {} });
        const lease = { token: "t", beat: 3, since: entry.since, owner: { user: "ci", host: "runner-7", job: { service: "github", repository: "example/environments", run: "12" } } };
        await registry.table.put({ kind: "environment", waiting: {}, requests: 1, lease, ...entry });
    });
    after(async () => {
        projects[Symbol.dispose]();
        world[Symbol.dispose]();
        await registry.stop();
    });

    it("are listed with what the registry of their base knows", async () => {
        assert.deepEqual(await projects.api.branch.list({ base: "staging" }), [
            { ...entry, stack: `branch-${id}`, base: "staging", url: `http://${id}.localhost:4000`, worker: "ci@runner-7, run 12 of example/environments" },
        ]);
    });

    it("are listed although another base has no registry", async () => {
        world.events.length = 0;
        assert.deepEqual((await projects.api.branch.list()).map(({ base }) => base), ["staging"]);
        const message = "the branches of dev are not listed: there is no registry shop-dev-registry; bring the base up with `understudy deploy`";
        assert.deepEqual(world.events.filter(({ type }) => type === "warning"), [{ type: "warning", message }]);
    });

    it("are not said to be none when a base could not be asked", async () => {
        await registry.table.remove({ kind: "environment", id });
        await assert.rejects(projects.api.branch.list(), failsWith("base-missing", "there is no registry shop-dev-registry"));
    });

    it("are named in a warning when the registry does not know them", async () => {
        world.events.length = 0;
        assert.deepEqual(await projects.api.branch.list({ base: "staging" }), []);
        const message = `the registry of staging does not know branch-${id}; bring it in order with \`understudy registry repair staging\``;
        assert.deepEqual(world.events.filter(({ type }) => type === "warning"), [{ type: "warning", message }]);
    });

    it("keep their base, although the state of one cannot be read", async () => {
        const file = path.join(world.states, ".pulumi", "stacks", "fixture", "branch-broken-1a2b3c4d.json");
        world.events.length = 0;
        fs.writeFileSync(file, "{");
        try {
            await assert.rejects(projects.api.destroy("staging", { confirm: "staging" }), failsWith("refused", `these branch environments stand on staging: broken-1a2b3c4d, ${branch}`));
            const warnings = world.events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
            assert.match(warnings.join("\n"), /^branch-broken-1a2b3c4d: the state cannot be read: it is damaged; look at it with .*$/);
            assert.doesNotMatch(warnings.join("\n"), /1a2b3c4d.*1a2b3c4d/);
        } finally {
            fs.rmSync(file);
        }
    });

    it("fail on a branch that has none, when asked for its address", async () => {
        await assert.rejects(projects.api.branch.url({ branch: "other" }), failsWith("not-found", "other has no environment on staging"));
    });

    it("fail on a name that git would refuse", async () => {
        await assert.rejects(projects.api.branch.url({ branch: "a..b" }), failsWith("settings", '"a..b": a branch name must not contain ".."'));
        await assert.rejects(projects.api.branch.up({ branch: "" }), failsWith("settings", '"": a branch name must not be empty'));
    });

    it("fail on an id that no branch can have", async () => {
        for (const wrong of ["x", "feature-x", "Feature-1a2b3c4d", `${"a".repeat(31)}-1a2b3c4d`, "a--1a2b3c4d"]) {
            await assert.rejects(projects.api.branch.down({ id: wrong }), failsWith("settings", `"${wrong}" is no branch id`));
        }
    });

    it("are nothing to look for where it is their base that is gone", async () => {
        const advice = "it is gone already, unless its state is elsewhere: then correct `understudy:backend`";
        await assert.rejects(projects.api.destroy("dev", { confirm: "dev" }), { kind: "not-found", message: `there is no dev in ${world.backend}`, advice });
    });

    it("keep their base from being destroyed", async () => {
        await assert.rejects(projects.api.destroy("staging", { confirm: "staging" }), failsWith("refused", `these branch environments stand on staging: ${branch}`));
    });

    it("are removed from an empty folder, with nothing but the state backend", async () => {
        const empty = fs.mkdtempSync(path.join(os.tmpdir(), "understudy-test-"));
        try {
            const api = understudy({ directory: empty, surroundings: { env: world.ownEnv } });
            await assert.rejects(api.branch.down({ branch }), (error: UnderstudyError) => error.kind === "settings" && /, or say where the state is with --backend$/.test(error.advice));
            await assert.rejects(api.branch.down({ branch: "other", backend: world.backend }), failsWith("not-found", `there is no branch-${branchId("other")} in ${world.backend}`));
            const { stack, changes } = await api.branch.down({ branch, backend: world.backend });
            assert.deepEqual({ stack, deleted: changes.deleted }, { stack: `branch-${id}`, deleted: 2 });
            assert.deepEqual(world.logged(), ["create a", "delete id-of-a"]);
            assert.deepEqual(fs.readdirSync(empty), []);
            const left = fs.readdirSync(path.join(world.states, ".pulumi", "stacks", "fixture"));
            assert.deepEqual(left, []);
            await assert.rejects(api.branch.down({ id, backend: world.backend }), failsWith("not-found", `there is no branch-${id} in ${world.backend}`));
        } finally {
            fs.rmSync(empty, { recursive: true });
        }
    });
});

describe("a dangerous command", () => {
    const rows = [
        { what: "deploys production without its name", run: (api: Understudy) => api.deploy("production"), message: "production is only deployed when its name is confirmed" },
        { what: "deploys production under another name", run: (api: Understudy) => api.deploy("production", { confirm: "staging" }), message: "the confirmation says staging, but this is production" },
        { what: "deploys staging under another name", run: (api: Understudy) => api.deploy("staging", { confirm: "production" }), message: "the confirmation says production, but this is staging" },
        { what: "destroys without a name", run: (api: Understudy) => api.destroy("staging", {}), message: "staging is only destroyed when its name is confirmed" },
        { what: "destroys under another name", run: (api: Understudy) => api.destroy("production", { confirm: "staging" }), message: "the confirmation says staging, but this is production" },
    ];
    for (const { what, run, message } of rows) {
        it(`is refused when it ${what}`, async () => {
            using project = new TemporaryProject({ "Pulumi.yaml": "name: u\n", "Pulumi.staging.yaml": staging, "Pulumi.production.yaml": production, "app/compose.yaml": compose });
            // No engine, no backend: a refusal that came too late would fail on those.
            const api = understudy({ directory: project.directory, surroundings: { env: { PATH: "" } } });
            await assert.rejects(run(api), failsWith("refused", message));
        });
    }
});

describe("the variables for plain pulumi", () => {
    it("are the state's place and all that makes a local world one", () => {
        using project = new TemporaryProject();
        const api = understudy({ directory: project.directory, surroundings: { backends: { staging: "file:///states" }, env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" } } });
        const variables = { PULUMI_BACKEND_URL: "file:///states", PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true", AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
        assert.deepEqual(api.env("staging"), variables);
        assert.deepEqual(api.env("branch-x-1a2b3c4d", { base: "staging" }), variables);
    });

    it("fail on a stack without settings", () => {
        using project = new TemporaryProject();
        assert.throws(() => understudy({ directory: project.directory }).env("dev"), failsWith("settings", /^there is no .*Pulumi\.dev\.yaml$/));
    });
});
