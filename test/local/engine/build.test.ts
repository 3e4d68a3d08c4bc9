import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSource, type Program } from "../../../local/engine/build";
import type { Engine } from "../../../local/engine/engine";
import { refusalOf } from "../emulator/support";
import { temporaryFolder, writeProgram } from "./support";

describe("built engine", () => {
    const folder = temporaryFolder();
    const write = (program: Program, file: string): Promise<void> => {
        writeFileSync(file, program.package);
        return Promise.resolve();
    };

    it("has its language host beside it, and is there from then on", async () => {
        const cacheDir = folder();
        const lines: string[] = [];
        const source = buildSource({ cacheDir, onProgress: (line) => lines.push(line), env: {}, compile: write });
        assert.equal(await source.find(), undefined);

        const engine = await source.obtain!();

        assert.deepEqual(lines, ["building the Pulumi engine from source, once, about 2 minutes"]);
        assert.equal(engine.command, join(engine.directory, "pulumi"));
        assert.deepEqual([engine.version, engine.origin], ["3.225.0", "build"]);
        assert.deepEqual(readdirSync(engine.directory).sort(), ["pulumi", "pulumi-language-nodejs"]);
        assert.equal(readFileSync(engine.command, "utf8"), "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi");
        assert.deepEqual(await source.find(), engine);
        assert.deepEqual(readdirSync(join(cacheDir, "engine")), [engine.directory.split("/").at(-1)]);
    });

    it("is built once when two want it at the same time", async () => {
        const cacheDir = folder();
        let compiled = 0;
        const compile = async (program: Program, file: string): Promise<void> => {
            compiled++;
            await write(program, file);
        };
        const obtain = (): Promise<Engine> => buildSource({ cacheDir, onProgress: () => undefined, env: {}, compile }).obtain!();
        const [one, two] = await Promise.all([obtain(), obtain()]);
        assert.deepEqual(one, two);
        assert.equal(compiled, 2, "each of the two programs once");
    });

    it("leaves nothing behind when it cannot be built, and is built the next time", async () => {
        const cacheDir = folder();
        const compile = (program: Program, file: string): Promise<void> =>
            program.module === "cli" ? Promise.reject(new Error("go build failed: out of memory")) : write(program, file);
        const failing = buildSource({ cacheDir, onProgress: () => undefined, env: {}, compile });
        assert.equal(await refusalOf(failing.obtain!()), "Error: go build failed: out of memory");
        assert.deepEqual(readdirSync(join(cacheDir, "engine")), []);
        assert.equal(await failing.find(), undefined);

        const { command } = await buildSource({ cacheDir, onProgress: () => undefined, env: {}, compile: write }).obtain!();
        assert.ok(existsSync(command));
    });

    it("fails in a few words where Go is not installed", async () => {
        const source = buildSource({ cacheDir: folder(), onProgress: () => undefined, env: { PATH: folder() } });
        assert.equal(await refusalOf(source.obtain!()), "Error: Go is not installed");
    });

    it("fails with the end of what Go says", async () => {
        const bin = folder();
        writeProgram(bin, "go", 'for line in one two three "four: no space left on device"; do echo "$line" >&2; done; exit 1');
        const source = buildSource({ cacheDir: folder(), onProgress: () => undefined, env: { PATH: bin } });
        assert.equal(await refusalOf(source.obtain!()), "Error: go build failed: two; three; four: no space left on device");
    });
});
