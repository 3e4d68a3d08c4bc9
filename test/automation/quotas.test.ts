import assert from "node:assert/strict";
import { ECS } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAM } from "@aws-sdk/client-iam";
import { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";
import { makeClients, type Clients } from "../../automation/aws/clients";
import { listRules } from "../../automation/aws/listenerRules";
import { quotaCheck } from "../../automation/doctor";
import { quotasOf, type Quota, type QuotaGroup } from "../../automation/quotas";
import type { StateResource } from "../../automation/state/stackState";
import { createListener, createNetwork, createTargetGroup } from "../local/emulator/network";
import { emulatorForTests, place, type TestEmulator } from "../local/emulator/support";

describe("a check of quotas", () => {
    const quota = (used: number, limit: number, more: Partial<Quota> = {}): Quota => ({ what: "rules", used, limit, advice: "remove branches", ...more });
    for (const { quotas, status, message, where } of [
        { quotas: [quota(79, 100)], status: "ok", message: "79 of 100 rules" },
        { quotas: [quota(80, 100)], status: "warning", message: "80 of 100 rules" },
        { quotas: [quota(99, 100)], status: "warning", message: "99 of 100 rules" },
        { quotas: [quota(100, 100)], status: "failed", message: "100 of 100 rules" },
        { quotas: [quota(1, 100), quota(90, 100, { what: "target groups" })], status: "warning", message: "1 of 100 rules, 90 of 100 target groups" },
        { quotas: [quota(1.25, 4000, { what: "vCPU", assumed: true })], status: "ok", message: "1.25 of 4,000 (AWS's usual limit) vCPU" },
        { quotas: [quota(0, 0)], status: "failed", message: "0 of 0 rules" },
        { quotas: [quota(2, 5000)], where: "in cluster shop-staging", status: "ok", message: "2 of 5,000 rules in cluster shop-staging" },
    ] as const) {
        it(`says "${message}" and is ${status}`, () => {
            const advice = status === "ok" ? {} : { advice: "remove branches" };
            assert.deepEqual(quotaCheck("rules of staging", where, quotas), { name: "rules of staging", status, message, ...advice });
        });
    }
});

describe("the rules of a listener", () => {
    it("are those of all answers that it takes to tell them", async () => {
        const asked: unknown[] = [];
        const pages: Readonly<Record<string, object>> = { first: { Rules: [{ RuleArn: "a" }], NextMarker: "more" }, more: { Rules: [{ RuleArn: "b" }] } };
        const elb = {
            describeRules: ({ ListenerArn, Marker = "first" }: { readonly ListenerArn: string; readonly Marker?: string }) => {
                asked.push([ListenerArn, Marker]);
                return Promise.resolve(pages[Marker]);
            },
        };
        const rules = await listRules({ elb: () => Promise.resolve(elb as unknown as ElasticLoadBalancingV2) }, "arn:listener");
        assert.deepEqual([rules, asked], [[{ RuleArn: "a" }, { RuleArn: "b" }], [["arn:listener", "first"], ["arn:listener", "more"]]]);
    });
});

describe("AWS's quotas", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let aws: Clients;
    let balancer: string;
    let listenerArn: string;
    let namespace: string;

    before(async () => {
        emulator = await emulatorForTests();
        const { endpoint, credentials } = emulator.staging;
        aws = makeClients({ AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey }, place);

        const network = await createNetwork(emulator.staging);
        listenerArn = await createListener(emulator.staging, network);
        balancer = listenerArn.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "");
        const [group, unused] = [await createTargetGroup(emulator.staging, "used", network.vpcId), await createTargetGroup(emulator.staging, "unused", network.vpcId)];
        assert.notEqual(group, unused);
        for (let Priority = 1; Priority <= 60; Priority += 1) {
            const Conditions = [{ Field: "host-header", Values: [`h${Priority}.example.com`] }];
            await new ElasticLoadBalancingV2(emulator.staging).createRule({ ListenerArn: listenerArn, Priority, Conditions, Actions: [{ Type: "forward", TargetGroupArn: group }] });
        }
        for (const RoleName of ["one", "two"]) await new IAM(emulator.staging).createRole({ RoleName, AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' });
        await new ECS(emulator.staging).createCluster({ clusterName: "shop-staging", capacityProviders: ["FARGATE", "FARGATE_SPOT"] });

        const discovery = new ServiceDiscovery(emulator.staging);
        const { OperationId } = await discovery.createPrivateDnsNamespace({ Name: "staging.internal", Vpc: network.vpcId });
        namespace = (await discovery.getOperation({ OperationId })).Operation?.Targets?.NAMESPACE ?? "";
        for (const Name of ["web", "api"]) {
            const { Service } = await discovery.createService({ Name, NamespaceId: namespace, DnsConfig: { DnsRecords: [{ Type: "A", TTL: 10 }] } });
            await emulator.control.putInstance(place, Service?.Id ?? "", "one", { AWS_INSTANCE_IPV4: "127.1.0.1" });
        }
    });
    afterEach(() => emulator.control.setFaults([]));
    after(() => emulator.stop());

    function groups(borrowed = false): readonly QuotaGroup[] {
        const made = (type: string, id: string, outputs: object = {}): StateResource => ({ urn: "", type, custom: true, id, protect: false, inputs: {}, outputs: { ...outputs } });
        const resources = [
            ...(borrowed ? [] : [made("aws:lb/loadBalancer:LoadBalancer", balancer)]),
            made("aws:ecs/cluster:Cluster", "arn:cluster", { name: "shop-staging" }),
            made("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", namespace, { name: "staging.internal" }),
        ];
        const ingress = borrowed ? ({ kind: "existing", listenerArn, securityGroupId: "sg-1", priorities: [1, 999] } as const) : ({ kind: "own", shards: 1 } as const);
        return quotasOf(aws, { account: place.account, ingress }, { resources });
    }

    async function counted(name: string, borrowed = false): Promise<unknown> {
        const group = groups(borrowed).find((each) => each.name.startsWith(name));
        return (await group?.count())?.map(({ what, used, limit, assumed }) => [what, used, limit, ...(assumed === true ? ["assumed"] : [])]);
    }

    it("are counted for all that a base and its branches use up, and where it is said", () => {
        assert.deepEqual(groups().map(({ name, place: where }) => [name, where]), [
            ["roles", "in account 222222222222"],
            ["load balancer main", undefined],
            ["services", "in cluster shop-staging"],
            ["Fargate", "in cluster shop-staging"],
            ["discovered tasks", "in staging.internal"],
        ]);
    });

    for (const borrowed of [false, true]) {
        it(`of a load balancer ${borrowed ? "that is borrowed" : "of its own"} are counted by what its rules lead to`, async () => {
            assert.deepEqual(await counted("load balancer", borrowed), [
                ["target groups", 1, 100],
                ["rules", 60, 100],
            ]);
        });
    }

    it("of an account, a cluster and a namespace are counted with their own limits", async () => {
        assert.deepEqual(await counted("roles"), [["roles", 2, 1000]]);
        assert.deepEqual(await counted("services"), [["services", 0, 5000]]);
        assert.deepEqual(await counted("Fargate"), [
            ["vCPU on demand", 0, 4000],
            ["vCPU on Spot", 0, 4000],
        ]);
        assert.deepEqual(await counted("discovered"), [["instances", 2, 2000]]);
    });

    it("are AWS's usual ones where the account's own are not told", async () => {
        const error = { code: "NoSuchResourceException", message: "The specified quota does not exist.", status: 400 };
        await emulator.control.setFaults([{ service: "servicequotas", error }]);
        assert.deepEqual(await counted("Fargate"), [
            ["vCPU on demand", 0, 6, "assumed"],
            ["vCPU on Spot", 0, 6, "assumed"],
        ]);
    });

    it("fail in AWS's words where they must not be read", async () => {
        const error = { code: "AccessDeniedException", message: "not authorized to perform servicequotas:GetServiceQuota", status: 400 };
        await emulator.control.setFaults([{ service: "servicequotas", error }]);
        await assert.rejects(counted("services"), { kind: "credentials", message: /could not ask for the quota L-9EF96962 of ecs: AWS does not allow this/ });
    });
});
