import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Engine, EngineSource } from "./engine";
import { isSuitable, versionIn } from "./version";

export const languageHost = "pulumi-language-nodejs";

const versionTimeoutInMs = 10_000;

/** The first `pulumi` in PATH, if its version is right and its language host is beside it or in PATH too. */
export function installedSource(env: NodeJS.ProcessEnv): EngineSource {
    const find = async (): Promise<Engine | undefined> => {
        const command = inPath("pulumi", env["PATH"]);
        if (command === undefined) return undefined;
        const hostBeside = isExecutable(join(dirname(command), languageHost));
        if (!hostBeside && inPath(languageHost, env["PATH"]) === undefined) return undefined;
        const version = await versionOf(command, env);
        if (version === undefined || !isSuitable(version)) return undefined;
        return { command, directory: dirname(command), version, origin: "installed" };
    };
    return { origin: "installed", find };
}

function inPath(program: string, path = ""): string | undefined {
    const candidates = path.split(delimiter).filter((folder) => folder !== "");
    return candidates.map((folder) => join(folder, program)).find(isExecutable);
}

/** True for a file that may be run. */
export function isExecutable(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}

async function versionOf(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
    try {
        const { stdout } = await promisify(execFile)(command, ["version"], {
            env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
            timeout: versionTimeoutInMs,
        });
        return versionIn(stdout);
    } catch {
        return undefined; // a pulumi that cannot even say its version is as good as none
    }
}
