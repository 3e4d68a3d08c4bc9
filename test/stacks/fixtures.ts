import path from "node:path";
import type { BaseKind } from "../../model/environment";
import { loadApplication } from "../../model/load";
import { branchId } from "../../model/names";
import { planEnvironment } from "../../model/plan";
import { parseSettings, type BaseSettings, type BranchSettings, type Settings } from "../../model/settings";
import { throwOnErrors } from "../../model/problem";
import { contractVersion, type Contract } from "../../stacks/contract";
import type { World } from "../support/deploy";
import type { Environment } from "../../model/environment";

export const accounts: Readonly<Record<BaseKind, string>> = { production: "111111111111", staging: "222222222222", dev: "333333333333" };
const zones: Readonly<Record<BaseKind, string>> = { production: "example.com", staging: "staging.example.com", dev: "dev.example.com" };

/** Digests as they come out of a registry. */
export const digests = { api: `sha256:${"a".repeat(64)}`, "shop-web": `sha256:${"b".repeat(64)}` };

export const branchName = "feature/x";
export const id = branchId(branchName);

/** Settings of a base, as its settings file would have them. */
export function baseValues(kind: BaseKind, changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    return prefixed({
        kind,
        app: "shop",
        account: accounts[kind],
        region: "eu-west-1",
        role: `arn:aws:iam::${accounts[kind]}:role/understudy-deploy`,
        zone: zones[kind],
        network: { cidr: "10.20.0.0/16" },
        access: { addresses: ["203.0.113.0/24"] },
        sharedSecrets: ["SESSION_SECRET", "API_KEY"],
        images: digests,
        ...changes,
    });
}

/** Settings of a branch on staging, as the tool writes them. */
export function branchValues(changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    return prefixed({
        kind: "branch",
        app: "shop",
        account: accounts.staging,
        region: "eu-west-1",
        zone: zones.staging,
        base: "staging",
        baseKind: "staging",
        branch: branchName,
        images: digests,
        ...changes,
    });
}

/** The environment that these settings make of the application of these tests. */
export function planned(values: Readonly<Record<string, unknown>>): { readonly environment: Environment; readonly settings: Settings } {
    const { settings, problems } = parseSettings(values, "settings");
    throwOnErrors("settings", problems);
    const { application } = loadApplication(path.join(__dirname, "shop"), {});
    const plan = planEnvironment(application, settings!);
    throwOnErrors("application", plan.problems);
    return { environment: plan.environment, settings: settings! };
}

export function plannedBase(kind: BaseKind, changes?: Readonly<Record<string, unknown>>): { readonly environment: Environment; readonly settings: BaseSettings } {
    return planned(baseValues(kind, changes)) as { environment: Environment; settings: BaseSettings };
}

export function plannedBranch(changes?: Readonly<Record<string, unknown>>): { readonly environment: Environment; readonly settings: BranchSettings } {
    return planned(branchValues(changes)) as { environment: Environment; settings: BranchSettings };
}

/** What staging publishes. */
export const contract: Contract = {
    version: contractVersion,
    app: "shop",
    base: "staging",
    account: accounts.staging,
    region: "eu-west-1",
    zone: zones.staging,
    network: { vpcId: "vpc-1", taskSubnetIds: ["subnet-a", "subnet-b"], assignPublicIp: true, taskSecurityGroupId: "sg-tasks" },
    ingress: { listenerArn: "arn:listener", floorRuleArn: "arn:floor", sourceAddresses: [], furtherShards: [] },
    cluster: { name: "shop-staging", arn: "arn:cluster" },
    namespace: { id: "ns-1", name: "staging.internal" },
    permissionsBoundaryArn: "arn:boundary",
    branchRolePath: "/shop/staging/branches/",
    services: ["admin", "api", "web", "worker"],
    repositories: { api: "registry.example.com/shop/api", "shop-web": "registry.example.com/shop/shop-web" },
    sharedSecrets: ["SESSION_SECRET", "API_KEY"],
};

/** The world of a stack: the hosted zones are there, and no release is remembered. */
export function worldOf(stack: string, changes: World = {}): World {
    return {
        stack,
        ...changes,
        answers: {
            "aws:route53/getZone:getZone": () => ({ zoneId: "Z1" }),
            "aws:ssm/getParametersByPath:getParametersByPath": () => ({ names: [], values: [] }),
            ...changes.answers,
        },
    };
}

/** The world of the branch: its base has published `published`. */
export function branchWorld(published: unknown = contract, changes: World = {}): World {
    return worldOf(`branch-${id}`, { stacks: { "organization/understudy/staging": { contract: published } }, ...changes });
}

function prefixed(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined).map(([key, value]) => [`understudy:${key}`, value]));
}
