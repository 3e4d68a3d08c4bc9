import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@aws-sdk/types";

/** What every AWS client is made with. */
export interface CallerConfig {
    readonly region?: string;
    readonly endpoint?: string;
    readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider;
    readonly maxAttempts: number;
    /** In milliseconds. */
    readonly requestHandler: { readonly connectionTimeout: number; readonly socketTimeout: number };
}

/** Calls that AWS refuses because there are too many are tried as often, over a few seconds: many environments may come up at once. */
const maxAttempts = 6;

/** The SDK would wait as long as the system does, minutes for an address that nothing answers. */
const patience = { connectionTimeout: 5_000, socketTimeout: 60_000 } as const;

/**
 * The caller's own credentials, with endpoint and Region, from an environment that was decided elsewhere. What is said there is passed
 * explicitly, since the SDK would look into the process's environment instead. Where no keys are said, the SDK looks for a profile, a web
 * identity or a role of the machine, in AWS's own order.
 */
export function callerConfig(env: Readonly<Record<string, string>>): CallerConfig {
    const said = (...names: readonly string[]): string | undefined => names.map((name) => env[name]).find((value) => value !== undefined && value !== "");
    const region = said("AWS_REGION", "AWS_DEFAULT_REGION");
    const endpoint = said("AWS_ENDPOINT_URL");
    const [accessKeyId, secretAccessKey, sessionToken] = [said("AWS_ACCESS_KEY_ID"), said("AWS_SECRET_ACCESS_KEY"), said("AWS_SESSION_TOKEN")];
    const keys = accessKeyId !== undefined && secretAccessKey !== undefined;
    return {
        maxAttempts,
        requestHandler: patience,
        ...(region === undefined ? {} : { region }),
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(keys ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } } : {}),
    };
}
