import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { UnderstudyError, type Event } from "../../automation/index";
import { ControlClient } from "../../local/emulator/control";
import { makeClients } from "../../automation/aws/clients";
import { findOrphans, nothingOfItsOwn, orphanKinds } from "../../automation/state/orphans/kinds";
import { parseCheckpoint } from "../../automation/state/stackState";
import { readLocks } from "../../automation/state/locks";
import { openStore } from "../../automation/state/openStore";
import { branchId, branchStack } from "../../model/names";
import { descendantsOf, running } from "../automation/support/descendants";
import { projectDirectory, Stage } from "./stage";

const branch = "feature/blue-banner";
const other = "fix/Ünïcode-🚀-name";

describe("branch environments", function () {
    this.timeout(300_000);
    let stage: Stage;
    let inventory: readonly string[];

    before(async () => {
        stage = await Stage.open();
        await stage.api().deploy("staging");
        await stage.push("staging", branch, "blue");
        await stage.push("staging", other, "green");
        inventory = await stage.inventory();
    });

    after(() => stage.close());

    /** Every test ends with `down` of what it made: nothing may be left, neither in AWS nor in the state. */
    afterEach(async () => {
        assert.deepEqual(await stage.inventory(), inventory);
        assert.deepEqual(await stage.api().branch.list({ base: "staging" }), []);
    });

    function startUp(): ChildProcess {
        return start("branch", "up", branch, "--image", "blue");
    }

    /** The command line as a process of its own. */
    function start(...words: readonly string[]): ChildProcess {
        return spawn(path.join(projectDirectory, "bin", "understudy"), [...words, "--local", "--json"], {
            cwd: projectDirectory,
            env: { ...process.env, UNDERSTUDY_HOME: stage.home, CI: "true" },
            stdio: ["ignore", "pipe", "pipe"],
        });
    }

    /** Resolves once something of the branch exists. */
    async function begun(child: ChildProcess): Promise<void> {
        while ((await stage.inventory()).length <= inventory.length) {
            if (child.exitCode !== null) assert.fail(`ended with ${child.exitCode}: ${child.stderr === null ? "" : await text(child.stderr)}`);
            await sleep(20);
        }
    }

    /** Resolves once the one fault that was planned is under way. */
    async function metFault(control: ControlClient, child: ChildProcess): Promise<void> {
        while ((await control.faults()).length > 0) {
            if (child.exitCode !== null) assert.fail(`ended with ${child.exitCode}: ${child.stderr === null ? "" : await text(child.stderr)}`);
            await sleep(20);
        }
    }

    /** The engine's process that works on a stack of a base's backend. */
    async function lockOwner(stack: string, base = "staging"): Promise<number> {
        const store = await openStore(stage.world.backends[base] ?? "", {});
        const [lock] = await readLocks(store, "understudy", stack);
        assert.ok(lock?.owner !== undefined, `nobody works on ${stack}`);
        return lock.owner.pid;
    }

    async function upAndDown(): Promise<void> {
        const { url = "" } = await stage.api().branch.up({ branch, release: "blue" });
        const { status, text: info } = await stage.get(url, "/info.json");
        assert.equal(status, 200);
        assert.equal((JSON.parse(info) as { commit: string }).commit, stage.sample.commits[branch]);
        await stage.api().branch.down({ branch });
    }

    it("two at once do not disturb each other", async () => {
        const made = await Promise.all([stage.api().branch.up({ branch, release: "blue" }), stage.api().branch.up({ branch: other, release: "green" })]);
        assert.deepEqual(
            await Promise.all(made.map(async ({ url = "" }) => (JSON.parse((await stage.get(url, "/info.json")).text) as { commit: string }).commit)),
            [stage.sample.commits[branch], stage.sample.commits[other]],
        );
        await Promise.all([stage.api().branch.down({ branch }), stage.api().branch.down({ branch: other })]);
    });

    it("one made three times at once is made once: the newest request has its way, and the others say so", async () => {
        const asked = await Promise.allSettled(Array.from({ length: 3 }, () => stage.api().branch.up({ branch, release: "blue" })));
        const made = asked.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
        const replaced = asked.flatMap((result) => (result.status === "rejected" ? [(result.reason as UnderstudyError).kind] : []));
        assert.deepEqual([...new Set(replaced)], ["superseded"]);
        assert.equal(made.length, 1);
        assert.equal((await stage.get(made[0]?.url ?? "")).status, 200);
        const [info] = await stage.api().branch.list({ base: "staging" });
        assert.deepEqual([info?.status, info?.worker], ["up", undefined]);
        await stage.api().branch.down({ branch });
    });

    it("a request to remove one that is being made waits, and has the last word", async () => {
        const making = stage.api().branch.up({ branch, release: "blue" }).then(
            () => "made",
            (error: unknown) => (error instanceof UnderstudyError ? error.kind : String(error)),
        );
        while ((await stage.inventory()).length <= inventory.length) await sleep(20);
        await stage.api().branch.down({ branch });
        assert.match(await making, /^(made|superseded)$/);
    });

    it("SIGINT ends cleanly, with its exit code, and the next up goes on", async () => {
        const child = startUp();
        await begun(child);
        child.kill("SIGINT");
        const [exitCode] = (await once(child, "exit")) as [number];
        assert.equal(exitCode, 130);
        await upAndDown();
    });

    it("a base whose details a killed engine has cut short is no hindrance", async () => {
        const states = (stage.world.backends["staging"] ?? "").slice("file://".length);
        truncateSync(path.join(states, ".pulumi", "stacks", "understudy", "staging.json.attrs"));
        await upAndDown();
    });

    it("SIGINT of a removal while AWS ends the services leaves an environment that the next up mends", async () => {
        await stage.api().branch.up({ branch, release: "blue" });
        const whole = (await stage.inventory()).length;
        const child = start("branch", "down", branch);
        while ((await stage.inventory()).length === whole) await sleep(5);
        child.kill("SIGINT");
        const [exitCode] = (await once(child, "exit")) as [number];
        assert.equal(exitCode, 130);
        await upAndDown();
    });

    it("SIGKILL of the tool and of the engine in the middle leaves nothing that the next up and down do not clear", async () => {
        const child = startUp();
        await begun(child);
        child.kill("SIGKILL");
        await once(child, "exit");
        const engine = await lockOwner(branchStack(branchId(branch)));
        const started = descendantsOf(engine);
        assert.match(started.map(({ command }) => command).join("\n"), /pulumi-language-nodejs/);
        process.kill(engine, "SIGKILL");
        await upAndDown();
        assert.deepEqual(running(started), []);
    });

    it("SIGKILL of both while AWS makes a part of dev leaves nothing that the next deploy and destroy do not clear", async () => {
        const control = new ControlClient(stage.world.endpoint);
        for (const [service, operation] of [["ec2", "CreateVpc"], ["elasticloadbalancing", "CreateLoadBalancer"]] as const) {
            await control.setFaults([{ service, operation, times: 1, delay: 1_000 }]);
            const child = start("deploy", "dev");
            await metFault(control, child);
            child.kill("SIGKILL");
            await once(child, "exit");
            process.kill(await lockOwner("dev", "dev"), "SIGKILL");
        }
        const events: Event[] = [];
        await stage.api(events).deploy("dev");
        const notices = events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
        assert.match(notices.join("\n"), /^removed arn:aws:elasticloadbalancing:.*, which an earlier run had made when it was killed/m);
        await stage.api().destroy("dev", { confirm: "dev" });
    });

    it("all that production is made of is found by what its creation was asked for, and can be removed", async () => {
        await stage.api().deploy("production", { confirm: "production" });
        const store = await openStore(stage.world.backends["production"] ?? "", {});
        const { resources = [] } = parseCheckpoint(await store.read(".pulumi/stacks/understudy/production.json")) ?? {};
        const aws = makeClients(stage.world.env, stage.base("production"));
        const removals: (() => Promise<unknown>)[] = [];
        for (const [type, kind] of orphanKinds) {
            for (const { urn, id, inputs, outputs } of resources.filter((resource) => resource.type === type && kind !== nothingOfItsOwn)) {
                const found = await findOrphans(kind, aws, inputs);
                const itself = found.find((orphan) => [id, outputs["arn"]].includes(orphan.id)) ?? assert.fail(`${urn} is not found`);
                assert.ok(itself.tags === undefined || itself.tags["understudy:environment"] === "production", `${urn} is not production's`);
                removals.push(() => kind.remove(aws, itself.id, undefined));
            }
        }
        for (const remove of removals) await remove();
    });

    it("down works from an empty directory with nothing but the address of the state backend", async () => {
        await stage.api().branch.up({ branch, release: "blue" });
        const empty = mkdtempSync(path.join(tmpdir(), "empty-"));
        try {
            const { exitCode, stderr } = await execa(
                path.join(projectDirectory, "bin", "understudy"),
                ["branch", "down", branch, "--backend", stage.world.backends["staging"] ?? ""],
                { cwd: empty, env: { ...stage.world.env, UNDERSTUDY_HOME: stage.home }, reject: false },
            );
            assert.equal(exitCode, 0, stderr);
        } finally {
            rmSync(empty, { recursive: true });
        }
    });
});
