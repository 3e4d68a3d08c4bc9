import type { BaseKind } from "../model/environment";
import type { Problem } from "../model/problem";
import { isRecord, misshapen, type Shape } from "./shape";

/** The version this program writes and reads. It rises whenever a branch program could misread an older one. */
export const contractVersion = 2;

/** The one stack output of a base under which the contract stands. */
export const contractOutput = "contract";

/** All that a branch stack takes from its base: the only thing that crosses between stacks. Plain JSON, no secrets. */
export interface Contract {
    readonly version: typeof contractVersion;
    readonly app: string;
    /** Kind of the base; also the name in its paths, hosts and namespace. */
    readonly base: BaseKind;
    readonly account: string;
    readonly region: string;
    readonly zone: string;
    readonly network: {
        readonly vpcId: string;
        /** Subnets in which tasks run. */
        readonly taskSubnetIds: readonly string[];
        /** Tasks need public addresses (no NAT). */
        readonly assignPublicIp: boolean;
        /** Long-lived group of all tasks of the base and its branches. */
        readonly taskSecurityGroupId: string;
    };
    readonly ingress: {
        /** Of the first shard, to which every host of the zone leads. */
        readonly listenerArn: string;
        /** Every rule of a branch depends on this one, so that highest + 1 stays above the planned range. */
        readonly floorRuleArn: string;
        /** Addresses to put into each rule; empty on an own load balancer, whose security group holds them. */
        readonly sourceAddresses: readonly string[];
        /** The shards after it, from 1: a host that is served by one of them needs a record of its own. */
        readonly furtherShards: readonly FurtherShard[];
    };
    readonly cluster: { readonly name: string; readonly arn: string };
    readonly namespace: { readonly id: string; readonly name: string };
    /** Boundary for every role that a branch makes. */
    readonly permissionsBoundaryArn: string;
    /** Path under which branch roles are made. @example "/shop/staging/branches/" */
    readonly branchRolePath: string;
    /** Services that run in the base, for branches that do without some of their own; empty while it has no release. */
    readonly services: readonly string[];
    /** Repository URL per own image. */
    readonly repositories: Readonly<Record<string, string>>;
    readonly sharedSecrets: readonly string[];
    readonly secretsKeyArn?: string;
}

/** A load balancer of the base to which no host leads by itself. */
export interface FurtherShard {
    readonly listenerArn: string;
    readonly floorRuleArn: string;
    /** Name and hosted zone of the load balancer, as the alias of a record names them. */
    readonly balancer: { readonly dnsName: string; readonly zoneId: string };
    /** Public hosted zone in which such a record stands. */
    readonly zoneId: string;
}

/** What a branch knows of its base before it has asked. */
export type Expected = Pick<Contract, "app" | "base" | "account" | "region" | "zone">;

/** The contract, or all that is wrong with it. */
export interface ParsedContract {
    readonly contract?: Contract;
    readonly problems: readonly Problem[];
}

/**
 * Reads what the stack of a base has published under {@link contractOutput}. What both sides know is compared: a branch on the contract
 * of another account or zone would be built where nobody looks for it.
 */
export function parseContract(value: unknown, stack: string, expected: Expected): ParsedContract {
    const update = `update it with \`understudy deploy ${stack}\``;
    const problem = (key: string, message: string, found?: string): Problem => {
        return { severity: "error", file: `stack ${stack}`, key, message, ...(found !== undefined && { value: found }) };
    };
    if (!isRecord(value)) {
        return { problems: [problem(contractOutput, "the stack publishes nothing for branches; stand on one that is up and lends, such as staging or dev")] };
    }
    const { version } = value;
    if (typeof version === "number" && version > contractVersion) {
        const message = `this program reads version ${contractVersion}, and the base was made by a newer one; use that version of the program`;
        return { problems: [problem(`${contractOutput}.version`, message, String(version))] };
    }
    if (version !== contractVersion) {
        const message = `this program reads version ${contractVersion}, and the base was made by an older one; ${update}`;
        return { problems: [problem(`${contractOutput}.version`, message, typeof version === "number" ? String(version) : undefined)] };
    }
    const missing = misshapen(value, shape, contractOutput).map((key) => problem(key, `the base does not say it as this program reads it; ${update}`));
    const different = Object.entries(expected).flatMap(([key, wanted]) => {
        const found = value[key];
        if (typeof found !== "string" || found === wanted) return [];
        return [problem(`${contractOutput}.${key}`, `the branch's settings say ${JSON.stringify(wanted)}; give them the base's own`, found)];
    });
    const problems = [...missing, ...different];
    return problems.length > 0 ? { problems } : { contract: value as unknown as Contract, problems };
}

/** A key that the contract gains does not compile before it stands here too. */
const shape: Shape<Contract> = {
    version: "number",
    app: "text",
    base: "text",
    account: "text",
    region: "text",
    zone: "text",
    network: { vpcId: "text", taskSubnetIds: "texts", assignPublicIp: "flag", taskSecurityGroupId: "text" },
    ingress: {
        listenerArn: "text",
        floorRuleArn: "text",
        sourceAddresses: "texts",
        furtherShards: [{ listenerArn: "text", floorRuleArn: "text", balancer: { dnsName: "text", zoneId: "text" }, zoneId: "text" }],
    },
    cluster: { name: "text", arn: "text" },
    namespace: { id: "text", name: "text" },
    permissionsBoundaryArn: "text",
    branchRolePath: "text",
    services: "texts",
    repositories: "map",
    sharedSecrets: "texts",
    secretsKeyArn: "text?",
};
