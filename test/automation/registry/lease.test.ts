import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UnderstudyError } from "../../../automation/errors";
import type { Event } from "../../../automation/events";
import { queueOf, whileHeld, type Lease, type LeaseOptions } from "../../../automation/registry/lease";
import { thisOwner } from "../../../automation/registry/owner";
import type { Table } from "../../../automation/registry/table";
import { registryForTests, type TestRegistry } from "./support";

const branch = { kind: "environment", id: "search-1a2b3c4d" } as const;
const base = { kind: "base", id: "staging" } as const;
/** Silence on a busy machine is no death, except where that is what is tested. */
const timing = { beat: 50, judged: 30_000, look: 50 };
const hasty = { ...timing, judged: 1_000 };
const kindOf = (error: unknown): string => (error instanceof UnderstudyError ? error.kind : String(error));

describe("a lease", function () {
    this.timeout(60_000);
    let registry: TestRegistry;
    const children: ChildProcess[] = [];
    let events: Event[];
    before(async () => (registry = await registryForTests()));
    after(() => registry.stop());
    beforeEach(() => (events = []));
    afterEach(async () => {
        for (const child of children.splice(0)) child.kill("SIGKILL");
        await registry.table.remove(branch);
        await registry.table.remove(base);
    });

    const optionsFor = (more: Partial<LeaseOptions> = {}): LeaseOptions => ({
        table: registry.table,
        key: branch,
        stack: "branch-search-1a2b3c4d",
        order: "newest",
        owner: thisOwner({}),
        emit: (event) => events.push(event),
        signal: undefined,
        patience: 30,
        timing,
        ...more,
    });

    /** Many ask at once. Tells who had it, in order, and that never two had it at a time. */
    async function many(count: number, more: Partial<LeaseOptions>): Promise<{ readonly done: readonly number[]; readonly kinds: readonly string[] }> {
        let working = 0;
        const done: number[] = [];
        const results = await Promise.allSettled(
            Array.from({ length: count }, (_, index) =>
                whileHeld(optionsFor(more), async () => {
                    working += 1;
                    assert.equal(working, 1);
                    await sleep(20);
                    working -= 1;
                    done.push(index);
                }),
            ),
        );
        return { done, kinds: results.map((result) => (result.status === "fulfilled" ? "done" : kindOf(result.reason))) };
    }

    it("is had by one after the other on a base, and everybody has their turn", async () => {
        const { done, kinds } = await many(12, { key: base, stack: "staging", order: "first come" });
        assert.deepEqual(new Set(kinds), new Set(["done"]));
        assert.equal(done.length, 12);
    });

    it("is had in the order in which they came", async () => {
        const done: number[] = [];
        let waiters: Promise<unknown> | undefined;
        await whileHeld(optionsFor({ key: base, order: "first come" }), async () => {
            const others = [];
            for (let index = 0; index < 5; index += 1) {
                others.push(whileHeld(optionsFor({ key: base, order: "first come" }), () => Promise.resolve(done.push(index))));
                await untilWaiting(registry.table, base, index + 1);
            }
            waiters = Promise.all(others);
        });
        await waiters;
        assert.deepEqual(done, [0, 1, 2, 3, 4]);
    });

    it("of a branch goes to the newest of 50 who ask while another has it; the others are told", async () => {
        const held = gate();
        const first = whileHeld(optionsFor(), () => held.opened);
        await sleep(100);
        const rest = many(50, {});
        while (queueOf((await registry.table.get(branch)) ?? branch).request?.number !== 51) await sleep(10);
        held.open();
        await first;
        const { done, kinds } = await rest;
        assert.equal(done.length, 1);
        assert.equal(kinds.filter((kind) => kind === "superseded").length, 49);
        assert.deepEqual((await registry.table.get(branch))?.["waiting"], {});
        assert.equal((await registry.table.get(branch))?.["lease"], undefined);
    });

    it("tells who waits whom for, since when, and how many come before", async () => {
        const held = gate();
        const first = whileHeld(optionsFor({ key: base, order: "first come" }), () => held.opened);
        await sleep(100);
        const second = whileHeld(optionsFor({ key: base, order: "first come" }), () => Promise.resolve());
        await untilWaiting(registry.table, base, 1);
        const third = whileHeld(optionsFor({ key: base, order: "first come" }), () => Promise.resolve());
        await untilWaiting(registry.table, base, 2);
        await sleep(200);
        held.open();
        await Promise.all([first, second, third]);
        const places = events.map((event) => (event.type === "waiting" ? event.place : undefined));
        assert.deepEqual(places.slice(0, 2), [1, 2]);
        assert.ok(events.every((event) => event.type === "waiting" && event.owner.endsWith(`(process ${process.pid})`) && Date.now() - Date.parse(event.since) < 60_000));
    });

    /** Another process that has the lease of the branch. */
    async function holder(known: boolean): Promise<ChildProcess> {
        const env = { ...process.env, UNDERSTUDY_TEST: JSON.stringify({ settings: registry.settings, known }) };
        const child = spawn(process.execPath, ["--require", "ts-node/register/transpile-only", path.join(__dirname, "holder.ts")], { env, stdio: ["ignore", "pipe", "inherit"] });
        children.push(child);
        await once(child.stdout, "data");
        return child;
    }

    it("of a killed process of this machine is free at once", async () => {
        const child = await holder(true);
        child.kill("SIGKILL");
        await once(child, "exit");
        const begin = performance.now();
        const dead = await whileHeld(optionsFor(), ({ dead: before }) => Promise.resolve(before));
        assert.equal(dead?.process?.pid, child.pid);
        assert.ok(performance.now() - begin < timing.judged);
    });

    it("of a killed process of another machine is free once it was silent for long enough", async () => {
        const child = await holder(false);
        child.kill("SIGKILL");
        await once(child, "exit");
        const begin = performance.now();
        const dead = await whileHeld(optionsFor({ timing: hasty }), ({ dead: before }) => Promise.resolve(before));
        assert.equal(dead?.process?.pid, child.pid);
        assert.ok(performance.now() - begin >= hasty.judged);
    });

    it("stays with who is alive, for as long as that takes", async () => {
        await holder(false);
        await assert.rejects(
            whileHeld(optionsFor({ patience: 3, timing: { ...timing, judged: 2_000 } }), () => Promise.resolve()),
            (error) => kindOf(error) === "locked",
        );
        assert.deepEqual((await registry.table.get(branch))?.["waiting"], {});
    });

    it("of a process that was stopped and wakes up again is lost, and it can write no more", async () => {
        const child = await holder(false);
        let said = "";
        child.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
        child.kill("SIGSTOP");
        await whileHeld(optionsFor({ timing: hasty }), async (lease) => {
            const { count } = lease.item;
            child.kill("SIGCONT");
            const [code] = (await once(child, "exit")) as [number];
            assert.equal(code, 8);
            assert.match(said, /no longer this process's/);
            assert.equal((await registry.table.get(branch))?.["count"], count);
        });
    });

    it("is given up by who cannot reach the registry, before anybody takes it over", async () => {
        let cut = false;
        const table = new Proxy(registry.table, {
            get: (target, name) => {
                const value: unknown = Reflect.get(target, name);
                if (typeof value !== "function") return value;
                return (...words: unknown[]) => (cut ? new Promise(() => undefined) : (value as (...all: unknown[]) => unknown).apply(target, words));
            },
        });
        const times: number[] = [];
        const first = whileHeld(optionsFor({ table, timing: hasty }), async ({ signal }) => {
            cut = true;
            await once(signal, "abort");
            times.push(performance.now());
            throw new Error("stopped");
        });
        first.catch(() => undefined);
        await sleep(200);
        await whileHeld(optionsFor({ timing: hasty }), () => Promise.resolve(times.push(performance.now())));
        assert.equal(times.length, 2);
        assert.ok((times[0] ?? 0) < (times[1] ?? 0));
    });

    it("is not waited for by who wants to stop", async () => {
        const held = gate();
        const first = whileHeld(optionsFor(), () => held.opened);
        await sleep(100);
        const stop = new AbortController();
        const second = whileHeld(optionsFor({ signal: stop.signal }), () => Promise.resolve());
        await untilWaiting(registry.table, branch, 1);
        stop.abort();
        await assert.rejects(second, (error) => kindOf(error) === "interrupted");
        assert.deepEqual((await registry.table.get(branch))?.["waiting"], {});
        held.open();
        await first;
    });

    it("knows when it is outdated, and does not forget what somebody still wants", async () => {
        let next: Promise<string> | undefined;
        await whileHeld(optionsFor(), async (lease) => {
            assert.equal(lease.outdated.aborted, false);
            const outdated = once(lease.outdated, "abort");
            next = whileHeld(optionsFor(), (later) => Promise.resolve(String(later.item["mark"])));
            await untilWaiting(registry.table, branch, 1);
            await outdated;
            await lease.update({ set: { mark: "kept" } });
            assert.equal(await lease.forget(), false);
        });
        assert.equal(await next, "kept");
    });

    it("forgets the item, after which everything begins anew", async () => {
        await whileHeld(optionsFor(), async (lease: Lease) => assert.equal(await lease.forget(), true));
        assert.equal(await registry.table.get(branch), undefined);
        await whileHeld(optionsFor(), ({ item }) => Promise.resolve(assert.equal(item["requests"], 1)));
    });
});

/** Something to wait for until it is opened. */
function gate(): { readonly opened: Promise<void>; open(): void } {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    return { opened, open: () => open() };
}

async function untilWaiting(table: Table, key: typeof base | typeof branch, count: number): Promise<void> {
    for (let tried = 0; tried < 200; tried += 1) {
        const { waiting = {} } = ((await table.get(key)) ?? {}) as { readonly waiting?: object };
        if (Object.keys(waiting).length >= count) return;
        await sleep(10);
    }
    throw new Error(`nobody waits`);
}
