import { z } from "zod";
import { branchNameProblem } from "./branchName";
import { kinds, type BaseKind, type Kind } from "./environment";
import { fargateProblem } from "./fargate";
import { given } from "./given";
import { formatPath, outerPath } from "./path";
import type { Problem } from "./problem";
import { settingKeys } from "./settingKeys";
import { access, ingress, network, type NetworkSettings } from "./settingsNetwork";
import { check, choice, integer, refined, secretName, strict, text, type Fault } from "./validation";

/**
 * What `understudy:*` in a stack's settings file says, with defaults filled in. Settings are values only: what follows from them is decided
 * by the model and by stacks/. What each key means is described in {@link settingKeys}.
 */
export type Settings = BaseSettings | BranchSettings;

/** Settings of production, staging or dev. */
export type BaseSettings = z.output<ReturnType<typeof baseSettings>>;

/** Settings of a branch environment, written by the tool on every run. Account, region, role, zone and app are its base's. */
export type BranchSettings = z.output<ReturnType<typeof branchSettings>>;

/** Overrides for one service. */
export type ServiceSettings = z.output<typeof service>;

export type { NetworkSettings };
export type IngressSettings = z.output<typeof ingress>;

/** Who may open the environment's pages. Closed by default: no address at all. */
export type AccessSettings = z.output<typeof access>;

/** Settings as far as they are known, and all that is wrong with them. */
export interface ParsedSettings {
    /** Absent when there is an error among the problems. */
    readonly settings?: Settings;
    readonly problems: readonly Problem[];
}

/** The namespace of the program's keys in a settings file. */
const namespace = "understudy:";

/** Days for which CloudWatch Logs can keep logs. */
const retentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const defaultRetention: Readonly<Record<Kind, number>> = { production: 365, staging: 30, dev: 7, branch: 7 };

