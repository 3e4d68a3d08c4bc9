import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ensureBuilt, projectDirectory } from "../project";

const plugins = { aws: "local/provider/main.js", awsx: "local/provider/awsx/main.js" } as const;

/**
 * Puts the local AWS provider, and the one for awsx, where the engine looks for the plugins of the installed SDK packages. They run as
 * the sources are now, whatever is written to them later, until they are installed again. That is harmless also while an engine runs.
 */
export function installProviders(pulumiHome: string, nodeCommand: string = process.execPath): void {
    const build = ensureBuilt();
    for (const [name, entry] of Object.entries(plugins)) {
        const folder = path.join(pulumiHome, "plugins", `resource-${name}-v${pluginVersion(name)}`);
        const start = path.join(folder, "start.js");
        mkdirSync(folder, { recursive: true });
        replaceFile(start, startScript(path.join(build, entry), entry), 0o644);
        replaceFile(path.join(folder, `pulumi-resource-${name}`), `#!/bin/sh\nexec ${quoted(nodeCommand)} ${quoted(start)} "$@"\n`, 0o755);
    }
}

/** Starts the compiled entry; a build that is old enough to have been removed since is made again. */
function startScript(compiled: string, entry: string): string {
    const [file, builder] = [compiled, path.join(projectDirectory, "bin", "build.js")].map((one) => JSON.stringify(one));
    const rebuilt = `require(${builder ?? ""}).ensureBuilt() + ${JSON.stringify(`/${entry}`)}`;
    return `require(require("node:fs").existsSync(${file ?? ""}) ? ${file ?? ""} : ${rebuilt});\n`;
}

/** The plugin version that an SDK package asks for: the engine downloads any other. */
export function pluginVersion(name: string): string {
    const manifest = readFileSync(path.join(projectDirectory, "node_modules", "@pulumi", name, "package.json"), "utf8");
    return (JSON.parse(manifest) as { readonly pulumi: { readonly version: string } }).pulumi.version;
}

/** Somebody may be reading the file at this moment, and must see either the old or the new one. */
function replaceFile(file: string, content: string, mode: number): void {
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, content, { mode });
    renameSync(fresh, file);
}

function quoted(text: string): string {
    return `'${text.replaceAll("'", `'\\''`)}'`;
}
