import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { reachable } from "../../automation/addresses";
import type { Clients } from "../../automation/aws/clients";
import { callerConfig } from "../../automation/aws/credentials";
import { awsError, isMissing } from "../../automation/aws/errors";
import { shortenNegativeTtl } from "../../automation/aws/namespaceTtl";
import { exitCodes, UnderstudyError } from "../../automation/errors";
import type { RunResult } from "../../automation/engine/workspace";
import { changesOfAll } from "../../automation/finish";
import { step, type Event } from "../../automation/events";
import { checkBase } from "../../automation/branch/base";
import { refuseOther } from "../../automation/branch/target";
import type { StackState } from "../../automation/state/stackState";
import type { BranchSettings } from "../../model/settings";
import { environmentOf } from "../../automation/surroundings";
import { together } from "../../automation/together";

describe("exit codes", () => {
    it("tell every kind of failure, and are none of success, a fault of the tool, and a mistake in typing", () => {
        const codes = Object.values(exitCodes);
        assert.equal(new Set(codes).size, codes.length);
        assert.ok(codes.every((code) => code > 2 && code <= 130));
    });

    it("are documented as they are", () => {
        const page = fs.readFileSync(path.join(__dirname, "..", "..", "docs", "automation", "README.md"), "utf8");
        const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d+) \|/gm)].map(([, kind, code]) => [kind, Number(code)]);
        assert.deepEqual(Object.fromEntries(rows), exitCodes);
    });
});

describe("two branches with the same id", () => {
    const record = { branch: "feature/x", base: "staging", created: "2020-01-01T00:00:00.000Z" };

    it("never touch each other's environment, by whatever command", () => {
        assert.throws(() => refuseOther({ id: "feature-x-1a2b3c4d", branch: "feature-X" }, record), {
            kind: "conflict",
            message: "the environment feature-x-1a2b3c4d belongs to the branch feature/x; the branch feature-X has the same id",
        });
    });

    it("are told apart by name: its own branch, an id alone and an unknown owner are fine", () => {
        refuseOther({ id: "feature-x-1a2b3c4d", branch: "feature/x" }, record);
        refuseOther({ id: "feature-x-1a2b3c4d" }, record);
        refuseOther({ id: "feature-x-1a2b3c4d", branch: "feature-X" }, undefined);
    });
});

describe("a branch whose base", () => {
    const settings = { base: "dev", app: "shop", baseKind: "dev", account: "333333333333", region: "eu-west-1", zone: "dev.example.com" } as unknown as BranchSettings;
    const advice = "bring it up with `understudy deploy dev`, or name another one with --base";
    const rows = [
        { what: "is not there", state: undefined, message: "the base dev is not there" },
        { what: "has never got so far as to lend anything", state: { outputs: {}, resources: [] }, message: "the base dev was never brought up completely" },
    ];
    for (const { what, state, message } of rows) {
        it(`${what} is told just that, and how to get one`, () => {
            assert.throws(() => checkBase(state as StackState | undefined, settings), { kind: "base-missing", message, advice, problems: [] });
        });
    }
});

describe("what several runs of the engine have done", () => {
    it("is the sum, but of what the last one left as it was", () => {
        const run = (created: number, updated: number, unchanged: number): RunResult => ({ changes: { created, updated, replaced: 0, deleted: 1, unchanged } }) as unknown as RunResult;
        assert.deepEqual(changesOfAll([run(30, 0, 0), run(0, 3, 27)]), { created: 30, updated: 3, replaced: 0, deleted: 2, unchanged: 27 });
    });
});

describe("the address of an environment", () => {
    const door = { frontDoor: "http://localhost:4000" };
    const rows = [
        { url: "https://www.staging.example.com", surroundings: {}, branch: false, address: "https://www.staging.example.com" },
        { url: "https://www.staging.example.com", surroundings: door, branch: false, address: "http://www.staging.example.com.localhost:4000" },
        { url: "https://x-1a2b3c4d.staging.example.com", surroundings: door, branch: true, address: "http://x-1a2b3c4d.localhost:4000" },
        { url: "https://admin--x-1a2b3c4d.staging.example.com", surroundings: { frontDoor: "http://localhost" }, branch: true, address: "http://admin--x-1a2b3c4d.localhost" },
    ];
    for (const { url, surroundings, branch, address } of rows) it(`${url} is ${address}`, () => assert.equal(reachable(url, surroundings, branch), address));
});

