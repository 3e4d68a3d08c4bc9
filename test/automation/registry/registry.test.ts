import assert from "node:assert/strict";
import { UnderstudyError } from "../../../automation/errors";
import type { Event } from "../../../automation/events";
import { contextOf } from "../../../automation/options";
import { Registry, type Claim } from "../../../automation/registry/registry";
import { registryForTests, type TestRegistry } from "./support";

const claim = (branch: string, more: Partial<Claim> = {}): Claim => ({ branch, url: `https://${branch}.example.com`, ttl: 3_600, quota: { maximum: 100, perOwner: 100 }, use, base: [none], only: [], ...more });
const none = { targetGroups: 0, rules: 0, targets: 0 };
const use = { targetGroups: 1, rules: 1, targets: 2 };
const failure = (error: unknown): string => (error instanceof UnderstudyError ? `${error.kind}: ${error.message}` : String(error));

describe("the registry of branch environments", function () {
    this.timeout(60_000);
    let backing: TestRegistry;
    let registry: Registry;
    const events: Event[] = [];
    /** Silence on a busy machine is no death, except where that is what is tested. */
    const open = (judged: number): Registry =>
        Registry.open(contextOf({ onEvent: (event) => void events.push(event) }), { dynamodb: () => Promise.resolve(backing.dynamodb) }, { app: "shop", kind: "staging" }, { beat: 100, judged, look: 50 });
    before(async () => {
        backing = await registryForTests();
        registry = open(30_000);
    });
    after(() => backing.stop());
    afterEach(async () => {
        for (const { id } of await backing.table.list("environment")) await backing.table.remove({ kind: "environment", id });
    });

    const bringUp = (branch: string, more: Partial<Claim> = {}, work: () => Promise<void> = () => Promise.resolve()): Promise<void> =>
        registry.whileEnvironmentHeld(branch, `branch-${branch}`, {}, async (held) => {
            await held.claim(claim(branch, more));
            await held.untilUp(work);
        });

    it("takes in what is brought up, and says how far it is", async () => {
        const begin = Date.now();
        await bringUp("search", { owner: "ann", pullRequest: 3, commit: "abcdef0" }, async () => {
            const during = await registry.read("search");
            assert.equal(during?.status, "updating");
            assert.equal(during.ready, undefined);
            assert.equal(during.worker?.owner.process?.pid, process.pid);
        });
        const { since, created, active, expires, ready, ...told } = (await registry.read("search")) ?? assert.fail();
        assert.deepEqual(told, { id: "search", branch: "search", status: "up", owner: "ann", pullRequest: 3, commit: "abcdef0", url: "https://search.example.com", shard: 0, use });
        assert.ok([since, created, active, ready].every((time) => time !== undefined && Date.parse(time) >= begin));
        assert.equal(Date.parse(expires) - Date.parse(active), 3_600_000);
    });

    it("says why something failed, until it is up again", async () => {
        await assert.rejects(bringUp("search", {}, () => Promise.reject(new Error("web does not start\nmore"))));
        assert.deepEqual([(await registry.read("search"))?.status, (await registry.read("search"))?.reason], ["failed", "web does not start"]);
        await bringUp("search");
        assert.deepEqual([(await registry.read("search"))?.status, (await registry.read("search"))?.reason], ["up", undefined]);
    });

    it("keeps what was said before and is not said again, and an extension", async () => {
        await bringUp("search", { owner: "ann", pullRequest: 3 });
        await registry.extend("search", "2999-01-01T00:00:00.000Z");
        await bringUp("search", { commit: "abcdef0" });
        const { owner, pullRequest, commit, expires } = (await registry.read("search")) ?? assert.fail();
        assert.deepEqual({ owner, pullRequest, commit, expires }, { owner: "ann", pullRequest: 3, commit: "abcdef0", expires: "2999-01-01T00:00:00.000Z" });
    });

    it("refuses steps that cannot follow each other", async () => {
        await registry.whileEnvironmentHeld("search", "branch-search", {}, async (held) => {
            await assert.rejects(held.enter("up"), /search is not there, from which it cannot be up/);
            await held.claim(claim("search"));
            await held.enter("removing");
            await assert.rejects(held.enter("up"), /search is removing, from which it cannot be up/);
        });
        assert.equal((await registry.read("search"))?.status, "removing");
    });

    it("gives nobody the environment of another branch with the same id", async () => {
        await bringUp("search");
        const other = registry.whileEnvironmentHeld("search", "branch-search", {}, (held) => held.claim(claim("other")));
        await assert.rejects(other, (error) => failure(error) === "conflict: the environment search belongs to the branch search; the branch other has the same id");
        assert.equal((await registry.read("search"))?.branch, "search");
    });

    it("lets exactly as many in as there may be, whoever comes at once", async () => {
        const quota = { maximum: 5, perOwner: 100 };
        const results = await Promise.allSettled(Array.from({ length: 12 }, (_, index) => bringUp(`many-${index}`, { owner: index % 2 === 0 ? "ann" : "bob", quota })));
        const refused = results.flatMap((result) => (result.status === "rejected" ? [failure(result.reason)] : []));
        assert.equal(refused.length, 7);
        assert.ok(refused.every((text) => /^full: all 5 environments that the settings allow are there \((ann|bob) \d(, (ann|bob) \d)?\)$/.test(text)), refused.join("\n"));
        assert.equal((await registry.list()).length, 5);
        assert.equal((await backing.table.list("environment")).length, 5); // of the others nothing stays
        await assert.doesNotReject(bringUp((await registry.list())[0]?.branch ?? "", { quota }));
    });

    it("lets nobody have more than their share", async () => {
        const quota = { maximum: 100, perOwner: 2 };
        await bringUp("one", { owner: "ann", quota });
        await bringUp("two", { owner: "ann", quota });
        await bringUp("three", { owner: "bob", quota });
        await assert.rejects(bringUp("four", { owner: "ann", quota }), (error) => failure(error) === "full: ann has 2 environments already, as many as the settings allow one person");
    });

    it("gives each a load balancer that has room, also when many come at once, and lets it keep that", async () => {
        const large = { targetGroups: 30, rules: 30, targets: 0 };
        const base = [{ ...none, rules: 20 }, none];
        const results = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => bringUp(`large-${index}`, { use: large, base })));
        const refused = results.flatMap((result) => (result.status === "rejected" ? [failure(result.reason)] : []));
        assert.equal(refused.length, 3);
        assert.ok(refused.every((text) => /^full: there is no room for 30 (target groups|rules)/.test(text)), refused.join("\n"));
        const shards = (await registry.list()).map(({ shard }) => shard).sort();
        assert.deepEqual(shards, [0, 0, 1, 1, 1]);
        const [last] = (await registry.list()).filter(({ shard }) => shard === 1);
        await bringUp(last?.branch ?? "", { use: large, base });
        assert.equal((await registry.read(last?.id ?? ""))?.shard, 1);
    });

    it("remembers which services run, until all of them do", async () => {
        await bringUp("search", { only: ["web"] });
        assert.deepEqual((await registry.read("search"))?.only, ["web"]);
        await bringUp("search");
        assert.equal((await registry.read("search"))?.only, undefined);
    });

    it("pins, and forgets that something was warned about when it is extended", async () => {
        await bringUp("search");
        await registry.warned("search", "2026-01-02T03:04:05.000Z");
        assert.equal((await registry.pin("search", { reason: "demo", by: "ann" }))?.warned, "2026-01-02T03:04:05.000Z");
        assert.equal((await registry.extend("search", "2999-01-01T00:00:00.000Z"))?.warned, undefined);
        assert.deepEqual((await registry.read("search"))?.pinned, { reason: "demo", by: "ann" });
        assert.equal((await registry.pin("search", undefined))?.pinned, undefined);
        assert.equal(await registry.extend("nobody", "2999-01-01T00:00:00.000Z"), undefined);
        assert.equal(await backing.table.get({ kind: "environment", id: "nobody" }), undefined);
    });

    it("tells who works from who has died, also of other machines", async () => {
        const other = { user: "ci", host: "runner-7" };
        await bringUp("dead");
        await backing.table.update({ kind: "environment", id: "dead" }, { set: { lease: { token: "t", owner: other, since: "2026-01-02T03:04:05.000Z", beat: 4 } } });
        assert.deepEqual((await registry.read("dead"))?.worker?.owner, other);
        await bringUp("alive", {}, async () => {
            const workers = new Map((await open(2_000).listSurely()).map(({ id, worker }) => [id, worker?.owner.process?.pid]));
            assert.deepEqual(workers, new Map([["alive", process.pid], ["dead", undefined]]));
        });
    });

    it("is waited for by who clears up after one that is gone, who replaces nobody", async () => {
        await registry.whileEnvironmentHeld("search", "branch-search", {}, async (held) => {
            const clearing = registry.whileNobodyHasEnvironment("search", "branch-search", { patience: 1 }, () => Promise.resolve());
            await assert.rejects(clearing, (error) => failure(error).startsWith("locked: "));
            assert.equal(held.lease.outdated.aborted, false);
            await held.claim(claim("search"));
        });
        assert.equal((await registry.read("search"))?.status, "updating");
    });

    it("forgets what is gone", async () => {
        await bringUp("search");
        await registry.whileEnvironmentHeld("search", "branch-search", {}, async (held) => {
            await held.enter("removing");
            assert.equal(await held.forget(), true);
        });
        assert.deepEqual(await backing.table.list("environment"), []);
    });

    it("forgets what one that is gone was, although somebody waits to make it anew", async () => {
        await bringUp("search", { owner: "ann", only: ["web"] });
        await registry.pin("search", { reason: "for the fair" });
        let next: Promise<unknown> | undefined;
        await registry.whileEnvironmentHeld("search", "branch-search", {}, async (held) => {
            const outdated = new Promise((resolve) => held.lease.outdated.addEventListener("abort", resolve));
            next = registry.whileEnvironmentHeld("search", "branch-search", {}, ({ before }) => Promise.resolve(before));
            await outdated;
            await held.enter("removing");
            assert.equal(await held.forget(), false);
        });
        assert.equal(await next, undefined);
        const { kind, id, requests, ...left } = (await backing.table.get({ kind: "environment", id: "search" })) ?? assert.fail();
        assert.deepEqual([kind, id, requests, Object.keys(left).sort()], ["environment", "search", 3, ["request", "waiting"]]);
    });

    it("takes in nothing over what it knows, and drops nothing that is worked on", async () => {
        await bringUp("search");
        const entry = { ...((await registry.read("search")) ?? assert.fail()), branch: "else" };
        assert.equal(await registry.add(entry), false);
        await registry.whileEnvironmentHeld("search", "branch-search", {}, async () => assert.equal(await registry.drop(entry), false));
        assert.equal(await registry.drop({ ...entry, since: "2026-01-02T03:04:05.000Z" }), false);
        assert.equal(await registry.drop(entry), true);
        assert.equal(await registry.add(entry), true);
        assert.equal((await registry.read("search"))?.branch, "else");
    });

    it("reads what another version wrote as far as it understands it", async () => {
        await backing.table.put({ kind: "environment", id: "new", status: "asleep", branch: "new" });
        await bringUp("search");
        assert.deepEqual((await registry.list()).map(({ id }) => id), ["search"]);
    });
});
