import assert from "node:assert/strict";
import { mkdtempSync, cpSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { branchId } from "../../model/names";
import { Checkout } from "./checkout";
import { Stage } from "./stage";

const branch = "feature/spring-sale";

interface Up {
    readonly url: string;
    readonly changes: Readonly<Record<string, number>>;
}

describe("the code of one's own checkout in the local world", function () {
    this.timeout(300_000);
    let checkout: Checkout;
    let stage: Stage;

    before(async () => {
        checkout = await Checkout.open();
        stage = await Stage.open(checkout.directory);
    });

    after(async () => {
        await (stage as Stage | undefined)?.close();
        checkout[Symbol.dispose]();
    });

    /** Runs a command that has to succeed, and returns what it says to programs and to people. */
    async function succeeds(...words: readonly string[]): Promise<{ readonly up: Up; readonly told: string }> {
        const { exitCode, stdout, stderr } = await stage.cli(...words, "--json");
        assert.equal(exitCode, 0, String(stderr));
        return { up: JSON.parse(String(stdout)) as Up, told: String(stderr) };
    }

    async function infoOf(url: string): Promise<{ readonly commit: string; readonly banner: string | null }> {
        const { commit, banner } = JSON.parse((await stage.get(url, "/info.json")).text) as { commit: string; banner: string | null };
        return { commit, banner };
    }

    it("deploy makes the base in an empty world, and runs the commit that is checked out", async () => {
        const { up, told } = await succeeds("deploy", "staging");
        const commit = await checkout.git("rev-parse", "HEAD");

        assert.deepEqual(await infoOf(up.url), { commit, banner: null });
        assert.deepEqual(lines(told, /^✓ push images/), [
            "✓ push images: none, the base has no repositories yet",
            `✓ push images: api, shop-web of ${commit.slice(0, 10)}`,
        ]);
    });

    it("deploy changes nothing without a new commit", async () => {
        const { up } = await succeeds("deploy", "staging");

        assert.deepEqual(changed(up), []);
    });

    for (const [what, words] of [
        ["a service that is not there", ["--image", "shop=1.0.0", "--branch", branch]],
        ["a base that branches cannot stand on", ["--base", "production", "--branch", branch]],
    ] as const) {
        it(`branch up pushes nothing for ${what}`, async () => {
            const { exitCode, stderr } = await stage.cli("branch", "up", ...words);

            assert.equal(exitCode, 3);
            assert.deepEqual(lines(String(stderr), /^✓ push images/), []);
        });
    }

    it("branch up runs the branch that is checked out", async () => {
        await checkout.git("checkout", "--quiet", "-b", branch);
        const commit = await checkout.commit("Announce the sale", { "app/web/theme.mjs": theme("The spring sale") });
        const { up, told } = await succeeds("branch", "up");

        assert.deepEqual(await infoOf(up.url), { commit, banner: "The spring sale" });
        assert.match((await stage.get(up.url)).text, /<aside class="banner" role="note">The spring sale<\/aside>/);
        assert.deepEqual(lines(told, /^✓ push images/), [`✓ push images: api, shop-web of ${commit.slice(0, 10)}`]);
    });

    it("branch up runs the next commit", async () => {
        const commit = await checkout.commit("Name the day", { "app/web/theme.mjs": theme("The spring sale begins on Monday") });
        const { up } = await succeeds("branch", "up");

        assert.deepEqual(await infoOf(up.url), { commit, banner: "The spring sale begins on Monday" });
    });

    it("branch up changes nothing without a new commit, and says what is not committed", async () => {
        const before = await stage.inventory();
        checkout.write({ "app/web/theme.mjs": theme("Not decided yet"), "app/api/idea.mjs": "export {};\n", "notes.txt": "not part of any image" });
        const { up, told } = await succeeds("branch", "up");

        assert.deepEqual(changed(up), []);
        assert.deepEqual(await stage.inventory(), before);
        assert.equal((await infoOf(up.url)).banner, "The spring sale begins on Monday");
        assert.deepEqual(lines(told, /^!/), ["! not committed, so not part of it: app/web/theme.mjs, app/api/idea.mjs"]);
        await checkout.git("stash", "--quiet", "--include-untracked");
    });

    it("branch up of another branch runs that one's commit, whatever is checked out", async () => {
        await checkout.git("checkout", "--quiet", "main");
        checkout.write({ "app/web/theme.mjs": theme("Only here") });
        const { up, told } = await succeeds("branch", "up", "--branch", branch);

        assert.deepEqual(changed(up), []);
        assert.deepEqual(lines(told, /^!/), []);
        await checkout.git("checkout", "--quiet", "--", "app");
    });

    it("branch up takes images that were pushed from elsewhere where the repository has no such branch", async () => {
        const other = "feature/blue-banner"; // of the sample, not of this checkout
        await stage.push("staging", other, branchId(other));
        const { up, told } = await succeeds("branch", "up", other);

        assert.equal((await infoOf(up.url)).commit, stage.sample.commits[other]);
        assert.deepEqual(lines(told, /^✓ push images/), [`✓ push images: none, those with the tag ${branchId(other)} are from elsewhere`]);
    });

    describe("branch up fails on", () => {
        async function fails(...words: readonly string[]): Promise<readonly string[]> {
            const { exitCode, stderr } = await stage.cli("branch", "up", ...words);
            assert.equal(exitCode, 15, String(stderr));
            return lines(String(stderr), /^(understudy:|  \S)/);
        }

        it("a branch that nobody has", async () => {
            assert.deepEqual(await fails("--branch", "feature/sprnig-sale"), [
                `understudy: no image can be made: ${checkout.directory} has no branch feature/sprnig-sale`,
                "  commit the code there, or name images that are in the registry: --image <tag>",
            ]);
        });

        it("an application outside of any git repository", async () => {
            const loose = realpathSync(mkdtempSync(path.join(tmpdir(), "loose-")));
            cpSync(path.join(checkout.directory, "app"), loose, { recursive: true });
            try {
                assert.deepEqual(await fails("--branch", "feature/loose", "--app", loose), [
                    `understudy: no image can be made: ${loose} is in no git repository`,
                    "  commit the code there, or name images that are in the registry: --image <tag>",
                ]);
            } finally {
                rmSync(loose, { recursive: true });
            }
        });

        it("a commit without the application's folder", async () => {
            await checkout.git("checkout", "--quiet", "-b", "feature/moved");
            await checkout.git("rm", "--quiet", "-r", "--cached", "app/web");
            await checkout.git("commit", "--quiet", "--message", "Without web");
            const commit = await checkout.git("rev-parse", "HEAD");
            assert.deepEqual(await fails(), [
                `understudy: ${checkout.directory} has no folder app/web in its commit ${commit}`,
                "  commit the folder, or correct `build:` in the Compose file",
            ]);
        });
    });
});

/** What of a run's changes is not nothing. */
function changed({ changes }: Up): readonly string[] {
    return Object.entries(changes).flatMap(([kind, count]) => (kind === "unchanged" || count === 0 ? [] : [`${count} ${kind}`]));
}

/** Lines that look like this, without how long they took. */
function lines(text: string, pattern: RegExp): readonly string[] {
    return text.split("\n").filter((line) => pattern.test(line)).map((line) => line.replace(/, [\d.]+ s$/, ""));
}

function theme(banner: string): string {
    return `export const theme = { accent: "#1d4ed8", banner: ${JSON.stringify(banner)} };\n`;
}
