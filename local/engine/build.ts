import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../command";
import { makeOnce } from "../makeOnce";
import { projectDirectory } from "../project";
import type { Engine, EngineSource } from "./engine";
import { languageHost } from "./installed";
import { engineVersion } from "./version";

interface BuildOptions {
    readonly cacheDir: string;
    readonly onProgress: (line: string) => void;
    /** The environment in which Go runs. */
    readonly env: NodeJS.ProcessEnv;
    readonly signal?: AbortSignal | undefined;
    /** Compiles one of the `programs` into `file`. Default: Go, which must be installed. */
    readonly compile?: (program: Program, file: string) => Promise<void>;
}

/** A program that is built from a Go module of this project which does nothing but require it. */
export interface Program {
    /** Folder of the module, below local/engine/. */
    readonly module: string;
    readonly package: string;
    readonly output: string;
}

export const programs: readonly Program[] = [
    { module: "host", package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs", output: languageHost },
    { module: "cli", package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", output: "pulumi" },
];

const modules = join(projectDirectory, "local", "engine");
const buildTimeoutInMs = 30 * 60_000;

/** The engine, built from Pulumi's Go modules in the versions that the committed go.mod and go.sum name. */
export function buildSource({
    cacheDir,
    onProgress,
    env,
    signal,
    compile = (program, file) => compileWithGo(program, file, { env, signal }),
}: BuildOptions): EngineSource {
    const folder = join(cacheDir, "engine", `${engineVersion}-${moduleHash()}`);
    const engine: Engine = { command: join(folder, "pulumi"), directory: folder, version: engineVersion, origin: "build" };
    return {
        origin: "build",
        find: () => Promise.resolve(existsSync(folder) ? engine : undefined),
        obtain: async () => {
            const build = async (fresh: string): Promise<void> => {
                onProgress("building the Pulumi engine from source, once, about 2 minutes");
                // One after the other: linking the engine alone takes all memory of a small machine.
                for (const program of programs) await compile(program, join(fresh, program.output));
            };
            const onWait = (): void => onProgress("waiting for another process that builds the Pulumi engine");
            await makeOnce(folder, build, { onWait, signal });
            return engine;
        },
    };
}

function moduleHash(): string {
    const hash = createHash("sha256");
    for (const { module } of programs) {
        for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(modules, module, file)));
    }
    return hash.digest("hex").slice(0, 12);
}

async function compileWithGo(program: Program, file: string, { env, signal }: Pick<BuildOptions, "env" | "signal">): Promise<void> {
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;
    try {
        await runCommand("go", ["build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", file, program.package], {
            cwd: join(modules, program.module),
            env,
            signal,
            timeout: buildTimeoutInMs,
        });
    } catch (error) {
        throw new Error(reasonOf(error), { cause: error });
    }
}

function reasonOf(error: unknown): string {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "Go is not installed";
    return `go build failed: ${(error as Error).message}`;
}