describe("the environment of the engine", () => {
    function withVariables<T>(variables: Readonly<Record<string, string>>, work: () => T): T {
        const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
        Object.assign(process.env, variables);
        try {
            return work();
        } finally {
            for (const [name, value] of Object.entries(before)) {
                if (value === undefined) Reflect.deleteProperty(process.env, name);
                else process.env[name] = value;
            }
        }
    }
    const caller = { AWS_PROFILE: "ops", PULUMI_CONFIG_PASSPHRASE: "p", PULUMI_OPTION_REFRESH: "true", PULUMI_EXPERIMENTAL: "1", TF_AWS_DEFAULT_TAGS_x: "y", OTHER: "o" };

    it("is the caller's, without what would change the engine behind the tool's back", () => {
        const env = withVariables(caller, () => environmentOf({}));
        assert.deepEqual([env["AWS_PROFILE"], env["PULUMI_CONFIG_PASSPHRASE"], env["OTHER"]], ["ops", "p", "o"]);
        assert.deepEqual(["PULUMI_OPTION_REFRESH", "PULUMI_EXPERIMENTAL", "TF_AWS_DEFAULT_TAGS_x"].filter((name) => name in env), []);
    });

    it("is a local world's alone where it is about AWS and Pulumi", () => {
        const env = withVariables(caller, () => environmentOf({ env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" } }));
        assert.deepEqual([env["AWS_ENDPOINT_URL"], env["OTHER"]], ["http://127.0.0.1:1", "o"]);
        assert.deepEqual(["AWS_PROFILE", "PULUMI_CONFIG_PASSPHRASE"].filter((name) => name in env), []);
    });
});

describe("the caller of AWS", () => {
    const patience = { maxAttempts: 6, requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000 } };
    it("is who the environment says", () => {
        const env = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "t", AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
        assert.deepEqual(callerConfig(env), { ...patience, region: "eu-west-1", endpoint: "http://127.0.0.1:1", credentials: { accessKeyId: "a", secretAccessKey: "s", sessionToken: "t" } });
    });
    it("has no session where that is empty", () => {
        assert.deepEqual(callerConfig({ AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "", AWS_PROFILE: "" }), { ...patience, credentials: { accessKeyId: "a", secretAccessKey: "s" } });
    });
    it("is left to the SDK where no keys are said", () => assert.deepEqual(callerConfig({ AWS_PROFILE: "ops", AWS_DEFAULT_REGION: "eu-west-1" }), { ...patience, region: "eu-west-1" }));
});

describe("an error of AWS", () => {
    const rows = [
        { error: { name: "ExpiredTokenException" }, kind: "credentials" },
        { error: { name: "UnrecognizedClientException" }, kind: "credentials" },
        { error: { name: "CredentialsProviderError" }, kind: "credentials" },
        { error: { name: "AccessDenied" }, kind: "credentials" },
        { error: { name: "NoSuchBucket" }, kind: "backend" },
        { error: { name: "ThrottlingException" }, kind: "network" },
        { error: { name: "Throttling" }, kind: "network" },
        { error: { name: "ServiceUnavailable" }, kind: "network" },
        { error: { name: "Error", code: "ECONNREFUSED" }, kind: "network" },
        { error: { name: "Error", cause: Object.assign(new Error("x"), { code: "ENOTFOUND" }) }, kind: "network" },
        { error: { name: "TypeError", cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }) }, kind: "network" },
    ];
    for (const { error, kind } of rows) {
        it(`${JSON.stringify(error)} is of kind ${kind}`, () => {
            const mapped = awsError(Object.assign(new Error("said"), error), "look");
            assert.ok(mapped instanceof UnderstudyError);
            assert.equal(mapped.kind, kind);
            assert.match(mapped.message, /^could not look: .* \(said\)$/);
        });
    }
    it("of no known kind is passed on as it is", () => {
        const error = new Error("odd");
        assert.equal(awsError(error, "look"), error);
    });
    it("may say that something is not there", () => {
        const names = ["ResourceNotFoundException", "NoSuchEntityException", "TargetGroupNotFoundException", "ParameterNotFound", "ClusterNotFoundException"];
        for (const name of names) assert.ok(isMissing(Object.assign(new Error(), { name })), name);
        assert.equal(isMissing(Object.assign(new Error(), { name: "AccessDenied" })), false);
    });
});

