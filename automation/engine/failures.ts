import { UnderstudyError, type ErrorKind } from "../errors";
import type { Failure } from "./progress";

/** What is known when a command of the engine did not end well. */
export interface Failed {
    readonly stderr: string;
    /** What the engine's events said, if it came so far. */
    readonly failures?: readonly Failure[];
    readonly cause: unknown;
}

interface Rule {
    readonly pattern: RegExp;
    readonly kind: ErrorKind;
    /** Says it in the reader's words; absent: the engine's own line is good. */
    readonly message?: string;
    readonly advice: string;
}

/**
 * What engine 3.225 and later, its backends and the AWS provider write, in the order in which it is looked for: what is certain first.
 * Only the engine's own lines and its error events are searched, never what the program printed.
 */
const rules: readonly Rule[] = [
    {
        pattern: /the stack is currently locked by|\.pulumi\/locks\/.*code=NotFound/,
        kind: "locked",
        message: "somebody else is working on the stack",
        advice: "wait until they are done",
    },
    {
        pattern: /^stack '.*' already exists|still has resources; removal rejected/,
        kind: "locked",
        message: "somebody else has just worked on the stack",
        advice: "run the command again",
    },
    {
        pattern: /incorrect passphrase/,
        kind: "passphrase",
        message: "the passphrase of the state's secrets is wrong",
        advice: "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the one the stack was made with",
    },
    {
        pattern: /passphrase must be set|unable to read PULUMI_CONFIG_PASSPHRASE_FILE/,
        kind: "passphrase",
        message: "the passphrase of the state's secrets is missing",
        advice: "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that can be read",
    },
    {
        pattern: /unsupported checkpoint version|'meta\.yaml' version \(\d+\) is not supported|unsupported deployment version/,
        kind: "newer-state",
        message: "the state was written by a newer Pulumi",
        advice: "install the Pulumi that wrote it, or a newer one",
    },
    { pattern: /^\S+: \d+ problems?\n/, kind: "settings", advice: "correct what is listed" },
    { pattern: /no stack named '.*' found/, kind: "not-found", advice: "look at what is there with `understudy branch list`" },
    {
        pattern: /ExpiredToken|token included in the request is expired|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|credentials? (have|has) expired/,
        kind: "credentials",
        advice: "log in to AWS again",
    },
    {
        pattern: /NoCredentialProviders|No valid credential sources|failed to refresh cached credentials|get identity: get credentials/i,
        kind: "credentials",
        advice: "log in to AWS, or set AWS_PROFILE",
    },
    {
        pattern: /account ID not allowed/i,
        kind: "credentials",
        advice: "the settings name the account; log in to that one, or correct `understudy:account` or `understudy:role`",
    },
    {
        pattern: /no (resource|language) plugin|failed to load language plugin|language plugin .* not found|could not find plugin/,
        kind: "engine",
        advice: "install it with `pulumi install`, or work with `understudy local`",
    },
    {
        pattern: /unable to open bucket|NoSuchBucket|code=NotFound|unknown (scheme|driver)|no driver registered|PULUMI_ACCESS_TOKEN must be set/,
        kind: "backend",
        advice: "look at `understudy:backend` of the settings; a backend is an s3:// or file:// URL that exists",
    },
    {
        pattern: /failed to load checkpoint|snapshot integrity|could not deserialize deployment/,
        kind: "backend",
        message: "the state cannot be read: it is damaged",
        advice: "look at it with `pulumi stack export`, and repair it with `pulumi state repair` or from `.pulumi/backups` of the backend",
    },
    {
        pattern: /no such host|dial tcp|connection refused|network is unreachable|i\/o timeout|TLS handshake|ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN/,
        kind: "network",
        advice: "look at the network connection, and with the local world at `understudy local status`",
    },
    // Last, since AWS that cannot be reached neither knows credentials nor gives a role.
    { pattern: /unable to validate AWS credentials/, kind: "credentials", advice: "log in to AWS, or set AWS_PROFILE" },
    { pattern: /cannot be assumed/, kind: "credentials", advice: "the settings name the role; log in as somebody who may assume it" },
];

/** The error that the API throws for a failed command of the engine. One known cause is told alone only when nothing else has failed. */
export function engineError({ stderr, failures = [], cause }: Failed): UnderstudyError {
    const lines = errorLines(stderr);
    const telling = failures.filter(({ message }) => !closing.test(message) && !lateWord.test(message));
    const said = [...failures.map(({ message }) => message), ...lines];
    for (const { pattern, kind, message, advice } of rules) {
        const line = said.find((text) => pattern.test(text));
        if (line !== undefined && telling.every((failure) => pattern.test(failure.message))) return new UnderstudyError(kind, message ?? shortened(line), advice, { cause });
    }
    const told = failures.filter(({ message }) => !lateWord.test(message));
    if (told.length > 0 && told.every(({ message }) => /^(update|destroy|refresh) canceled$/.test(message))) {
        return stoppedByOthers(cause);
    }
    if (failures.length > 0) {
        return new UnderstudyError("update-failed", describe(telling.length > 0 ? telling : failures), "correct it and run the same command again; it goes on from there", { cause });
    }
    return new UnderstudyError("engine", lines.join("; ") || "the engine ended without saying why", "run it again with --debug", { cause });
}

/** Somebody has sent a SIGINT to the engine itself. */
export function stoppedByOthers(cause?: unknown): UnderstudyError {
    return new UnderstudyError("interrupted", "somebody stopped the engine before the end", "run the same command again; it goes on from there", { cause });
}

/** What `pulumi` itself says is wrong, without its introductions and what follows for developers of Pulumi. */
function errorLines(stderr: string): readonly string[] {
    const paragraphs = stderr.split(/^(?=error: |warning: )/m).filter((text) => text.startsWith("error: "));
    return paragraphs.map((text) => text.slice("error: ".length).split("\n\n", 1).join("").trim());
}

/** The sentences with which the engine closes say only that something failed. */
const closing = /^(update|preview|destroy|refresh) (failed|canceled)$/;

/**
 * When it closes, the engine says that a plugin has crashed which has not told within half a second that it is well: on a busy machine no
 * sign of a crash. One that has crashed has failed at a resource as well.
 */
const lateWord = /^Detected that .+ exited prematurely/;

function describe(failures: readonly Failure[]): string {
    const shown = failures.map(({ resource, message }) => (resource === undefined ? message : `${resource}: ${message}`));
    return [...new Set(shown)].join("\n");
}

/** Go's errors and the AWS SDK's go on in further lines; those of a list of problems stay. */
function shortened(text: string): string {
    return text.replace(/\n\s*caused by: /g, ": ").replace(/\n\t/g, " ");
}
