import assert from "node:assert/strict";
import fc from "fast-check";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseBucket } from "../../automation/state/bucketStore";
import { openStore } from "../../automation/state/openStore";
import { parseCheckpoint, parseState, placeOf } from "../../automation/state/stackState";
import { formatRecord, parseRecord, projectsWith, readRecord } from "../../automation/state/tags";

describe("an exported state", () => {
    const resource = (type: string, name: string, more: object = {}): object => ({ urn: `urn:pulumi:s::p::${type}::${name}`, type, ...more });
    const provider = resource("pulumi:providers:aws", "aws", {
        custom: true,
        id: "1",
        inputs: {
            region: "eu-west-1",
            allowedAccountIds: '["222222222222"]',
            assumeRoles: '[{"roleArn":"arn:aws:iam::222222222222:role/understudy-deploy","sessionName":"x"}]',
            defaultTags: '{"tags":{"understudy:app":"shop","understudy:environment":"x-1a2b3c4d"}}',
        },
    });
    const exported = JSON.stringify({
        version: 3,
        deployment: {
            manifest: { time: "2026-03-01T12:00:00Z" },
            resources: [resource("pulumi:pulumi:Stack", "p-s", { outputs: { url: "https://x" } }), provider],
            pending_operations: [{ type: "creating", resource: resource("aws:ssm/parameter:Parameter", "p", { inputs: { name: "/shop/x" } }) }],
        },
    });

    it("tells resources, outputs and what was under way", () => {
        const state = parseState(exported);
        assert.deepEqual(state.outputs, { url: "https://x" });
        assert.deepEqual(state.written, new Date("2026-03-01T12:00:00Z"));
        assert.deepEqual(state.resources.map(({ type, id }) => [type, id]), [["pulumi:pulumi:Stack", undefined], ["pulumi:providers:aws", "1"]]);
        assert.deepEqual(state.pending.map(({ type, resource: { inputs } }) => [type, inputs]), [["creating", { name: "/shop/x" }]]);
    });

    it("is the same when it is read from the backend", () => {
        const { deployment } = JSON.parse(exported) as { readonly deployment: object };
        const checkpoint = JSON.stringify({ version: 3, checkpoint: { stack: "organization/p/s", latest: deployment } });
        assert.deepEqual(parseCheckpoint(checkpoint), parseState(exported));
        assert.deepEqual(parseCheckpoint('{"version":3,"checkpoint":{"stack":"organization/p/s"}}')?.resources, []);
    });

    for (const text of [undefined, "", "garbage", "{}", '{"version":3}', '{"version":99,"checkpoint":{}}', "null"]) {
        it(`is left to the engine when the backend has ${text === undefined ? "nothing" : JSON.stringify(text)}`, () => assert.equal(parseCheckpoint(text), undefined));
    }

    it("tells where in AWS it is, without any settings", () => {
        assert.deepEqual(placeOf(parseState(exported)), {
            region: "eu-west-1",
            role: "arn:aws:iam::222222222222:role/understudy-deploy",
            account: "222222222222",
            app: "shop",
        });
    });

    for (const deployment of [{ manifest: { time: "2026-03-01T12:00:00Z" } }, { manifest: { time: "2026-03-01T12:00:00Z" }, resources: null, pending_operations: null }]) {
        it(`may have nothing in it: ${JSON.stringify(deployment)}`, () => {
            const state = parseState(JSON.stringify({ version: 3, deployment }));
            assert.deepEqual([state.resources, state.pending, state.outputs, placeOf(state)], [[], [], {}, undefined]);
        });
    }
});

describe("the record of a branch", () => {
    it("comes back as it was written, whatever the branch is called", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary" }), fc.option(fc.string({ unit: "binary" }), { nil: undefined }), (branch, owner) => {
                const place = { app: "shop", account: "222222222222", region: "eu-west-1" };
                const record = { branch, base: "staging", created: "2026-03-01T12:00:00.000Z", ...(owner !== undefined && { owner, place }) };
                assert.deepEqual(parseRecord({ "understudy:branch": formatRecord(record) }), record);
            }),
        );
    });

    for (const tags of [{}, { "understudy:branch": "not JSON" }, { "understudy:branch": '{"branch":"x"}' }, { "understudy:branch": 7 }, { "understudy:branch": "null" }]) {
        it(`is unknown for the tags ${JSON.stringify(tags)}`, () => assert.equal(parseRecord(tags), undefined));
    }
});

