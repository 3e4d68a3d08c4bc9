import assert from "node:assert/strict";
import { execa } from "execa";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportImages } from "../../../local/images/export";
import { git } from "../../../local/images/git";
import { digestOf } from "../../../local/images/manifest";
import { makeSampleRepository } from "../../../local/images/sample";
import { findImage } from "../../../local/images/store";
import { temporaryFolder } from "../tasks/support";

const appDir = join(__dirname, "../../../app");
const contexts = { "shop-web": "app/web", api: "app/api" };

describe("makeSampleRepository", () => {
    const folder = temporaryFolder();

    it("makes main and two branches, with the same commits wherever it runs", async () => {
        const first = await makeSampleRepository(appDir, join(folder, "one"));
        const second = await makeSampleRepository(appDir, join(folder, "two"));

        assert.deepEqual(Object.keys(first.commits), ["feature/blue-banner", "fix/Ünïcode-🚀-name", "main"]);
        assert.equal(new Set(Object.values(first.commits)).size, 3);
        assert.deepEqual(second.commits, first.commits);
        assert.equal(await git(first.directory, ["status", "--porcelain", "--branch"]), "## main");
    });

    it("follows neither the user's git settings nor a surrounding git command", async () => {
        const home = join(folder, "home");
        mkdirSync(home);
        writeFileSync(
            join(home, ".gitconfig"),
            "[user]\nname = Somebody\n[commit]\ngpgsign = true\n[core]\nautocrlf = true\n[init]\ndefaultBranch = x\n",
        );
        const script = `require("ts-node/register/transpile-only");
            require(${JSON.stringify(join(__dirname, "../../../local/images/sample"))})
                .makeSampleRepository(${JSON.stringify(appDir)}, ${JSON.stringify(join(folder, "three"))})
                .then(({ commits }) => console.log(JSON.stringify(commits)));`;
        const { stdout } = await execa(process.execPath, ["--eval", script], {
            env: { HOME: home, XDG_CONFIG_HOME: home, GIT_DIR: "/nowhere", GIT_INDEX_FILE: "x" },
        });

        assert.deepEqual(JSON.parse(stdout), (await makeSampleRepository(appDir, join(folder, "one"))).commits);
    });

    it("leaves a repository that is there as it is", async () => {
        const directory = join(folder, "one");
        await git(directory, ["branch", "mine"]);

        const { commits } = await makeSampleRepository(appDir, directory);

        assert.equal(commits.mine, commits.main);
    });
});

describe("exportImages", () => {
    const folder = temporaryFolder();
    const worldDirectory = join(folder, "world");
    let repository: string;
    let commits: Readonly<Record<string, string>>;

    before(async () => {
        ({ directory: repository, commits } = await makeSampleRepository(appDir, join(folder, "shop")));
    });

    it("makes images that start as their Dockerfile says and know their commit", async () => {
        const images = await exportImages({ worldDirectory, repository, commit: "main", contexts });

        assert.deepEqual(Object.keys(images), ["shop-web", "api"]);
        const { config, revision, directory } = images["shop-web"]!;
        assert.deepEqual(config, {
            entrypoint: [],
            command: ["node", "server.mjs"],
            workingDirectory: "/srv/shop",
            environment: {},
            user: "node",
        });
        assert.equal(revision, commits.main);
        assert.equal(readFileSync(join(directory, "REVISION"), "utf8"), `${commits.main!}\n`);
        assert.deepEqual(readdirSync(directory).sort(), [...readdirSync(join(appDir, "web")), "REVISION"].sort());
    });

    it("writes files read-only and leaves nothing half-made", async () => {
        const { directory } = (await exportImages({ worldDirectory, repository, commit: "main", contexts })).api!;

        assert.equal(statSync(join(directory, "server.mjs")).mode & 0o777, 0o444);
        assert.deepEqual(
            readdirSync(join(worldDirectory, "images")).filter((name) => !/^[0-9a-f]{64}(\.json)?$/.test(name)),
            [],
        );
    });

    it("gives equal commits equal digests and different commits different ones", async () => {
        const digests = async (commit: string, world = worldDirectory): Promise<readonly string[]> =>
            Object.values(await exportImages({ worldDirectory: world, repository, commit, contexts })).map(({ digest }) => digest);

        const main = await digests("main");
        assert.deepEqual(await digests(commits.main!, join(folder, "other-world")), main);
        const branch = await digests("fix/Ünïcode-🚀-name");
        assert.equal(new Set([...main, ...branch]).size, 4);
    });

    it("finds an image by the digest of its manifest", async () => {
        const { api } = await exportImages({ worldDirectory, repository, commit: "feature/blue-banner", contexts });

        assert.equal(api!.digest, digestOf(api!.manifest));
        assert.deepEqual(await findImage(worldDirectory, api!.digest), api);
        assert.equal(await findImage(worldDirectory, digestOf("another")), undefined);
    });

    it("keeps links and the executable bit", async () => {
        const directory = join(folder, "links");
        mkdirSync(directory);
        writeFileSync(join(directory, "Dockerfile"), "FROM scratch\n");
        writeFileSync(join(directory, "run"), "#!/bin/sh\n", { mode: 0o755 });
        await git(directory, ["init", "--quiet"]);
        await execa("ln", ["-s", "run", "start"], { cwd: directory });
        await git(directory, ["add", "--all"]);
        await git(directory, ["-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "x"]);

        const { it } = await exportImages({ worldDirectory, repository: directory, commit: "HEAD", contexts: { it: "." } });

        assert.equal(statSync(join(it!.directory, "start")).mode & 0o777, 0o555);
    });

    const failures: readonly { name: string; commit: string; contexts: Readonly<Record<string, string>>; message: () => string }[] = [
        {
            name: "a commit that does not exist",
            commit: "--nope",
            contexts,
            message: () => `${repository} has no commit "--nope"`,
        },
        {
            name: "a folder that is not in the commit",
            commit: "main",
            contexts: { shop: "app/shop" },
            message: () => `${repository} has no folder app/shop in its commit ${commits.main!}`,
        },
        {
            name: "a folder without a Dockerfile",
            commit: "main",
            contexts: { app: "app" },
            message: () => `${repository} has no app/Dockerfile in its commit ${commits.main!}`,
        },
    ];
    for (const { name, commit, contexts: wrong, message } of failures) {
        it(`fails on ${name} and adds nothing`, async () => {
            const world = join(folder, "untouched");
            await assert.rejects(exportImages({ worldDirectory: world, repository, commit, contexts: wrong }), { kind: "image-missing", message: message() });
            assert.deepEqual(readdirSyncOrEmpty(join(world, "images")), []);
            rmSync(world, { recursive: true, force: true });
        });
    }
});

function readdirSyncOrEmpty(folder: string): readonly string[] {
    try {
        return readdirSync(folder);
    } catch {
        return [];
    }
}
