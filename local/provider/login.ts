import { makeClients, type Clients, type ClientSettings } from "./clients";
import type { AssumedRole, Configuration } from "./configuration";
import { errorLine, Refusal } from "./errors";
import type { Session } from "./session";

interface TemporaryCredentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    readonly expiration: Date;
}

/** Calls are few and the emulator is near: what fails this often in a row stays broken. */
const defaultAttempts = 5;
const renewBeforeExpiry = 5 * 60 * 1000; // milliseconds

/**
 * Logs in as the provider's arguments say and finds out in which account that is. Fails, as the real provider does, on credentials that
 * AWS does not take, on a role that cannot be assumed, and on an account that is not allowed.
 */
export async function login(configuration: Configuration, environment: NodeJS.ProcessEnv): Promise<Session> {
    const region = configuration.region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"];
    if (region === undefined) throw new Error("no AWS Region; set `region` of the provider, `aws:region` of the stack or AWS_REGION");

    const maxAttempts = configuration.maxRetries === undefined ? defaultAttempts : configuration.maxRetries + 1;
    const endpoint = environment["AWS_ENDPOINT_URL"];
    const settings = await assumeAll({ region, endpoint, maxAttempts, ...ownCredentials(configuration) }, configuration.assumeRoles);
    const forRegion = new Map<string, Clients>();
    const clients = (wanted: string): Clients => {
        const made = forRegion.get(wanted) ?? makeClients({ ...settings, region: wanted });
        forRegion.set(wanted, made);
        return made;
    };
    const identity = await whoami(clients(region), configuration);
    refuseAccount(identity.account, configuration);
    return { ...identity, region, defaultTags: configuration.defaultTags, clients };
}

interface Identity {
    readonly account: string;
    readonly partition: string;
}

async function whoami(clients: Clients, configuration: Configuration): Promise<Identity> {
    if (configuration.skipCredentialsValidation && configuration.skipRequestingAccountId) return { account: "", partition: "aws" };
    try {
        const { Account = "", Arn = "" } = await (await clients.sts()).getCallerIdentity({});
        return { account: Account, partition: Arn.split(":")[1] ?? "aws" };
    } catch (error) {
        throw new Error(`unable to validate AWS credentials: ${errorLine(error)}`, { cause: error });
    }
}

function refuseAccount(account: string, { allowedAccountIds, forbiddenAccountIds = [] }: Configuration): void {
    if (allowedAccountIds !== undefined && allowedAccountIds.length > 0 && !allowedAccountIds.includes(account)) {
        throw new Error(`AWS account ID not allowed: ${account}; allowed: ${allowedAccountIds.join(", ")}`);
    }
    if (forbiddenAccountIds.includes(account)) throw new Error(`AWS account ID not allowed: ${account}; it is one of forbiddenAccountIds`);
}

function ownCredentials({ profile, accessKey, secretKey, token }: Configuration): ClientSettings {
    if (accessKey !== undefined && secretKey !== undefined) {
        return {
            credentials: { accessKeyId: accessKey, secretAccessKey: secretKey, ...(token === undefined ? {} : { sessionToken: token }) },
        };
    }
    return profile === undefined ? {} : { profile };
}

/** Credentials of the last role, and a first use of them: a role that cannot be assumed is an error now, not at the first resource. */
async function assumeAll(settings: ClientSettings, roles: readonly AssumedRole[]): Promise<ClientSettings> {
    let current = settings;
    for (const role of roles) {
        const credentials = assuming(role, makeClients(current));
        await credentials();
        current = { ...current, credentials };
    }
    return current;
}

/** Credentials of a role, renewed shortly before they end: an update may take longer than they last. */
function assuming(role: AssumedRole, clients: Clients): () => Promise<TemporaryCredentials> {
    let current: TemporaryCredentials | undefined;
    let renewal: Promise<TemporaryCredentials> | undefined;
    return async () => {
        if (current !== undefined && current.expiration.getTime() - Date.now() > renewBeforeExpiry) return current;
        renewal ??= assume(role, clients).finally(() => (renewal = undefined));
        return (current = await renewal);
    };
}

async function assume({ roleArn, sessionName, externalId }: AssumedRole, clients: Clients): Promise<TemporaryCredentials> {
    try {
        const sts = await clients.sts();
        const { Credentials } = await sts.assumeRole({
            RoleArn: roleArn,
            RoleSessionName: sessionName ?? "pulumi",
            ExternalId: externalId,
        });
        if (Credentials === undefined) throw new Refusal("AccessDenied", "no credentials in the answer");
        const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "", Expiration = new Date() } = Credentials;
        return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration };
    } catch (error) {
        throw new Error(`IAM Role (${roleArn}) cannot be assumed: ${errorLine(error)}`, { cause: error });
    }
}
