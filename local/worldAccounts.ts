import { randomBytes } from "node:crypto";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateHostedZoneCommand, ListHostedZonesByNameCommand, Route53Client } from "@aws-sdk/client-route-53";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { ControlClient } from "./emulator/control";
import { operatorAccount } from "./emulator/emulator";

/** An account of a world, and what is in it before anybody deploys. */
export interface WorldAccount {
    /** Of the base that lives in it; also the name of its state backend. @example "staging" */
    readonly kind: string;
    /** AWS account id, 12 digits. */
    readonly account: string;
    readonly region: string;
    /** Public hosted zone. @example "staging.example.com" */
    readonly zone: string;
    /** Full names of parameters that get a random value. @example "/shop/staging/SESSION_SECRET" */
    readonly secrets: readonly string[];
}

/** The roles through which the operator works in every account. Each may do everything: the emulator evaluates no policies. */
const operatorRoles = ["understudy-deploy", "understudy-branches"];

/** Puts into an account what is missing of its roles, its zone and its secrets. What is there stays as it is. */
export async function prepareAccount(endpoint: string, { account, region, zone, secrets }: WorldAccount): Promise<void> {
    const credentials = await new ControlClient(endpoint).rootCredentials(account);
    const settings = { endpoint, region, credentials };
    const iam = new IAMClient(settings);
    for (const name of operatorRoles) await createRole(iam, name);
    await createZone(new Route53Client(settings), zone);
    const ssm = new SSMClient(settings);
    for (const name of secrets) await createSecret(ssm, name);
}

async function createRole(iam: IAMClient, name: string): Promise<void> {
    const principal = { AWS: `arn:aws:iam::${operatorAccount}:root` };
    await unlessThere(
        "EntityAlreadyExistsException",
        iam.send(
            new CreateRoleCommand({
                RoleName: name,
                AssumeRolePolicyDocument: policy({ Action: "sts:AssumeRole", Principal: principal }),
            }),
        ),
    );
    const everything = policy({ Action: "*", Resource: "*" });
    await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "deploy", PolicyDocument: everything }));
}

async function createZone(route53: Route53Client, zone: string): Promise<void> {
    const { HostedZones = [] } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: zone }));
    if (HostedZones.some(({ Name }) => Name === `${zone}.`)) return;
    await route53.send(new CreateHostedZoneCommand({ Name: zone, CallerReference: zone }));
}

async function createSecret(ssm: SSMClient, name: string): Promise<void> {
    const value = randomBytes(24).toString("base64url");
    await unlessThere("ParameterAlreadyExists", ssm.send(new PutParameterCommand({ Name: name, Value: value, Type: "SecureString" })));
}

async function unlessThere(errorName: string, call: Promise<unknown>): Promise<void> {
    try {
        await call;
    } catch (error) {
        if (!(error instanceof Error) || error.name !== errorName) throw error;
    }
}

function policy(statement: object): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}
