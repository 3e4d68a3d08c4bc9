import assert from "node:assert/strict";
import { Stage } from "./stage";

interface Step {
    readonly exitCode: number;
    readonly text: string;
}

describe("plain pulumi on every kind of stack", function () {
    this.timeout(300_000);
    let stage: Stage;
    let empty: readonly string[];

    before(async () => {
        stage = await Stage.open();
        empty = await stage.inventory();
    });

    after(() => stage.close());

    async function pulumi(stack: string, ...words: readonly string[]): Promise<Step> {
        const { exitCode, stdout, stderr } = await stage.pulumi(stack, ...words);
        return { exitCode: exitCode ?? -1, text: `${String(stdout)}\n${String(stderr)}` };
    }

    async function succeeds(stack: string, ...words: readonly string[]): Promise<string> {
        const { exitCode, text } = await pulumi(stack, ...words);
        assert.equal(exitCode, 0, text);
        return text;
    }

    for (const kind of ["production", "staging", "dev"]) {
        it(`${kind}: up from TypeScript, then a refresh without drift and an up without a change`, async () => {
            await succeeds(kind, "stack", "init");
            const first = await succeeds(kind, "up", "--yes", "--skip-preview");
            assert.match(first, new RegExp(`${kind} has no release yet: everything but its services is made`));
            await succeeds(kind, "up", "--refresh", "--yes", "--skip-preview", "--expect-no-changes");
        });
    }

    it("keeps the release that was deployed, and changes nothing of it", async () => {
        await stage.push("staging", "main", "1.0.0");
        const { url = "" } = await stage.api().deploy("staging", { release: "1.0.0" });
        assert.equal((await stage.get(url, "/healthcheck")).status, 200);
        await succeeds("staging", "up", "--refresh", "--yes", "--skip-preview", "--expect-no-changes");
        assert.equal((await stage.get(url, "/healthcheck")).status, 200);
    });

    it("destroys the stack of a branch that the API made, and its base afterwards, and leaves what was there before", async () => {
        await stage.push("staging", "feature/blue-banner", "blue");
        const before = await stage.inventory();
        const { stack, url = "" } = await stage.api().branch.up({ branch: "feature/blue-banner", release: "blue" });
        assert.equal((await stage.get(url)).status, 200);

        await succeeds(stack, "destroy", "--yes", "--skip-preview");
        await succeeds(stack, "stack", "rm", "--yes");
        assert.equal((await stage.get(url)).status, 404);
        // Plain `pulumi` leaves the revisions, so that a rollback finds them, and the tags that keep the images of the branch.
        const revisions = /task-definition/;
        const rest = (await stage.inventory()).filter((entry) => !revisions.test(entry)).map((entry) => entry.replace(/,keep\.feature-blue-banner-\S+/, ""));
        assert.deepEqual(rest, before.filter((entry) => !revisions.test(entry)));

        for (const kind of ["staging", "dev"]) {
            const { changes } = await stage.api().destroy(kind, { confirm: kind });
            assert.ok(changes.deleted > 0);
        }
        const others = (await stage.inventory()).filter((entry) => !entry.startsWith("111111111111") && !revisions.test(entry));
        assert.deepEqual(others, empty.filter((entry) => !entry.startsWith("111111111111")));
    });

    it("destroys production only after its protection was taken away", async () => {
        const before = await stage.inventory();
        await assert.rejects(stage.api().destroy("production", { confirm: "production" }), {
            kind: "refused",
            message: "production is protected from deletion: aws:lb/loadBalancer:LoadBalancer ingress-balancer",
            advice: "set `understudy:deletionProtection: false`, run `understudy deploy production`, then destroy it",
        });
        assert.deepEqual(await stage.inventory(), before);

        await succeeds("production", "up", "--yes", "--skip-preview", "--config", "understudy:deletionProtection=false");
        await stage.api().destroy("production", { confirm: "production" });
        assert.deepEqual((await stage.inventory()).filter((entry) => !/task-definition/.test(entry)), empty);
    });
});