const zone = text(
    /^(?=.{3,180}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "a DNS name is expected, lower case and without a final dot, such as staging.example.com",
);

const accountForm = "an account id is expected, 12 digits in quotes";
const account = refined(z.string(accountForm), (digits) => {
    if (/^\d{12}$/.test(digits)) return undefined;
    const couldHaveLostZeros = /^\d{1,11}$/.test(digits);
    if (!couldHaveLostZeros) return accountForm;
    return `${accountForm}; YAML drops leading zeros where there are no quotes, so perhaps "${digits.padStart(12, "0")}"`;
});

const service = refined(
    strict({
        /** Tasks that run when the environment is awake. */
        count: integer({ min: 0, max: 5000 }).optional(),
        /** CPU units and MiB: a pair that Fargate offers; of one alone, the other is chosen. */
        cpu: integer({ min: 256, max: 32_768 }).optional(),
        memory: integer({ min: 512, max: 249_856 }).optional(),
    }),
    ({ cpu, memory }) => (cpu === undefined || memory === undefined ? undefined : fargateProblem({ cpu, memory })),
).readonly();

const secretNames = z
    .array(secretName, "a list of names is expected")
    .transform((names) => [...new Set(names)].toSorted())
    .readonly();

function commonKeys(kind: Kind) {
    return {
        app: text(
            /^(?!aws|ssm)(?=.{2,16}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
            "2 to 16 lower-case letters, digits and single hyphens are expected, beginning with a letter, but not with aws or ssm",
        ),
        backend: text(
            /^(file|s3|gs|azblob|https?):\/\/\S+$/,
            "the URL of a state backend is expected, such as s3://state-of-staging",
        ).optional(),
        account,
        region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region is expected, such as eu-west-1"),
        role: text(/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/, "the ARN of a role is expected").optional(),
        appDir: text(/\S/, "a folder is expected").default("app"),
        variables: z
            .record(z.string(), z.preprocess(asText, z.string("a text is expected")), "a map of variables and their values is expected")
            .readonly()
            .default({}),
        images: z
            .record(
                z.string(),
                text(/^sha256:[0-9a-f]{64}$/, "a digest is expected, sha256: and 64 hexadecimal digits"),
                "a map of own images and digests is expected",
            )
            .readonly()
            .optional(),
        services: z.record(z.string(), service, "a map of services and their overrides is expected").readonly().default({}),
        capacity: choice(["FARGATE", "FARGATE_SPOT"]).default(kind === "production" ? "FARGATE" : "FARGATE_SPOT"),
        logRetention: refined(integer({ min: 1, max: 3653 }), (days) =>
            retentions.includes(days) ? undefined : `CloudWatch keeps logs for one of these numbers of days: ${retentions.join(", ")}`,
        ).default(defaultRetention[kind]),
    };
}

function baseSettings(kind: BaseKind) {
    return strict({
        kind: z.literal(kind),
        ...commonKeys(kind),
        zone,
        network: network(kind === "production" ? "perZone" : "none").prefault({}),
        ingress: ingress.prefault({}),
        access: access.default({ addresses: [] }),
        deletionProtection: z.preprocess(asBoolean, z.boolean("true or false is expected")).default(kind === "production"),
        sharedSecrets: secretNames.default([]),
        secretsKey: text(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/\S+$/, "the ARN of a KMS key is expected").optional(),
    }).readonly();
}

function branchSettings() {
    return strict({
        kind: z.literal("branch"),
        ...commonKeys("branch"),
        base: text(/^[A-Za-z0-9_.-]{1,100}$/, "the name of a stack is expected"),
        baseKind: choice(["production", "staging", "dev"]),
        zone,
        branch: refined(z.string("the name of a git branch is expected"), branchNameProblem),
        ownSecrets: secretNames.default([]),
    }).readonly();
}

export { settingKeys };

/**
 * Checks the `understudy:*` values of a stack; keys of other namespaces are passed over. A value is text, which may hold JSON as Pulumi
 * passes it, or already structured. `file` is how the reader knows the settings; `lines` the line per key in it, when known.
 */
export function parseSettings(
    values: Readonly<Record<string, unknown>>,
    file: string,
    lines: Readonly<Record<string, number>> = {},
): ParsedSettings {
    const own = Object.entries(values).filter(([key]) => key.startsWith(namespace));
    const input = Object.fromEntries(own.map(([key, value]) => [key.slice(namespace.length), decoded(key.slice(namespace.length), value)]));
    const { data, faults } = checkKind(input);
    const all = data === undefined ? faults : disagreements(data);
    return given({
        settings: data === undefined || all.length > 0 ? undefined : data,
        problems: all.map((fault) => problemOf(fault, file, lines)),
    });
}

/** The value as data: Pulumi passes everything as text, YAML turns what looks like a number into one. */
function decoded(key: string, value: unknown): unknown {
    const type = Object.hasOwn(settingKeys, key) ? settingKeys[key as keyof typeof settingKeys].type : "string";
    if (type === "string") return asText(value);
    if (typeof value !== "string" || type === "integer" || !/^\s*[[{]/.test(value)) return value;
    try {
        return JSON.parse(value) as unknown;
    } catch (error) {
        if (error instanceof SyntaxError) return value;
        throw error;
    }
}

function checkKind(input: Readonly<Record<string, unknown>>): { readonly data?: Settings; readonly faults: readonly Fault[] } {
    const kind = kinds.find((word) => word === input.kind);
    if (kind !== undefined) return kind === "branch" ? check(branchSettings(), input) : check(baseSettings(kind), input);
    const likely = "branch" in input ? "branch" : "staging";
    return {
        faults: [
            ...check(choice(kinds), input.kind).faults.map((fault) => ({ ...fault, path: ["kind"] })),
            ...checkKind({ ...input, kind: likely }).faults,
        ],
    };
}

/** Settings that are right by themselves and wrong together. */
function disagreements(settings: Settings): readonly Fault[] {
    const listener = settings.kind !== "branch" && settings.ingress.kind === "existing" ? settings.ingress.listenerArn : undefined;
    const arns = [
        { path: ["role"], arn: settings.role },
        { path: ["ingress", "listenerArn"], arn: listener },
        { path: ["secretsKey"], arn: settings.kind === "branch" ? undefined : settings.secretsKey },
    ];
    return arns.flatMap(({ path, arn }) => {
        const message = arn && disagreement(arn, settings);
        return message ? [{ path, value: arn, message }] : [];
    });
}

function disagreement(arn: string, settings: Settings): string | undefined {
    const [, , , region = "", id = ""] = arn.split(":");
    if (id !== settings.account) return `this is of account ${id}, but understudy:account says ${settings.account}`;
    return region === "" || region === settings.region ? undefined : `this is in ${region}, but understudy:region says ${settings.region}`;
}

function problemOf({ path, value, message }: Fault, file: string, lines: Readonly<Record<string, number>>): Problem {
    const key = `${namespace}${formatPath(path)}`;
    return given({ severity: "error" as const, file, line: lineOf(key, lines), key, value, message });
}

/** The line of the key, or of the nearest one around it. */
function lineOf(key: string, lines: Readonly<Record<string, number>>): number | undefined {
    return key === "" ? undefined : (lines[key] ?? lineOf(outerPath(key), lines));
}

/** Pulumi's settings are texts. */
function asBoolean(value: unknown): unknown {
    return value === "true" || value === "false" ? value === "true" : value;
}

function asText(value: unknown): unknown {
    return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}
