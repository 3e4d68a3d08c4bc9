import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { UnderstudyError } from "../../automation/errors";
import type { Event } from "../../automation/events";
import { ownerIsDead, parseLock, whenFree, type Lock, type LockOwner, type ProcessTable, type WaitOptions } from "../../automation/state/locks";
import { engineState, forgetEngine, noteEngine } from "../../automation/state/engines";
import { identify, isRunning, parseProcFields } from "../../automation/state/processes";
import type { StateStore } from "../../automation/state/store";

const here = "runner-7";
const taken = new Date("2026-03-01T12:00:00.000Z");
const folder = ".pulumi/locks/organization/shop/staging/";

function lockBy(pid: number, host: string): Lock {
    return { key: `${folder}1.json`, owner: { pid, host, user: "ci", since: taken } };
}

function machine(engine: ReturnType<ProcessTable["engine"]>, exists = false): ProcessTable {
    return { host: here, engine: () => engine, exists: () => exists, forget: () => undefined, endLeftovers: () => assert.fail("it is only asked about") };
}

describe("the owner of a lock", () => {
    const rows = [
        { what: "is dead when this tool has started it here and it has ended", lock: lockBy(7, here), table: machine("ended"), local: false, dead: true },
        { what: "is dead although its number belongs to another process by now", lock: lockBy(7, here), table: machine("ended", true), local: false, dead: true },
        { what: "lives when this tool has started it here and it runs", lock: lockBy(7, here), table: machine("running", true), local: true, dead: false },
        { what: "is dead when it locked a folder of this machine and no process has its number", lock: lockBy(7, here), table: machine("unknown"), local: true, dead: true },
        { what: "lives when it locked a folder of this machine and a process has its number", lock: lockBy(7, here), table: machine("unknown", true), local: true, dead: false },
        { what: "lives when it may be of another machine with the same name", lock: lockBy(7, here), table: machine("unknown"), local: false, dead: false },
        { what: "lives when it is on another machine", lock: lockBy(7, "laptop"), table: machine("ended"), local: true, dead: false },
        { what: "lives when nobody knows who it is", lock: { key: "x" }, table: machine("ended"), local: true, dead: false },
    ];
    for (const { what, lock, table, local, dead } of rows) {
        it(what, () => assert.equal(ownerIsDead(lock, table, local), dead));
    }
});

describe("a lock object", () => {
    it("is read as the engine writes it", () => {
        const text = '{"pid":4711,"username":"ci","hostname":"runner-7","timestamp":"2026-03-01T12:00:00.123456789Z"}';
        assert.deepEqual(parseLock("k", text), { key: "k", owner: { pid: 4711, user: "ci", host: "runner-7", since: new Date("2026-03-01T12:00:00.123Z") } });
    });
    for (const text of ["", "garbage", "{}", '{"pid":"1","timestamp":"2026-03-01T12:00:00Z"}', '{"pid":1,"timestamp":"yesterday"}']) {
        it(`has no owner when it holds ${JSON.stringify(text)}`, () => assert.deepEqual(parseLock("k", text), { key: "k" }));
    }
});

