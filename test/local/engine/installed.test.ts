import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Engine } from "../../../local/engine/engine";
import { installedSource } from "../../../local/engine/installed";
import { temporaryFolder, writeProgram } from "./support";

describe("installed engine", () => {
    const folder = temporaryFolder();
    const find = (...path: string[]): Promise<Engine | undefined> =>
        installedSource({ PATH: [...path, "/usr/bin", "/bin"].join(delimiter) }).find();
    const prints = (version: string): string => `[ "$1" = version ] && [ "$PULUMI_SKIP_UPDATE_CHECK" = true ] && echo ${version}`;

    it("is the pulumi in PATH with its language host beside it", async () => {
        const here = folder();
        const command = writeProgram(here, "pulumi", prints("v3.230.1"));
        writeProgram(here, "pulumi-language-nodejs", "");
        assert.deepEqual(await find(here), { command, directory: here, version: "3.230.1", origin: "installed" });
    });

    it("may have its language host elsewhere in PATH", async () => {
        const [here, there] = [folder(), folder()];
        const command = writeProgram(here, "pulumi", prints("v3.225.0"));
        writeProgram(there, "pulumi-language-nodejs", "");
        assert.equal((await find(here, there))?.command, command);
    });

    const useless: readonly (readonly [string, string | undefined, boolean])[] = [
        ["there is no pulumi", undefined, true],
        ["it is too old", prints("v3.224.0"), true],
        ["it has no language host", prints("v3.225.0"), false],
        ["it fails", "exit 1", true],
        ["it prints something else", "echo hello", true],
    ];
    for (const [why, script, withHost] of useless) {
        it(`is none when ${why}`, async () => {
            const here = folder();
            if (script !== undefined) writeProgram(here, "pulumi", script);
            if (withHost) writeProgram(here, "pulumi-language-nodejs", "");
            assert.equal(await find(here), undefined);
        });
    }

    it("is not a folder of that name", async () => {
        const [here, there] = [folder(), folder()];
        mkdirSync(join(here, "pulumi"));
        const command = writeProgram(there, "pulumi", prints("v3.225.0"));
        writeProgram(there, "pulumi-language-nodejs", "");
        assert.equal((await find(here, there))?.command, command);
    });
});
