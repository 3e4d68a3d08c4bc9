import assert from "node:assert/strict";
import { Stage } from "./stage";
import type { Showpiece } from "../../local/showcase";

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
});
