import assert from "node:assert/strict";
import fc from "fast-check";
import { expressionOf } from "../../../automation/registry/expression";
import { NoTable, Table } from "../../../automation/registry/table";
import { registryForTests, type TestRegistry } from "./support";

const key = { kind: "environment", id: "search-1a2b3c4d" } as const;

describe("an expression", () => {
    it("names everything by placeholders", () => {
        assert.deepEqual(expressionOf({ set: { status: "up", "lease.beat": 3 }, remove: ["reason"], add: { requests: 1 }, when: [{ path: "lease.token", is: "t" }, { exists: "waiting" }] }), {
            UpdateExpression: "SET #n0 = :v0, #n1.#n2 = :v1 REMOVE #n3 ADD #n4 :v2",
            ConditionExpression: "#n1.#n5 = :v3 AND attribute_exists(#n6)",
            ExpressionAttributeNames: { "#n0": "status", "#n1": "lease", "#n2": "beat", "#n3": "reason", "#n4": "requests", "#n5": "token", "#n6": "waiting" },
            ExpressionAttributeValues: { ":v0": { S: "up" }, ":v1": { N: "3" }, ":v2": { N: "1" }, ":v3": { S: "t" } },
        });
    });

    it("puts alternatives in brackets", () => {
        const { ConditionExpression } = expressionOf({ when: [{ either: [[{ missing: "request" }], [{ path: "request.number", below: 3 }, { exists: "waiting" }]] }, { missing: "lease" }] });
        assert.equal(ConditionExpression, "((attribute_not_exists(#n0)) OR (#n0.#n1 < :v0 AND attribute_exists(#n2))) AND attribute_not_exists(#n3)");
    });

    it("leaves out what is undefined, and says nothing of nothing", () => {
        assert.deepEqual(expressionOf({ set: { reason: undefined } }), {});
    });
});

describe("a registry's table", function () {
    this.timeout(60_000);
    let registry: TestRegistry;
    before(async () => (registry = await registryForTests()));
    after(() => registry.stop());
    afterEach(async () => {
        for (const { kind, id } of await registry.table.list("environment")) await registry.table.remove({ kind, id });
    });

    it("keeps any value as it was", async () => {
        const text = fc.string({ unit: "binary" });
        const value = fc.oneof(text, fc.boolean(), fc.integer(), fc.array(text, { maxLength: 3 }), fc.dictionary(fc.string({ minLength: 1 }), text, { maxKeys: 3, noNullPrototype: true }));
        await fc.assert(
            fc.asyncProperty(value, async (content) => {
                await registry.table.put({ ...key, content });
                assert.deepEqual((await registry.table.get(key))?.["content"], content);
            }),
            { numRuns: 40 },
        );
    });

    it("writes only when the conditions hold, and says so", async () => {
        assert.equal(await registry.table.put({ ...key, status: "up" }, [{ missing: "id" }]), true);
        assert.equal(await registry.table.put({ ...key, status: "new" }, [{ missing: "id" }]), false);
        assert.equal(await registry.table.update(key, { set: { status: "failed" }, when: [{ path: "status", is: "updating" }] }), undefined);
        assert.deepEqual(await registry.table.update(key, { set: { status: "updating" }, when: [{ path: "status", is: "up" }] }), { ...key, status: "updating" });
        assert.equal(await registry.table.remove(key, [{ path: "status", is: "up" }]), false);
        assert.equal(await registry.table.remove(key, [{ path: "status", is: "updating" }]), true);
        assert.equal(await registry.table.get(key), undefined);
    });

    it("makes several changes or none", async () => {
        const room = { kind: "room", id: "all" } as const;
        await registry.table.put({ ...room, version: 1 });
        const move = (from: number): Promise<boolean> =>
            registry.table.transact([{ put: { ...key, from } }, { key: room, change: { set: { version: from + 1 }, when: [{ path: "version", is: from }] } }]);
        assert.equal(await move(5), false);
        assert.equal(await registry.table.get(key), undefined);
        assert.equal(await move(1), true);
        assert.deepEqual(await registry.table.get(key), { ...key, from: 1 });
    });

    it("lists more than one page", async () => {
        const ids = Array.from({ length: 30 }, (_, index) => `big-${String(index).padStart(8, "0")}`);
        for (const id of ids) await registry.table.put({ kind: "environment", id, filling: "x".repeat(100_000) });
        assert.deepEqual((await registry.table.list("environment")).map(({ id }) => id), ids);
    });

    it("loses no change of many at once", async () => {
        await registry.table.put({ ...key, waiting: {} });
        await Promise.all(Array.from({ length: 40 }, (_, number) => registry.table.update(key, { add: { requests: 1 }, set: { [`waiting.w${number}`]: number } })));
        const item = await registry.table.get(key);
        assert.equal(item?.["requests"], 40);
        assert.equal(Object.keys(item["waiting"] as object).length, 40);
    });

    it("lets one of many win", async () => {
        await registry.table.put({ ...key });
        const taken = await Promise.all(Array.from({ length: 40 }, (_, holder) => registry.table.update(key, { set: { lease: holder }, when: [{ missing: "lease" }] })));
        assert.equal(taken.filter((item) => item !== undefined).length, 1);
    });

    it("that is not there says which base to bring up", async () => {
        const missing = new Table({ dynamodb: () => Promise.resolve(registry.dynamodb) }, "shop-dev-registry");
        await assert.rejects(missing.get(key), (error) => error instanceof NoTable && error.kind === "base-missing" && /no registry shop-dev-registry/.test(error.message));
    });
});
