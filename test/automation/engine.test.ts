import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { UnderstudyError, type ErrorKind } from "../../automation/errors";
import type { Clients } from "../../automation/aws/clients";
import { executable } from "../../automation/engine/command";
import { contextOf } from "../../automation/options";
import { Session } from "../../automation/session";
import { descendantsOf, running, type Descendant } from "./support/descendants";
import { findTestEngine, FixtureWorld, program, project } from "./support/fixtureWorld";

describe("the engine in a private work directory", function () {
    this.timeout(60_000);

    before(async function () {
        this.timeout(600_000);
        await findTestEngine();
    });

    it("brings up a stack, tells outputs and changes, and leaves only the state behind", async () => {
        using world = await FixtureWorld.make();
        const temporary = world.temporaryFolder();
        {
            await using workspace = world.open();
            await workspace.createStack("one", "passphrase");
            workspace.writeSettings("one", world.settings({ a: {}, b: { value: 1 } }));
            const made = await workspace.up("one");
            assert.deepEqual(made.outputs["names"], ["a", "b"]);
            assert.deepEqual(made.outputs["nested"], { list: [1, { two: 2 }] });
            assert.deepEqual(made.changes, { created: 3, updated: 0, replaced: 0, deleted: 0, unchanged: 0 });
            workspace.writeSettings("one", world.settings({ b: { value: 2 } }));
            const changed = await workspace.up("one");
            assert.deepEqual(changed.outputs["names"], ["b"]);
            assert.deepEqual(changed.changes, { created: 0, updated: 1, replaced: 0, deleted: 1, unchanged: 1 });
        }
        assert.deepEqual(fs.readdirSync(temporary), []);
        assert.deepEqual(world.locks(), []);
        const finished = world.events.flatMap((event) => (event.type === "resource" && event.state === "done" && event.operation !== "same" ? [`${event.operation} ${event.name}`] : []));
        assert.deepEqual(finished.filter((line) => !line.includes("default")).sort(), ["create a", "create b", "delete a", "update b"]);
    });

    it("goes on with the key of a stack from a fresh work directory", async () => {
        using world = await FixtureWorld.make();
        await up(world, "one", { a: {} });
        const salt = world.salt("one");
        await up(world, "one", { a: {}, b: {} }, false);
        assert.match(String(salt), /^v1:/);
        assert.equal(world.salt("one"), salt);
    });

    it("tells each resource that failed with its own words", async () => {
        using world = await FixtureWorld.make();
        const failed = await failureOf(up(world, "one", { a: { fail: "AccessDenied: not yours" }, b: { fail: "quota exceeded" }, c: {} }));
        assert.equal(failed.kind, "update-failed");
        assert.deepEqual(failed.message.split("\n").sort(), ["a (fixture:index:Thing): AccessDenied: not yours", "b (fixture:index:Thing): quota exceeded"]);
        assert.deepEqual(world.locks(), []);
    });

    it("stops cleanly when the caller wants that, and goes on from there", async () => {
        using world = await FixtureWorld.make();
        const go = path.join(world.directory, "go");
        const controller = new AbortController();
        {
            await using workspace = world.open({ signal: controller.signal });
            await workspace.createStack("one", "passphrase");
            workspace.writeSettings("one", world.settings({ slow: { until: go } }));
            const run = failureOf(workspace.up("one"));
            await world.untilLogged("create slow");
            controller.abort();
            fs.writeFileSync(go, "");
            assert.equal((await run).kind, "interrupted");
        }
        assert.deepEqual(world.locks(), []);
        const state = await world.state("one");
        assert.deepEqual(state.pending, []);
        assert.ok(state.resources.some(({ urn }) => urn.endsWith("::slow")), "the step that was under way has ended in order");
        await up(world, "one", { slow: { until: go } }, false);
        assert.deepEqual(world.logged(), ["create slow"]);
    });

    it("is no success when it is stopped while it deletes, although the engine ends as if it were", async () => {
        using world = await FixtureWorld.make();
        const go = path.join(world.directory, "go");
        await up(world, "one", { first: {}, second: { keep: go, after: "first" } });
        await using workspace = world.open();
        const run = failureOf(workspace.destroy("one"), "interrupted");
        await world.untilLogged("delete id-of-second");
        process.kill(world.lockOwner(), "SIGINT");
        await world.untilEvent("notice");
        fs.writeFileSync(go, "");
        assert.equal((await run).message, "somebody stopped the engine before the end");
        assert.ok((await world.state("one")).resources.some(({ urn }) => urn.endsWith("::first")));
    });

    it("is no success when what it tells cannot be written", async function () {
        if (!fs.existsSync("/dev/full")) this.skip();
        using world = await FixtureWorld.make();
        const tools = path.join(world.directory, "tools");
        fs.mkdirSync(tools);
        const script = `#!/bin/bash\nexec "${executable("pulumi", world.env["PATH"] ?? "")}" "\${@/%*.events//dev/full}"\n`;
        fs.writeFileSync(path.join(tools, "pulumi"), script, { mode: 0o755 });
        await create(world, "one");
        await using workspace = world.open({ env: { PATH: [tools, world.env["PATH"]].join(path.delimiter) } });
        workspace.writeSettings("one", world.settings({ a: {} }));
        const { message } = await failureOf(workspace.up("one"), "engine");
        assert.match(message, /^the engine ended well, but not all that it tells has arrived: it could not be written to /);
        assert.deepEqual(world.logged(), ["create a"]);
    });

    it("does not begin what the caller has stopped before", async () => {
        using world = await FixtureWorld.make();
        await using workspace = world.open({ signal: AbortSignal.abort() });
        assert.equal((await failureOf(workspace.up("one"))).kind, "interrupted");
    });

    it("that is killed leaves its lock and its plugins, which the next run clears away, and a note, which it shows", async () => {
        using world = await FixtureWorld.make();
        const go = path.join(world.directory, "go");
        let started: readonly Descendant[] = [];
        {
            await using workspace = world.open();
            await workspace.createStack("one", "passphrase");
            workspace.writeSettings("one", world.settings({ slow: { until: go } }));
            const run = failureOf(workspace.up("one"));
            await world.untilLogged("create slow");
            started = descendantsOf(world.lockOwner());
            process.kill(world.lockOwner(), "SIGKILL");
            const { kind, message } = await run;
            assert.deepEqual({ kind, message }, { kind: "interrupted", message: "the engine was killed" });
        }
        fs.writeFileSync(go, "");
        assert.match(running(started).map(({ command }) => command).join("\n"), /pulumi-language-nodejs/);
        const { pending } = await world.state("one");
        assert.deepEqual(pending.map(({ type, resource }) => [type, resource.urn.split("::").at(-1)]), [["creating", "slow"]]);

        await using session = await Session.open(contextOf({ surroundings: { env: world.ownEnv }, onEvent: (event) => world.events.push(event) }), { project, backend: { url: world.backend, local: true }, main: program });
        const { changes } = await session.whenFree("one", async () => {
            await session.recover("one", { app: "shop", environment: "one" }, await session.state("one"), noAws);
            return session.up("one", world.settings({ slow: { until: go } }), undefined);
        });
        assert.equal(changes.created, 1);
        assert.deepEqual(world.locks(), []);
        assert.deepEqual(running(started), []);
        const messages = world.events.flatMap((event) => (event.type === "notice" || event.type === "warning" ? [event.message] : []));
        assert.match(messages.join("\n"), /^one was locked by .* \(process \d+\), which no longer runs; the lock is removed, and .* that it had left behind (is|are) ended$/m);
        assert.match(messages.join("\n"), /^an earlier run was killed while it made urn:pulumi:one::fixture::fixture:index:Thing::slow; look in AWS/m);
    });

    it("that was killed while it wrote is no hindrance, whatever it has left in the backend's folder", async () => {
        using world = await FixtureWorld.make();
        await up(world, "one", { a: {} });
        const states = path.join(world.states, ".pulumi", "stacks", project.name);
        const locks = path.join(world.states, ".pulumi", "locks", "organization", project.name, "one");
        fs.writeFileSync(path.join(locks, "1.json.18ab.tmp"), "");
        assert.match((await failureOf(up(world, "one", { a: {} }, false))).message, /unexpected end of JSON input/);
        fs.truncateSync(path.join(states, "one.json.attrs"));
        await failureOf(up(world, "one", { a: {} }, false), "backend");
        await using session = await Session.open(contextOf({ surroundings: { env: world.ownEnv } }), { project, backend: { url: world.backend, local: true }, main: program });
        const { changes } = await session.whenFree("one", () => session.up("one", world.settings({ a: {}, b: {} }), undefined));
        assert.equal(changes.created, 1);
        assert.deepEqual(fs.readdirSync(locks), []);
    });

    it("ends its work although its caller is killed, with all of its process group", async () => {
        using world = await FixtureWorld.make();
        const go = path.join(world.directory, "go");
        await create(world, "one");
        const caller = fork(path.join(__dirname, "support", "caller.ts"), [], {
            detached: true,
            execArgv: ["-r", "ts-node/register/transpile-only"],
            env: { ...process.env, TMPDIR: world.directory, UNDERSTUDY_TEST: JSON.stringify({ env: world.ownEnv, backend: world.backend, program, settings: world.settings({ slow: { until: go } }) }) },
        });
        await world.untilLogged("create slow");
        process.kill(-caller.pid!, "SIGKILL");
        await once(caller, "exit");
        fs.writeFileSync(go, "");
        await using session = await Session.open(contextOf({ surroundings: { env: world.ownEnv }, onEvent: (event) => world.events.push(event) }), { project, backend: { url: world.backend, local: true } });
        const state = await session.whenFree("one", () => session.state("one"));
        assert.deepEqual(state?.pending, []);
        assert.ok(state.resources.some(({ urn }) => urn.endsWith("::slow")));
        assert.deepEqual(world.locks(), []);
    });

    it("ends its work although its caller is killed before it has begun", async () => {
        using world = await FixtureWorld.make();
        await create(world, "one");
        const folder = path.join(world.directory, "killing");
        fs.mkdirSync(folder);
        fs.writeFileSync(path.join(folder, "pulumi"), '#!/bin/sh\n[ "$1" = up ] && kill -KILL $PPID\nPATH="${PATH#*:}" exec pulumi "$@"\n', { mode: 0o755 });
        const env = { ...world.ownEnv, PATH: `${folder}:${world.ownEnv["PATH"] ?? ""}` };
        const caller = fork(path.join(__dirname, "support", "caller.ts"), [], {
            execArgv: ["-r", "ts-node/register/transpile-only"],
            env: { ...process.env, TMPDIR: world.directory, UNDERSTUDY_TEST: JSON.stringify({ env, backend: world.backend, program, settings: world.settings({ slow: {} }) }) },
        });
        await once(caller, "exit");
        await world.untilLogged("create slow");
        await using session = await Session.open(contextOf({ surroundings: { env: world.ownEnv } }), { project, backend: { url: world.backend, local: true }, patience: { patience: 30 } });
        const state = await session.whenFree("one", () => session.state("one"));
        assert.deepEqual(state?.pending, []);
        assert.ok(state.resources.some(({ urn }) => urn.endsWith("::slow")));
        assert.deepEqual(world.locks(), []);
    });

    it("waits for another run of the same stack", async () => {
        using world = await FixtureWorld.make();
        const go = path.join(world.directory, "go");
        await create(world, "one");
        const open = async (): Promise<Session> => Session.open(contextOf({ surroundings: { env: world.ownEnv }, onEvent: (event) => world.events.push(event) }), { project, backend: { url: world.backend, local: true }, main: program });
        await using one = await open();
        await using other = await open();
        const settings = world.settings({ slow: { until: go } });
        const first = one.whenFree("one", () => one.up("one", settings, undefined));
        await world.untilLogged("create slow");
        const second = other.whenFree("one", () => other.up("one", settings, undefined));
        await world.untilEvent("waiting");
        fs.writeFileSync(go, "");
        assert.equal((await first).changes.created, 2);
        assert.deepEqual((await second).changes, { created: 0, updated: 0, replaced: 0, deleted: 0, unchanged: 2 });
        assert.deepEqual(world.logged(), ["create slow"]);
    });

    const broken: readonly { readonly what: string; readonly kind: ErrorKind; readonly env?: Readonly<Record<string, string>>; readonly spoil?: (state: string) => string }[] = [
        { what: "a wrong passphrase", kind: "passphrase", env: { PULUMI_CONFIG_PASSPHRASE: "wrong" } },
        { what: "a state of a newer engine", kind: "newer-state", spoil: (state) => state.replace('"version": 3', '"version": 99') },
        { what: "an empty state", kind: "backend", spoil: () => "" },
    ];
    for (const { what, kind, env, spoil } of broken) {
        it(`fails on ${what} and changes nothing`, async () => {
            using world = await FixtureWorld.make();
            await up(world, "one", {});
            const file = path.join(world.states, ".pulumi", "stacks", "fixture", "one.json");
            if (spoil !== undefined) fs.writeFileSync(file, spoil(fs.readFileSync(file, "utf8")));
            const before = fs.readFileSync(file, "utf8");
            await using workspace = world.open({ ...(env !== undefined && { env }) });
            workspace.writeSettings("one", world.settings({ a: {} }));
            await failureOf(workspace.up("one"), kind);
            assert.equal(fs.readFileSync(file, "utf8"), before);
            assert.deepEqual(world.logged(), []);
        });
    }

    it("is missing, or too old: said so", async () => {
        using world = await FixtureWorld.make();
        assert.throws(() => world.open({ env: { PATH: world.directory } }), { kind: "engine", message: "pulumi is not in PATH" });
        fs.writeFileSync(path.join(world.directory, "pulumi"), "#!/bin/sh\n[ $1 = version ] && echo v3.100.0\n", { mode: 0o755 });
        await using workspace = world.open({ env: { PATH: [world.directory, world.env["PATH"]].join(path.delimiter) } });
        const { kind, message } = await failureOf(workspace.up("one"));
        assert.deepEqual({ kind, message }, { kind: "engine", message: `${world.directory}/pulumi is version v3.100.0` });
    });
});

const noAws = new Proxy({} as Clients, {
    get: () => assert.fail("AWS is not asked"),
});

async function create(world: FixtureWorld, stack: string): Promise<void> {
    await using workspace = world.open();
    await workspace.createStack(stack, "passphrase");
}

async function up(world: FixtureWorld, stack: string, things: Readonly<Record<string, object>>, fresh = true): Promise<void> {
    await using workspace = world.open();
    if (fresh) await workspace.createStack(stack, "passphrase");
    workspace.writeSettings(stack, world.settings(things));
    await workspace.up(stack);
}

async function failureOf(work: Promise<unknown>, kind?: ErrorKind): Promise<UnderstudyError> {
    const error: unknown = await work.then(() => undefined, (thrown: unknown) => thrown);
    assert.ok(error instanceof UnderstudyError, String(error));
    if (kind !== undefined) assert.equal(error.kind, kind, error.message);
    return error;
}
