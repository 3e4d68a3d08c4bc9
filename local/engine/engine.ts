import { join } from "node:path";
import { UnderstudyError } from "../../automation/index";
import { projectDirectory } from "../project";
import { buildSource } from "./build";
import { downloadSource } from "./download";
import { installedSource } from "./installed";

export const origins = ["installed", "download", "build"] as const;
/** Where an engine comes from: the machine's own PATH, Pulumi's download site, or its Go modules. */
export type Origin = (typeof origins)[number];

/** What the language host starts for a program, in place of Pulumi's own runner: the same, without the TypeScript compiler for one that is compiled. */
export const programRunner = join(projectDirectory, "local", "engine", "host", "run.js");

/** A Pulumi engine that can run this program. */
export interface Engine {
    /** Full path of `pulumi`. */
    readonly command: string;
    /** Folder of `pulumi` and its language host for Node, to be put first in PATH. */
    readonly directory: string;
    /** @example "3.225.0" */
    readonly version: string;
    readonly origin: Origin;
}

export interface EngineOptions {
    /** Folder in which a downloaded or built engine is kept, and shared by all worlds of this user. */
    readonly cacheDir: string;
    /** Told in one line what takes long. */
    readonly onProgress?: (line: string) => void;
    /** The environment to look into: `PATH`, and `UNDERSTUDY_ENGINE`, which allows one origin only. Default: this process's. */
    readonly env?: NodeJS.ProcessEnv;
    /** Ends a download or build that is under way; nothing of it is left. */
    readonly signal?: AbortSignal | undefined;
}

/** One way to get an engine. */
export interface EngineSource {
    readonly origin: Origin;
    /** The engine, when it is at hand without work. */
    readonly find: () => Promise<Engine | undefined>;
    /** Gets it; throws an Error with the reason, in a few words, when that is not possible here. Absent where nothing can be done. */
    readonly obtain?: () => Promise<Engine>;
}

/**
 * Finds a Pulumi engine with its language host for Node: an installed one, else one that was got before, else it downloads or builds
 * one, once. Fails with kind `engine`, all reasons and all remedies.
 */
export async function findEngine(options: EngineOptions): Promise<Engine> {
    const env = options.env ?? process.env;
    const onProgress = options.onProgress ?? (() => undefined);
    const sources = [installedSource(env), downloadSource({ ...options, onProgress }), buildSource({ ...options, env, onProgress })];
    return firstEngine(allowedSources(sources, env["UNDERSTUDY_ENGINE"]), options.signal);
}

/** The sources that `UNDERSTUDY_ENGINE` allows: all of them when it is not set. */
export function allowedSources(sources: readonly EngineSource[], only: string | undefined): readonly EngineSource[] {
    if (only === undefined || only === "") return sources;
    const allowed = sources.filter(({ origin }) => origin === only);
    if (allowed.length === 0) {
        const message = `UNDERSTUDY_ENGINE: got ${JSON.stringify(only)}; allowed are ${origins.join(", ")}`;
        throw new UnderstudyError("engine", message, "unset it to let the program choose");
    }
    return allowed;
}

/** What is at hand comes before what has to be got; among equals the order of the sources decides. After the signal nothing more is tried. */
export async function firstEngine(sources: readonly EngineSource[], signal?: AbortSignal): Promise<Engine> {
    for (const source of sources) {
        const engine = await source.find();
        if (engine !== undefined) return engine;
    }
    const reasons: string[] = [];
    for (const { origin, obtain } of sources) {
        if (obtain === undefined) continue;
        try {
            return await obtain();
        } catch (error) {
            signal?.throwIfAborted();
            reasons.push(`${origin}: ${error instanceof Error ? error.message : String(error)}`);
        }
    }
    const message = ["no Pulumi engine: none is installed, and none could be downloaded or built here", ...reasons.map((reason) => `  ${reason}`)];
    throw new UnderstudyError("engine", message.join("\n"), remedies.join("\n  "));
}

const remedies = [
    "do one of these:",
    "  install the Pulumi CLI, version 3.225.0 or newer: https://www.pulumi.com/docs/install/",
    "  allow this machine to reach https://get.pulumi.com",
    "  install Go 1.25.6 or newer (https://go.dev/dl/) and allow it to reach a Go module proxy",
];