describe("a process of this machine", () => {
    it("is described in /proc behind its name, which may hold anything", () => {
        assert.deepEqual(parseProcFields("4711 (a (b) c) S 1 2"), ["S", "1", "2"]);
    });
    it("is known while it runs, and is no other that has its number later", async () => {
        const child = execFile(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
        const identity = identify(child.pid!);
        assert.ok(identity !== undefined && isRunning(identity));
        assert.equal(isRunning({ ...identity, started: "another time" }), false);
        child.kill("SIGKILL");
        await once(child, "exit");
        assert.equal(isRunning(identity), false);
        assert.equal(identify(child.pid!), undefined);
    });
    it("is not known as an engine by what somebody else has noted", () => {
        const note = path.join(os.tmpdir(), "understudy-engine-4194305.json"); // no process has this number
        const elsewhere = path.join(os.tmpdir(), `understudy-test-${process.pid}.json`);
        try {
            fs.writeFileSync(elsewhere, JSON.stringify({ pid: 4194305, started: "1" }));
            fs.copyFileSync(elsewhere, note);
            assert.equal(engineState(4194305), "ended");
            if (process.getuid?.() === 0) {
                fs.chownSync(note, 65534, 65534);
                assert.equal(engineState(4194305), "unknown");
            }
            fs.rmSync(note);
            fs.symlinkSync(elsewhere, note);
            assert.equal(engineState(4194305), "unknown");
        } finally {
            for (const file of [note, elsewhere]) fs.rmSync(file, { force: true });
        }
    });
    it("is known as an engine from its start to its end, and after a kill of who started it", async () => {
        const child = execFile(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
        const pid = child.pid!;
        assert.equal(engineState(pid), "unknown");
        noteEngine(pid);
        assert.equal(engineState(pid), "running");
        child.kill("SIGKILL");
        await once(child, "exit");
        assert.equal(engineState(pid), "ended");
        forgetEngine(pid);
        assert.equal(engineState(pid), "unknown");
    });
});

/** A backend in memory. */
function storeOf(objects: Map<string, string>): StateStore {
    return {
        local: true,
        list: (prefix) => Promise.resolve([...objects.keys()].filter((key) => key.startsWith(prefix)).sort()),
        read: (key) => Promise.resolve(objects.get(key)),
        remove: (key) => Promise.resolve(void objects.delete(key)),
    };
}

function lockText(pid: number, host = here): string {
    return JSON.stringify({ pid, username: "ci", hostname: host, timestamp: taken.toISOString() });
}

function waiting(objects: Map<string, string>, events: Event[], more: Partial<WaitOptions> = {}): WaitOptions {
    const dead: ProcessTable = { host: here, engine: () => "unknown", exists: (pid) => pid !== 1, forget: () => undefined, endLeftovers: () => Promise.resolve(0) };
    return { store: storeOf(objects), project: "shop", stack: "staging", emit: (event) => events.push(event), signal: undefined, patience: 60, machine: dead, ...more };
}

describe("work on a locked stack", () => {
    it("begins at once when nobody has it, and is not disturbed by locks on other stacks", async () => {
        const objects = new Map([[".pulumi/locks/organization/shop/staging2/1.json", lockText(2)]]);
        const events: Event[] = [];
        assert.equal(await whenFree(waiting(objects, events), () => Promise.resolve("done")), "done");
        assert.deepEqual(events, []);
    });

    it("frees exactly the lock whose owner is dead, and says so", async () => {
        const objects = new Map([[`${folder}dead.json`, lockText(1)], [".pulumi/locks/organization/shop/dev/other.json", lockText(1)]]);
        const events: Event[] = [];
        await whenFree(waiting(objects, events), () => Promise.resolve());
        assert.deepEqual([...objects.keys()], [".pulumi/locks/organization/shop/dev/other.json"]);
        assert.deepEqual(events, [{ type: "notice", message: "staging was locked by ci@runner-7 (process 1), which no longer runs; the lock is removed" }]);
    });

    it("frees a lock of another machine when something else proves that its owner is dead, and no other", async () => {
        const objects = new Map([[`${folder}dead.json`, lockText(2, "runner-8")]]);
        const events: Event[] = [];
        const asked: string[] = [];
        const provenDead = (owner: LockOwner): Promise<boolean> => Promise.resolve(asked.push(owner.host) > 0 && owner.host === "runner-8");
        await whenFree(waiting(objects, events, { provenDead }), () => Promise.resolve());
        assert.deepEqual([asked, [...objects]], [["runner-8"], []]);
        objects.set(`${folder}other.json`, lockText(2, "runner-9"));
        await assert.rejects(whenFree(waiting(objects, events, { provenDead, patience: 0 }), () => Promise.resolve()), { kind: "locked" });
    });

    it("frees any lock on the word of whoever asks, and warns of it", async () => {
        const objects = new Map([[`${folder}alive.json`, lockText(2, "runner-8")]]);
        const events: Event[] = [];
        await whenFree(waiting(objects, events, { takeOver: true }), () => Promise.resolve());
        assert.deepEqual([...objects], []);
        assert.deepEqual(events, [{ type: "warning", message: "staging was locked by ci@runner-8 (process 2); the lock is removed, as --take-over says" }]);
    });

    it("ends what the dead owner has left behind before it frees the lock, and says that too", async () => {
        const key = `${folder}dead.json`;
        const objects = new Map([[key, lockText(1)]]);
        const events: Event[] = [];
        const ended: number[] = [];
        const endLeftovers = (pid: number): Promise<number> => Promise.resolve(objects.has(key) ? ended.push(pid) + 1 : 0);
        await whenFree(waiting(objects, events, { machine: { ...machine("ended"), endLeftovers } }), () => Promise.resolve());
        assert.deepEqual(ended, [1]);
        const message = "staging was locked by ci@runner-7 (process 1), which no longer runs; the lock is removed, and 2 processes that it had left behind are ended";
        assert.deepEqual(events, [{ type: "notice", message }]);
    });

    it("clears away first what an owner that died while it wrote has left, in a folder alone", async () => {
        const state = ".pulumi/stacks/shop/staging.";
        const kept = new Map([[`${state}json`, "{}"], [`${state}json.attrs`, "{}"], [`${state}pulumi-tags`, "{}"], [".pulumi/stacks/shop/staging2.json.attrs", ""]]);
        const torn = new Map([[`${state}json.bak.attrs`, ""], [`${state}pulumi-tags.attrs`, '{"md5":'], [`${state}json.18ab.tmp`, "{}"]]);
        const lock = new Map([[`${folder}dead.json`, lockText(1)]]);
        const objects = new Map([...kept, ...torn, ...lock]);
        await whenFree(waiting(objects, []), () => Promise.resolve(assert.deepEqual([...objects.keys()], [...kept.keys()])));

        const bucket = new Map([...kept, ...torn]);
        await whenFree(waiting(bucket, [], { store: { ...storeOf(bucket), local: false } }), () => Promise.resolve());
        assert.deepEqual([...bucket.keys()], [...kept.keys(), ...torn.keys()]);
    });

    it("touches nothing of somebody who has freed it first and is at work", async () => {
        const lock = `${folder}dead.json`;
        const state = ".pulumi/stacks/shop/staging.json";
        const objects = new Map([[lock, lockText(1)]]);
        const events: Event[] = [];
        const faster = (): Promise<number> => {
            objects.delete(lock);
            objects.set(`${state}.19ff.tmp`, "being written");
            return Promise.resolve(0);
        };
        await whenFree(waiting(objects, events, { machine: { ...machine("ended"), endLeftovers: faster } }), () => Promise.resolve());
        assert.deepEqual([[...objects.keys()], events], [[`${state}.19ff.tmp`], []]);
    });

    it("leaves alone what somebody may be writing just now, and clears it away when it stays", async () => {
        const begun = [`${folder}live.json.18ab.tmp`, `${folder}dead.json.18ab.tmp`];
        const objects = new Map([...begun, ".pulumi/stacks/shop/staging.json.18ab.tmp"].map((key) => [key, ""]));
        let looks = 0;
        const list = async (prefix: string): Promise<readonly string[]> => {
            const keys = await storeOf(objects).list(prefix);
            if (keys.includes(begun[0]!) && (looks += 1) === 2) objects.delete(begun[0]!); // it gets its name between two looks
            return keys;
        };
        const store: StateStore = { ...storeOf(objects), list };
        await whenFree(waiting(objects, [], { store }), () => Promise.resolve());
        assert.deepEqual([...objects.keys()], [".pulumi/stacks/shop/staging.json.18ab.tmp"]);
    });

    it("waits for a living owner, says for whom once, and goes on when the lock is gone", async () => {
        const key = `${folder}alive.json`;
        const objects = new Map([[key, lockText(2)]]);
        const events: Event[] = [];
        let looks = 0;
        const store: StateStore = { ...storeOf(objects), list: (prefix) => ((looks += 1) === 3 && objects.delete(key), storeOf(objects).list(prefix)) };
        await whenFree(waiting(objects, events, { store }), () => Promise.resolve());
        assert.deepEqual(events, [{ type: "waiting", for: "staging", owner: "ci@runner-7 (process 2)", since: taken.toISOString() }]);
    });

    it("fails with the owner when it has waited long enough", async () => {
        const objects = new Map([[`${folder}alive.json`, lockText(1, "laptop")]]);
        await assert.rejects(whenFree(waiting(objects, [], { patience: -1 }), () => Promise.resolve()), (error: unknown) => {
            assert.ok(error instanceof UnderstudyError);
            assert.equal(error.kind, "locked");
            assert.equal(error.message, "staging is locked by ci@laptop (process 1) since 2026-03-01T12:00:00.000Z");
            return true;
        });
        assert.equal(objects.size, 1);
    });

    it("tries again when somebody was faster", async () => {
        let tries = 0;
        const work = (): Promise<number> => ((tries += 1) === 1 ? Promise.reject(new UnderstudyError("locked", "too late", "wait")) : Promise.resolve(tries));
        assert.equal(await whenFree(waiting(new Map(), []), work), 2);
    });

    it("does not try again after another failure", async () => {
        let tries = 0;
        await assert.rejects(whenFree(waiting(new Map(), []), () => ((tries += 1), Promise.reject(new Error("no")))), /no/);
        assert.equal(tries, 1);
    });

    it("ends when the caller wants to stop", async () => {
        const controller = new AbortController();
        const objects = new Map([[`${folder}alive.json`, lockText(2)]]);
        const emit = (): void => controller.abort();
        await assert.rejects(
            whenFree(waiting(objects, [], { emit, signal: controller.signal }), () => Promise.resolve()),
            (error: unknown) => error instanceof UnderstudyError && error.kind === "interrupted",
        );
    });
});
