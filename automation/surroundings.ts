/** Where AWS and the state are, when that is not what settings and credentials say: the local world. */
export interface Surroundings {
    /** State backend URL per base stack. Its secrets are then protected by the passphrase in `env`, whatever the settings name. */
    readonly backends?: Readonly<Record<string, string>>;
    /** Complete set of variables for AWS and Pulumi; the caller's own `AWS_…` and `PULUMI_…` are then not used at all. */
    readonly env?: Readonly<Record<string, string>>;
    /** Where the front door listens; addresses of environments are then given as they are reached through it. @example "http://localhost:8080" */
    readonly frontDoor?: string;
    /** Says what of it no longer runs, such as "the task runner"; asked while a deployment is waited for, which would otherwise take all its patience. */
    readonly stopped?: () => string | undefined;
}

/** Variables that change what the engine or the program does behind the tool's back. */
const disturbing = [/^PULUMI_OPTION_/, /^PULUMI_EXPERIMENTAL$/, /^PULUMI_SKIP_CHECKPOINTS$/, /^PULUMI_STACK$/, /^TF_AWS_DEFAULT_TAGS_/, /^TF_AWS_IGNORE_TAGS_/];

/** What only one world may say: mixing the caller's with a local world's would send half of the calls to the wrong AWS. */
const ofOneWorld = /^(AWS|PULUMI|TF_AWS)_/;

/**
 * The environment in which the engine, its plugins and AWS clients work. This is the only place where the API reads `process.env`, and it
 * reads it at each call.
 */
export function environmentOf({ env }: Surroundings): Readonly<Record<string, string>> {
    // Said once for the whole process: its warning about Node.js versions would otherwise appear amid the output of every caller.
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
    const inherited = Object.entries(process.env).filter(
        (entry): entry is [string, string] =>
            entry[1] !== undefined && !disturbing.some((pattern) => pattern.test(entry[0])) && (env === undefined || !ofOneWorld.test(entry[0])),
    );
    return { ...Object.fromEntries(inherited), ...engineSettings, ...env };
}

const engineSettings = {
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DIY_BACKEND_NO_LEGACY_WARNING: "true",
    // A fresh work directory knows no key: the stack goes on with the one in its state. Without this the engine would make a new one.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
} as const;
