import assert from "node:assert/strict";
import type { BaseKind } from "../../model/environment";
import { formatReleaseRecord, parseReleaseRecord } from "../../model/releaseRecord";
import { parseContract } from "../../stacks/contract";
import { dev } from "../../stacks/dev";
import { production } from "../../stacks/production";
import { staging } from "../../stacks/staging";
import { deploy, type Deployment, type World } from "../support/deploy";
import { awaitedBy, inputsOf, kindsAndNames, theOne } from "../support/registered";
import { accounts, digests, plannedBase, worldOf } from "./fixtures";
import { assertIdentity } from "./identity";

const builds = { production, staging, dev };
const kinds = ["production", "staging", "dev"] as const;
const memory = "/shop/staging/understudy/release";

function deployBase(kind: BaseKind, changes: Readonly<Record<string, unknown>> = {}, world: World = {}): Promise<Deployment> {
    const { environment, settings } = plannedBase(kind, changes);
    return deploy(() => builds[kind](environment, settings), worldOf(kind, world));
}

/** The deployment of a kind with its usual settings, which tests only look at. */
const usual = new Map<BaseKind, Promise<Deployment>>();
function usualBase(kind: BaseKind): Promise<Deployment> {
    const deployment = usual.get(kind) ?? deployBase(kind);
    usual.set(kind, deployment);
    return deployment;
}

function remembering(value: string): World {
    const answer = (): Record<string, unknown> => ({ names: ["/shop/staging/understudy/other", memory], values: ["other", value] });
    return { answers: { "aws:ssm/getParametersByPath:getParametersByPath": answer } };
}

function unanswering(token: string, reason: string): World {
    const answer = (): never => {
        throw new Error(`invocation of ${token} returned an error: ${reason}`);
    };
    return { answers: { [token]: answer } };
}

for (const kind of kinds) {
    describe(`the ${kind} stack`, () => {
        it("keeps the identities of its resources", async () => {
            assertIdentity(kind, (await usualBase(kind)).resources);
        });

        it("reaches AWS only through its provider, which is pinned to its account and marks what it makes", async () => {
            const { resources } = await usualBase(kind);
            const provider = theOne(resources, "aws", "aws");
            assert.deepEqual(provider.inputs, {
                region: "eu-west-1",
                allowedAccountIds: `["${accounts[kind]}"]`,
                assumeRoles: `[{"roleArn":"arn:aws:iam::${accounts[kind]}:role/understudy-deploy","sessionName":"understudy-${kind}"}]`,
                defaultTags: `{"tags":{"understudy:app":"shop","understudy:environment":"${kind}"}}`,
                skipCredentialsValidation: "false",
                skipRegionValidation: "true",
            });
            const others = resources.filter(({ type, provider: used }) => type.startsWith("aws:") && used !== provider.urn);
            assert.deepEqual(kindsAndNames(others), []);
        });

        it("lets in exactly the addresses that its settings name", async () => {
            const { resources } = await usualBase(kind);
            const networks = Object.values(inputsOf(resources, "SecurityGroupIngressRule")).flatMap(({ cidrIpv4 }) => cidrIpv4 ?? []);
            assert.deepEqual([...new Set(networks)], ["203.0.113.0/24"]);
        });

        it("lets nobody in when its settings do not say whom", async () => {
            const { resources } = await deployBase(kind, { access: undefined });
            const networks = Object.values(inputsOf(resources, "SecurityGroupIngressRule")).flatMap(({ cidrIpv4 }) => cidrIpv4 ?? []);
            assert.deepEqual(networks, []);
        });
    });
}

describe("what production is", () => {
    it("is kept from deletion, and watched", async () => {
        const { resources } = await usualBase("production");
        assert.equal(theOne(resources, "LoadBalancer", "ingress-balancer").inputs.enableDeletionProtection, true);
        assert.deepEqual(Object.values(inputsOf(resources, "Repository")).map(({ forceDelete }) => forceDelete), [false, false]);
        assert.deepEqual(theOne(resources, "Cluster", "cluster-ecs").inputs.settings, [{ name: "containerInsights", value: "enabled" }]);
    });

    it("can be let go by its settings", async () => {
        const { resources } = await deployBase("production", { deletionProtection: false });
        assert.equal(theOne(resources, "LoadBalancer", "ingress-balancer").inputs.enableDeletionProtection, false);
        assert.deepEqual(Object.values(inputsOf(resources, "Repository")).map(({ forceDelete }) => forceDelete), [true, true]);
    });

    it("lends nothing to branches", async () => {
        const { resources, outputs } = await usualBase("production");
        assert.equal("contract" in outputs, false);
        assert.deepEqual(inputsOf(resources, "Policy"), {});
    });

    for (const [kind, capacity] of [["production", "FARGATE"], ["staging", "FARGATE_SPOT"], ["dev", "FARGATE_SPOT"]] as const) {
        it(`runs ${kind === "production" ? "on demand" : `on Spot in ${kind}`}`, async () => {
            const { resources } = await usualBase(kind);
            assert.deepEqual(theOne(resources, "Service", `${kind}-web-ecs`).inputs.capacityProviderStrategies, [{ capacityProvider: capacity, weight: 1, base: 0 }]);
        });
    }
});

