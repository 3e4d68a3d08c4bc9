import assert from "node:assert/strict";
import { flag, list, map, number, object, text } from "../../../local/provider/arguments";
import {
    create,
    InitializationFailed,
    previewCreate,
    previewUpdate,
    read,
    update,
    type Operation,
} from "../../../local/provider/lifecycle";
import { resourceType, type Actual, type ResourceType } from "../../../local/provider/resourceType";
import type { Clients } from "../../../local/provider/clients";
import { unknown, type Props } from "../../../local/provider/values";

/** A thing in memory, that can be made to forget what it is told. */
class Thing {
    actual: Actual | undefined;
    readonly updates: string[][] = [];
    forgets: string[] = [];

    readonly type: ResourceType = resourceType({
        token: "test:index:Thing",
        arguments: {
            name: text({ required: true }),
            size: number({ default: 1 }),
            zone: text({ computed: true, replaces: true }),
            own: flag({ default: false }),
            health: object({ path: text({ computed: true }), interval: number({ default: 30 }) }, { computed: true }),
            hosts: list(text(), { default: [] }),
            tags: map({ default: {} }),
            tagsAll: map({ default: {} }),
        },
        outputs: ["arn", "version"],
        volatile: ["version"],
        create: (inputs, _, made) => {
            made("id-1");
            this.set(inputs);
            return Promise.resolve("id-1");
        },
        read: () => Promise.resolve(this.actual),
        update: (_, { news, changed }) => {
            this.updates.push([...changed].sort());
            this.set(news);
            return Promise.resolve();
        },
        delete: () => Promise.resolve(),
    });

    readonly operation: Operation = {
        type: this.type,
        session: {
            account: "111111111111",
            region: "eu-west-1",
            partition: "aws",
            defaultTags: { team: "a" },
            clients: () => ({}) as Clients,
        },
        timeout: 0,
        cancelled: new AbortController().signal,
    };

    private set({ name, size, hosts, health, tagsAll }: Props): void {
        const told = { name, size, hosts, health: { path: "/", interval: 30, ...(health as object | undefined) }, tagsAll };
        const kept = Object.fromEntries(Object.entries(told).filter(([argument]) => !this.forgets.includes(argument)));
        this.actual = { size: 1, hosts: [], ...kept, zone: "a", arn: "arn:1", version: 2, nothing: undefined, empty: null };
    }
}

const inputs = {
    name: "one",
    size: 2,
    own: true,
    hosts: ["b", "a"],
    health: { interval: 5 },
    tags: { own: "1" },
    tagsAll: { own: "1", team: "a" },
};
const outputs = {
    name: "one",
    size: 2,
    zone: "a",
    own: true,
    health: { path: "/", interval: 5 },
    hosts: ["b", "a"],
    tags: { own: "1" },
    tagsAll: { own: "1", team: "a" },
    arn: "arn:1",
    version: 2,
};

describe("the life of a resource", () => {
    let thing: Thing;

    beforeEach(() => {
        thing = new Thing();
    });

    it("begins with its inputs and all that AWS adds", async () => {
        assert.deepEqual(await create(thing.operation, inputs), { id: "id-1", outputs });
        assert.deepEqual(await read(thing.operation, "id-1", { inputs, outputs }), { id: "id-1", inputs, outputs });
    });

    it("does not begin with an unknown input", async () => {
        await assert.rejects(create(thing.operation, { name: unknown }), /^Error: an input is unknown, which only a preview may have$/);
    });

    it("is no success when AWS took an argument and does not have it", async () => {
        thing.forgets = ["hosts", "size"];
        await assert.rejects(create(thing.operation, inputs), (error) => {
            assert.ok(error instanceof InitializationFailed);
            assert.equal(error.message, "accepted, but afterwards it does not have what was asked for size, hosts");
            assert.deepEqual([error.id, error.inputs], ["id-1", inputs]);
            return true;
        });
    });

    it("updates exactly what differs between the inputs, whatever somebody else changed meanwhile", async () => {
        await create(thing.operation, inputs);
        thing.actual = { ...thing.actual, hosts: ["by hand"] };
        await update(thing.operation, "id-1", { inputs, outputs }, { ...inputs, size: 3, health: { interval: 5, path: "/" } });
        assert.deepEqual(thing.updates, [["size"]]);
    });

    it("updates whatever AWS has otherwise, when a failed operation left equal inputs", async () => {
        await create(thing.operation, inputs);
        thing.actual = { ...thing.actual, hosts: [], size: 1 };
        await update(thing.operation, "id-1", { inputs, outputs }, inputs);
        assert.deepEqual(thing.updates, [["hosts", "size"]]);
    });

    it("is no success when an update changed nothing", async () => {
        await create(thing.operation, inputs);
        thing.forgets = ["size"];
        await assert.rejects(
            update(thing.operation, "id-1", { inputs, outputs }, { ...inputs, size: 3 }),
            /^Error: accepted, but afterwards it does not have what was asked for size$/,
        );
    });

    it("cannot be updated when it is gone", async () => {
        await assert.rejects(
            update(thing.operation, "id-1", { inputs, outputs }, inputs),
            /^Error: test:index:Thing id-1 is not there; somebody else removed it: run pulumi refresh$/,
        );
    });

    it("is read with the program's spelling where it means the same, and with AWS's where it does not", async () => {
        await create(thing.operation, inputs);
        thing.actual = { ...thing.actual, size: 5, health: { path: "/", interval: 5 }, tagsAll: { own: "1", team: "a", foreign: "2" } };
        const found = await read(thing.operation, "id-1", { inputs, outputs });
        assert.deepEqual(found?.inputs, {
            ...inputs,
            size: 5,
            tags: { own: "1", foreign: "2" },
            tagsAll: { own: "1", team: "a", foreign: "2" },
        });
    });

    it("is imported with everything that is not a default", async () => {
        await create(thing.operation, { name: "one", tagsAll: { team: "a" } });
        const found = await read(thing.operation, "id-1", { inputs: {}, outputs: {} });
        assert.deepEqual(found?.inputs, { name: "one", zone: "a", health: { path: "/", interval: 30 }, tagsAll: { team: "a" } });
    });

    it("keeps what the engine remembers of its automatic name", async () => {
        await create(thing.operation, inputs);
        const found = await read(thing.operation, "id-1", { inputs: { ...inputs, __defaults: ["name"] }, outputs });
        assert.deepEqual(found?.inputs["__defaults"], ["name"]);
    });

    it("is previewed with what is not known yet", () => {
        assert.deepEqual(previewCreate(thing.operation, { name: "one", tags: { a: unknown }, tagsAll: unknown }), {
            name: "one",
            size: 1,
            zone: unknown,
            own: false,
            health: unknown,
            hosts: [],
            tags: { a: unknown },
            tagsAll: unknown,
            arn: unknown,
            version: unknown,
        });
    });

    it("is previewed with what an update leaves as it is", () => {
        const { hosts: _, ...news } = inputs;
        assert.deepEqual(previewUpdate(thing.operation, { inputs, outputs }, { ...news, size: 9 }), {
            ...outputs,
            size: 9,
            hosts: [],
            version: unknown,
        });
    });
});
