import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { parse, type SemVer } from "semver";
import { UnderstudyError } from "../errors";
import { forgetEngine, noteEngine } from "../state/engines";
import { tellingLines } from "./appended";

/** The oldest engine that this program was tried with. */
export const oldestEngine = "3.225.0";

/** How a command of the engine ended when it did not end well. */
export class EngineFailure extends Error {
    constructor(
        readonly stdout: string,
        readonly stderr: string,
        /** Absent when a signal ended it. */
        readonly code: number | undefined,
    ) {
        super(stderr === "" ? stdout : stderr);
        this.name = "EngineFailure";
    }
}

interface Output {
    readonly stdout: string;
    readonly stderr: string;
    readonly code: number;
}

/**
 * The `pulumi` that the Automation API runs, in place of its own way of starting it, for three reasons. It gets exactly the environment
 * that was decided, not the caller's. It has a process group of its own, so that Ctrl-C in a terminal does not reach it beside the one
 * SIGINT that an abort sends: a second one would terminate it in the middle of a step. And it writes to files instead of pipes and sockets,
 * its events too, so that it ends its work in order even when the caller is killed; whoever comes next finds its lock and waits. (An engine
 * whose caller is gone before it could connect to tell its events would wait for ever, with the lock.)
 */
export class EngineCommand implements PulumiCommand {
    constructor(
        readonly command: string,
        readonly version: SemVer | null,
        readonly env: Readonly<Record<string, string>>,
    ) {}

    /** Called by the Automation API. What a run takes as `onOutput` is told the engine's events instead, one line of JSON each. */
    async run(
        args: readonly string[],
        workDirectory: string,
        env: Readonly<Record<string, string>>,
        onEvent?: (line: string) => void,
        _onError?: (data: string) => void,
        signal?: AbortSignal,
    ): Promise<Output> {
        const output = path.join(workDirectory, `engine-${randomUUID()}`);
        const files = { out: `${output}.out`, err: `${output}.err`, events: `${output}.events` };
        const words = [...args, ...(onEvent === undefined ? [] : ["--event-log", files.events]), "--non-interactive", "--color", "never"];
        const work = (): Promise<number | undefined> => start(this.command, words, workDirectory, { ...this.env, ...env }, [files.out, files.err], signal);
        try {
            const code = await (onEvent === undefined ? work() : tellingLines(files.events, onEvent, work));
            const [stdout, stderr] = [fs.readFileSync(files.out, "utf8"), fs.readFileSync(files.err, "utf8")];
            if (code !== 0) throw new EngineFailure(stdout, stderr, code);
            return { stdout, stderr, code };
        } finally {
            for (const file of Object.values(files)) fs.rmSync(file, { force: true });
        }
    }
}

/** Finds the engine in the PATH of `env`. Fails with kind `engine` when there is none. */
export function findEngine(env: Readonly<Record<string, string>>): EngineCommand {
    const command = executable("pulumi", env["PATH"] ?? "");
    if (command === undefined) throw new UnderstudyError("engine", "pulumi is not in PATH", `install Pulumi ${oldestEngine} or newer`);
    return new EngineCommand(command, null, env);
}

/** The engine, with the version that it says it has. Fails with kind `engine` when that is too old. */
export async function withVersion(engine: EngineCommand, workDirectory: string): Promise<EngineCommand> {
    const { stdout } = await engine.run(["version"], workDirectory, {});
    const version = parse(stdout.trim());
    if (version === null || version.compare(oldestEngine) < 0) {
        throw new UnderstudyError("engine", `${engine.command} is version ${stdout.trim()}`, `install Pulumi ${oldestEngine} or newer`);
    }
    return new EngineCommand(engine.command, version, engine.env);
}

/** Full path of a program that a PATH leads to. */
export function executable(name: string, searchPath: string): string | undefined {
    const places = searchPath.split(path.delimiter).filter((folder) => folder !== "");
    return places.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
    try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
    } catch {
        return false;
    }
}

/** Exit code of the process; undefined when a signal ended it. */
async function start(
    command: string,
    args: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
    files: readonly [string, string],
    signal: AbortSignal | undefined,
): Promise<number | undefined> {
    const [out, err] = files.map((file) => fs.openSync(file, "w", 0o600));
    try {
        const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", out, err] });
        if (child.pid !== undefined) noteEngine(child.pid); // before it takes any lock
        const interrupt = (): void => {
            child.kill("SIGINT");
        };
        signal?.addEventListener("abort", interrupt, { once: true });
        if (signal?.aborted === true) interrupt();
        try {
            return await new Promise<number | undefined>((resolve, reject) => {
                child.once("error", reject);
                child.once("exit", (code) => resolve(code ?? undefined));
            });
        } finally {
            signal?.removeEventListener("abort", interrupt);
            if (child.pid !== undefined) forgetEngine(child.pid);
        }
    } finally {
        if (out !== undefined) fs.closeSync(out);
        if (err !== undefined) fs.closeSync(err);
    }
}