describe("what staging and dev are", () => {
    for (const kind of ["staging", "dev"] as const) {
        it(`${kind} can be removed at any time`, async () => {
            const { resources } = await usualBase(kind);
            assert.equal(theOne(resources, "LoadBalancer", "ingress-balancer").inputs.enableDeletionProtection, false);
            assert.deepEqual(Object.values(inputsOf(resources, "Repository")).map(({ forceDelete }) => forceDelete), [true, true]);
        });

        it(`${kind} tells its branches what runs in it, which is nothing before its first release`, async () => {
            const servicesOf = ({ outputs }: Deployment): unknown => (outputs.contract as { services: unknown }).services;
            assert.deepEqual(servicesOf(await usualBase(kind)), ["admin", "api", "web", "worker"]);
            assert.deepEqual(servicesOf(await deployBase(kind, { images: undefined })), []);
        });

        it(`${kind} publishes a contract that a branch can read`, async () => {
            const { outputs } = await usualBase(kind);
            const expected = { app: "shop", base: kind, account: accounts[kind], region: "eu-west-1", zone: `${kind}.example.com` };
            assert.deepEqual(parseContract(outputs.contract, kind, expected), { contract: outputs.contract, problems: [] });
        });
    }
});

describe("a base", () => {
    it("tells where it is and what runs", async () => {
        const { outputs } = await usualBase("staging");
        const { contract: _, services, ...rest } = outputs;
        assert.deepEqual(rest, {
            url: "https://www.staging.example.com",
            urls: { admin: "https://admin.staging.example.com", web: "https://www.staging.example.com" },
            tasks: {
                migrate: { definitionArn: "arn:aws:mock:::staging-migrate-definition", family: "shop-staging-migrate", logGroup: "/shop/staging/migrate" },
            },
            images: digests,
        });
        assert.deepEqual((services as Readonly<Record<string, unknown>>).web, {
            cluster: "shop-staging",
            service: "web",
            count: 1,
            definitionArn: "arn:aws:mock:::staging-web-definition",
            family: "shop-staging-web",
            logGroup: "/shop/staging/web",
            targetGroupArn: "arn:aws:mock:::staging-web",
        });
    });

    it("starts a service only once it can be reached, found, and may do what it needs", async () => {
        const { resources } = await usualBase("staging");
        const awaited = awaitedBy(theOne(resources, "Service", "staging-web-ecs"), resources);
        for (const [type, name] of [
            ["ListenerRule", "staging-web-rule"],
            ["Service", "staging-web-discovery"],
            ["RolePolicy", "staging-web-execution"],
            ["RolePolicy", "staging-web-task"],
            ["ClusterCapacityProviders", "cluster-capacity"],
        ] as const) {
            assert.ok(awaited.has(theOne(resources, type, name).urn), `${type} ${name}`);
        }
    });

    it("runs the images of its release by digest, and remembers it", async () => {
        const { resources } = await usualBase("staging");
        const containers = JSON.parse(String(theOne(resources, "TaskDefinition", "staging-web-definition").inputs.containerDefinitions)) as { image: string }[];
        assert.deepEqual(containers.map(({ image }) => image), [`registry.example.com/shop/shop-web@${digests["shop-web"]}`, "nginx:1.27"]);
        assert.deepEqual(parseReleaseRecord(String(theOne(resources, "Parameter", "release-images").inputs.insecureValue)), { images: digests, former: {} });
    });

    it("defines a task without waiting for the repositories of other services", async () => {
        const { resources } = await usualBase("staging");
        const awaited = awaitedBy(theOne(resources, "TaskDefinition", "staging-web-definition"), resources);
        const repositories = resources.filter(({ urn, type }) => awaited.has(urn) && type === "aws:ecr/repository:Repository");
        assert.deepEqual(kindsAndNames(repositories), ["Repository repositories-shop-web"]);
    });

    it("gives each service roles for its own images, logs and secrets only", async () => {
        const { resources } = await usualBase("staging");
        const statements = (name: string): unknown =>
            (JSON.parse(String(theOne(resources, "RolePolicy", name).inputs.policy)) as { Statement: { Sid: string; Resource: string[] }[] }).Statement.map(
                ({ Sid, Resource }) => [Sid, Resource],
            );
        assert.deepEqual(statements("staging-api-execution"), [
            ["SignInToRegistry", ["*"]],
            ["PullImages", ["arn:aws:ecr:eu-west-1:222222222222:repository/shop/api"]],
            ["WriteLogs", ["arn:aws:logs:eu-west-1:222222222222:log-group:/shop/staging/api:*"]],
            ["ReadSecrets", ["arn:aws:ssm:eu-west-1:222222222222:parameter/shop/staging/API_KEY"]],
        ]);
        assert.deepEqual(statements("staging-worker-execution"), [
            ["SignInToRegistry", ["*"]],
            ["PullImages", ["arn:aws:ecr:eu-west-1:222222222222:repository/shop/shop-web"]],
            ["WriteLogs", ["arn:aws:logs:eu-west-1:222222222222:log-group:/shop/staging/worker:*"]],
        ]);
    });

    it("makes everything but services before its first release, and says so", async () => {
        const { resources, outputs, warnings } = await deployBase("staging", { images: undefined });
        const whole = await usualBase("staging");
        const missing = whole.resources.filter(({ urn }) => !resources.some((resource) => resource.urn === urn));
        assert.ok(missing.every(({ name }) => name.startsWith("staging-") || name.startsWith("release")), kindsAndNames(missing).join(", "));
        assert.deepEqual(inputsOf(resources, "TaskDefinition"), {});
        assert.deepEqual(Object.keys(inputsOf(resources, "Repository")), ["repositories-api", "repositories-shop-web"]);
        assert.deepEqual(warnings, ["staging has no release yet: everything but its services is made; push images, then deploy them"]);
        assert.deepEqual({ ...outputs, contract: undefined }, { urls: {}, services: {}, tasks: {}, images: {}, contract: undefined });
    });

    it("runs what its record says when its settings name no images", async () => {
        const record = formatReleaseRecord({ images: { ...digests, old: "sha256:0" }, previous: { api: "sha256:1" } });
        const { outputs, calls, warnings } = await deployBase("staging", { images: undefined }, remembering(record));
        assert.deepEqual([outputs.images, warnings], [digests, []]);
        assert.deepEqual(calls.find(({ token }) => token.startsWith("aws:ssm/"))?.inputs, { path: "/shop/staging/understudy", withDecryption: false });
    });
});

