"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const root = path.dirname(__dirname);
const dist = path.join(root, "dist");
const folders = ["model", "components", "stacks", "automation", "cli", "local"];
/** Libraries of very many files that every command needs: one file of each starts several times as fast. */
const bundled = ["zod", "yaml"];
const dayInMs = 24 * 60 * 60 * 1000;

/** Every source that is part of the program. */
function sources() {
    const found = ["index.ts"];
    const walk = (folder) => {
        for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
            const name = `${folder}/${entry.name}`;
            if (entry.isDirectory()) walk(name);
            else if (name.endsWith(".ts")) found.push(name);
        }
    };
    folders.forEach(walk);
    return found.sort();
}

/** A name that changes whenever any source, or the list of installed libraries, is added, removed or written. */
function buildName(files) {
    const facts = [...files, "package-lock.json"].map((file) => `${file} ${fs.statSync(path.join(root, file)).mtimeMs}`);
    return crypto.createHash("sha256").update(facts.join("\n")).digest("hex").slice(0, 12);
}

/** Removes builds that were made more than a day ago; one that is younger may belong to a process that still runs. */
function prune(keep) {
    for (const name of fs.readdirSync(dist)) {
        const folder = path.join(dist, name);
        if (name !== keep && Date.now() - fs.statSync(folder).mtimeMs > dayInMs) fs.rmSync(folder, { recursive: true, force: true });
    }
}

/**
 * Returns the folder that holds the compiled form of the sources as they are now, and compiles them when it is not there.
 * A build never changes once it has its name, so a process that still runs from an older one is not disturbed.
 */
function ensureBuilt() {
    const files = sources();
    const name = buildName(files);
    const folder = path.join(dist, name);
    if (fs.existsSync(folder)) return folder;

    const { buildSync } = require("esbuild");
    fs.mkdirSync(dist, { recursive: true });
    const fresh = fs.mkdtempSync(path.join(dist, "new-"));
    const options = { absWorkingDir: root, outdir: fresh, platform: "node", target: "node20", format: "cjs", logLevel: "warning" };
    buildSync({ ...options, entryPoints: files, outbase: root, sourcemap: true });
    buildSync({ ...options, entryPoints: bundled.map((name) => ({ in: name, out: `node_modules/${name}/index` })), bundle: true, minify: true });
    try {
        fs.renameSync(fresh, folder);
    } catch (error) {
        if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
        fs.rmSync(fresh, { recursive: true }); // another process was faster with the same sources
    }
    prune(name);
    return folder;
}

module.exports = { ensureBuilt, root };
