import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Docker } from "../docker/docker";
import { removeContainers, worldLabel } from "../docker/labels";
import { identify, isRunning, type ProcessIdentity, signalGroup } from "../processes";

/**
 * The processes that belong to a world, kept in files so that they can be found after the program that started them has died. One file
 * per owner: a task, or the runner itself. Writing is over when the call returns: what has been started is never unknown.
 */
export class ProcessRecords {
    private readonly folder: string;

    constructor(worldDirectory: string) {
        this.folder = join(worldDirectory, "tasks", "processes");
    }

    /** Writes down the processes of an owner, instead of what was there for it. */
    put(owner: string, pids: readonly number[]): void {
        const identities = pids.map(identify).filter((identity) => identity !== undefined);
        mkdirSync(this.folder, { recursive: true });
        writeFileSync(`${this.file(owner)}.new`, JSON.stringify(identities));
        renameSync(`${this.file(owner)}.new`, this.file(owner));
    }

    remove(owner: string): void {
        rmSync(this.file(owner), { force: true });
    }

    /** Process ids that are written down for an owner and still run. */
    running(owner: string): readonly number[] {
        if (!existsSync(this.file(owner))) return [];
        const identities = JSON.parse(readFileSync(this.file(owner), "utf8")) as readonly ProcessIdentity[];
        return identities.filter(isRunning).map(({ pid }) => pid);
    }

    owners(): readonly string[] {
        const files = existsSync(this.folder) ? readdirSync(this.folder).filter((file) => file.endsWith(".json")) : [];
        return files.map((file) => file.slice(0, -".json".length));
    }

    private file(owner: string): string {
        return join(this.folder, `${owner}.json`);
    }
}

/** The owner under which the runner writes down itself. */
export const runnerOwner = "runner";

/**
 * Ends every task process that an earlier runner of this world left behind, with all processes that it started itself, and every container
 * with its volumes. Returns how many it found. For a world whose runner has ended or died; it does not touch the runner.
 */
export async function endStrayTasks(worldDirectory: string, docker: Docker | undefined): Promise<number> {
    return endProcesses(worldDirectory) + (await endContainers(worldDirectory, docker));
}

function endProcesses(worldDirectory: string): number {
    const records = new ProcessRecords(worldDirectory);
    let found = 0;
    for (const owner of records.owners()) {
        if (owner === runnerOwner) continue;
        const pids = records.running(owner);
        for (const pid of pids) signalGroup(pid, "SIGKILL");
        found += pids.length;
        records.remove(owner);
    }
    return found;
}

/** Where no daemon answers no container runs, and none is started again when the daemon is. */
async function endContainers(worldDirectory: string, docker: Docker | undefined): Promise<number> {
    return docker !== undefined && (await docker.answers()) ? removeContainers(docker, worldLabel(worldDirectory)) : 0;
}
