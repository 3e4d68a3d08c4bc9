import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { preparePython } from "../../../local/emulator/python";
import { temporaryFolder, writeProgram } from "../engine/support";

describe("emulator: Python", () => {
    const folder = temporaryFolder();

    it("fails with the remedy where there is none that is new enough", async () => {
        const bin = folder();
        writeProgram(bin, "python3", "echo 3 9");
        await assert.rejects(preparePython({ cacheDir: folder(), env: { PATH: bin } }), {
            kind: "engine",
            message: "no Python in PATH that is 3.11 or newer, which the AWS emulator needs",
            advice: "install one: https://www.python.org/downloads/",
        });
    });

    it("fails with the remedy where it cannot make an environment, and leaves nothing behind", async () => {
        const [bin, cacheDir] = [folder(), folder()];
        writeProgram(bin, "python3", '[ "$1" = -c ] && echo 3 12 || { echo "ensurepip is not available" >&2; exit 1; }');
        await assert.rejects(preparePython({ cacheDir, env: { PATH: bin } }), {
            kind: "engine",
            message: "a Python environment could not be made: ensurepip is not available",
            advice: "where Python is split into packages, install python3-venv",
        });
        assert.deepEqual(readdirSync(join(cacheDir, "emulator")), []);
    });
});
