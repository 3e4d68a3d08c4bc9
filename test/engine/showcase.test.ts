import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import type { Showpiece } from "../../local/showcase";
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
});
