import { z } from "zod";
import { branchNameProblem } from "../branchName";
import { variableName } from "../compose/interpolate";
import type { BaseKind, Kind } from "../environment";
import { fargateProblem } from "../fargate";
import { choice, flag, integer, map, refined, secretName, strict, text } from "../validation";
import { branches, noBranches } from "./branches";
import { hours, noHours } from "./hours";
import { access, ingress, mostShards, network } from "./network";

/**
 * The one definition of all settings, in the order in which they are documented. From it come the checks, the types, the JSON Schema, the
 * declarations in Pulumi.yaml and the reference in docs/settings.md. `absent` says what holds without a key whose default is not a value.
 */

declare module "zod" {
    interface GlobalMeta {
        /** What holds without the key, in words. Default: the schema's own default, which can depend on the kind of stack. */
        absent?: string;
        /** JSON Schema of what a person writes, where it is not that of what comes of it. */
        written?: z.core.JSONSchema.BaseSchema;
    }
}

/** Kinds of stacks on which branch environments stand. */
export const baseKinds = ["production", "staging", "dev"] as const satisfies readonly BaseKind[];

/** Days for which CloudWatch Logs can keep logs. */
const retentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const defaultRetention: Readonly<Record<Kind, number>> = { production: 365, staging: 30, dev: 7, branch: 7 };

const kindMeaning = "What the stack is: production, staging, dev or branch";

const accountForm = "an account id is expected, 12 digits in quotes";
const account = refined(z.string(accountForm), (digits) => {
    if (/^\d{12}$/.test(digits)) return undefined;
    const couldHaveLostZeros = /^\d{1,11}$/.test(digits);
    if (!couldHaveLostZeros) return accountForm;
    const couldBeOctal = Number(digits) < 8 ** 11;
    if (couldBeOctal) return `${accountForm}; without quotes YAML reads a number, and one that begins with a zero as octal`;
    return `${accountForm}; YAML drops leading zeros where there are no quotes, so perhaps "${digits.padStart(12, "0")}"`;
}).meta({ pattern: String.raw`^\d{12}$`, patternErrorMessage: accountForm });

const service = refined(
    strict({
        count: integer({ min: 0, max: 5000 }).optional().describe("Tasks that run when the environment is awake").meta({ absent: "what the Compose file says" }),
        cpu: integer({ min: 256, max: 32_768 }).optional().describe("CPU units of the task: 1024 is one vCPU").meta({ absent: "what goes with the memory, or what the containers ask for" }),
        memory: integer({ min: 512, max: 249_856 })
            .optional()
            .describe("Memory of the task in MiB; with cpu a pair that Fargate offers")
            .meta({ absent: "what goes with the CPU units, or what the containers ask for" }),
    }),
    ({ cpu, memory }) => (cpu === undefined || memory === undefined ? undefined : fargateProblem({ cpu, memory })),
).readonly();

/** What the Compose file can use. */
const variable = text(new RegExp(`^${variableName}$`), "a variable's name is letters, digits and underscores and does not begin with a digit");

const secretNames = sortedSet(secretName);
const serviceNames = sortedSet(text(/\S/, "the name of a service is expected"));

function sortedSet(name: z.ZodType<string>) {
    return z
        .array(name, "a list of names is expected")
        .transform((names) => [...new Set(names)].toSorted())
        .readonly();
}

const roleArn = text(/^arn:aws:iam::\d{12}:role\/\S+$/, "the ARN of a role is expected");

