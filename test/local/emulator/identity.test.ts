import assert from "node:assert/strict";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { emulatorForTests, place, refusalOf, type ClientSettings, type TestEmulator } from "./support";

describe("emulator: who calls", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    before(async () => {
        emulator = await emulatorForTests();
        await createRole("deploy", { AWS: "arn:aws:iam::123456789012:root" });
        await createRole("other-account-only", { AWS: "arn:aws:iam::999999999999:root" });
        await createRole("task", { Service: "ecs-tasks.amazonaws.com" });
    });
    after(() => emulator.stop());

    const createRole = async (name: string, principal: Record<string, string>): Promise<void> => {
        const statement = { Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" };
        const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
        await new IAMClient(emulator.staging).send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: policy }));
    };
    const arnOf = (role: string): string => `arn:aws:iam::${place.account}:role/${role}`;
    const assume = (role: string, settings = emulator.operator): Promise<ClientSettings> =>
        new STSClient(settings).send(new AssumeRoleCommand({ RoleArn: arnOf(role), RoleSessionName: "test" })).then(({ Credentials }) => ({
            ...settings,
            credentials: {
                accessKeyId: Credentials!.AccessKeyId!,
                secretAccessKey: Credentials!.SecretAccessKey!,
                sessionToken: Credentials!.SessionToken!,
            },
        }));
    const identityOf = async (settings: ClientSettings): Promise<string | undefined> =>
        (await new STSClient(settings).send(new GetCallerIdentityCommand({}))).Arn;
    const refusalsOfKey = (accessKeyId: string): Promise<string[]> => {
        const settings = { ...emulator.operator, credentials: { accessKeyId, secretAccessKey: "x" } };
        return Promise.all([
            refusalOf(new STSClient(settings).send(new GetCallerIdentityCommand({}))),
            refusalOf(new ECSClient(settings).send(new ListClustersCommand({}))),
            refusalOf(new EC2Client(settings).send(new DescribeVpcsCommand({}))),
        ]);
    };

    it("knows the operator and the owner of an account", async () => {
        assert.equal(await identityOf(emulator.operator), "arn:aws:sts::123456789012:user/moto");
        assert.equal(await identityOf(emulator.staging), "arn:aws:sts::222222222222:user/moto");
    });

    it("lets the account that a role trusts assume it, and works in the role's account then", async () => {
        assert.equal(await identityOf(await assume("deploy")), "arn:aws:sts::222222222222:assumed-role/deploy/test");
    });

    for (const role of ["nobody", "other-account-only", "task"]) {
        it(`fails on assuming ${role}`, async () => {
            assert.equal(
                await refusalOf(assume(role)),
                "AccessDenied: User: arn:aws:sts::123456789012:user/moto is not authorized to perform: sts:AssumeRole " +
                    `on resource: ${arnOf(role)}`,
            );
        });
    }

    it("fails on an unknown access key, in each service's own words", async () => {
        assert.deepEqual(await refusalsOfKey("AKIANOBODYKNOWSTHIS0"), [
            "InvalidClientTokenId: The security token included in the request is invalid.",
            "UnrecognizedClientException: The security token included in the request is invalid.",
            "AuthFailure: AWS was not able to validate the provided access credentials",
        ]);
    });

    it("fails on expired credentials, in each service's own words", async () => {
        assert.deepEqual(await refusalsOfKey("ASIAEXPIRED000000000"), [
            "ExpiredToken: The security token included in the request is expired",
            "ExpiredTokenException: The security token included in the request is expired",
            "RequestExpired: Request has expired.",
        ]);
    });

    it("gives a role's credentials to the AWS service that the role trusts, and to no other", async () => {
        const { expiration, ...credentials } = await emulator.control.roleCredentials(arnOf("task"), "ecs-tasks.amazonaws.com");
        assert.equal(await identityOf({ ...emulator.operator, credentials }), "arn:aws:sts::222222222222:assumed-role/task/ecs-tasks");
        assert.ok(Date.parse(expiration) > Date.now(), expiration);
        assert.equal(
            await refusalOf(emulator.control.roleCredentials(arnOf("task"), "lambda.amazonaws.com")),
            `ControlError: emulator: POST credentials: unable to assume the role '${arnOf("task")}'. Please verify that the role exists ` +
                "and that its trust relationship allows 'lambda.amazonaws.com' to assume it",
        );
    });
});
