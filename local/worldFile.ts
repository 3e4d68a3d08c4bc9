import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DaemonVariables } from "./docker/docker";
import { unusable } from "./folders";
import { isRunning } from "./processes";
import { backendsOf, worldEnvironment } from "./worldEnvironment";
import type { WorldProcess } from "./worldProcess";

/** One running local AWS: where it is, and what a process needs in its environment to work with it instead of with AWS. */
export interface World {
    /** Folder of everything this world keeps: state backends, logs, images. Outside the program's directory. */
    readonly directory: string;
    /** The emulator. @example "http://127.0.0.1:40001" */
    readonly endpoint: string;
    /** The front door: any host of an environment, followed by `.localhost` and this port, reaches it. @example "http://localhost:40002" */
    readonly frontDoor: string;
    /** State backend URL per base kind: one per account, as on AWS. */
    readonly backends: Readonly<Record<string, string>>;
    /**
     * Complete additions to the environment of the engine, its plugins and every AWS client: endpoint, the operator's
     * credentials, `PULUMI_HOME`, `PULUMI_CONFIG_PASSPHRASE_FILE`, `PATH` with the engine first.
     */
    readonly env: Readonly<Record<string, string>>;
    /** Names what of it no longer runs; undefined while all of it does. */
    readonly stopped: () => string | undefined;
    /** The Docker daemon that runs its tasks; absent: they are processes. */
    readonly docker?: DaemonVariables | undefined;
}

/** What is written down about a world: enough to use it, and to end it whatever has become of it. */
export interface WorldRecord {
    /** Absent until its accounts are there. */
    readonly facts?: WorldFacts;
    /** The Docker daemon that has its containers and images; it stays known when the world has ended. Absent: there is none. */
    readonly docker?: DaemonVariables | undefined;
    /** All of it has been started. */
    readonly complete: boolean;
    /** In the order in which they were started. */
    readonly processes: readonly WorldProcess[];
}

/** What the rest follows from. */
export interface WorldFacts {
    readonly endpoint: string;
    readonly frontDoorPort: number;
    /** Default of AWS clients. */
    readonly region: string;
    /** The kinds that have a state backend. */
    readonly kinds: readonly string[];
    /** Folder of `pulumi` and its language host. */
    readonly engineDirectory: string;
}

/** Whether a world runs, and each of its processes. */
export interface WorldStatus {
    /** All of it runs: `openWorld` gives it. */
    readonly running: boolean;
    readonly processes: readonly (WorldProcess & { readonly running: boolean })[];
}

/** The world in a folder, if all of it runs. */
export function openWorld(directory: string): World | undefined {
    const { facts, docker, complete, processes } = readRecord(directory);
    return facts !== undefined && complete && processes.every(isRunning) ? worldOf(directory, facts, docker) : undefined;
}

/** The world in a folder, for its own processes: they come up before all of it runs. Throws when there is none. */
export function readWorld(directory: string): World {
    const { facts, docker } = readRecord(directory);
    if (facts === undefined) throw new Error(`there is no local world in ${JSON.stringify(directory)}; start one with understudy local up`);
    return worldOf(directory, facts, docker);
}

export function worldStatus(directory: string): WorldStatus {
    const { processes } = readRecord(directory);
    return {
        running: openWorld(directory) !== undefined,
        processes: processes.map((process) => ({ ...process, running: isRunning(process) })),
    };
}

/** The world that follows from its facts and the environment of this process. */
export function worldOf(directory: string, facts: WorldFacts, docker?: DaemonVariables): World {
    return {
        directory,
        endpoint: facts.endpoint,
        frontDoor: `http://localhost:${facts.frontDoorPort}`,
        backends: backendsOf(directory, facts.kinds),
        env: worldEnvironment({ ...facts, directory, env: process.env }),
        stopped: () => stoppedPart(directory),
        ...(docker && { docker }),
    };
}

function stoppedPart(directory: string): string | undefined {
    const { facts, processes } = readRecord(directory);
    if (facts === undefined) return "the local world";
    const dead = processes.find((process) => !isRunning(process));
    return dead && `the ${dead.name.replaceAll("-", " ")} of the local world`;
}

/** What is written down where nothing runs. */
export const nothing: WorldRecord = { complete: false, processes: [] };

/** What is written down in a folder; an empty record when nothing is. Fails with kind `settings` when the folder cannot be one. */
export function readRecord(directory: string): WorldRecord {
    try {
        return JSON.parse(readFileSync(recordFile(directory), "utf8")) as WorldRecord;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return nothing;
        throw error instanceof SyntaxError ? error : unusable(directory, error);
    }
}

/** True for a folder in which something is written down: it is, or was, a world's. */
export function hasRecord(directory: string): boolean {
    return existsSync(recordFile(directory));
}

/** Replaces what is written down, in one step. */
export function writeRecord(directory: string, record: WorldRecord): void {
    const file = recordFile(directory);
    writeFileSync(`${file}.new`, JSON.stringify(record, undefined, 2));
    renameSync(`${file}.new`, file);
}

function recordFile(directory: string): string {
    return join(directory, "world.json");
}
