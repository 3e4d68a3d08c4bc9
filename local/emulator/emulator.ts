import { devNull } from "node:os";
import { dirname, join } from "node:path";
import { logged, startProcess, whenReady, type WorldProcess } from "../worldProcess";
import { emulatorDirectory } from "./directory";

/** A running emulator. */
export interface Emulator {
    readonly process: WorldProcess;
    /** @example "http://127.0.0.1:40001" */
    readonly endpoint: string;
}

export interface EmulatorOptions {
    /** Interpreter that has the emulator's packages, from `preparePython`. */
    readonly python: string;
    /** File for everything it writes. */
    readonly log: string;
    /** Told as soon as the process is there, before it is ready, so that it can be found whatever happens then. */
    readonly onStart?: (process: WorldProcess) => void;
    /** Ends the waiting for it to be ready. */
    readonly signal?: AbortSignal | undefined;
}

const startTimeoutInMs = 60_000;

/**
 * Starts an emulator on a free port, in a process of its own that outlives this one: end it with `endGroup(emulator.process)`. It begins
 * empty and keeps everything in memory.
 */
export async function startEmulator({ python, log, onStart, signal }: EmulatorOptions): Promise<Emulator> {
    const server = await startProcess({
        name: "emulator",
        command: python,
        args: [join(emulatorDirectory, "server.py"), "0"],
        env: emulatorEnvironment(python),
        cwd: emulatorDirectory,
        log,
    });
    onStart?.(server);
    const port = await whenReady(server, logged(log, /^listening on (\d+)$/m), { timeout: startTimeoutInMs, signal });
    return { process: server, endpoint: `http://127.0.0.1:${port}` };
}

/** What of this process's environment a Python may need to start at all. Nothing else comes in: no AWS settings, no PYTHONPATH. */
const inherited = ["HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR"];

function emulatorEnvironment(python: string): NodeJS.ProcessEnv {
    return {
        ...Object.fromEntries(inherited.map((name) => [name, process.env[name]])),
        AWS_CONFIG_FILE: devNull,
        AWS_SHARED_CREDENTIALS_FILE: devNull,
        // Compiled modules belong beside the packages, not into the program's folder.
        PYTHONPYCACHEPREFIX: join(dirname(dirname(python)), "pycache"),
        UNDERSTUDY_OPERATOR_KEY: operatorCredentials.accessKeyId,
    };
}

/** The operator's credentials in every emulator: of account 123456789012, good for nothing elsewhere. */
export const operatorCredentials = {
    accessKeyId: "AKIAUNDERSTUDYLOCAL0",
    secretAccessKey: "known-to-everybody-and-worth-nothing",
} as const;

/** The account to which the operator's credentials belong. */
export const operatorAccount = "123456789012";
