import assert from "node:assert/strict";
import { branch } from "../../stacks/branch";
import { deploy, type Deployment } from "../support/deploy";
import { awaitedBy, inputsOf, kindsAndNames, theOne } from "../support/registered";
import { branchWorld, contract, digests, id, plannedBranch } from "./fixtures";
import { assertIdentity } from "./identity";

function deployBranch(changes: Readonly<Record<string, unknown>> = {}, published: unknown = contract): Promise<Deployment> {
    const { environment, settings } = plannedBranch(changes);
    return deploy(() => branch(environment, settings), branchWorld(published));
}

describe("a branch stack", () => {
    it("keeps the identities of its resources", async () => {
        assertIdentity("branch", (await deployBranch()).resources);
    });

    it("owns only what comes and goes as fast as its tasks", async () => {
        const { resources } = await deployBranch();
        const types = new Set(resources.filter(({ type }) => type.startsWith("aws")).map(({ type }) => type));
        assert.deepEqual([...types].toSorted(), [
            "aws:cloudwatch/logGroup:LogGroup",
            "aws:ecs/service:Service",
            "aws:ecs/taskDefinition:TaskDefinition",
            "aws:iam/role:Role",
            "aws:iam/rolePolicy:RolePolicy",
            "aws:lb/listenerRule:ListenerRule",
            "aws:lb/targetGroup:TargetGroup",
            "aws:servicediscovery/service:Service",
            "aws:ssm/parameter:Parameter",
        ]);
    });

    it("marks what it makes with its id and never with its name, which AWS might refuse", async () => {
        const { resources } = await deployBranch({ branch: "feature/👻" });
        const { defaultTags } = theOne(resources, "aws", "aws").inputs;
        assert.match(String(defaultTags), /^\{"tags":\{"understudy:app":"shop","understudy:environment":"feature-[0-9a-f]{8}"\}\}$/);
    });

    it("puts its services where its base lets it", async () => {
        const { resources } = await deployBranch();
        const { cluster, networkConfiguration, name } = theOne(resources, "Service", "217d2bf5-web-ecs").inputs;
        assert.deepEqual({ cluster, networkConfiguration, name }, {
            cluster: "arn:cluster",
            networkConfiguration: { subnets: ["subnet-a", "subnet-b"], securityGroups: ["sg-tasks"], assignPublicIp: true },
            name: `web--${id}`,
        });
        assert.deepEqual(theOne(resources, "Service", "217d2bf5-api-discovery").inputs.dnsConfig, {
            namespaceId: "ns-1",
            routingPolicy: "MULTIVALUE",
            dnsRecords: [{ type: "A", ttl: 10 }],
        });
    });

    it("leaves the priority of its rules to the provider", async () => {
        const { resources } = await deployBranch();
        assert.deepEqual(theOne(resources, "ListenerRule", "217d2bf5-web-rule").inputs, {
            listenerArn: "arn:listener",
            conditions: [{ hostHeader: { values: [`${id}.staging.example.com`] } }],
            actions: [{ type: "forward", targetGroupArn: "arn:aws:mock:::217d2bf5-web" }],
        });
    });

    it("asks for its base's addresses in every rule, and takes as many rules as they need", async () => {
        const sourceAddresses = ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.1/32", "192.0.2.2/32", "192.0.2.3/32"];
        const { resources } = await deployBranch({}, { ...contract, ingress: { ...contract.ingress, sourceAddresses } });
        const rules = inputsOf(resources, "ListenerRule");
        assert.deepEqual(Object.keys(rules), ["217d2bf5-admin-rule", "217d2bf5-admin-rule-2", "217d2bf5-web-rule", "217d2bf5-web-rule-2"]);
        const hostHeader = { values: [`${id}.staging.example.com`] };
        assert.deepEqual(rules["217d2bf5-web-rule"]!.conditions, [{ hostHeader }, { sourceIp: { values: sourceAddresses.slice(0, 4) } }]);
        assert.deepEqual(rules["217d2bf5-web-rule-2"]!.conditions, [{ hostHeader }, { sourceIp: { values: sourceAddresses.slice(4) } }]);
    });

    it("has two roles for all its tasks, inside its base's boundary and under its path", async () => {
        const { resources } = await deployBranch();
        const roles = inputsOf(resources, "Role");
        assert.deepEqual(Object.keys(roles), ["217d2bf5-services-execution", "217d2bf5-services-task"]);
        for (const { path, permissionsBoundary } of Object.values(roles)) {
            assert.deepEqual({ path, permissionsBoundary }, { path: "/shop/staging/branches/", permissionsBoundary: "arn:boundary" });
        }
    });

    it("reads exactly its base's shared secrets and its own", async () => {
        const { resources } = await deployBranch({ ownSecrets: ["API_KEY"] }, { ...contract, sharedSecrets: ["SESSION_SECRET"] });
        const { policy } = theOne(resources, "RolePolicy", "217d2bf5-services-execution").inputs;
        const { Statement } = JSON.parse(String(policy)) as { Statement: { Sid: string; Resource: string[] }[] };
        assert.deepEqual(Statement.find(({ Sid }) => Sid === "ReadSecrets")?.Resource, [
            `arn:aws:ssm:eu-west-1:222222222222:parameter/shop/${id}/API_KEY`,
            "arn:aws:ssm:eu-west-1:222222222222:parameter/shop/staging/SESSION_SECRET",
        ]);
    });

    it("tells where it is", async () => {
        const { outputs } = await deployBranch();
        assert.equal(outputs.url, `https://${id}.staging.example.com`);
        assert.deepEqual(outputs.urls, { admin: `https://admin--${id}.staging.example.com`, web: `https://${id}.staging.example.com` });
        assert.deepEqual(outputs.images, digests);
    });
});

