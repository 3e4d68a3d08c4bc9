import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { operatorCredentials } from "./emulator/emulator";
import { programRunner } from "./engine/engine";

interface EnvironmentOptions {
    readonly directory: string;
    readonly endpoint: string;
    readonly region: string;
    /** Folder of `pulumi` and its language host. */
    readonly engineDirectory: string;
    /** The environment to which the result is added. */
    readonly env: NodeJS.ProcessEnv;
}

/** What `UNDERSTUDY_PROVIDER` may say. */
const official = "official";

/** Folder of Pulumi's own files in a world: plugins and the list of its workspaces. */
export function pulumiHome(directory: string): string {
    return join(directory, "pulumi-home");
}

/** State backend of each kind, a folder of its own. */
export function backendsOf(directory: string, kinds: readonly string[]): Record<string, string> {
    return Object.fromEntries(kinds.map((kind) => [kind, `file://${join(directory, "state", kind)}`]));
}

/** Makes what the environment of a world points to: state folders, a passphrase that nobody knows, AWS settings of its own. */
export function prepareFiles(directory: string, kinds: readonly string[], region: string): void {
    for (const folder of [pulumiHome(directory), ...kinds.map((kind) => join(directory, "state", kind))])
        mkdirSync(folder, { recursive: true });
    writeFileSync(passphraseFile(directory), randomBytes(32).toString("base64url"), { mode: 0o600 });
    writeFileSync(awsConfigFile(directory), `[default]\nregion = ${region}\n`);
    writeFileSync(awsCredentialsFile(directory), "", { mode: 0o600 });
}

/** What a process needs to work with a world; nothing of the user's own AWS and Pulumi settings has an effect beside it. */
export function worldEnvironment({ directory, endpoint, region, engineDirectory, env }: EnvironmentOptions): Record<string, string> {
    return {
        ...withoutForeignEndpoints(env),
        PATH: [engineDirectory, ...(env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== engineDirectory)].join(delimiter),
        AWS_ACCESS_KEY_ID: operatorCredentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: operatorCredentials.secretAccessKey,
        AWS_SESSION_TOKEN: "",
        AWS_PROFILE: "",
        AWS_DEFAULT_PROFILE: "",
        AWS_CONFIG_FILE: awsConfigFile(directory),
        AWS_SHARED_CREDENTIALS_FILE: awsCredentialsFile(directory),
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
        PULUMI_HOME: pulumiHome(directory),
        PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(directory),
        // The tracked settings files have no salt for this passphrase, and must not get one: the state has it.
        PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DIY_BACKEND_NO_LEGACY_WARNING: "true",
        // The language host that is built from source does not hand on what Pulumi.yaml says about TypeScript; these two say the same.
        PULUMI_NODEJS_TRANSPILE_ONLY: "true",
        PULUMI_LANGUAGE_NODEJS_RUN_PATH: programRunner,
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: env["UNDERSTUDY_PROVIDER"] === official ? "false" : "true",
    };
}

/** Throws when `UNDERSTUDY_PROVIDER` says anything but `official`, or nothing. */
export function checkProviderOrigin(text = ""): void {
    if (text !== "" && text !== official) throw new Error(`UNDERSTUDY_PROVIDER: got ${JSON.stringify(text)}; allowed: ${official}`);
}

/** Endpoints of single services in the user's environment would win over the world's: they are emptied. */
function withoutForeignEndpoints(env: NodeJS.ProcessEnv): Record<string, string> {
    return Object.fromEntries(
        Object.keys(env)
            .filter((name) => name.startsWith("AWS_ENDPOINT_URL_"))
            .map((name) => [name, ""]),
    );
}

function passphraseFile(directory: string): string {
    return join(directory, "passphrase");
}

function awsConfigFile(directory: string): string {
    return join(directory, "aws-config");
}

function awsCredentialsFile(directory: string): string {
    return join(directory, "aws-credentials");
}
