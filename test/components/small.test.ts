import assert from "node:assert/strict";
import fc from "fast-check";
import { childName } from "../../components/childName";
import { Cluster } from "../../components/cluster/cluster";
import { Discovery } from "../../components/discovery/discovery";
import { stableJson } from "../../components/json";
import { Registry } from "../../components/registry/registry";
import { ReleaseMemory } from "../../components/release/releaseMemory";
import { lifecyclePolicy } from "../../components/repositories/plan";
import { Repositories } from "../../components/repositories/repositories";
import { deploy } from "../support/deploy";
import { inputsOf, kindsAndNames, theOne } from "../support/registered";

describe("the name of a child", () => {
    it("is its component's, and its role", () => {
        assert.equal(childName("network", "tasks"), "network-tasks");
    });
});

describe("stable JSON", () => {
    it("means what was given", () => {
        fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => assert.deepEqual(JSON.parse(stableJson(value)), JSON.parse(JSON.stringify(value)))));
    });

    it("is the same text in whatever order the keys are", () => {
        fc.assert(
            fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
                assert.equal(stableJson(Object.fromEntries(Object.entries(value).toReversed())), stableJson(value));
            }),
        );
        assert.equal(stableJson({ b: [{ d: 1, c: 2 }], a: undefined }), '{"b":[{"c":2,"d":1}]}');
    });
});

describe("a registry", () => {
    it("is one table, paid by the request", async () => {
        const { resources } = await deploy(
            () => new Registry("registry", { tableName: "shop-staging-registry", pointInTimeRecovery: true, deletionProtection: false }),
        );

        assert.deepEqual(kindsAndNames(resources), ["Registry registry", "Table registry-table"]);
        assert.deepEqual(theOne(resources, "Table", "registry-table").inputs, {
            name: "shop-staging-registry",
            billingMode: "PAY_PER_REQUEST",
            attributes: [
                { name: "kind", type: "S" },
                { name: "id", type: "S" },
            ],
            hashKey: "kind",
            rangeKey: "id",
            pointInTimeRecovery: { enabled: true },
            deletionProtectionEnabled: false,
        });
    });
});

describe("a cluster", () => {
    it("offers Fargate on demand and Spot", async () => {
        const { resources } = await deploy(
            () => new Cluster("cluster", { clusterName: "shop-staging", capacity: "FARGATE_SPOT", containerInsights: "disabled" }),
        );

        assert.deepEqual(kindsAndNames(resources), ["Cluster cluster", "Cluster cluster-ecs", "ClusterCapacityProviders cluster-capacity"]);
        assert.deepEqual(theOne(resources, "Cluster", "cluster-ecs").inputs, {
            name: "shop-staging",
            settings: [{ name: "containerInsights", value: "disabled" }],
        });
        assert.deepEqual(theOne(resources, "ClusterCapacityProviders", "cluster-capacity").inputs, {
            clusterName: "shop-staging",
            capacityProviders: ["FARGATE", "FARGATE_SPOT"],
            defaultCapacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
        });
    });
});

describe("discovery", () => {
    it("is one private namespace of the VPC", async () => {
        const { resources } = await deploy(() => new Discovery("discovery", { namespaceName: "staging.internal", vpcId: "vpc-1" }));

        assert.deepEqual(kindsAndNames(resources), ["Discovery discovery", "PrivateDnsNamespace discovery-namespace"]);
        assert.deepEqual(theOne(resources, "PrivateDnsNamespace", "discovery-namespace").inputs, {
            name: "staging.internal",
            vpc: "vpc-1",
            description: "Services of the environment and its branches",
        });
    });
});

describe("the memory of a release", () => {
    it("is one parameter, which begins with a release that nobody has seen up yet", async () => {
        const { resources } = await deploy(
            () => new ReleaseMemory("release", { parameterName: "/shop/staging/understudy/release", images: { web: "sha256:2", api: "sha256:1" } }),
        );

        assert.deepEqual(kindsAndNames(resources), ["Parameter release-images", "ReleaseMemory release"]);
        assert.deepEqual(theOne(resources, "Parameter", "release-images").inputs, {
            name: "/shop/staging/understudy/release",
            type: "String",
            insecureValue: '{"images":{"api":"sha256:1","web":"sha256:2"},"former":{}}',
            description: "Digest of each image this environment runs",
        });
    });
});

describe("repositories", () => {
    const kept = { tagPrefix: "staging.", count: 10 };

    it("keep what environments need, the newest releases, and what lost its tag for 30 days", () => {
        assert.deepEqual(lifecyclePolicy(kept), {
            rules: [
                {
                    rulePriority: 1,
                    description: "keep what environments need, keep.*",
                    selection: { tagStatus: "tagged", tagPrefixList: ["keep."], countType: "sinceImagePushed", countUnit: "days", countNumber: 36_500 },
                    action: { type: "expire" },
                },
                {
                    rulePriority: 2,
                    description: "keep the newest 10 of staging.*",
                    selection: { tagStatus: "tagged", tagPrefixList: ["staging."], countType: "imageCountMoreThan", countNumber: 10 },
                    action: { type: "expire" },
                },
                {
                    rulePriority: 3,
                    description: "keep what has no tag for 30 days",
                    selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 30 },
                    action: { type: "expire" },
                },
            ],
        });
    });

    it("are one per image, with its lifecycle", async () => {
        const { resources } = await deploy(
            () => new Repositories("repositories", { repositories: { api: "shop/api", web: "shop/web" }, kept, forceDelete: true }),
        );

        assert.deepEqual(kindsAndNames(resources), [
            "LifecyclePolicy repositories-api",
            "LifecyclePolicy repositories-web",
            "Repositories repositories",
            "Repository repositories-api",
            "Repository repositories-web",
        ]);
        assert.deepEqual(theOne(resources, "Repository", "repositories-web").inputs, {
            name: "shop/web",
            imageTagMutability: "MUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
            forceDelete: true,
        });
        assert.deepEqual(
            Object.entries(inputsOf(resources, "LifecyclePolicy")).map(([name, { repository, policy }]) => ({ name, repository, policy: JSON.parse(String(policy)) as unknown })),
            [
                { name: "repositories-api", repository: "shop/api", policy: lifecyclePolicy(kept) },
                { name: "repositories-web", repository: "shop/web", policy: lifecyclePolicy(kept) },
            ],
        );
    });
});
