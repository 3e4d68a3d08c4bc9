import assert from "node:assert/strict";
import fc from "fast-check";
import { balancerLimits, balancerUse, baseUse, chooseShard, describeFull, type BalancerUse, type PlacedEnvironment } from "../../model/shards";
import { plan } from "./planning/planned";

const floor: BalancerUse = { targetGroups: 0, rules: 1, targets: 0 };

/** What a branch with so many pages takes. */
function pages(count: number): BalancerUse {
    return { targetGroups: count, rules: count, targets: 2 * count };
}

function total(uses: readonly BalancerUse[], key: keyof BalancerUse): number {
    return uses.reduce((sum, use) => sum + use[key], 0);
}

describe("what an environment takes of a load balancer", () => {
    const web = "web: {build: ., ports: [80], x-understudy: {main: true}}\nadmin: {build: ., ports: [81], deploy: {replicas: 3}}\napi: {build: ., expose: [8080]}";

    it("is a target group, a rule and twice its tasks for each page", () => {
        assert.deepEqual(balancerUse(plan(web).environment, []), { targetGroups: 2, rules: 2, targets: 8 });
        assert.deepEqual(balancerUse(plan("api: {build: ., expose: [8080]}").environment, []), { targetGroups: 0, rules: 0, targets: 0 });
    });

    it("is more rules where each has to name addresses, of which it holds no more than five with its host", () => {
        const addresses = Array.from({ length: 5 }, (_, index) => `203.0.113.${index}/32`);
        assert.equal(balancerUse(plan(web).environment, addresses.slice(1)).rules, 2);
        assert.equal(balancerUse(plan(web).environment, addresses).rules, 4);
    });

    it("is on the first one what a base runs, and on each the floor rule", () => {
        assert.deepEqual(baseUse(plan(web).environment, [], 3), [{ targetGroups: 2, rules: 3, targets: 8 }, floor, floor]);
    });
});

