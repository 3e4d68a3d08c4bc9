import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { understudy, UnderstudyError, type ErrorKind, type Understudy } from "../../automation/index";
import { writeRecord } from "../../automation/state/tags";
import { branchId } from "../../model/names";
import { findTestEngine, FixtureWorld } from "./support/fixtureWorld";
import { compose, staging, TemporaryProject } from "./support/temporaryProject";

const branch = "feature/🚀";
const id = branchId(branch);
const record = { branch, base: "staging", owner: "ada@example.com", created: "2026-03-01T12:00:00.000Z" };
const production = staging.replace("kind: staging", "kind: production");

/** A project whose stacks are the fixture program's, so that no AWS is needed. */
class Projects implements Disposable {
    readonly project = new TemporaryProject({ "Pulumi.yaml": "name: fixture\n", "Pulumi.staging.yaml": staging, "Pulumi.production.yaml": production, "Pulumi.dev.yaml": staging.replace("kind: staging", "kind: dev"), "app/compose.yaml": compose });
    readonly api: Understudy;

    constructor(world: FixtureWorld) {
        const backends = { staging: world.backend, dev: world.backend, production: world.backend };
        this.api = understudy({
            directory: this.project.directory,
            surroundings: { backends, env: world.ownEnv, frontDoor: "http://localhost:4000" },
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
    let projects: Projects;

    before(async function () {
        this.timeout(600_000);
        await findTestEngine();
        world = await FixtureWorld.make();
        projects = new Projects(world);
        await makeBranch(world, { a: {} });
    });
    after(() => {
        projects[Symbol.dispose]();
        world[Symbol.dispose]();
    });

    it("are listed with what is kept about them", async () => {
        const [info, ...others] = await projects.api.branch.list({ base: "staging" });
        assert.deepEqual(others, []);
        assert.ok(info?.updated !== undefined);
        const { updated, ...rest } = info;
        assert.ok(Math.abs(Date.parse(updated) - Date.now()) < 600_000, updated);
        assert.deepEqual(rest, { id, stack: `branch-${id}`, ...record, resources: 3, busy: false, url: `http://${id}.localhost:4000` });
    });

    it("are listed below their own base when several share a backend", async () => {
        assert.deepEqual(await projects.api.branch.list({ base: "production" }), []);
        assert.deepEqual((await projects.api.branch.list()).map(({ base }) => base), ["staging"]);
    });

    it("are listed although another base's state cannot be read", async () => {
        const api = understudy({
            directory: projects.project.directory,
            surroundings: { backends: { staging: world.backend, dev: "file:///nowhere" }, env: world.ownEnv },
            onEvent: (event) => world.events.push(event),
        });
        assert.deepEqual((await api.branch.list()).map(({ base }) => base), ["staging"]);
        const message = "the branches in file:///nowhere are not listed: the state backend file:///nowhere is not there; make the folder, or correct `understudy:backend`";
        assert.deepEqual(world.events.filter(({ type }) => type === "warning").at(-1), { type: "warning", message });
    });

    it("are listed, and keep their base, although the state of one cannot be read", async () => {
        const file = path.join(world.states, ".pulumi", "stacks", "fixture", "branch-broken-1a2b3c4d.json");
        const broken = { id: "broken-1a2b3c4d", stack: "branch-broken-1a2b3c4d", base: "staging", busy: false, url: "http://broken-1a2b3c4d.localhost:4000" };
        world.events.length = 0;
        fs.writeFileSync(file, "{");
        try {
            const [first, second, ...others] = await projects.api.branch.list({ base: "staging" });
            assert.deepEqual([first, second?.id, others], [broken, id, []]);
            const warnings = world.events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
            assert.match(warnings.join("\n"), /^branch-broken-1a2b3c4d: the state cannot be read: it is damaged; look at it with .*$/);
            await assert.rejects(projects.api.destroy("staging", { confirm: "staging" }), failsWith("refused", `these branch environments stand on staging: ${broken.id}, ${branch}`));
        } finally {
            fs.rmSync(file);
        }
    });

    it("are not said to be none when a backend could not be asked", async () => {
        const empty = fs.mkdtempSync(path.join(os.tmpdir(), "understudy-test-"));
        try {
            const api = understudy({ directory: projects.project.directory, surroundings: { backends: { staging: `file://${empty}`, dev: "file:///nowhere" }, env: world.ownEnv } });
            await assert.rejects(api.branch.list(), failsWith("backend", "the state backend file:///nowhere is not there"));
        } finally {
            fs.rmSync(empty, { recursive: true });
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
