import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ECSClient, DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { readLocks } from "../../automation/state/locks";
import { openStore } from "../../automation/state/openStore";
import { ControlClient } from "../../local/emulator/control";
import { branchId } from "../../model/names";
import { parseReleaseRecord, type ReleaseRecord } from "../../model/releaseRecord";
import { Checkout } from "./checkout";
import { projectDirectory, Stage } from "./stage";

const branch = "feature/short-lived";

/** Releases of one application, one after the other; each `it` goes on from the one before. */
describe("what an environment runs", function () {
    this.timeout(300_000);
    let checkout: Checkout;
    let stage: Stage;
    let server: string;
    let ssm: SSMClient;
    let ecs: ECSClient;
    let url: string;
    const commits: Record<string, string> = {};

    before(async () => {
        checkout = await Checkout.open();
        stage = await Stage.open();
        const credentials = await new ControlClient(stage.world.endpoint).rootCredentials("222222222222");
        const settings = { endpoint: stage.world.endpoint, region: "eu-west-1", credentials };
        [ssm, ecs] = [new SSMClient(settings), new ECSClient(settings)];
        server = checkout.read("app/web/server.mjs");
        await stage.api().deploy("staging");
        await release("1.0.0", server);
        await release("1.1.0", "process.exit(3);");
        await release("1.2.0", server);
        ({ url = "" } = await stage.api().deploy("staging", { release: "1.0.0" }));
    });

    after(async () => {
        await (stage as Stage | undefined)?.close();
        checkout[Symbol.dispose]();
    });

    /** What CI does for a release whose web service runs this. */
    async function release(tag: string, code: string): Promise<void> {
        commits[tag] = await checkout.commit(`Release ${tag}`, { "app/web/server.mjs": `${code}\n// ${tag}\n` });
        await stage.push("staging", commits[tag], tag, checkout.directory);
    }

    async function record(): Promise<ReleaseRecord> {
        const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/shop/staging/understudy/release" }));
        return parseReleaseRecord(Parameter?.Value ?? "") ?? assert.fail("no record");
    }

    /** The tags by which people know the images of a release, other than those that keep them. */
    async function releasesKept(): Promise<readonly string[]> {
        const images = (await stage.inventory()).filter((entry) => entry.includes("image shop/shop-web@") && entry.includes("keep.staging."));
        return images.map((entry) => entry.split(" ").at(-1)!.split(",")[0]!).sort();
    }

    async function runs(address: string): Promise<string> {
        const { commit } = JSON.parse((await stage.get(address, "/info.json")).text) as { readonly commit: string };
        return Object.keys(commits).find((tag) => commits[tag] === commit) ?? commit;
    }

    /** Resolves once ECS has brought every service to the revision that it should run. */
    async function settled(): Promise<void> {
        for (;;) {
            const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster: "shop-staging", services: ["api", "web", "worker"] }));
            if (services.every(({ deployments = [] }) => deployments.length === 1 && deployments[0]!.rolloutState === "COMPLETED")) return;
            await sleep(200);
        }
    }

    /** Resolves once an engine whose caller is gone has ended its work. */
    async function engineEnded(): Promise<void> {
        const store = await openStore(stage.world.backends["staging"] ?? "", {});
        for (let free = 0; free < 10; await sleep(100)) free = (await readLocks(store, "understudy", "staging")).length === 0 ? free + 1 : 0;
    }

    async function pulumiUp(): Promise<string> {
        const { exitCode, stdout, stderr } = await stage.pulumi("staging", "up", "--yes", "--skip-preview");
        assert.equal(exitCode, 0, `${String(stdout)}\n${String(stderr)}`);
        return `${String(stdout)}\n${String(stderr)}`;
    }

    it("is the former release again after one that ECS rolled back, also for plain pulumi", async () => {
        const good = await record();
        const { exitCode, stderr } = await stage.cli("deploy", "staging", "--release", "1.1.0");
        assert.equal(exitCode, 17, String(stderr));
        assert.match(String(stderr), /staging should run its former release again; `understudy deploy staging` brings back what has changed/);
        assert.deepEqual(await record(), good);
        assert.deepEqual(await releasesKept(), ["1.0.0", "1.1.0"]);

        await pulumiUp();
        await settled();
        assert.equal(await runs(url), "1.0.0");
        assert.deepEqual(await record(), good);
    });

    it("goes on with the images of the former release, where only one is named after such a failure", async () => {
        const { api, "shop-web": web } = (await record()).images;
        const { images } = await stage.api().deploy("staging", { images: { web: "1.2.0" } });
        assert.equal(images["api"], api);
        assert.notEqual(images["shop-web"], web);
        assert.equal(await runs(url), "1.2.0");
        assert.deepEqual(await record(), { images, previous: { api, "shop-web": web } });
        assert.deepEqual(await releasesKept(), ["1.0.0", "1.2.0"]);
    });

    it("is the new release for plain pulumi after a deployment that was killed, and the next deployment settles it", async () => {
        const before = await record();
        const child = spawn(path.join(projectDirectory, "bin", "understudy"), ["deploy", "staging", "--release", "1.0.0", "--local", "--json"], {
            cwd: stage.directory,
            env: { ...process.env, UNDERSTUDY_HOME: stage.home, CI: "true" },
            stdio: "ignore",
        });
        while ((await record()).former === undefined) await sleep(20);
        child.kill("SIGKILL");
        await once(child, "exit");
        await engineEnded();
        const { images, former } = await record();
        assert.deepEqual(former, before.images);
        assert.deepEqual(await releasesKept(), ["1.0.0", "1.2.0"]);

        assert.match(await pulumiUp(), /this release was being deployed when that was stopped, so nobody knows whether it comes up/);
        assert.deepEqual(await record(), { images, former, previous: before.previous });

        await stage.api().deploy("staging");
        assert.equal(await runs(url), "1.0.0");
        assert.deepEqual(await record(), { images, previous: before.images });
    });

    it("comes to production by digest", async () => {
        await stage.api().deploy("production", { confirm: "production" });
        const missing = await stage.cli("deploy", "production", "--release", "1.2.0", "--confirm", "production");
        assert.equal(missing.exitCode, 15);
        assert.match(String(missing.stderr), /copy it from staging with `understudy release copy 1\.2\.0`, or choose another one/);

        const copied = await stage.cli("release", "copy", "1.2.0", "--json");
        assert.equal(copied.exitCode, 0, String(copied.stderr));
        const { images } = JSON.parse(String(copied.stdout)) as { readonly images: readonly { readonly image: string; readonly digest: string; readonly layers: number }[] };
        assert.deepEqual(images.map(({ image, layers }) => [image, layers]), [["api", 2], ["shop-web", 2]]);
        assert.match(String((await stage.cli("release", "copy", "1.2.0")).stdout), /shop-web +1\.2\.0 +sha256:[0-9a-f]{64} +was there\nproduction has them now/);

        const production = await stage.api().deploy("production", { release: "1.2.0", confirm: "production" });
        assert.deepEqual(production.images, Object.fromEntries(images.map(({ image, digest }) => [image, digest])));
        assert.equal(await runs(production.url!), "1.2.0");
    });

    it("of a branch goes with the branch, but for what its base needs too", async () => {
        const before = (await stage.inventory()).filter((entry) => entry.includes(" image "));
        const id = branchId(branch);
        await checkout.git("checkout", "--quiet", "-b", branch);
        commits[branch] = await checkout.commit("Short-lived", { "app/web/server.mjs": `${server}\n// short\n` });
        await stage.push("staging", branch, id, checkout.directory);
        await stage.api().branch.up({ branch, images: { api: "1.0.0" } });
        const { exitCode, stderr } = await stage.cli("branch", "down", branch);
        assert.equal(exitCode, 0, String(stderr));
        assert.match(String(stderr), /✓ remove images: 2 of them/);
        assert.deepEqual((await stage.inventory()).filter((entry) => entry.includes(" image ")), before);
    });
});
