import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { sampleRelease, type Showpiece } from "../../local/showcase";
import { branchId } from "../../model/names";
import { visit } from "../browser/visit";
import { browserOrSkip } from "../support/browser";
import { Stage } from "./stage";

interface Info {
    readonly branch: string | null;
    readonly commit: string;
    readonly environment: string;
    readonly api: { readonly commit: string };
}

describe("understudy local up", function () {
    this.timeout(300_000);
    let stage: Stage;
    let environments: readonly Showpiece[];

    before(async () => {
        stage = await Stage.open();
        const { exitCode, stdout, stderr } = await stage.cli("local", "up", "--json");
        assert.equal(exitCode, 0, String(stderr));
        ({ environments } = JSON.parse(String(stdout)) as { readonly environments: readonly Showpiece[] });
    });

    after(() => stage.close());

    it("brings up production, staging, dev and two branches", () => {
        assert.deepEqual(
            environments.map(({ stack, branch }) => branch ?? stack),
            ["dev", "production", "staging", "feature/blue-banner", "fix/Ünïcode-🚀-name"],
        );
    });

    it("keeps with each branch who has committed it", async () => {
        const owners = (await stage.api().branch.list({ base: "staging" })).map(({ branch, owner }) => [branch, owner]);
        assert.deepEqual(owners, [
            ["feature/blue-banner", "understudy@example.com"],
            ["fix/Ünïcode-🚀-name", "understudy@example.com"],
        ]);
    });

    it("answers under every URL with the code of that environment, in web and in the api that web calls", async () => {
        for (const { stack, branch, url = "" } of environments) {
            const answer = await stage.get(url, "/info.json");
            assert.equal(answer.status, 200, url);
            const info = JSON.parse(answer.text) as Info;
            const commit = stage.sample.commits[branch ?? "main"];
            assert.deepEqual(
                { environment: info.environment, branch: info.branch, commit: info.commit, apiCommit: info.api.commit },
                { environment: branch === undefined ? stack : stack.replace(/^branch-/, ""), branch: branch ?? null, commit, apiCommit: commit },
            );
        }
    });

    it("changes nothing when it is said again", async () => {
        const before = await stage.inventory();
        const { exitCode, stdout } = await stage.cli("branch", "up", "feature/blue-banner", "--json");
        assert.equal(exitCode, 0);
        const { changes } = JSON.parse(String(stdout)) as { readonly changes: Record<string, number> };
        assert.deepEqual({ ...changes, unchanged: 0 }, { created: 0, updated: 0, replaced: 0, deleted: 0, unchanged: 0 });
        assert.deepEqual(await stage.inventory(), before);
    });

    it("has branches under the hosts that `branch id` tells", async () => {
        const branches = environments.filter(({ branch }) => branch !== undefined);
        const { stdout } = await stage.cli("branch", "id", ...branches.map(({ branch = "" }) => branch), "--json");
        const named = JSON.parse(String(stdout)) as readonly { readonly hosts: readonly string[] }[];
        assert.deepEqual(named.map(({ hosts: [main] }) => main), branches.map(({ url = "" }) => new URL(url).host));
    });

    it("with --bare does not call a world empty that is not", async () => {
        const { stdout } = await stage.cli("local", "up", "--bare");
        assert.equal(String(stdout).split("\n", 1)[0], `the local world runs already, with what was deployed in it: ${stage.world.frontDoor}`);
    });

    describe("in a browser, which finds <id>.localhost by itself", () => {
        let browser: Browser;

        before(async function () {
            browser = await browserOrSkip(this);
        });

        after(async () => (browser as Browser | undefined)?.close());

        /** What a person reads on the page of a branch, or of a stack. */
        async function pageOf(name: string): Promise<{ readonly title: string; readonly heading: string; readonly facts: readonly string[]; readonly banner: readonly string[] }> {
            const { url = "" } = environments.find(({ branch, stack }) => (branch ?? stack) === name) ?? {};
            const { page, errors } = await visit(browser, url);
            assert.deepEqual(errors, []);
            return {
                title: await page.title(),
                heading: await page.locator("h1").innerText(),
                facts: await page.locator("dl > div").allInnerTexts(),
                banner: await page.getByRole("note").allInnerTexts(),
            };
        }

        for (const { branch, banner } of [
            { branch: "feature/blue-banner", banner: ["The blue sale begins on Monday"] },
            { branch: "fix/Ünïcode-🚀-name", banner: [] },
        ]) {
            it(`shows branch, commit and environment of ${branch}`, async () => {
                const id = branchId(branch);
                assert.deepEqual(await pageOf(branch), {
                    title: `shop · ${id}`,
                    heading: branch,
                    facts: [
                        `Environment\n${id}`,
                        `Branch\n${branch}`,
                        `Commit\n${stage.sample.commits[branch]?.slice(0, 10)}`,
                        "Session secret\nset",
                        "Your visits\n1",
                    ],
                    banner,
                });
            });
        }

        it("shows production as it was", async () => {
            assert.deepEqual(await pageOf("production"), {
                title: "shop · production",
                heading: "production",
                facts: [
                    "Environment\nproduction",
                    "Branch\nnone",
                    `Commit\n${stage.sample.commits["main"]?.slice(0, 10)}`,
                    "Session secret\nset",
                    "Your visits\n1",
                ],
                banner: [],
            });
        });
    });

    describe("after an environment was destroyed", () => {
        before(async () => {
            const { exitCode, stderr } = await stage.cli("destroy", "dev", "--confirm", "dev");
            assert.equal(exitCode, 0, String(stderr));
        });

        it("is what a deployment of the sample's release, which is gone with it, asks for", async () => {
            const { exitCode, stderr } = await stage.cli("deploy", "dev", "--release", sampleRelease);
            assert.equal(exitCode, 15);
            assert.match(String(stderr), /not in the registry: shop\/api:1\.0\.0, shop\/shop-web:1\.0\.0\n.* `understudy local up` makes anew what is missing of the sample/);
        });

        it("brings it back, with its release", async () => {
            const { exitCode, stdout, stderr } = await stage.cli("local", "up", "--json");
            assert.equal(exitCode, 0, String(stderr));
            assert.deepEqual(JSON.parse(String(stdout)), { frontDoor: stage.world.frontDoor, environments });
            const dev = environments.find(({ stack }) => stack === "dev")?.url ?? "";
            assert.equal((JSON.parse((await stage.get(dev, "/info.json")).text) as Info).commit, stage.sample.commits["main"]);
        });
    });
});