describe("a discovery namespace", () => {
    function awsWith(ttl: number | undefined, calls: unknown[], operation: object = { Status: "SUCCESS" }): Clients {
        const Properties = { DnsProperties: { SOA: { TTL: ttl } } };
        const discovery = { getNamespace: () => Promise.resolve({ Namespace: { Properties } }), updatePrivateDnsNamespace: ({ Id, Namespace }: Record<string, unknown>) => Promise.resolve((calls.push({ Id, Namespace }), { OperationId: "1" })), getOperation: () => Promise.resolve({ Operation: operation }) };
        return { discovery: () => Promise.resolve(discovery) } as unknown as Clients;
    }
    for (const ttl of [15, undefined]) {
        it(`forgets missing names after 5 s instead of ${ttl ?? "an unknown time"}`, async () => {
            const calls: unknown[] = [];
            assert.equal(await shortenNegativeTtl(awsWith(ttl, calls), "ns-1", undefined), true);
            assert.deepEqual(calls, [{ Id: "ns-1", Namespace: { Properties: { DnsProperties: { SOA: { TTL: 5 } } } } }]);
        });
    }
    it("that does not take the time is no success", async () => {
        const operation = { Status: "FAIL", ErrorMessage: "The zone is gone" };
        await assert.rejects(shortenNegativeTtl(awsWith(15, [], operation), "ns-1", undefined), { kind: "update-failed", message: "the discovery namespace does not take another TTL: The zone is gone" });
    });
    it("that forgets them so soon is not touched", async () => {
        const calls: unknown[] = [];
        assert.equal(await shortenNegativeTtl(awsWith(5, calls), "ns-1", undefined), false);
        assert.deepEqual(calls, []);
    });
});

describe("a step", () => {
    it("is told before and after, with what came of it", async () => {
        const events: Event[] = [];
        assert.equal(await step((event) => events.push(event), "update", () => Promise.resolve(3), (count) => `${count} things`), 3);
        const [started, done] = events;
        assert.deepEqual(started, { type: "step", name: "update", state: "started" });
        assert.ok(done?.type === "step" && done.state === "done" && done.detail === "3 things" && typeof done.seconds === "number");
    });
    it("is told when it fails", async () => {
        const events: Event[] = [];
        await assert.rejects(step((event) => events.push(event), "update", () => Promise.reject(new Error("no"))), /no/);
        assert.deepEqual(events.map((event) => event.type === "step" && event.state), ["started", "failed"]);
    });
});

describe("work that is done together", () => {
    it("has all results in their order", async () => assert.deepEqual(await together([Promise.resolve(1), Promise.resolve("two")]), [1, "two"]));

    it("fails when all of it has ended, with the first failure of the list", async () => {
        const { promise, resolve } = withResolvers();
        const failed = together([promise.then(() => Promise.reject(new Error("first"))), Promise.reject(new Error("second")), promise]);
        const ended = failed.then(() => "well", (error: unknown) => error);
        const early = await Promise.race([ended, new Promise((wait) => setImmediate(() => wait("not yet")))]);
        resolve();
        assert.deepEqual([early, await ended], ["not yet", new Error("first")]);
    });
});

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => (resolve = done));
    return { promise, resolve };
}
