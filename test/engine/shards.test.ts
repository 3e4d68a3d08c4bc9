import assert from "node:assert/strict";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { programFile } from "../../automation/engine/program";
import { Workspace, type RunResult } from "../../automation/engine/workspace";
import { environmentOutputs } from "../../automation/outputs";
import { branchRun, branchSettings, type Digests } from "../../automation/settings/privateSettings";
import { findProject, readStack } from "../../automation/settings/project";
import { shardsThatGo } from "../../automation/shards";
import { parseState, type StackState } from "../../automation/state/stackState";
import { environmentOf } from "../../automation/surroundings";
import { ControlClient } from "../../local/emulator/control";
import { branchMainHost, branchId, branchStack } from "../../model/names";
import { contractOutput } from "../../stacks/contract";
import { Checkout } from "./checkout";
import { Stage } from "./stage";

const [first, second] = ["feature/first", "feature/second"];
const zone = "staging.example.com";

interface Info {
    readonly environment: string;
    readonly api: { readonly answered: boolean; readonly environment?: string };
}

describe("branches on a base with two load balancers", function () {
    this.timeout(600_000);
    let checkout: Checkout;
    let stage: Stage;
    let empty: readonly string[];

    before(async () => {
        checkout = await Checkout.open();
        await checkout.commit("Two load balancers", { "Pulumi.staging.yaml": withShards(2) });
        for (const branch of [first, second]) await checkout.git("branch", branch);
        stage = await Stage.open(checkout.directory);
        await succeeds("deploy", "staging");
        empty = await remaining();
    });

    after(async () => {
        await (stage as Stage | undefined)?.close();
        checkout[Symbol.dispose]();
    });

    function withShards(count: number): string {
        const rest = checkout.read("Pulumi.staging.yaml").replace(/^ {2}understudy:ingress:.*\n/m, "");
        return `${rest}  understudy:ingress: {shards: ${count}}\n`;
    }

    /** Runs a command of the tool that has to succeed, and returns its result. */
    async function succeeds(...words: readonly string[]): Promise<Record<string, unknown>> {
        const { exitCode, stdout, stderr } = await stage.cli(...words, "--json");
        assert.equal(exitCode, 0, String(stderr));
        return JSON.parse(String(stdout)) as Record<string, unknown>;
    }

    /** What exists, but for images and old revisions, which stay on purpose. */
    async function remaining(): Promise<readonly string[]> {
        return (await stage.inventory()).filter((line) => !/ (ecr image|ecs task-definition) /.test(line));
    }

    /** Works on stacks of staging as plain Pulumi does. */
    async function withWorkspace<T>(work: (workspace: Workspace) => Promise<T>): Promise<T> {
        const backend = stage.world.backends["staging"] ?? "";
        await using workspace = Workspace.open({ project: findProject(checkout.directory), backend, env: environmentOf(stage.world), main: programFile(), emit: () => undefined });
        return await work(workspace);
    }

    function stateOf(stack: string): Promise<StackState> {
        return withWorkspace(async (workspace) => parseState(await workspace.command("stack", "export", "--stack", stack)));
    }

    /** Runs the program for a branch that has a place, as whoever keeps the places does. */
    async function placeBranch(branch: string, shard: number, isNew = false): Promise<RunResult> {
        const images: Digests = environmentOutputs((await stateOf("staging")).outputs).images;
        const base = readStack(findProject(checkout.directory), "staging").settings;
        const settings = branchSettings(base, { base: "staging", branch, appDir: path.join(checkout.directory, "app"), images, shard });
        return withWorkspace(async (workspace) => {
            const stack = branchStack(branchId(branch));
            if (isNew) await workspace.createStack(stack, "passphrase");
            workspace.writeSettings(stack, branchRun(settings, {}));
            return workspace.up(stack);
        });
    }

    async function infoOf(branch: string): Promise<Info> {
        const url = new URL(stage.world.frontDoor);
        for (const end = Date.now() + 60_000; ; await sleep(250)) {
            const { status, text } = await stage.get(`http://${branchId(branch)}.localhost:${url.port}`, "/info.json");
            if (status === 200) return JSON.parse(text) as Info;
            assert.ok(Date.now() < end, `${branch} answers ${status}: ${text}`);
        }
    }

    /** Where the hosts of a branch have rules, by the place of the load balancer, and the records of their own. */
    async function placeOf(branch: string): Promise<{ readonly shards: readonly number[]; readonly records: readonly string[] }> {
        const { loadBalancers, publicZones } = await new ControlClient(stage.world.endpoint).loadBalancing();
        const host = branchMainHost(zone, branchId(branch));
        const serving = loadBalancers.filter(({ account, listeners }) => account === stage.base("staging").account && JSON.stringify(listeners).includes(`"${host}"`));
        return {
            shards: serving.map(({ name }) => Number(/^ingress-balancer-(\d+)-[0-9a-f]{7}$/.exec(name)?.[1] ?? 0)),
            records: publicZones.flatMap(({ records }) => records.map(({ name }) => name)).filter((name) => name === host),
        };
    }

    it("answer on each of them, and only the one beyond the first has a record of its own", async () => {
        await succeeds("branch", "up", first);
        await placeBranch(second, 1, true);

        assert.equal((await infoOf(first)).environment, branchId(first));
        assert.equal((await infoOf(second)).environment, branchId(second));
        assert.deepEqual(await placeOf(first), { shards: [0], records: [] });
        assert.deepEqual(await placeOf(second), { shards: [1], records: [branchMainHost(zone, branchId(second))] });
    });

    it("stay where they are when nothing has changed", async () => {
        const { changes } = await placeBranch(second, 1);
        const { changes: others } = (await succeeds("branch", "up", first)) as { changes: RunResult["changes"] };
        for (const each of [changes, others]) assert.deepEqual([each.created, each.updated, each.deleted, each.replaced], [0, 0, 0, 0]);
    });

    it("are counted by doctor with all that the base has", async () => {
        const { stdout } = await stage.cli("doctor", "--json");
        const checks = JSON.parse(String(stdout)) as readonly { readonly name: string; readonly status: string; readonly message: string }[];
        const found = checks.filter(({ name }) => / of staging$/.test(name) && /(roles|balancer|services|Fargate|tasks)/.test(name)).map(({ name, status, message }) => [name.replace(/-[0-9a-f]{7} /, " "), status, message]);
        const roles = (await stage.inventory()).filter((line) => line.startsWith(`${stage.base("staging").account} `) && line.includes(" iam role ")).length;
        assert.deepEqual(found, [
            ["roles of staging", "ok", `${roles} of 1,000 roles in account 222222222222`],
            ["load balancer ingress-balancer of staging", "ok", "2 of 100 target groups, 3 of 100 rules"],
            ["load balancer ingress-balancer-1 of staging", "ok", "1 of 100 target groups, 2 of 100 rules"],
            ["services of staging", "ok", "9 of 5,000 services in cluster shop-staging"],
            ["Fargate of staging", "ok", "0 of 4,000 vCPU on demand, 2.25 of 4,000 vCPU on Spot in cluster shop-staging"],
            ["discovered tasks of staging", "ok", "9 of 2,000 instances in staging.internal"],
        ]);
    });

    it("move with their addresses, there and back, and leave nothing behind", async () => {
        await placeBranch(second, 0);
        assert.equal((await infoOf(second)).environment, branchId(second));
        assert.deepEqual(await placeOf(second), { shards: [0], records: [] });

        await placeBranch(second, 1);
        assert.equal((await infoOf(second)).environment, branchId(second));
        assert.deepEqual(await placeOf(second), { shards: [1], records: [branchMainHost(zone, branchId(second))] });
    });

    it("are refused a place that their base does not have, before anything changes", async () => {
        const kept = async (): Promise<readonly string[]> => (await remaining()).filter((line) => / (elbv2 (rule|target-group)|route53 record|ecs service) /.test(line)); // tasks may be ending
        const before = await kept();
        await assert.rejects(placeBranch(second, 2), /understudy:shard: got \\?"2\\?"; staging has load balancers 0 to 1; run `understudy branch up`/);
        assert.deepEqual(await kept(), before);
    });

    it("may leave services to their base, which answers through its own name", async () => {
        const { changes } = (await succeeds("branch", "up", first, "--only", "web")) as { changes: RunResult["changes"] };
        assert.ok(changes.deleted > 0);
        const { environment, api } = await infoOf(first);
        assert.deepEqual([environment, api.answered, api.environment], [branchId(first), true, "staging"]);
        assert.deepEqual((await remaining()).filter((line) => new RegExp(` ecs service shop-staging/.*--${branchId(first)}$`).test(line)).map((line) => line.replace(/.*shop-staging\/|--.*/g, "")), ["web"]);

        await succeeds("branch", "up", first, "--all");
        assert.equal((await infoOf(first)).api.environment, branchId(first));
    });

    it("are refused services that there are not, with what could have been meant", async () => {
        const { exitCode, stderr } = await stage.cli("branch", "up", first, "--only", "wbe");
        assert.equal(exitCode, 3);
        assert.match(String(stderr), /the branch's settings understudy:only: got "wbe"; no service of this name has tasks on AWS; did you mean "web"\? allowed: api, web, worker/);
    });

    it("go without leaving anything, after which the second load balancer can go as well", async () => {
        for (const branch of [first, second]) await stage.api().branch.down({ branch });
        assert.deepEqual(await remaining(), empty);

        const state = await stateOf("staging");
        checkout.write({ "Pulumi.staging.yaml": withShards(1) });
        assert.deepEqual(shardsThatGo(state, readStack(findProject(checkout.directory), "staging").settings), [1]);
        await succeeds("deploy", "staging");
        const gone = empty.filter((line) => !/ (load-balancer|listener|rule) .*ingress-balancer-1-/.test(line));
        assert.equal(empty.length - gone.length, 4);
        assert.deepEqual(await remaining(), gone);
        const { ingress } = (await stateOf("staging")).outputs[contractOutput] as { readonly ingress: { readonly furtherShards: readonly unknown[] } };
        assert.deepEqual(ingress.furtherShards, []);
    });
});
