import assert from "node:assert/strict";
import fc from "fast-check";
import { turnOf, Watch, type Entry, type Queue, type Waiting } from "../../../automation/registry/queue";

const owner = { user: "ann", host: "one" };
const entry: Entry = { owner, since: "2026-01-02T03:04:05.000Z", beat: 0 };
const waiting = (number: number): Waiting => ({ ...entry, number });
const nobody = (): boolean => false;
const dead =
    (...tokens: readonly string[]) =>
    (token: string): boolean =>
        tokens.includes(token);

describe("whose turn it is on a base", () => {
    const queue: Queue = { waiting: { a: waiting(1), b: waiting(2), c: waiting(3) } };

    it("is the first's who came, and nobody is replaced", () => {
        assert.deepEqual(turnOf(queue, "a", "first come", nobody), { turn: "mine" });
        assert.deepEqual(turnOf(queue, "c", "first come", nobody), { turn: "wait", for: waiting(1), place: 2 });
    });

    it("waits for the holder first", () => {
        const held = { ...queue, lease: { ...entry, token: "z" } };
        assert.deepEqual(turnOf(held, "a", "first come", nobody), { turn: "wait", for: held.lease, place: 1 });
        assert.deepEqual(turnOf(held, "b", "first come", nobody), { turn: "wait", for: held.lease, place: 2 });
    });

    it("passes the dead by", () => {
        const held = { ...queue, lease: { ...entry, token: "z" } };
        assert.deepEqual(turnOf(held, "b", "first come", dead("a", "z")), { turn: "mine", dead: held.lease });
        assert.deepEqual(turnOf(held, "b", "first come", dead("z")), { turn: "wait", for: waiting(1), place: 1 });
    });

    it("is not known for somebody who has no place", () => assert.equal(turnOf(queue, "x", "first come", nobody), undefined));

    it("is exactly one's, whoever lives", () => {
        const tokens = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 });
        fc.assert(
            fc.property(tokens, fc.func(fc.boolean()), (names, isDead) => {
                const all: Queue = { waiting: Object.fromEntries(names.map((name, index) => [name, waiting(index + 1)])) };
                const alive = names.filter((name) => !isDead(name));
                const turns = alive.filter((name) => turnOf(all, name, "first come", (token) => isDead(token))?.turn === "mine");
                assert.deepEqual(turns, alive.slice(0, 1));
            }),
        );
    });
});

describe("whose turn it is on a branch", () => {
    it("is the newest request's, which replaces all others", () => {
        const queue: Queue = { waiting: { a: waiting(1), b: waiting(2) }, request: { token: "b", number: 2, owner } };
        assert.deepEqual(turnOf(queue, "a", "newest", nobody), { turn: "replaced", by: owner });
        assert.deepEqual(turnOf(queue, "b", "newest", nobody), { turn: "mine" });
    });

    it("waits for nobody but the holder", () => {
        const queue: Queue = { lease: { ...entry, token: "z" }, waiting: { a: waiting(1), b: waiting(2) }, request: { token: "b", number: 2, owner } };
        assert.deepEqual(turnOf(queue, "b", "newest", nobody), { turn: "wait", for: queue.lease, place: 1 });
    });

    it("is lost with the environment itself", () => {
        assert.deepEqual(turnOf({ waiting: {} }, "a", "newest", nobody), { turn: "replaced", by: undefined });
    });
});

describe("a watch", () => {
    const held = (beat: number): Queue => ({ lease: { ...entry, beat, token: "z" }, waiting: {} });

    it("judges by its own time since the last change that it saw", () => {
        const watch = new Watch(100);
        watch.note(held(1), 1_000);
        assert.equal(watch.isSilent("z", 1_099), false);
        watch.note(held(2), 1_099);
        assert.equal(watch.isSilent("z", 1_198), false);
        watch.note(held(2), 1_150);
        assert.equal(watch.isSilent("z", 1_199), true);
    });

    it("judges nobody whom it has not seen", () => assert.equal(new Watch(100).isSilent("z", 1e9), false));

    it("begins anew with somebody who comes again", () => {
        const watch = new Watch(100);
        watch.note(held(1), 0);
        watch.note({ waiting: {} }, 50);
        watch.note(held(1), 90);
        assert.equal(watch.isSilent("z", 150), false);
    });
});
