import assert from "node:assert/strict";
import { readConfiguration } from "../../../local/provider/configuration";
import { unknown, type Props } from "../../../local/provider/values";
import { TestEngine } from "./support/engine";
import { account, providerArguments, testWorld } from "./support/world";

const known =
    "region, profile, accessKey, secretKey, token, allowedAccountIds, forbiddenAccountIds, assumeRoles, defaultTags, maxRetries, " +
    "skipCredentialsValidation, skipRequestingAccountId, skipMetadataApiCheck, skipRegionValidation, s3UsePathStyle";

const refused: readonly (readonly [title: string, args: Props, failures: readonly string[]])[] = [
    [
        "an argument it does not know",
        { endpoints: "[]" },
        [`endpoints: the local AWS provider has no argument "endpoints"; it has ${known}`],
    ],
    ["accounts that are no list", { allowedAccountIds: '"111111111111"' }, ["allowedAccountIds: must be a list of strings"]],
    ["what is no JSON", { defaultTags: "{" }, ["defaultTags: must be an object with tags, which are strings"]],
    ["tags that are no texts", { defaultTags: '{"tags":{"a":1}}' }, ["defaultTags: must be an object with tags, which are strings"]],
    ["a role without an ARN", { assumeRoles: '[{"sessionName":"a"}]' }, ["assumeRoles: must be a list of objects with roleArn"]],
    [
        "accounts that are allowed and others that are not",
        { allowedAccountIds: '["111111111111"]', forbiddenAccountIds: '["222222222222"]' },
        ["allowedAccountIds: forbiddenAccountIds cannot stand beside it"],
    ],
    [
        "allowed accounts without asking for the account",
        { allowedAccountIds: '["111111111111"]', skipRequestingAccountId: "true" },
        ["allowedAccountIds: the account is not known with skipRequestingAccountId"],
    ],
];

describe("the provider's arguments", () => {
    for (const [title, args, failures] of refused) {
        it(`fails on ${title}`, () => {
            assert.deepEqual(
                readConfiguration(args).failures.map(({ property, reason }) => `${property}: ${reason}`),
                failures,
            );
        });
    }

    it("come as JSON text, and those of the engine are none", () => {
        const { configuration, failures } = readConfiguration({
            version: "7.48.0",
            region: "eu-west-1",
            allowedAccountIds: '["111111111111"]',
            assumeRoles: '[{"roleArn":"arn","sessionName":"a"}]',
            defaultTags: '{"tags":{"a":"1"}}',
            maxRetries: "2",
            skipRegionValidation: "true",
        });
        assert.deepEqual(failures, []);
        assert.deepEqual(configuration, {
            region: "eu-west-1",
            allowedAccountIds: ["111111111111"],
            assumeRoles: [{ roleArn: "arn", sessionName: "a" }],
            defaultTags: { a: "1" },
            maxRetries: 2,
            skipCredentialsValidation: false,
            skipRequestingAccountId: false,
            skipRegionValidation: true,
        });
    });

    it("may be unknown in a preview", () => {
        assert.deepEqual(readConfiguration({ region: unknown, defaultTags: unknown }).failures, []);
    });
});

describe("a login", () => {
    let engine: TestEngine;
    let args: Props;

    before(async () => {
        const { emulator } = await testWorld();
        args = providerArguments(emulator);
        engine = await TestEngine.start({ AWS_ENDPOINT_URL: emulator.staging.endpoint });
    });
    after(() => engine.stop());

    it("finds the account of the credentials", async () => {
        await engine.configure(args);
        const { accountId } = await engine.invoke("aws:index/getCallerIdentity:getCallerIdentity", {});
        assert.equal(accountId, account);
    });

    it("fails on an account that is not allowed, before the first resource", async () => {
        const other = { ...args, allowedAccountIds: '["111111111111"]' };
        assert.deepEqual(await engine.checkConfig(other), [": AWS account ID not allowed: 222222222222; allowed: 111111111111"]);
        await assert.rejects(engine.configure(other), /^Error: AWS account ID not allowed: 222222222222; allowed: 111111111111$/);
    });

    it("fails on an account that is forbidden", async () => {
        const other = { ...args, allowedAccountIds: "", forbiddenAccountIds: '["222222222222"]' };
        await assert.rejects(
            engine.configure(other),
            /^Error: AWS account ID not allowed: 222222222222; it is one of forbiddenAccountIds$/,
        );
    });

    it("fails on a role that cannot be assumed, by its name", async () => {
        const other = { ...args, assumeRoles: '[{"roleArn":"arn:aws:iam::111111111111:role/nobody"}]' };
        const [failure] = await engine.checkConfig(other);
        assert.match(
            failure ?? "",
            /^: IAM Role \(arn:aws:iam::111111111111:role\/nobody\) cannot be assumed: STS AssumeRole: AccessDenied: /,
        );
    });

    it("fails on credentials that AWS does not know, without showing them", async () => {
        const other = { ...args, accessKey: "AKIANOBODY", secretKey: "hunter2" };
        const [failure] = await engine.checkConfig(other);
        assert.equal(
            failure,
            ": unable to validate AWS credentials: STS GetCallerIdentity: InvalidClientTokenId: The security token included in the request is invalid.",
        );
    });

    it("fails without a Region", async () => {
        await assert.rejects(
            engine.configure({ ...args, region: "" }),
            /^Error: no AWS Region; set `region` of the provider, `aws:region` of the stack or AWS_REGION$/,
        );
    });

    it("works in the account of an assumed role", async () => {
        const { emulator } = await testWorld();
        const { accessKeyId, secretAccessKey } = await emulator.control.rootCredentials("111111111111");
        const there = { ...args, accessKey: accessKeyId, secretKey: secretAccessKey, token: "", allowedAccountIds: "" };
        await engine.configure(there);
        const trust = {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::222222222222:root" }, Action: "sts:AssumeRole" }],
        };
        const role = await engine.create("aws:iam/role:Role", "deploy", {
            name: "understudy-deploy",
            assumeRolePolicy: JSON.stringify(trust),
        });
        await engine.configure({
            ...args,
            allowedAccountIds: '["111111111111"]',
            assumeRoles: JSON.stringify([{ roleArn: role.outputs["arn"] as string }]),
        });
        assert.equal((await engine.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}))["accountId"], "111111111111");
    });

    it("asks for no new resources when an argument changes", async () => {
        const diff = await engine.diffConfig(
            { ...args, version: "7.47.0" },
            { ...args, region: "eu-central-1", profile: "a", version: "7.48.0" },
        );
        assert.deepEqual(diff, { changes: { profile: "UPDATE", region: "UPDATE" }, replaces: [], deleteBeforeReplace: false });
        assert.deepEqual((await engine.diffConfig(args, { ...args, version: "7.48.0" })).changes, {});
    });
});
