import fs from "node:fs";
import os from "node:os";
import { identify, isRunning, type ProcessIdentity } from "../state/processes";

/** Who works on something, or waits to: for people, and so that others can prove that it has ended. */
export interface Owner {
    readonly user: string;
    readonly host: string;
    readonly process?: ProcessIdentity;
    /** Which start of which machine, and which of its containers, the process is of; absent where the system does not say it. */
    readonly machine?: string;
    /** The job of a CI service in which it runs. */
    readonly job?: Job;
}

/** A run of GitHub Actions. */
export interface Job {
    readonly service: "github";
    /** @example "example/environments" */
    readonly repository: string;
    readonly run: string;
    readonly attempt?: string;
}

/** This process. */
export function thisOwner(env: Readonly<Record<string, string>>): Owner {
    const identity = identify(process.pid);
    const { GITHUB_ACTIONS, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } = env;
    const machine = thisMachine();
    return {
        user: os.userInfo().username,
        host: os.hostname(),
        ...(identity !== undefined && { process: identity }),
        ...(machine !== undefined && { machine }),
        ...(GITHUB_ACTIONS === "true" && GITHUB_REPOSITORY !== undefined && GITHUB_RUN_ID !== undefined && {
            job: { service: "github", repository: GITHUB_REPOSITORY, run: GITHUB_RUN_ID, ...(GITHUB_RUN_ATTEMPT !== undefined && { attempt: GITHUB_RUN_ATTEMPT }) },
        }),
    };
}

/** True when the owner was a process of this very machine and container, and that process is gone. Whatever is not proven is false. */
export function isGone({ process: identity, machine }: Owner): boolean {
    return identity !== undefined && machine !== undefined && machine === thisMachine() && !isRunning(identity);
}

/** @example "ci@runner-7 (process 4711), https://github.com/example/environments/actions/runs/1" */
export function ownerName({ user, host, process: identity, job }: Owner): string {
    const number = identity === undefined ? "" : ` (process ${identity.pid})`;
    return `${user}@${host}${number}${job === undefined ? "" : `, run ${job.run} of ${job.repository}`}`;
}

/** Process numbers of two containers on one machine mean different processes. */
function thisMachine(): string | undefined {
    try {
        return `${fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fs.readlinkSync("/proc/self/ns/pid")}`;
    } catch {
        return undefined; // no Linux: others judge by the heartbeat alone
    }
}
