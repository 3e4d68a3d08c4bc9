import assert from "node:assert/strict";
import path from "node:path";
import { findProject } from "../../automation/settings/project";
import { buildContexts, readApplication } from "../../cli/bases";
import type { Docker } from "../../local/docker/docker";
import { removeImages, worldLabel } from "../../local/docker/labels";
import { showcase } from "../../local/showcase";
import { dockerOrSkip, makeBaseImage } from "../local/docker/support";
import { Checkout } from "./checkout";
import { Stage } from "./stage";

const base = `understudy-test-base:${process.pid}`;
/** Of everything that this test builds, also halfway. */
const label = `understudy.test=${process.pid}`;
const notBuilt = /api cannot be built, so it runs as a process: .*exit 3.*: 3 \(\/.*\/builds\/api\.log\)/;

describe("a local world whose tasks are containers", function () {
    this.timeout(300_000);
    let docker: Docker;
    let checkout: Checkout;
    let stage: Stage;

    before(async function () {
        docker = await dockerOrSkip(this);
        await makeBaseImage(docker, base, label);
        checkout = await Checkout.open();
        const dockerfile = (image: string): string => checkout.read(`app/${image}/Dockerfile`).replace(/^FROM .*$/m, `FROM ${base}`);
        await checkout.commit("Build on what is here", { "app/web/Dockerfile": dockerfile("web"), "app/api/Dockerfile": `${dockerfile("api")}RUN exit 3\n` });
        await checkout.git("branch", "feature/mine");
        process.env.UNDERSTUDY_TASKS = "containers";
        stage = await Stage.open(checkout.directory);
    });
    after(async () => {
        process.env.UNDERSTUDY_TASKS = "processes";
        await (stage as Stage | undefined)?.close();
        (checkout as Checkout | undefined)?.[Symbol.dispose]();
        if ((docker as Docker | undefined) !== undefined) await removeImages(docker, label);
    });

    it("runs what Docker builds of a commit, and as processes what it cannot build, with one warning", async () => {
        const staging = stage.base("staging");
        const warnings: string[] = [];
        const environments = await showcase({
            ...{ world: stage.world, directory: checkout.directory, appDir: path.join(checkout.directory, "app"), bases: [staging] },
            contexts: buildContexts(readApplication(findProject(checkout.directory), staging)),
            onEvent: (event) => {
                if (event.type === "warning") warnings.push(event.message);
            },
        });
        assert.equal(environments.length, 3);
        assert.equal(warnings.length, 1, warnings.join("\n"));
        assert.match(warnings[0]!, notBuilt);
        for (const { url = "", branch = null } of environments) {
            const info = JSON.parse((await stage.get(url, "/info.json")).text) as { branch: string | null; commit: string; api: { answered: boolean } };
            assert.deepEqual([info.branch, info.commit, info.api.answered], [branch, stage.sample.commits[branch ?? "main"], true]);
        }
        assert.deepEqual(await containers(), ["web", "worker"]);
    });

    it("says so when a branch comes up that cannot be built", async () => {
        const { exitCode, stderr } = await stage.cli("branch", "up", "feature/mine");
        assert.equal(exitCode, 0, String(stderr));
        assert.equal(String(stderr).split("\n").filter((line) => notBuilt.test(line)).length, 1, String(stderr));
    });

    /** Names of the containers that run, each once. */
    async function containers(): Promise<readonly string[]> {
        const names = await docker.run(["ps", "--format", "{{.Names}}", "--filter", `label=${worldLabel(stage.world.directory)}`]);
        return [...new Set(names.split("\n").map((name) => name.split("-").at(-1)!))].sort();
    }
});
