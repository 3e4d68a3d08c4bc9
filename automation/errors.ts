import type { Problem } from "../model/problem";

/**
 * Every way in which the tool fails, and the exit code by which a script can tell it. 0 is success, 1 a fault of the tool itself, 2 a
 * mistake on the command line.
 */
export const exitCodes = {
    /** A settings file, the Compose file, a branch name or a folder to work in is wrong; `problems` has the places in files. Nothing was touched. */
    settings: 3,
    /** A dangerous command was not confirmed, or something still depends on what would be removed. Nothing was touched. */
    refused: 4,
    /** There is no such environment. */
    "not-found": 5,
    /** The environment on which a branch would stand is not there, or nothing can stand on it. */
    "base-missing": 6,
    /** Another branch has the same id. */
    conflict: 7,
    /** Somebody else was still working on the environment when the waiting time ended. */
    locked: 8,
    /** AWS or GitHub does not take the credentials, or they are of another account. */
    credentials: 9,
    /** The passphrase or key of the state's secrets is missing or wrong. */
    passphrase: 10,
    /** The state backend is not there, or its content cannot be read. */
    backend: 11,
    /** AWS, GitHub or the state backend cannot be reached, or does not do what is asked for the moment. */
    network: 12,
    /** Pulumi, its Node.js support, a provider plugin or (local world) Python or Docker is missing or too old. */
    engine: 13,
    /** The state was written by a newer version of this program or of Pulumi. */
    "newer-state": 14,
    /** An image that should run is not in the registry. */
    "image-missing": 15,
    /** The engine could not bring the resources to what the program wants. What was made stays, and the next run goes on from there. */
    "update-failed": 16,
    /** The resources are there, but a service did not get healthy or was rolled back. */
    "deployment-failed": 17,
    /** A newer request for the same branch has replaced this one. */
    superseded: 18,
    /** No more environments may be made: the number that the base's settings allow, or what its load balancers hold, is reached. */
    full: 19,
    /** Stopped cleanly by the caller. The next run goes on. */
    interrupted: 130,
} as const;

export type ErrorKind = keyof typeof exitCodes;

/** The one class of errors that this API throws knowingly. Anything else is a fault of the tool. */
export class UnderstudyError extends Error {
    readonly kind: ErrorKind;
    /** What to do about it. */
    readonly advice: string;
    /** For kind `settings`: every problem with its place. */
    readonly problems: readonly Problem[];

    constructor(kind: ErrorKind, message: string, advice: string, more: { readonly cause?: unknown; readonly problems?: readonly Problem[] } = {}) {
        super(message, more.cause === undefined ? undefined : { cause: more.cause });
        this.name = "UnderstudyError";
        this.kind = kind;
        this.advice = advice;
        this.problems = more.problems ?? [];
    }
}

/** The text of whatever was thrown, one line. */
export function lineOf(error: unknown): string {
    const text = error instanceof Error ? error.message : String(error);
    return (text.split("\n").find((line) => line.trim() !== "") ?? "").trim();
}
