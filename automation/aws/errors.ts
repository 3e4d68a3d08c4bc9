import { lineOf, UnderstudyError, type ErrorKind } from "../errors";

interface Rule {
    /** Matches the error's name or, for errors of the network, its code. */
    readonly name: RegExp;
    /** Must stand in what AWS says as well. */
    readonly says?: RegExp;
    readonly kind: ErrorKind;
    readonly message: string;
    readonly advice: string;
}

const rules: readonly Rule[] = [
    {
        name: /^(ExpiredToken(Exception)?|TokenRefreshRequired|RequestExpired)$/,
        kind: "credentials",
        message: "the AWS credentials have expired",
        advice: "log in to AWS again",
    },
    {
        name: /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure)$/,
        kind: "credentials",
        message: "AWS does not know the credentials",
        advice: "log in to AWS again, or set AWS_PROFILE to another profile",
    },
    {
        name: /^(CredentialsProviderError|TokenProviderError)$/,
        kind: "credentials",
        message: "there are no AWS credentials",
        advice: "log in to AWS, or set AWS_PROFILE",
    },
    {
        name: /^AccessDenied(Exception)?$/,
        says: /not authorized to perform: sts:AssumeRole/,
        kind: "credentials",
        message: "the role cannot be assumed",
        advice: "the settings name the role; log in as somebody who may assume it",
    },
    {
        name: /^(AccessDenied(Exception)?|UnauthorizedOperation|Forbidden)$/,
        kind: "credentials",
        message: "AWS does not allow this",
        advice: "log in as somebody who may; docs/accounts.md has the policies",
    },
    {
        name: /^(Throttling(Exception)?|ThrottledException|RequestLimitExceeded|TooManyRequestsException|RequestThrottled(Exception)?|SlowDown)$/,
        kind: "network",
        message: "AWS is called too often",
        advice: "run the same command again in a minute",
    },
    {
        name: /^(ServiceUnavailable(Exception)?|InternalFailure|InternalError|InternalServerError|ServerException)$/,
        kind: "network",
        message: "AWS fails at the moment",
        advice: "run the same command again in a minute",
    },
    { name: /^NoSuchBucket$/, kind: "backend", message: "the bucket of the state is not there", advice: "look at `understudy:backend` of the settings" },
    {
        name: /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EHOSTUNREACH|ENETUNREACH|TimeoutError|NetworkingError|UND_ERR_CONNECT_TIMEOUT)$/,
        kind: "network",
        message: "AWS cannot be reached",
        advice: "look at the network connection, and with the local world at `understudy local status`",
    },
    // What Node's fetch says, as cause of a TypeError, of a download that was cut or went silent.
    { name: /^UND_ERR_/, kind: "network", message: "the connection broke off", advice: "run the same command again" },
];

/** The error that the API throws for a failed call of AWS. `doing` completes "could not …"; what has no rule is returned as it is. */
export function awsError(error: unknown, doing: string): unknown {
    if (error instanceof UnderstudyError) return error;
    const names = namesOf(error);
    const rule = rules.find(({ name, says }) => names.some((text) => name.test(text)) && says?.test(lineOf(error)) !== false);
    if (rule === undefined) return error;
    return new UnderstudyError(rule.kind, `could not ${doing}: ${rule.message} (${lineOf(error)})`, rule.advice, { cause: error });
}

/** True when AWS says that something is not there. */
export function isMissing(error: unknown): boolean {
    return namesOf(error).some((name) => /NotFound|NoSuchEntity|NoSuchHostedZone|DoesNotExist|^ResourceNotFoundException$|^ServiceNotActiveException$/.test(name));
}

/** Name and code of an error and of what caused it. */
function namesOf(error: unknown): readonly string[] {
    if (!(error instanceof Error)) return [];
    const { name, code, Code } = error as Error & { readonly code?: unknown; readonly Code?: unknown };
    const nested = error instanceof AggregateError ? error.errors.flatMap(namesOf) : [];
    return [name, code, Code].filter((text) => typeof text === "string").concat(nested, namesOf(error.cause));
}

/** Does a call of AWS and throws what {@link awsError} makes of its failure. */
export async function calling<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw awsError(error, doing);
    }
}