describe("a folder of states", () => {
    class Folder implements Disposable {
        readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "understudy-test-"));
        write(key: string, text: string): void {
            const file = path.join(this.directory, key);
            fs.mkdirSync(path.dirname(file), { recursive: true });
            fs.writeFileSync(file, text);
        }
        [Symbol.dispose](): void {
            fs.rmSync(this.directory, { recursive: true });
        }
    }

    it("lists, reads and removes its objects", async () => {
        using folder = new Folder();
        folder.write(".pulumi/locks/a/1.json", "one");
        folder.write(".pulumi/locks/a/1.json.attrs", "attributes");
        folder.write(".pulumi/locks/ab/2.json", "two");
        const store = await openStore(`file://${folder.directory}`, {});
        assert.deepEqual(await store.list(".pulumi/locks/a/"), [".pulumi/locks/a/1.json", ".pulumi/locks/a/1.json.attrs"]);
        assert.deepEqual(await store.list(".pulumi/none/"), []);
        assert.equal(await store.read(".pulumi/locks/a/1.json"), "one");
        assert.equal(await store.read(".pulumi/locks/a/3.json"), undefined);
        await store.remove(".pulumi/locks/a/1.json");
        assert.deepEqual(await store.list(".pulumi/locks/"), [".pulumi/locks/ab/2.json"]);
    });

    it("is found below the home directory", async () => {
        using folder = new Folder();
        folder.write("states/x", "here");
        const store = await openStore("file://~/states", { HOME: folder.directory });
        assert.equal(await store.read("x"), "here");
    });

    it("tells which projects have a stack, and whose branch it is", async () => {
        using folder = new Folder();
        folder.write(".pulumi/stacks/one/branch-x.json", "{}");
        folder.write(".pulumi/stacks/one/branch-x.json.bak", "{}");
        folder.write(".pulumi/stacks/two/branch-x.json.gz", "");
        folder.write(".pulumi/stacks/three/branch-xy.json", "{}");
        folder.write(".pulumi/stacks/one/branch-x.pulumi-tags", JSON.stringify({ version: 1, tags: { "understudy:branch": '{"branch":"ü","base":"dev","created":"now"}' } }));
        const store = await openStore(`file://${folder.directory}`, {});
        assert.deepEqual(await projectsWith(store, "branch-x"), ["one", "two"]);
        assert.deepEqual(await readRecord(store, "one", "branch-x"), { branch: "ü", base: "dev", created: "now" });
        assert.equal(await readRecord(store, "two", "branch-x"), undefined);
    });

    for (const [url, message] of [
        ["file:///nowhere/at/all", "the state backend file:///nowhere/at/all is not there"],
        ["https://api.example.com", "the state backend https://api.example.com is of no known kind"],
    ] as const) {
        it(`fails on ${url}`, () => assert.rejects(openStore(url, {}), { kind: "backend", message }));
    }
});

describe("the address of a bucket", () => {
    const rows = [
        { url: "s3://states", address: { bucket: "states", prefix: "", config: {} } },
        { url: "s3://states/shop/a/?region=eu-west-1&awssdk=v2", address: { bucket: "states", prefix: "shop/a/", config: { region: "eu-west-1" } } },
        {
            url: "s3://states?endpoint=127.0.0.1:9000&s3ForcePathStyle=true&disableSSL=true",
            address: { bucket: "states", prefix: "", config: { endpoint: "http://127.0.0.1:9000", forcePathStyle: true } },
        },
        {
            url: "s3://states?endpoint=https://s3.example.com&use_path_style=true&profile=ops",
            address: { bucket: "states", prefix: "", config: { endpoint: "https://s3.example.com", profile: "ops", forcePathStyle: true } },
        },
    ];
    for (const { url, address } of rows) it(`is read from ${url}`, () => assert.deepEqual(parseBucket(url), address));
});
