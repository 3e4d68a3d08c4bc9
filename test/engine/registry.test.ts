import assert from "node:assert/strict";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { execaSync } from "execa";
import { understudy, type BranchInfo, type Event } from "../../automation/index";
import { Table } from "../../automation/registry/table";
import { ControlClient } from "../../local/emulator/control";
import { branchId, branchStack, registryTableName } from "../../model/names";
import { projectDirectory, Stage } from "./stage";

const branch = "feature/cart";
const id = branchId(branch);
const commit = "0123456789abcdef0123456789abcdef01234567";

describe("the registry of a base", function () {
    this.timeout(300_000);
    let stage: Stage;
    let table: Table;
    let dynamodb: DynamoDB;
    let balancing: ElasticLoadBalancingV2;
    let nothing: readonly string[];

    before(async () => {
        stage = await Stage.open();
        const { endpoint } = stage.world;
        const place = { endpoint, region: "eu-west-1", credentials: await new ControlClient(endpoint).rootCredentials("222222222222") };
        dynamodb = new DynamoDB(place);
        table = new Table({ dynamodb: () => Promise.resolve(dynamodb) }, registryTableName("shop", "staging"));
        balancing = new ElasticLoadBalancingV2(place);
        await succeeds("deploy", "staging");
        nothing = await stage.inventory();
    });

    after(async () => {
        await (stage as Stage | undefined)?.close();
    });

    async function succeeds(...words: readonly string[]): Promise<string> {
        const { exitCode, stdout, stderr } = await stage.cli(...words);
        assert.equal(exitCode, 0, String(stderr));
        return String(stdout);
    }

    /** The images of a branch go with its environment. */
    const bringUp = async (): Promise<void> => {
        await stage.push("staging", stage.sample.commits[0] ?? "HEAD", id);
        await stage.api().branch.up({ branch, owner: "ann@example.com", pullRequest: 12, commit });
    };
    const listed = async (): Promise<readonly BranchInfo[]> => stage.api().branch.list({ base: "staging" });
    const only = async (): Promise<BranchInfo> => {
        const [info, ...others] = await listed();
        assert.ok(info !== undefined && others.length === 0);
        return info;
    };

    it("knows who has an environment, for what, and for how long", async () => {
        await bringUp();
        const { since, created, active, ready, expires, url, ...told } = await only();
        assert.deepEqual(told, { id, branch, stack: branchStack(id), base: "staging", status: "up", owner: "ann@example.com", pullRequest: 12, commit, shard: 0, use: { targetGroups: 1, rules: 1, targets: 2 } });
        assert.ok(ready !== undefined && created <= active && active <= ready && ready <= since);
        assert.equal(Date.parse(expires) - Date.parse(active), 7 * 86_400_000);
        assert.equal((await stage.get(url)).status, 200);
    });

    it("lets it stay longer, and as long as it is pinned", async () => {
        const before = await only();
        assert.match(await succeeds("branch", "extend", branch, "--by", "3d"), /^feature\/cart stays until \d{4}-/);
        const { expires } = await only();
        assert.equal(Date.parse(expires) - Date.parse(before.expires), 3 * 86_400_000);
        assert.equal(await succeeds("branch", "pin", branch, "--reason", "shown on Friday", "--owner", "bob@example.com"), "feature/cart stays until it is unpinned: shown on Friday");
        await table.update({ kind: "environment", id }, { set: { expires: "2026-01-02T03:04:05.000Z" } });
        assert.deepEqual((await only()).pinned, { reason: "shown on Friday", by: "bob@example.com" });
        assert.deepEqual(await stage.api().branch.sweep(), []);
        await succeeds("branch", "unpin", branch);
        assert.ok(Date.parse((await only()).expires) > Date.now() + 86_000_000);
    });

    it("is rebuilt from stacks and tags when it was lost", async () => {
        const before = await only();
        await table.remove({ kind: "environment", id });
        const { stdout, stderr } = await stage.cli("branch", "list", "--base", "staging");
        assert.equal(stdout, "no branch environments");
        assert.match(String(stderr), /the registry of staging does not know branch-feature-cart-\w+; bring it in order with `understudy registry repair staging`/);
        assert.match(await succeeds("registry", "repair", "staging"), /^would add {2}feature-cart-\w+ {2}branch-feature-cart-\w+ is there, but the registry does not know it\nnothing was touched; do it with --yes$/m);
        assert.deepEqual(await listed(), []);
        await succeeds("registry", "repair", "staging", "--yes");
        const { since, created, active, ready, expires, ...told } = await only();
        assert.deepEqual(told, { id, branch, stack: before.stack, base: "staging", status: "up", owner: before.owner, url: before.url, shard: 0, use: { targetGroups: 0, rules: 0, targets: 0 } });
        assert.ok([since, active, ready, expires].every((time) => time !== undefined) && Math.abs(Date.parse(created) - Date.parse(before.created)) < 60_000);
        assert.equal(await succeeds("registry", "repair", "staging"), "registry and stacks agree");
    });

    it("is made anew by a deployment of its base when somebody has removed its table", async () => {
        await dynamodb.deleteTable({ TableName: "shop-staging-registry" });
        assert.match(String((await stage.cli("branch", "extend", branch)).stderr), /there is no registry shop-staging-registry\n {2}bring the base up with `understudy deploy`/);
        await succeeds("deploy", "staging");
        await succeeds("registry", "repair", "staging", "--yes");
        assert.equal((await only()).status, "up");
    });

    it("forgets what it says is there and is not", async () => {
        const { url, owner } = await only();
        const entry = { branch: "gone", status: "up", since: commitTime, created: commitTime, active: commitTime, expires: commitTime, url, owner, waiting: {} };
        await table.put({ kind: "environment", id: branchId("gone"), ...entry });
        await succeeds("registry", "repair", "staging", "--yes");
        assert.equal((await only()).branch, branch);
    });

    it("drifts when somebody changes something by hand, and says what", async () => {
        const { TargetGroups = [] } = await balancing.describeTargetGroups({});
        const { TargetGroupArn } = TargetGroups.find(({ TargetGroupName = "" }) => TargetGroupName.startsWith(id.slice(-8))) ?? {};
        await balancing.modifyTargetGroup({ TargetGroupArn, HealthCheckPath: "/other" });
        const drifted = await stage.api().drift(branchStack(id));
        assert.deepEqual(
            drifted.map(({ state, type, properties }) => ({ state, type, properties })),
            [{ state: "changed", type: "aws:lb/targetGroup:TargetGroup", properties: ["healthCheck.path"] }],
        );
        assert.deepEqual(await stage.api().drift("staging"), []);
    });

    it("is not swept of an environment that somebody has asked for since it was looked at", async () => {
        await table.update({ kind: "environment", id }, { set: { expires: "2026-01-02T03:04:05.000Z" } });
        const extend = (event: Event): void => {
            if (event.type !== "step" || event.name !== "look for branches" || event.state !== "done") return;
            execaSync(path.join(projectDirectory, "bin", "understudy"), ["branch", "extend", branch, "--local"], { cwd: stage.directory, env: { UNDERSTUDY_HOME: stage.home } });
        };
        const api = understudy({ directory: stage.directory, surroundings: stage.world, onEvent: extend });
        const [finding] = await api.branch.sweep({ apply: true });
        assert.deepEqual([finding?.id, finding?.done, finding?.problem], [id, false, "somebody has asked for it since"]);
        assert.equal((await only()).status, "up");
    });

    it("is swept: an environment that has expired goes, once somebody says so", async () => {
        await table.update({ kind: "environment", id }, { set: { expires: "2026-01-02T03:04:05.000Z" } });
        assert.match(await succeeds("branch", "sweep"), /^would go {2}environment {2}feature-cart-\w+ {2}it has expired 2026-01-02T03:04:05.000Z\n/m);
        assert.equal((await only()).status, "up");
        assert.match(await succeeds("branch", "sweep", "--yes"), /^removed {2}environment {2}feature-cart-/m);
        assert.deepEqual(await listed(), []);
        assert.deepEqual(await stage.inventory(), nothing);
    });

    it("is swept: what AWS still has of an environment that is in no state goes as well", async () => {
        await bringUp();
        const states = path.join(fileURLToPath(stage.world.backends["staging"] ?? ""), ".pulumi", "stacks", "understudy");
        for (const file of fs.readdirSync(states)) if (file.startsWith(branchStack(id))) fs.rmSync(path.join(states, file));
        await table.remove({ kind: "environment", id });
        const found = await stage.api().branch.sweep();
        const types = new Set(found.flatMap(({ what, why }) => (what === "resource" ? [why.split(" ", 1).join("")] : [])));
        assert.deepEqual([...types].sort(), [
            "aws:cloudwatch/logGroup:LogGroup",
            "aws:ecs/service:Service",
            "aws:iam/role:Role",
            "aws:lb/listenerRule:ListenerRule",
            "aws:lb/targetGroup:TargetGroup",
            "aws:servicediscovery/service:Service",
            "aws:ssm/parameter:Parameter",
        ]);
        assert.notDeepEqual(await stage.inventory(), nothing);
        const swept = await stage.api().branch.sweep({ apply: true });
        assert.deepEqual(swept.filter(({ done }) => done !== true), []);
        assert.equal(swept.length, found.length);
        assert.deepEqual(await stage.inventory(), nothing);
    });

    it("does not keep a request whose maker was killed before its turn", async () => {
        await table.put({ kind: "environment", id, requests: 1, waiting: {} });
        assert.deepEqual(await listed(), []);
        assert.deepEqual(await stage.api().branch.sweep({ apply: true }), [{ what: "request", id, action: "remove", why: "nobody works on it any more", done: true }]);
        assert.equal(await table.get({ kind: "environment", id }), undefined);
    });
});

const commitTime = "2026-01-02T03:04:05.000Z";