describe("a branch on a further load balancer of its base", () => {
    const furtherShards = [1, 2].map((index) => ({
        listenerArn: `arn:listener-${index}`,
        floorRuleArn: `arn:floor-${index}`,
        balancer: { dnsName: `balancer-${index}.elb.example.com`, zoneId: `ZB${index}` },
        zoneId: "Z1",
    }));
    const sharded = { ...contract, ingress: { ...contract.ingress, furtherShards } };
    const onShard = (shard: number): Promise<Deployment> => deployBranch({ shard }, sharded);

    it("keeps the identities of its resources", async () => {
        assertIdentity("branch-shard-2", (await onShard(2)).resources);
    });

    it("has its rules there, its hosts led there by records of their own, and all else as it was", async () => {
        const [first, { resources, outputs }] = [await onShard(0), await onShard(2)];
        const others = kindsAndNames(first.resources).filter((name) => !/^(ListenerRule|TargetGroup|Routing) /.test(name));
        assert.deepEqual(others.filter((name) => !kindsAndNames(resources).includes(name)), []);
        assert.deepEqual(outputs.urls, first.outputs.urls);
        assert.deepEqual(Object.values(inputsOf(resources, "ListenerRule")).map(({ listenerArn }) => listenerArn), ["arn:listener-2", "arn:listener-2"]);
        assert.deepEqual(inputsOf(first.resources, "Record"), {});
        const record = (host: string): object => ({
            zoneId: "Z1",
            name: host,
            type: "A",
            aliases: [{ name: "balancer-2.elb.example.com", zoneId: "ZB2", evaluateTargetHealth: false }],
        });
        assert.deepEqual(inputsOf(resources, "Record"), {
            [`217d2bf5-admin-record-admin--${id}.staging.example.com`]: record(`admin--${id}.staging.example.com`),
            [`217d2bf5-web-record-${id}.staging.example.com`]: record(`${id}.staging.example.com`),
        });
    });

    it("makes a record while the tasks start, once there is a rule for its host", async () => {
        const { resources } = await onShard(1);
        const record = theOne(resources, "Record", `217d2bf5-web-record-${id}.staging.example.com`);
        const service = theOne(resources, "Service", "217d2bf5-web-ecs");
        assert.ok(awaitedBy(record, resources).has(theOne(resources, "ListenerRule", "217d2bf5s1-web-rule").urn));
        assert.ok(!awaitedBy(record, resources).has(service.urn));
        assert.ok(!awaitedBy(service, resources).has(record.urn));
    });

    it("takes no target group from one load balancer to the next, which AWS refuses, and moves its records where they are", async () => {
        const urnsOf = async (shard: number, type: string): Promise<readonly string[]> =>
            (await onShard(shard)).resources.filter((resource) => resource.type === type).map(({ urn }) => urn);
        const groups = new Set<string>();
        for (const shard of [0, 1, 2]) for (const urn of await urnsOf(shard, "aws:lb/targetGroup:TargetGroup")) groups.add(urn);
        assert.equal(groups.size, 6);
        assert.deepEqual(await urnsOf(1, "aws:route53/record:Record"), await urnsOf(2, "aws:route53/record:Record"));
    });

    for (const { shard, has, published } of [
        { shard: 3, has: "load balancers 0 to 2", published: sharded },
        { shard: 1, has: "one load balancer, shard 0", published: contract },
    ]) {
        it(`fails on shard ${shard} where its base has ${has}`, async () => {
            await assert.rejects(deployBranch({ shard }, published), {
                message:
                    `${id}: 1 problem\n  Pulumi.branch-${id}.yaml understudy:shard: got "${shard}"; staging has ${has}; run \`understudy branch up\`, ` +
                    "which chooses one that is there, or raise understudy:ingress.shards of Pulumi.staging.yaml and update staging",
            });
        });
    }
});

