import type { BaseSettings, BranchSettings } from "./settings";

/** What a person should know about a key of the settings. */
export interface SettingKey {
    /** How it is written in YAML; `any` has several forms, or a default of its own per kind of stack. */
    readonly type: "string" | "integer" | "array" | "object" | "any";
    readonly description: string;
    /** In words; absent where the key is required. */
    readonly default?: string;
    /** Which stacks have it. */
    readonly of: "all" | "base" | "branch";
}

/** Every key under `understudy:`, in the order in which they are documented. Pulumi.yaml declares the same keys. */
export const settingKeys: Readonly<Record<keyof BaseSettings | keyof BranchSettings, SettingKey>> = {
    kind: { of: "all", type: "string", description: "What the stack is: production, staging, dev or branch" },
    app: {
        of: "all",
        type: "string",
        description: "The application's name, first part of every name and path: 2 to 16 lower-case letters, digits and single hyphens",
    },
    backend: {
        of: "all",
        type: "string",
        description: "URL of the state backend, one per account; the tool reads it before the engine starts",
        default: "the backend that Pulumi is logged in to",
    },
    account: { of: "all", type: "string", description: "AWS account id, 12 digits in quotes; any other account is refused" },
    region: { of: "all", type: "string", description: "AWS region" },
    role: {
        of: "all",
        type: "string",
        description: "ARN of the role in that account which the AWS provider and the tool assume",
        default: "the caller's own credentials",
    },
    zone: { of: "all", type: "string", description: "Public hosted zone in which the environment's hosts live; it exists already" },
    network: {
        of: "base",
        type: "object",
        description:
            "A network to make: cidr (/16 to /24), zones (2 or 3), nat (none, single, perZone); " +
            "or an existing one: vpcId, publicSubnetIds, privateSubnetIds",
        default: "10.0.0.0/16 in 2 zones; nat is perZone in production and none elsewhere",
    },
    ingress: {
        of: "base",
        type: "object",
        description:
            "Absent for a load balancer of its own; or an existing HTTPS listener, of which only rules are touched: " +
            "listenerArn, securityGroupId, priorities",
        default: "an own load balancer; priorities [1, 999] on an existing listener",
    },
    access: {
        of: "base",
        type: "any",
        description: "Who may open the pages: public, or a map with addresses, a list of ranges such as 203.0.113.0/24",
        default: "nobody",
    },
    deletionProtection: {
        of: "base",
        type: "any",
        description: "Whether AWS refuses to delete the load balancer, and repositories that hold images; switched off and deployed before the stack is destroyed",
        default: "true in production, false elsewhere",
    },
    appDir: { of: "all", type: "string", description: "Folder with compose.yaml, relative to the project or absolute", default: "app" },
    variables: { of: "all", type: "object", description: "Values for the variables of the Compose file", default: "none" },
    images: {
        of: "all",
        type: "object",
        description: "Digest (sha256:...) per own image: what this environment should run",
        default: "what it ran last",
    },
    services: {
        of: "all",
        type: "object",
        description: "Overrides per service: count (tasks), cpu (CPU units) and memory (MiB)",
        default: "what the Compose file says",
    },
    capacity: {
        of: "all",
        type: "string",
        description: "What the tasks run on: FARGATE or FARGATE_SPOT",
        default: "FARGATE in production, FARGATE_SPOT elsewhere",
    },
    logRetention: {
        of: "all",
        type: "integer",
        description: "How long logs are kept, in days; one of the values that CloudWatch offers",
        default: "365 in production, 30 in staging, 7 elsewhere",
    },
    sharedSecrets: {
        of: "base",
        type: "array",
        description: "Names of this environment's secrets that its branches may read",
        default: "none",
    },
    secretsKey: {
        of: "base",
        type: "string",
        description: "ARN of the customer KMS key of the secrets",
        default: "the account's own aws/ssm key",
    },
    base: { of: "branch", type: "string", description: "Stack name of the base on which the branch stands" },
    baseKind: { of: "branch", type: "string", description: "Kind of that base, which names its namespace and paths" },
    branch: { of: "branch", type: "string", description: "Full name of the git branch" },
    ownSecrets: { of: "branch", type: "array", description: "Names of secrets that the branch keeps for itself", default: "none" },
};
