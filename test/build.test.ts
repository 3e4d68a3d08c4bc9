import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

interface Build {
    readonly ensureBuilt: () => string;
    root: string;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- the launcher is plain JavaScript, so that it runs before anything is compiled
const { ensureBuilt, root } = require("../bin/build.js") as Build;

describe("the build", () => {
    it("is made once per state of the sources", () => {
        const first = ensureBuilt();
        const made = fs.statSync(first).mtimeMs;
        assert.equal(ensureBuilt(), first);
        assert.equal(fs.statSync(first).mtimeMs, made);
    });

    it("starts its many-filed libraries from one file each", () => {
        const load = createRequire(path.join(ensureBuilt(), "model", "load.js"));
        const installed = createRequire(__filename);
        for (const name of ["zod", "yaml"]) {
            assert.equal(load.resolve(name), path.join(ensureBuilt(), "node_modules", name, "index.js"));
            assert.deepEqual(Object.keys(load(name) as object).sort(), Object.keys(installed(name) as object).sort());
        }
    });

    it("is another one after a source was written", () => {
        const source = path.join(root, "model", "problem.ts");
        const before = fs.statSync(source);
        const first = ensureBuilt();
        try {
            fs.utimesSync(source, before.atime, new Date(before.mtimeMs + 1000));
            assert.notEqual(ensureBuilt(), first);
        } finally {
            fs.utimesSync(source, before.atime, before.mtime);
        }
    });
});