describe("the shard of a branch", () => {
    const base = [{ targetGroups: 2, rules: 3, targets: 8 }, floor];
    const at = (name: string, shard: number, use = pages(1)): PlacedEnvironment => ({ name, shard, use });

    for (const { what, placed, use = pages(1), chosen, limits } of [
        { what: "is the first while there is room", placed: [at("a", 1)], chosen: { kind: "placed", shard: 0 } },
        { what: "is the next one when there is none", placed: [at("a", 0, pages(97))], chosen: { kind: "placed", shard: 1 } },
        { what: "is its own for as long as it has room there", placed: [at("x", 1), at("a", 0)], chosen: { kind: "placed", shard: 1 } },
        { what: "stays when it grows and fits", placed: [at("x", 1), at("a", 1, pages(50))], use: pages(49), chosen: { kind: "placed", shard: 1 } },
        { what: "changes when it grows and does not fit", placed: [at("x", 1), at("a", 1, pages(50))], use: pages(50), chosen: { kind: "placed", shard: 0, movedFrom: 1 } },
        { what: "changes when its own is gone", placed: [at("x", 4)], chosen: { kind: "placed", shard: 0, movedFrom: 4 } },
        { what: "is chosen by targets too", placed: [at("a", 0, { ...pages(1), targets: 990 })], use: { ...pages(1), targets: 4 }, chosen: { kind: "placed", shard: 1 } },
        { what: "is chosen by what the account really has", placed: [at("a", 0, pages(97))], chosen: { kind: "placed", shard: 0 }, limits: { ...balancerLimits, rules: 200, targetGroups: 200 } },
    ]) {
        it(what, () => assert.deepEqual(chooseShard({ name: "x", use }, placed, base, limits), chosen));
    }

    it("cannot be had when all are full, and who holds how much is said", () => {
        const placed = [...Array.from({ length: 49 }, (_, index) => at(`a${String(index).padStart(2, "0")}`, 0)), at("large", 0, pages(48)), at("other", 1, pages(99))];
        const choice = chooseShard({ name: "x", use: pages(1) }, placed, base);
        assert.ok(choice.kind === "full");
        assert.equal(
            describeFull({ name: "x", use: pages(1) }, choice.shards),
            "there is no room for 1 rule: shard 0 has 100 of 100 rules (the base 3, large 48, a00 1, a01 1, a02 1, a03 1, and 45 more 45); " +
                "shard 1 has 100 of 100 rules (the base 1, other 99)",
        );
    });

    it("cannot be had by one that is larger than any load balancer", () => {
        const wanted = { name: "x", use: { ...pages(101), targets: 2000 } };
        const choice = chooseShard(wanted, [], [floor]);
        assert.ok(choice.kind === "full");
        assert.equal(
            describeFull(wanted, choice.shards),
            "there is no room for 101 target groups, 101 rules, and 2,000 targets: " +
                "shard 0 has 0 of 100 target groups (the base 0), 1 of 100 rules (the base 1), and 0 of 1,000 targets (the base 0)",
        );
    });

    const limits: BalancerUse = { targetGroups: 10, rules: 12, targets: 30 };
    const use = fc.record({ targetGroups: fc.integer({ min: 0, max: 4 }), rules: fc.integer({ min: 0, max: 5 }), targets: fc.integer({ min: 0, max: 12 }) });
    const bases = fc.array(use, { minLength: 1, maxLength: 5 });
    const wishes = fc.array(fc.record({ name: fc.integer({ min: 0, max: 15 }).map(String), use, leaves: fc.boolean() }), { maxLength: 60 });

    /** Environments come, change and go one after the other, as the registry lets them; `after` sees each step. */
    function live(base: readonly BalancerUse[], all: readonly { readonly name: string; readonly use: BalancerUse; readonly leaves: boolean }[], after: (placed: readonly PlacedEnvironment[], before: readonly PlacedEnvironment[]) => void): void {
        let placed: readonly PlacedEnvironment[] = [];
        for (const { name, use: wanted, leaves } of all) {
            const before = placed;
            const others = before.filter((each) => each.name !== name);
            const choice = chooseShard({ name, use: wanted }, before, base, limits);
            if (leaves) placed = others;
            else if (choice.kind === "placed") placed = [...others, { name, use: wanted, shard: choice.shard }];
            after(placed, before);
        }
    }

    it("never takes a load balancer over its limits, whatever comes, changes and goes", () => {
        fc.assert(
            fc.property(bases, wishes, (base, all) =>
                live(base, all, (placed) => {
                    for (const [shard, own] of base.entries()) {
                        const here = [own, ...placed.filter((each) => each.shard === shard).map((each) => each.use)];
                        for (const key of ["targetGroups", "rules", "targets"] as const) assert.ok(here.length === 1 || total(here, key) <= limits[key], `${key} of ${shard}`);
                    }
                }),
            ),
        );
    });

    it("changes for nobody but the one that asks, and for that one only when its own has no room", () => {
        fc.assert(
            fc.property(bases, wishes, (base, all) =>
                live(base, all, (placed, before) => {
                    for (const now of placed) {
                        const then = before.find(({ name }) => name === now.name);
                        if (then === undefined || then.shard === now.shard) continue;
                        const there = [base[then.shard]!, now.use, ...before.filter((each) => each.shard === then.shard && each.name !== now.name).map((each) => each.use)];
                        assert.ok((["targetGroups", "rules", "targets"] as const).some((key) => total(there, key) > limits[key]), now.name);
                    }
                }),
            ),
        );
    });

    it("is denied only when no load balancer has room, and is the same in whatever order the others are listed", () => {
        const placed = fc.uniqueArray(fc.record({ name: fc.string({ minLength: 1, maxLength: 3 }), shard: fc.integer({ min: 0, max: 4 }), use }), { selector: ({ name }) => name, maxLength: 12 });
        fc.assert(
            fc.property(bases, placed, use, fc.nat(), (base, others, wanted, seed) => {
                const ask = (listed: readonly PlacedEnvironment[]): unknown => chooseShard({ name: "the one that asks", use: wanted }, listed, base, limits);
                const choice = ask(others);
                assert.deepEqual(ask(others.toSorted((a, b) => ((a.name.length * seed + a.shard) % 7) - ((b.name.length * seed + b.shard) % 7))), choice);
                assert.deepEqual(ask(others.toReversed()), choice);
                const roomy = base.findIndex((own, shard) => {
                    const here = [own, wanted, ...others.filter((each) => each.shard === shard).map((each) => each.use)];
                    return (["targetGroups", "rules", "targets"] as const).every((key) => total(here, key) <= limits[key]);
                });
                assert.equal((choice as { kind: string }).kind, roomy === -1 ? "full" : "placed");
                if (roomy !== -1) assert.deepEqual(choice, { kind: "placed", shard: roomy });
            }),
        );
    });

    it("lets as many equal branches in as their number alone allows, in whatever order they come", () => {
        let placed: readonly PlacedEnvironment[] = [];
        const ownUse = baseUse(plan("web: {build: ., ports: [80]}").environment, [], 2);
        for (let index = 0; ; index += 1) {
            const choice = chooseShard({ name: `b${index}`, use: pages(1) }, placed, ownUse);
            if (choice.kind === "full") break;
            placed = [...placed, { name: `b${index}`, shard: choice.shard, use: pages(1) }];
        }
        assert.deepEqual([0, 1].map((shard) => placed.filter((each) => each.shard === shard).length), [98, 99]);
    });
});