describe("a base with several load balancers", () => {
    const sharded = (shards: number): Promise<Deployment> => deployBase("staging", { ingress: { shards } });

    it("keeps the identities of its resources, also those that it had with one", async () => {
        const [one, three] = [await usualBase("staging"), await sharded(3)];
        assertIdentity("staging-3-shards", three.resources);
        const urns = new Set(three.resources.map(({ urn }) => urn));
        assert.deepEqual(one.resources.filter(({ urn }) => !urns.has(urn)), []);
    });

    it("serves itself by the first alone, and tells its branches all of them", async () => {
        const { resources, outputs } = await sharded(3);
        const rules = Object.entries(inputsOf(resources, "ListenerRule")).filter(([name]) => name.startsWith("staging-"));
        assert.deepEqual(rules.map(([name, { listenerArn }]) => [name, listenerArn]), [
            ["staging-admin-rule", "arn:aws:mock:::ingress-https"],
            ["staging-web-rule", "arn:aws:mock:::ingress-https"],
        ]);
        const shard = (index: number): object => ({
            listenerArn: `arn:aws:mock:::ingress-https-${index}`,
            floorRuleArn: `arn:aws:mock:::ingress-floor-${index}`,
            balancer: { dnsName: `ingress-balancer-${index}.elb.amazonaws.com`, zoneId: `ingress-balancer-${index}-zone` },
            zoneId: "Z1",
        });
        assert.deepEqual((outputs.contract as { ingress: object }).ingress, {
            listenerArn: "arn:aws:mock:::ingress-https",
            floorRuleArn: "arn:aws:mock:::ingress-floor",
            sourceAddresses: [],
            furtherShards: [shard(1), shard(2)],
        });
        const expected = { app: "shop", base: "staging", account: accounts.staging, region: "eu-west-1", zone: "staging.example.com" } as const;
        assert.deepEqual(parseContract(outputs.contract, "staging", expected).problems, []);
    });
});

describe("a base whose last deployment was stopped", () => {
    it("goes on with the release that was being deployed, and says that nobody knows how it ends", async () => {
        const record = formatReleaseRecord({ images: digests, former: { api: "sha256:1" } });
        const { outputs, warnings } = await deployBase("staging", { images: undefined }, remembering(record));
        assert.deepEqual(outputs.images, digests);
        assert.deepEqual(warnings, [
            `SSM parameter ${memory}: this release was being deployed when that was stopped, so nobody knows whether it comes up; \`understudy deploy\` or \`branch up\` finds out`,
        ]);
    });
});