describe("a branch that runs some services only", () => {
    it("makes nothing for the others, keeps the identities of its own, and finds the others in its base", async () => {
        const [all, { resources, outputs }] = [await deployBranch(), await deployBranch({ only: ["web"] })];
        const urns = new Set(resources.map(({ urn }) => urn));
        const gone = all.resources.filter(({ urn }) => !urns.has(urn));
        assert.ok(gone.every(({ name }) => /^217d2bf5-(admin|api|migrate|worker)(-|$)/.test(name)), kindsAndNames(gone).join(", "));
        assert.equal(all.resources.length - gone.length, resources.length);
        assert.deepEqual(Object.keys(inputsOf(resources, "TaskDefinition")), ["217d2bf5-web-definition"]);
        assert.deepEqual(outputs.urls, { web: `https://${id}.staging.example.com` });

        const containers = JSON.parse(String(theOne(resources, "TaskDefinition", "217d2bf5-web-definition").inputs.containerDefinitions)) as { environment: { name: string; value: string }[] }[];
        const variables = Object.fromEntries(containers[0]!.environment.map(({ name, value }) => [name, value]));
        assert.equal(variables.API_URL, "http://api.staging.internal:8080");
        const { policy } = theOne(resources, "RolePolicy", "217d2bf5-services-execution").inputs;
        assert.ok(!String(policy).includes("API_KEY"));
    });

    it("fails where its base has not what it leaves out", async () => {
        const place = `Pulumi.branch-${id}.yaml understudy:only`;
        await assert.rejects(deployBranch({ only: ["web"] }, { ...contract, services: ["admin", "web"] }), {
            message: [
                `${id}: 2 problems`,
                ...["api", "worker"].map((name) => `  ${place}: ${name} is left out, and staging runs none either; name it here as well, or deploy staging with it`),
            ].join("\n"),
        });
    });
});

describe("a branch is refused before its first resource", () => {
    const place = `Pulumi.branch-${id}.yaml`;

    for (const { what, changes, published, lines } of [
        {
            what: "on a base that publishes nothing",
            published: null,
            lines: ["stack staging contract: the stack publishes nothing for branches; stand on one that is up and lends, such as staging or dev"],
        },
        {
            what: "on a base of another account",
            published: { ...contract, account: "333333333333" },
            lines: ['stack staging contract.account: got "333333333333"; the branch\'s settings say "222222222222"; give them the base\'s own'],
        },
        {
            what: "with a secret that its base does not share",
            published: { ...contract, sharedSecrets: ["API_KEY"] },
            lines: [
                `${place} understudy:ownSecrets: staging does not share its SESSION_SECRET; add it to understudy:sharedSecrets of Pulumi.staging.yaml and update staging, ` +
                    `or put a value of the branch's own at /shop/${id}/SESSION_SECRET and name it here`,
            ],
        },
        {
            what: "with an image that its base has no repository for",
            published: { ...contract, repositories: { "shop-web": "registry.example.com/shop/shop-web" } },
            lines: ["stack staging repositories.api: staging has no repository for this image of api; update staging with an application that has it"],
        },
        {
            what: "without images",
            changes: { images: undefined },
            published: contract,
            lines: ["api", "shop-web"].map(
                (image) => `${place} understudy:images.${image}: nothing says which image to run; deploy a release that has one for each of the application's own images`,
            ),
        },
        {
            what: "with all that is wrong at once",
            changes: { images: { api: digests.api } },
            published: { ...contract, repositories: {}, sharedSecrets: ["API_KEY", "SESSION_SECRET"] },
            lines: [
                "stack staging repositories.api: staging has no repository for this image of api; update staging with an application that has it",
                "stack staging repositories.shop-web: staging has no repository for this image of admin, migrate, web, worker; update staging with an application that has it",
                `${place} understudy:images.shop-web: nothing says which image to run; deploy a release that has one for each of the application's own images`,
            ],
        },
    ]) {
        it(what, async () => {
            const heading = `${id}: ${lines.length} problem${lines.length === 1 ? "" : "s"}`;
            await assert.rejects(deployBranch(changes, published), { message: [heading, ...lines.map((line) => `  ${line}`)].join("\n") });
        });
    }

    it("and registers nothing but its provider", async () => {
        const registered: readonly string[] = kindsAndNames((await deploy(async () => {
            const { environment, settings } = plannedBranch({ images: undefined });
            await assert.rejects(branch(environment, settings));
        }, branchWorld())).resources);
        assert.deepEqual(registered, ["aws aws"]);
    });
});
