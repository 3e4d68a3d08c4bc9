import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UnderstudyError } from "../../automation/index";
import { makeOnce } from "../makeOnce";
import { emulatorDirectory } from "./directory";

export interface PythonOptions {
    /** Folder in which the packages are kept, and shared by all worlds of this user. */
    readonly cacheDir: string;
    readonly onProgress?: (line: string) => void;
    readonly env?: NodeJS.ProcessEnv;
}

const run = promisify(execFile);
const oldestMinor = 10;
const candidates = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const installTimeoutInMs = 10 * 60_000;
const linesOfReason = 3;

/**
 * A Python with exactly the packages that requirements.txt names, each checked against its SHA-256 sum; made once. Returns the full path
 * of its interpreter. Fails with kind `engine` and the remedy when there is no Python, or the packages cannot be had.
 */
export async function preparePython({ cacheDir, onProgress = () => undefined, env = process.env }: PythonOptions): Promise<string> {
    const requirements = join(emulatorDirectory, "requirements.txt");
    const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
    const install = async (fresh: string): Promise<void> => {
        const python = await systemPython(env);
        onProgress("installing the AWS emulator, once, about 20 seconds");
        await attempt(
            python,
            ["-m", "venv", fresh],
            { failure: "a Python environment could not be made", remedy: "where Python is split into packages, install python3-venv" },
            env,
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
            env,
        );
    };
    const folder = await makeOnce(join(cacheDir, "emulator", hash), install, () =>
        onProgress("waiting for another process that installs the AWS emulator"),
    );
    return join(folder, "bin", "python");
}

/** The first Python in PATH that is new enough. */
async function systemPython(env: NodeJS.ProcessEnv): Promise<string> {
    for (const candidate of candidates) {
        const found = await run(candidate, ["-c", "import sys; print(sys.version_info.major, sys.version_info.minor)"], { env }).catch(
            () => undefined,
        );
        const [major = 0, minor = 0] = (found?.stdout ?? "").trim().split(" ").map(Number);
        if (major === 3 && minor >= oldestMinor) return candidate;
    }
    const message = `no Python in PATH that is 3.${oldestMinor} or newer, which the AWS emulator needs`;
    throw new UnderstudyError("engine", message, "install one: https://www.python.org/downloads/");
}

interface Otherwise {
    readonly failure: string;
    readonly remedy: string;
}

async function attempt(command: string, args: readonly string[], { failure, remedy }: Otherwise, env: NodeJS.ProcessEnv): Promise<void> {
    try {
        await run(command, args, { env, timeout: installTimeoutInMs, maxBuffer: Infinity });
    } catch (error) {
        const { stderr = "", message } = error as Error & { readonly stderr?: string };
        const reason = stderr.trim().split("\n").slice(-linesOfReason).join("; ");
        throw new UnderstudyError("engine", `${failure}: ${reason === "" ? message : reason}`, remedy, { cause: error });
    }
}