describe("a base for whose tasks Spot had no place", () => {
    const record = formatReleaseRecord({ images: digests, onDemand: "2026-11-21T10:00:00.000Z" });
    for (const [where, images] of [["its record", undefined], ["its settings", digests]] as const) {
        it(`runs them on demand, with the images of ${where}`, async () => {
            const { resources } = await deployBase("staging", { images, capacity: "FARGATE_SPOT" }, remembering(record));
            const services = resources.filter(({ type }) => type === "aws:ecs/service:Service");
            assert.deepEqual(services.map(({ inputs }) => inputs.capacityProviderStrategies), services.map(() => [{ capacityProvider: "FARGATE", weight: 1, base: 0 }]));
            assert.equal(services.length, 4);
        });
    }
});

describe("a base on somebody else's listener", () => {
    const ingress = { listenerArn: "arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/shared/1/2", securityGroupId: "sg-01234567", priorities: [200, 299] };

    it("adds rules within its range and the floor above them, and makes no load balancer, certificate or DNS record", async () => {
        const { resources } = await deployBase("staging", { ingress });
        for (const type of ["LoadBalancer", "Listener", "Certificate", "Record", "CertificateValidation"]) assert.deepEqual(inputsOf(resources, type), {}, type);

        const { "ingress-floor": floor, ...rules } = inputsOf(resources, "ListenerRule");
        assert.equal(floor!.priority, 300);
        assert.deepEqual(Object.keys(rules), ["staging-admin-rule", "staging-web-rule"]);
        for (const { listenerArn, priority } of Object.values(rules)) {
            assert.equal(listenerArn, ingress.listenerArn);
            assert.ok(Number(priority) >= 200 && Number(priority) <= 299);
        }
    });

    for (const { access, from } of [
        { access: { addresses: ["203.0.113.0/24"] }, from: [{ sourceIp: { values: ["203.0.113.0/24"] } }] },
        { access: undefined, from: [{ sourceIp: { values: ["192.0.2.0/32"] } }] },
        { access: "public", from: [] },
    ]) {
        it(`asks for ${JSON.stringify(from)} in every rule with access ${JSON.stringify(access)}, and its branches do the same`, async () => {
            const { resources, outputs } = await deployBase("staging", { ingress, access });
            const { conditions } = theOne(resources, "ListenerRule", "staging-web-rule").inputs;
            assert.deepEqual(conditions, [{ hostHeader: { values: ["www.staging.example.com"] } }, ...from]);
            const { sourceAddresses } = (outputs.contract as { ingress: { sourceAddresses: string[] } }).ingress;
            assert.deepEqual(sourceAddresses, from.flatMap(({ sourceIp }) => sourceIp.values));
        });
    }

    it("fails on a range that is too small", async () => {
        await assert.rejects(deployBase("staging", { ingress: { ...ingress, priorities: [200, 200] } }), {
            message: "staging: 1 problem\n  Pulumi.staging.yaml understudy:ingress.priorities: 2 listener rules do not fit into the priorities 200 to 200",
        });
    });
});

describe("a base is refused before its first resource", () => {
    it("without its zone", async () => {
        await assert.rejects(deployBase("staging", {}, unanswering("aws:route53/getZone:getZone", "no matching Route 53 Hosted Zone found")), {
            message:
                'staging: 1 problem\n  Pulumi.staging.yaml understudy:zone: got "staging.example.com"; ' +
                "a public hosted zone of account 222222222222 is expected; make it and delegate the name to it",
        });
    });

    for (const { token, doing } of [
        { token: "aws:route53/getZone:getZone", doing: "looking for the hosted zone staging.example.com" },
        { token: "aws:ssm/getParametersByPath:getParametersByPath", doing: `looking for the SSM parameter ${memory}` },
    ]) {
        it(`when AWS does not answer to ${doing}`, async () => {
            await assert.rejects(deployBase("staging", { images: undefined }, unanswering(token, "AWS account ID not allowed: 123456789012")), {
                message: `${doing}: AWS account ID not allowed: 123456789012`,
            });
        });
    }

    it("with images for only a part of its services", async () => {
        await assert.rejects(deployBase("staging", { images: { api: digests.api } }), {
            message:
                "staging: 1 problem\n  Pulumi.staging.yaml understudy:images.shop-web: nothing says which image to run; " +
                "deploy a release that has one for each of the application's own images",
        });
    });

    it("with a memory that is not its own", async () => {
        await assert.rejects(deployBase("staging", { images: undefined }, remembering("latest")), {
            message: `staging: 1 problem\n  SSM parameter ${memory}: not the record of a release; deploy a release, which writes it anew`,
        });
    });
});