const place = {
    app: text(
        /^(?!aws|ssm)(?=.{2,16}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
        "2 to 16 lower-case letters, digits and single hyphens are expected, beginning with a letter, but not with aws or ssm",
    ).describe("The application's name, first part of every name and path: 2 to 16 lower-case letters, digits and single hyphens"),
    backend: text(/^(s3:\/\/\S+|file:\/\/[/~]\S*)$/, "the URL of a state backend is expected: s3:// and a bucket, or file:// and an absolute path")
        .optional()
        .describe("URL of the state backend, one per account; the tool reads it before the engine starts")
        .meta({ absent: "the backend that Pulumi is logged in to" }),
    account: account.describe("AWS account id, 12 digits in quotes; any other account is refused"),
    region: text(/^(?!cn-|us-gov-|us-iso|eu-isoe)[a-z]{2}(-[a-z]+)+-\d$/, "a region of the public partition is expected, such as eu-west-1").describe("AWS region"),
    role: roleArn
        .optional()
        .describe("ARN of the role in that account which the AWS provider and the tool assume")
        .meta({ absent: "the caller's own credentials" }),
    zone: text(
        /^(?=.{3,180}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
        "a DNS name is expected, lower case and without a final dot, such as staging.example.com",
    ).describe("Public hosted zone in which the environment's hosts live; it exists already"),
};

const running = (kind: Kind) => ({
    appDir: text(/\S/, "a folder is expected").default("app").describe("Folder with compose.yaml, relative to the project or absolute"),
    variables: map(z.preprocess(asText, z.string("a text is expected")), "a map of variables and their values is expected", variable)
        .default({})
        .describe("Values for the variables of the Compose file"),
    images: map(text(/^sha256:[0-9a-f]{64}$/, "a digest is expected, sha256: and 64 hexadecimal digits"), "a map of own images and digests is expected")
        .optional()
        .describe("Digest (sha256:...) per own image: what this environment should run")
        .meta({ absent: "what it ran last" }),
    services: map(service, "a map of services and their overrides is expected")
        .default({})
        .describe("Overrides per service: count (tasks), cpu (CPU units) and memory (MiB)")
        .meta({ absent: "what the Compose file says" }),
    capacity: choice(["FARGATE", "FARGATE_SPOT"])
        .default(kind === "production" ? "FARGATE" : "FARGATE_SPOT")
        .describe("What the tasks run on: FARGATE or FARGATE_SPOT, which is FARGATE for a day when Spot has no place"),
    logRetention: refined(integer({ min: 1, max: 3653 }), (days) =>
        retentions.includes(days) ? undefined : `CloudWatch keeps logs for one of these numbers of days: ${retentions.join(", ")}`,
    )
        .default(defaultRetention[kind])
        .describe("How long logs are kept, in days; one of the values that CloudWatch offers")
        .meta({ enum: retentions }),
});

function baseSettings(kind: BaseKind) {
    return strict({
        kind: z.literal(kind).describe(kindMeaning),
        ...place,
        network: network(kind === "production" ? "perZone" : "none")
            .prefault({})
            .describe(
                "A network to make: cidr (/16 to /24), zones (2 or 3), nat (none, single, perZone); " +
                    "or an existing one: vpcId, publicSubnetIds, privateSubnetIds",
            ),
        ingress: ingress
            .prefault({})
            .describe(
                "Absent for a load balancer of its own, with shards for several; or an existing HTTPS listener, of which only rules are touched: " +
                    "listenerArn, securityGroupId, priorities",
            )
            .meta({ absent: "a load balancer of its own" }),
        access: access
            .default({ addresses: [] })
            .describe("Who may open the pages: public, or a map with addresses, a list of ranges such as 203.0.113.0/24")
            .meta({ absent: "nobody" }),
        deletionProtection: flag()
            .default(kind === "production")
            .describe(
                "Whether AWS refuses to delete the load balancer, and repositories that hold images; " +
                    "switched off and deployed before the stack is destroyed",
            ),
        ...running(kind),
        branches: (kind === "production" ? noBranches.default(branches.parse({})) : branches.prefault({})).describe("How many branch environments may stand on it, and for how long: ttl, maximum, perOwner"),
        hours: (kind === "production" ? noHours : hours)
            .optional()
            .describe(
                "When staging or dev is awake: timezone, days, start and stop. Checked and shown by plan and config check; " +
                    "an environment is not yet stopped by it",
            )
            .meta({ absent: "always awake" }),
        sharedSecrets: secretNames.default([]).describe("Names of this environment's secrets that its branches may read"),
        branchRole: roleArn
            .optional()
            .describe("ARN of the role in that account with which branch environments are made, where it may do less than `role`")
            .meta({ absent: "the role of the environment itself" }),
        secretsKey: text(/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/\S+$/, "the ARN of a KMS key is expected")
            .optional()
            .describe("ARN of the customer KMS key of the secrets")
            .meta({ absent: "the account's own aws/ssm key" }),
    }).readonly();
}

function branchSettings() {
    return strict({
        kind: z.literal("branch").describe(kindMeaning),
        ...place,
        ...running("branch"),
        base: text(/^[A-Za-z0-9_.-]{1,100}$/, "the name of a stack is expected").describe("Stack name of the base on which the branch stands"),
        baseKind: choice(baseKinds).describe("Kind of that base, which names its namespace and paths"),
        branch: refined(z.string("the name of a git branch is expected"), branchNameProblem).describe("Full name of the git branch"),
        ownSecrets: secretNames.default([]).describe("Names of secrets that the branch keeps for itself"),
        shard: integer({ min: 0, max: mostShards - 1 }).default(0).describe("Which of its base's load balancers serves the branch, counted from 0"),
        only: serviceNames.default([]).describe("Services that run in the branch; it uses its base's others").meta({ absent: "all" }),
    }).readonly();
}

/** The settings of each kind of stack. */
export const schemas = {
    production: baseSettings("production"),
    staging: baseSettings("staging"),
    dev: baseSettings("dev"),
    branch: branchSettings(),
};

/** Pulumi and YAML make numbers and booleans of texts that look like one. */
export function asText(value: unknown): unknown {
    return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}
