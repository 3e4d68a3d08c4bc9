import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UnderstudyError } from "../../automation/index";
import { type CommandOptions, runCommand } from "../command";
import { makeOnce } from "../makeOnce";
import { emulatorDirectory } from "./directory";

export interface PythonOptions {
    /** Folder in which the packages are kept, and shared by all worlds of this user. */
    readonly cacheDir: string;
    readonly onProgress?: (line: string) => void;
    readonly env?: NodeJS.ProcessEnv;
    /** Ends an installation that is under way; nothing of it is left. */
    readonly signal?: AbortSignal | undefined;
}

const oldestMinor = 11;
const candidates = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];
const versionTimeoutInMs = 10_000;
const installTimeoutInMs = 10 * 60_000;

/**
 * A Python with exactly the packages that requirements.txt names, each checked against its SHA-256 sum; made once. Returns the full path
 * of its interpreter. Fails with kind `engine` and the remedy when there is no Python, or the packages cannot be had.
 */
export async function preparePython({ cacheDir, onProgress = () => undefined, env = process.env, signal }: PythonOptions): Promise<string> {
    const requirements = join(emulatorDirectory, "requirements.txt");
    const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
    const install = async (fresh: string): Promise<void> => {
        const python = await systemPython(env, signal);
        onProgress("installing the AWS emulator, once, about 20 seconds");
        await attempt(
            python,
            ["-m", "venv", fresh],
            { failure: "a Python environment could not be made", remedy: "where Python is split into packages, install python3-venv" },
            { env, signal },
        );
        await attempt(
            join(fresh, "bin", "python"),
            [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--require-hashes",
                "--only-binary=:all:",
                "--no-compile",
                "--requirement",
                requirements,
            ],
            { failure: "the emulator's packages could not be installed", remedy: "allow this machine to reach a Python package index (https://pypi.org)" },
            { env, signal },
        );
    };
    const onWait = (): void => onProgress("waiting for another process that installs the AWS emulator");
    const folder = await makeOnce(join(cacheDir, "emulator", hash), install, { onWait, signal });
    return join(folder, "bin", "python");
}

/** The first Python in PATH that is new enough. */
async function systemPython(env: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Promise<string> {
    for (const candidate of candidates) {
        const ask = ["-c", "import sys; print(sys.version_info.major, sys.version_info.minor)"];
        const found = await runCommand(candidate, ask, { env, signal, timeout: versionTimeoutInMs }).catch(() => "");
        const [major = 0, minor = 0] = found.trim().split(" ").map(Number);
        if (major === 3 && minor >= oldestMinor) return candidate;
    }
    const message = `no Python in PATH that is 3.${oldestMinor} or newer, which the AWS emulator needs`;
    throw new UnderstudyError("engine", message, "install one: https://www.python.org/downloads/");
}

interface Otherwise {
    readonly failure: string;
    readonly remedy: string;
}

async function attempt(command: string, args: readonly string[], { failure, remedy }: Otherwise, { env, signal }: Pick<CommandOptions, "env" | "signal">): Promise<void> {
    try {
        await runCommand(command, args, { env, signal, timeout: installTimeoutInMs });
    } catch (error) {
        throw new UnderstudyError("engine", `${failure}: ${(error as Error).message}`, remedy, { cause: error });
    }
}
