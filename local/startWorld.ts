import { mkdir } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { UnderstudyError } from "../automation/index";
import { chooseTaskEngine } from "./docker/taskKind";
import { startEmulator } from "./emulator/emulator";
import { preparePython } from "./emulator/python";
import { findEngine } from "./engine/engine";
import { ensureBuilt } from "./project";
import { installProviders } from "./provider/install";
import { deleteWorld, endWorld, withWorldLock } from "./stopWorld";
import { ProcessRecords, runnerOwner } from "./tasks/strays";
import { prepareAccount, type WorldAccount } from "./worldAccounts";
import { prepareFiles, pulumiHome } from "./worldEnvironment";
import { nothing, openWorld, readRecord, worldOf, writeRecord, type World } from "./worldFile";
import { accepting, startProcess, whenReady, type WorldProcess } from "./worldProcess";

export interface StartOptions {
    /** Folder of the world; see `defaultDirectories`. Everything in it belongs to the world. */
    readonly directory: string;
    /** Folder of what all worlds of this user share. */
    readonly cacheDir: string;
    /** At least one; the first one's region is the default of AWS clients. */
    readonly accounts: readonly WorldAccount[];
    /** Told in one line what takes long. */
    readonly onProgress?: (line: string) => void;
    /** Ends the start cleanly: it fails with kind `interrupted`, and the next one begins anew. */
    readonly signal?: AbortSignal;
}

const readyTimeoutInMs = 30_000;

/**
 * Starts a world: emulator, accounts, task runner and front door, in processes that outlive this one. One that runs already is returned,
 * with what its accounts were missing; what is left of one that has crashed is removed first. The emulator forgets everything when it
 * ends, so a world that starts is an empty one: state files of the one before it would name things that no longer exist.
 * When it cannot start, nothing keeps running, and the error holds the last lines of the log of the part that failed.
 */
export async function startWorld(options: StartOptions): Promise<World> {
    const { directory, signal } = options;
    const { region } = options.accounts[0] ?? noAccount();
    const onWait = (): void => options.onProgress?.("waiting for another process that starts or stops this world");
    const start = async (): Promise<World> => {
        const running = openWorld(directory);
        if (running !== undefined) {
            await prepareAccounts(running.endpoint, options.accounts);
            return running;
        }
        await endWorld(directory);
        await deleteWorld(directory);
        await mkdir(join(directory, "logs"), { recursive: true, mode: 0o700 });
        writeRecord(directory, nothing);
        try {
            return await startEmpty(options, region);
        } catch (error) {
            await endWorld(directory);
            throw error;
        }
    };
    try {
        return await withWorldLock(directory, start, { onWait, signal });
    } catch (error) {
        throw signal?.aborted === true ? interrupted(error) : error;
    }
}

function interrupted(cause: unknown): UnderstudyError {
    return new UnderstudyError("interrupted", "stopped before the local world ran", "run the same command again; what was downloaded or built is kept", { cause });
}

async function startEmpty(options: StartOptions, region: string): Promise<World> {
    const { directory, cacheDir, accounts, onProgress = () => undefined, signal } = options;
    const { docker, reason = "" } = await chooseTaskEngine();
    writeRecord(directory, { ...nothing, docker: docker?.daemon });
    const engine = await findEngine({ cacheDir, onProgress, signal });
    const python = await preparePython({ cacheDir, onProgress, signal });
    signal?.throwIfAborted();
    const kinds = accounts.map(({ kind }) => kind);
    prepareFiles(directory, kinds, region);
    installProviders(pulumiHome(directory));

    onProgress("starting the AWS emulator");
    const { endpoint } = await startEmulator({
        python,
        log: logFile(directory, "emulator"),
        onStart: (process) => remember(directory, process),
        signal,
    });
    await prepareAccounts(endpoint, accounts);
    const facts = { endpoint, frontDoorPort: await freePort(), region, kinds, engineDirectory: engine.directory };
    writeRecord(directory, { ...readRecord(directory), facts });

    onProgress("starting the task runner and the front door");
    onProgress(docker === undefined ? `tasks run as processes: ${reason}` : "tasks run as containers");
    const world = worldOf(directory, facts, docker?.daemon);
    await startParts(world, facts.frontDoorPort, signal);
    signal?.throwIfAborted();
    writeRecord(directory, { ...readRecord(directory), complete: true });
    return world;
}

/** Both are started, and written down, before anybody waits for one of them. */
async function startParts(world: World, port: number, signal: AbortSignal | undefined): Promise<void> {
    const runner = await startOwn(world, "task-runner", "local/tasks/main.js", {});
    const frontDoor = await startOwn(world, "front-door", "local/frontdoor/main.js", { UNDERSTUDY_FRONT_DOOR_PORT: String(port) });
    const patience = { timeout: readyTimeoutInMs, signal };
    const records = new ProcessRecords(world.directory);
    await Promise.all([
        whenReady(runner, () => Promise.resolve(records.running(runnerOwner)[0]), patience),
        whenReady(frontDoor, accepting(port), patience),
    ]);
}

/** Starts a part of this program, from its compiled form: it runs on undisturbed when the sources change. */
async function startOwn(world: World, name: string, file: string, more: Record<string, string>): Promise<WorldProcess> {
    const { directory } = world;
    const started = await startProcess({
        name,
        command: process.execPath,
        args: ["--enable-source-maps", join(ensureBuilt(), file)],
        env: { ...process.env, ...world.env, ...more, UNDERSTUDY_WORLD_DIRECTORY: directory },
        cwd: directory,
        log: logFile(directory, name),
    });
    remember(directory, started);
    return started;
}

/** Writes a process down as soon as it is there, so that it is found even when this process is killed now. */
function remember(directory: string, process: WorldProcess): void {
    const record = readRecord(directory);
    writeRecord(directory, { ...record, processes: [...record.processes, process] });
}

async function prepareAccounts(endpoint: string, accounts: readonly WorldAccount[]): Promise<void> {
    await Promise.all(accounts.map((account) => prepareAccount(endpoint, account)));
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}

function logFile(directory: string, name: string): string {
    return join(directory, "logs", `${name}.log`);
}

function noAccount(): never {
    throw new Error("a local world needs at least one account: give the project a settings file of production, staging or dev");
}
