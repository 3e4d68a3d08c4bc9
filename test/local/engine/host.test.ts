import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "../../../automation/engine/workspace";
import { programRunner } from "../../../local/engine/engine";
import { findTestEngine, FixtureWorld, project } from "../../automation/support/fixtureWorld";

describe("the program runner", function () {
    this.timeout(60_000);

    before(async function () {
        this.timeout(600_000);
        await findTestEngine();
    });

    for (const { file, typescript } of [
        { file: "index.js", typescript: false },
        { file: "index.ts", typescript: true },
    ]) {
        it(`loads ${typescript ? "the" : "no"} TypeScript compiler for ${file}`, async () => {
            using world = await FixtureWorld.make();
            const main = join(world.directory, file);
            writeFileSync(main, 'exports.typescript = Object.keys(require.cache).some((name) => name.endsWith("/lib/typescript.js"));\n');
            const env = { ...world.env, PULUMI_NODEJS_TRANSPILE_ONLY: "true", PULUMI_LANGUAGE_NODEJS_RUN_PATH: programRunner };
            await using workspace = Workspace.open({ project, backend: world.backend, env, main, emit: () => undefined });
            await workspace.createStack("one", "passphrase");
            const { outputs } = await workspace.up("one");
            assert.deepEqual(outputs, { typescript });
        });
    }
});
