import assert from "node:assert/strict";
import fc from "fast-check";
import { contractVersion, parseContract } from "../../stacks/contract";
import { contract } from "./fixtures";

const expected = { app: "shop", base: "staging", account: "222222222222", region: "eu-west-1", zone: "staging.example.com" } as const;
const file = "stack staging";
const severity = "error";
const advice = "the base does not say it as this program reads it; update it with `understudy deploy staging`";

const shard = { listenerArn: "arn:listener-1", floorRuleArn: "arn:floor-1", balancer: { dnsName: "b", zoneId: "ZB" }, zoneId: "Z1" };

function withShards(furtherShards: unknown): object {
    return { ...contract, ingress: { ...contract.ingress, furtherShards } };
}

describe("a contract", () => {
    it("is read as it was published, with what is absent and what later programs add", () => {
        for (const published of [contract, { ...contract, secretsKeyArn: "arn:key" }, { ...contract, later: 1 }, withShards([shard])]) {
            assert.deepEqual(parseContract(published, "staging", expected), { contract: published, problems: [] });
        }
    });

    for (const { what, value, key, message, got } of [
        { what: "nothing", value: undefined, key: "contract", message: "the stack publishes nothing for branches; stand on one that is up and lends, such as staging or dev" },
        { what: "a text", value: "{}", key: "contract", message: "the stack publishes nothing for branches; stand on one that is up and lends, such as staging or dev" },
        {
            what: "an older version",
            value: { ...contract, version: 0 },
            key: "contract.version",
            got: "0",
            message: `this program reads version ${contractVersion}, and the base was made by an older one; update it with \`understudy deploy staging\``,
        },
        {
            what: "no version",
            value: {},
            key: "contract.version",
            message: `this program reads version ${contractVersion}, and the base was made by an older one; update it with \`understudy deploy staging\``,
        },
        {
            what: "a newer version",
            value: { ...contract, version: contractVersion + 1 },
            key: "contract.version",
            got: String(contractVersion + 1),
            message: `this program reads version ${contractVersion}, and the base was made by a newer one; use that version of the program`,
        },
        { what: "a missing key", value: { ...contract, network: { ...contract.network, vpcId: undefined } }, key: "contract.network.vpcId", message: advice },
        { what: "a missing part", value: { ...contract, cluster: undefined }, key: "contract.cluster", message: advice },
        { what: "an empty text", value: { ...contract, permissionsBoundaryArn: "" }, key: "contract.permissionsBoundaryArn", message: advice },
        { what: "a list of something else", value: { ...contract, sharedSecrets: [1] }, key: "contract.sharedSecrets", message: advice },
        { what: "a map of something else", value: { ...contract, repositories: { web: 1 } }, key: "contract.repositories", message: advice },
        { what: "no list of shards", value: withShards(undefined), key: "contract.ingress.furtherShards", message: advice },
        { what: "a shard without its load balancer", value: withShards([shard, { ...shard, balancer: { dnsName: "b" } }]), key: "contract.ingress.furtherShards[1].balancer.zoneId", message: advice },
        { what: "a key that is no text", value: { ...contract, secretsKeyArn: 1 }, key: "contract.secretsKeyArn", message: advice },
        {
            what: "another zone",
            value: { ...contract, zone: "test.example.com" },
            key: "contract.zone",
            got: "test.example.com",
            message: 'the branch\'s settings say "staging.example.com"; give them the base\'s own',
        },
    ]) {
        it(`fails on ${what}`, () => {
            const problem = { severity, file, key, message, ...(got !== undefined && { value: got }) };
            assert.deepEqual(parseContract(value, "staging", expected), { problems: [problem] });
        });
    }

    it("reports all that is missing and different at once", () => {
        const { problems } = parseContract({ version: contractVersion, account: "333333333333" }, "staging", expected);
        assert.deepEqual(problems.map(({ key }) => key), [
            "contract.app",
            "contract.base",
            "contract.region",
            "contract.zone",
            "contract.network",
            "contract.ingress",
            "contract.cluster",
            "contract.namespace",
            "contract.permissionsBoundaryArn",
            "contract.branchRolePath",
            "contract.services",
            "contract.repositories",
            "contract.sharedSecrets",
            "contract.account",
        ]);
    });

    it("never throws, whatever a stack has published", () => {
        fc.assert(fc.property(fc.anything(), (value) => assert.equal(parseContract(value, "staging", expected).contract, undefined)));
    });
});
