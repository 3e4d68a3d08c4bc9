import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { UnderstudyError } from "../automation/index";
import { Docker } from "./docker/docker";
import { imageLabel, removeImages } from "./docker/labels";
import { withLock, type LockOptions } from "./lock";
import { endGroup } from "./processes";
import { endStrayTasks } from "./tasks/strays";
import { hasRecord, nothing, readRecord, writeRecord } from "./worldFile";

/** The task runner ends its tasks first, and tells the emulator. */
const patienceInMs = 10_000;

/**
 * Ends everything that was started for the world in a folder, also what a crash of any part, or of the start, left behind. What it wrote
 * stays to be read. Does nothing where no world is. Waits for a process that starts or stops it.
 */
export async function stopWorld(directory: string, waiting?: LockOptions): Promise<void> {
    await withWorldLock(directory, () => endWorld(directory), waiting);
}

/** Stops the world in a folder, if there is one, and deletes all that it kept, also the images that it built in Docker. */
export async function resetWorld(directory: string, waiting?: LockOptions): Promise<void> {
    const reset = async (): Promise<void> => {
        await endWorld(directory);
        const docker = dockerOf(directory);
        if (docker !== undefined && (await docker.answers())) await removeImages(docker, imageLabel(directory));
        await deleteWorld(directory);
    };
    await withWorldLock(directory, reset, waiting);
}

/** Deletes the folder of a world that has ended. Throws when the folder is anything else. The caller holds the lock. */
export async function deleteWorld(directory: string): Promise<void> {
    const content = existsSync(directory) ? await readdir(directory) : [];
    if (content.length > 0 && !hasRecord(directory)) {
        const message = `${directory} is not the folder of a local world, so nothing in it is deleted`;
        throw new UnderstudyError("refused", message, "name an empty folder or one that does not exist");
    }
    await rm(directory, { recursive: true, force: true });
}

/** Only one process at a time starts or stops a world. The lock stands beside its folder, which may be deleted while it is held. */
export function withWorldLock<T>(directory: string, work: () => Promise<T>, waiting?: LockOptions): Promise<T> {
    return withLock(`${directory}.lock`, work, waiting);
}

/** Ends all processes and containers of a world, the process that was started last first. The caller holds the lock. */
export async function endWorld(directory: string): Promise<void> {
    const { processes, docker } = readRecord(directory);
    if (processes.length === 0) return;
    for (const process of processes.toReversed()) await endGroup(process, patienceInMs);
    await endStrayTasks(directory, dockerOf(directory));
    writeRecord(directory, { ...nothing, docker });
}

function dockerOf(directory: string): Docker | undefined {
    const { docker } = readRecord(directory);
    return docker && new Docker(docker);
}
