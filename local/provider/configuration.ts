import type { Failure } from "./resourceType";
import { isList, isProps, unknown, withoutInternal, type Props, type Value } from "./values";

/** The provider's arguments, read. */
export interface Configuration {
    readonly region?: string;
    readonly profile?: string;
    readonly accessKey?: string;
    readonly secretKey?: string;
    readonly token?: string;
    /** Account ids it may work in; absent: any. */
    readonly allowedAccountIds?: readonly string[];
    readonly forbiddenAccountIds?: readonly string[];
    /** Roles to assume, each with the credentials of the one before. */
    readonly assumeRoles: readonly AssumedRole[];
    readonly defaultTags: Readonly<Record<string, string>>;
    readonly maxRetries?: number;
    /** Take the credentials without asking whose they are. */
    readonly skipCredentialsValidation: boolean;
    readonly skipRequestingAccountId: boolean;
}

export interface AssumedRole {
    readonly roleArn: string;
    readonly sessionName?: string;
    readonly externalId?: string;
}

/** All values are strings on their way to a provider: those that are not strings by nature are JSON text. */
type Reader = (value: Value) => unknown;

const asText: Reader = (value) => (typeof value === "string" ? value : undefined);
const asFlag: Reader = (value) => (typeof value === "boolean" ? value : undefined);
const asCount: Reader = (value) => (typeof value === "number" ? value : undefined);
const asTexts: Reader = (value) => (isList(value) && value.every((item) => typeof item === "string") ? value : undefined);
const asRoles: Reader = (value) =>
    isList(value) && value.every((role) => isProps(role) && typeof role["roleArn"] === "string") ? value : undefined;
const asDefaultTags: Reader = (value) => (isProps(value) && isTexts(value["tags"] ?? {}) ? (value["tags"] ?? {}) : undefined);

const readers: Readonly<Record<string, { readonly form: string; readonly read: Reader; readonly json: boolean }>> = {
    region: { form: "a string", read: asText, json: false },
    profile: { form: "a string", read: asText, json: false },
    accessKey: { form: "a string", read: asText, json: false },
    secretKey: { form: "a string", read: asText, json: false },
    token: { form: "a string", read: asText, json: false },
    allowedAccountIds: { form: "a list of strings", read: asTexts, json: true },
    forbiddenAccountIds: { form: "a list of strings", read: asTexts, json: true },
    assumeRoles: { form: "a list of objects with roleArn", read: asRoles, json: true },
    defaultTags: { form: "an object with tags, which are strings", read: asDefaultTags, json: true },
    maxRetries: { form: "a number", read: asCount, json: true },
    skipCredentialsValidation: { form: "a boolean", read: asFlag, json: true },
    skipRequestingAccountId: { form: "a boolean", read: asFlag, json: true },
    skipMetadataApiCheck: { form: "a boolean", read: asFlag, json: true },
    skipRegionValidation: { form: "a boolean", read: asFlag, json: true },
    s3UsePathStyle: { form: "a boolean", read: asFlag, json: true },
};

const known = Object.keys(readers).join(", ");

/** Reads the arguments and finds all that is wrong with them. An argument that is unknown yet is left out. */
export function readConfiguration(args: Props): { readonly configuration: Configuration; readonly failures: readonly Failure[] } {
    const read = Object.entries(configurationArguments(args)).map(([name, value]) => ({ name, ...readArgument(name, value) }));
    const values = Object.fromEntries(read.map(({ name, value }) => [name, value]));
    const configuration = {
        assumeRoles: [],
        defaultTags: {},
        skipCredentialsValidation: false,
        skipRequestingAccountId: false,
        ...values,
    } as unknown as Configuration;
    const failures = read.flatMap(({ name, reason }) => (reason === undefined ? [] : [{ property: name, reason }]));
    return { configuration, failures: [...failures, ...conflicts(values)] };
}

/** The arguments without those that are the engine's own. */
export function configurationArguments(args: Props): Props {
    const { version: _version, pluginDownloadURL: _url, ...own } = withoutInternal(args);
    return own;
}

function readArgument(name: string, value: Value | undefined): { readonly value?: unknown; readonly reason?: string } {
    const reader = readers[name];
    if (reader === undefined) return { reason: `the local AWS provider has no argument "${name}"; it has ${known}` };
    if (value === undefined || value === unknown || value === "") return {};
    const parsed = reader.json && typeof value === "string" ? parseJson(value) : value;
    const result = parsed === undefined ? undefined : reader.read(parsed);
    return result === undefined ? { reason: `must be ${reader.form}` } : { value: result };
}

function conflicts(values: Readonly<Record<string, unknown>>): readonly Failure[] {
    const { allowedAccountIds, forbiddenAccountIds, skipRequestingAccountId } = values;
    const reasons = [
        ...(allowedAccountIds !== undefined && forbiddenAccountIds !== undefined ? ["forbiddenAccountIds cannot stand beside it"] : []),
        ...(allowedAccountIds !== undefined && skipRequestingAccountId === true
            ? ["the account is not known with skipRequestingAccountId"]
            : []),
    ];
    return reasons.map((reason) => ({ property: "allowedAccountIds", reason }));
}

function isTexts(value: Value): boolean {
    return isProps(value) && Object.values(value).every((text) => typeof text === "string");
}

function parseJson(text: string): Value | undefined {
    try {
        return JSON.parse(text) as Value;
    } catch {
        return undefined;
    }
}
