import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ElasticLoadBalancingV2, type CreateRuleCommandInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Route53 } from "@aws-sdk/client-route-53";
import { ServiceQuotas } from "@aws-sdk/client-service-quotas";
import { defaultDirectories } from "../../../local/directories";
import { preparePython } from "../../../local/emulator/python";
import { projectDirectory } from "../../../local/project";
import { branchMainHost, branchId } from "../../../model/names";
import { balancerLimits, balancerUse, baseUse, chooseShard, type PlacedEnvironment } from "../../../model/shards";
import { plan } from "../../model/planning/planned";
import { createListener, createNetwork, createTargetGroup, type Network } from "./network";
import { emulatorForTests, refusalOf, type TestEmulator } from "./support";

describe("emulator: what a load balancer can hold", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let elb: ElasticLoadBalancingV2;
    let network: Network;

    before(async () => {
        emulator = await emulatorForTests();
        elb = new ElasticLoadBalancingV2(emulator.staging);
        network = await createNetwork(emulator.staging);
    });
    after(() => emulator.stop());

    let names = 0;
    const group = (): Promise<string> => createTargetGroup(emulator.staging, `group-${(names += 1)}`, network.vpcId);
    const listener = (): Promise<string> => createListener(emulator.staging, network, `balancer-${(names += 1)}`);
    const balancerOf = (listenerArn: string): string => listenerArn.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "");

    function rule(ListenerArn: string, Priority: number, TargetGroupArn?: string, values: readonly string[] = [`h${Priority}.example.com`]): CreateRuleCommandInput {
        const notFound = { Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } } as const;
        return {
            ListenerArn,
            Priority,
            Conditions: [{ Field: "host-header", HostHeaderConfig: { Values: [...values] } }],
            Actions: [TargetGroupArn === undefined ? notFound : { Type: "forward", TargetGroupArn }],
        };
    }

    it("refuses the 101st rule in AWS's words, and takes it when another one is gone", async () => {
        const [one, other] = [await listener(), await listener()];
        for (let priority = 1; priority <= 100; priority += 1) await elb.createRule(rule(one, priority));
        assert.equal(await refusalOf(elb.createRule(rule(one, 101))), `TooManyRulesException: The maximum number of rules on load balancer '${balancerOf(one)}' has been reached`);
        await elb.createRule(rule(other, 1));

        const { Rules = [] } = await elb.describeRules({ ListenerArn: one });
        await elb.deleteRule({ RuleArn: Rules[0]?.RuleArn });
        await elb.createRule(rule(one, 101));
    });

    it("refuses the 101st target group, counts one once however many rules lead there, and lets a rule change to another", async () => {
        const [arn, groups] = [await listener(), await Promise.all(Array.from({ length: 101 }, group))];
        // Two groups in a rule, so that there are fewer rules than groups.
        for (let index = 0; index < 100; index += 2) {
            const [first = "", second = ""] = groups.slice(index, index + 2);
            const TargetGroups = [first, second].map((each) => ({ TargetGroupArn: each, Weight: 1 }));
            await elb.createRule({ ...rule(arn, index + 1), Actions: [{ Type: "forward", ForwardConfig: { TargetGroups } }] });
        }
        await elb.createRule(rule(arn, 101, groups[0]));
        const full = "You have reached the maximum number of unique target groups that you can associate with a load balancer of type 'application': [100]";
        assert.equal(await refusalOf(elb.createRule(rule(arn, 102, groups[100]))), `TooManyUniqueTargetGroupsPerLoadBalancerException: ${full}`);
        const { Rules = [] } = await elb.describeRules({ ListenerArn: arn, PageSize: 400 });
        const last = Rules.find(({ Priority }) => Priority === "101")?.RuleArn;
        assert.equal(
            await refusalOf(elb.modifyRule({ RuleArn: last, Actions: [{ Type: "forward", TargetGroupArn: groups[100] }] })),
            `TooManyUniqueTargetGroupsPerLoadBalancerException: ${full}`,
        );
        await elb.modifyRule({ RuleArn: Rules[0]?.RuleArn, Actions: [{ Type: "forward", TargetGroupArn: groups[100] }] });
        const { TargetGroups } = await elb.describeTargetGroups({ LoadBalancerArn: balancerOf(arn) });
        assert.equal(TargetGroups?.length, 100);
    });

    it("lets a target group serve one load balancer, and the next one when the first has let it go", async () => {
        const [one, other, shared] = [await listener(), await listener(), await group()];
        const { Rules = [] } = await elb.createRule(rule(one, 1, shared));
        const refused = `TargetGroupAssociationLimitException: The following target groups cannot be associated with more than one load balancer: ${shared}`;
        assert.equal(await refusalOf(elb.createRule(rule(other, 1, shared))), refused);
        const free = await elb.createRule(rule(other, 1));
        assert.equal(await refusalOf(elb.modifyRule({ RuleArn: free.Rules?.[0]?.RuleArn, Actions: [{ Type: "forward", TargetGroupArn: shared }] })), refused);

        await elb.deleteRule({ RuleArn: Rules[0]?.RuleArn });
        await elb.createRule(rule(other, 2, shared));
        const { TargetGroups } = await elb.describeTargetGroups({ TargetGroupArns: [shared] });
        assert.deepEqual(TargetGroups?.[0]?.LoadBalancerArns, [balancerOf(other)]);
    });

    it("refuses a sixth value in a rule, over all its conditions", async () => {
        const arn = await listener();
        const hosts = rule(arn, 1, undefined, ["a.example.com", "b.example.com"]);
        const from = (count: number): CreateRuleCommandInput => {
            const Values = Array.from({ length: count }, (_, index) => `203.0.113.${index}/32`);
            return { ...hosts, Conditions: [...(hosts.Conditions ?? []), { Field: "source-ip", SourceIpConfig: { Values } }] };
        };
        assert.match(await refusalOf(elb.createRule(from(4))), /: A rule can only have '5' condition values$/);
        await elb.createRule(from(3));
    });

    it("refuses the 1001st target of all its groups", async () => {
        const [arn, first, second] = [await listener(), await group(), await group()];
        await elb.createRule(rule(arn, 1, first));
        await elb.createRule(rule(arn, 2, second));
        const targets = (count: number): { Id: string; Port: number }[] => Array.from({ length: count }, (_, index) => ({ Id: "10.0.0.9", Port: index + 1 }));
        await elb.registerTargets({ TargetGroupArn: first, Targets: targets(999) });
        assert.equal(
            await refusalOf(elb.registerTargets({ TargetGroupArn: second, Targets: targets(2) })),
            `TooManyTargetsException: The maximum number of targets per load balancer '1000' has been reached on load balancer '${balancerOf(arn)}'`,
        );
        await elb.registerTargets({ TargetGroupArn: second, Targets: targets(1) });
    });

    it("says so when it is asked, as the model counts", async () => {
        const { Limits = [] } = await elb.describeAccountLimits({});
        const limit = (name: string): number => Number(Limits.find(({ Name }) => Name === `${name}-per-application-load-balancer`)?.Max);
        assert.deepEqual({ targetGroups: limit("target-groups"), rules: limit("rules"), targets: limit("targets") }, balancerLimits);
    });

    it("takes 150 branches that the model shares out to two load balancers, and not one more than it lets in", async () => {
        const base = plan("web: {build: ., ports: [80]}").environment;
        const branchOf = (index: number): ReturnType<typeof plan>["environment"] => plan("web: {build: ., ports: [80]}", "branch", { branch: `feature/${index}` }).environment;
        const listeners = [await listener(), await listener()];
        const priorities = [0, 0];
        const serve = async (shard: number, host: string): Promise<unknown> => elb.createRule(rule(listeners[shard] ?? "", (priorities[shard]! += 1), await group(), [host]));

        for (const [shard, own] of baseUse(base, [], 2).entries()) {
            for (let count = 1; count < own.rules; count += 1) await serve(shard, "www.staging.example.com");
            await elb.createRule(rule(listeners[shard] ?? "", (priorities[shard]! += 1)));
        }
        let placed: readonly PlacedEnvironment[] = [];
        for (let index = 0; index < 150; index += 1) {
            const environment = branchOf(index);
            const wanted = { name: environment.name, use: balancerUse(environment, []) };
            const choice = chooseShard(wanted, placed, baseUse(base, [], 2));
            assert.ok(choice.kind === "placed");
            for (const host of environment.services.flatMap(({ route }) => route?.hosts ?? [])) await serve(choice.shard, host);
            placed = [...placed, { ...wanted, shard: choice.shard }];
        }
        assert.deepEqual([0, 1].map((shard) => placed.filter((each) => each.shard === shard).length), [98, 52]);

        assert.match(await refusalOf(serve(0, branchMainHost("staging.example.com", branchId("one more")))), /^TooManyRulesException: /);
        const { loadBalancers } = await emulator.control.loadBalancing();
        const hosts = loadBalancers
            .flatMap((each) => each.listeners.filter(({ arn }) => listeners.includes(arn)))
            .flatMap(({ rules }) => rules.flatMap(({ conditions }) => conditions.flatMap((condition) => (condition.field === "host-header" ? condition.values : []))));
        assert.equal(new Set(hosts.filter((host) => /^feature-\d+-[0-9a-f]{8}\.staging\.example\.com$/.test(host))).size, 150);
    });
});

describe("emulator: public DNS", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let route53: Route53;

    before(async () => {
        emulator = await emulatorForTests();
        route53 = new Route53(emulator.staging);
    });
    after(() => emulator.stop());

    it("is shown beside the load balancers, each change as it comes", async () => {
        const { HostedZone } = await route53.createHostedZone({ Name: "staging.example.com", CallerReference: "one" });
        const vpc = { VPCId: "vpc-1", VPCRegion: "eu-west-1" } as const;
        await route53.createHostedZone({ Name: "staging.internal", CallerReference: "two", VPC: vpc, HostedZoneConfig: { PrivateZone: true } });
        const { revision } = await emulator.control.loadBalancing();
        const alias = { DNSName: "Balancer.elb.amazonaws.com.", HostedZoneId: "Z2P70J7EXAMPLE", EvaluateTargetHealth: false };
        const Changes = ["*.staging.example.com", "A.staging.example.com."].map((Name) => ({ Action: "CREATE" as const, ResourceRecordSet: { Name, Type: "A" as const, AliasTarget: alias } }));
        const cname = { Name: "_proof.staging.example.com", Type: "CNAME" as const, TTL: 300, ResourceRecords: [{ Value: "proof.example.net" }] };
        await route53.changeResourceRecordSets({ HostedZoneId: HostedZone?.Id, ChangeBatch: { Changes: [...Changes, { Action: "CREATE", ResourceRecordSet: cname }] } });

        const { publicZones } = await emulator.control.loadBalancing({ after: revision, timeout: 1_000 });
        assert.deepEqual(
            publicZones.map(({ name, records }) => [name, records.filter(({ target }) => target !== undefined).toSorted((a, b) => (a.name < b.name ? -1 : 1))]),
            [
                [
                    "staging.example.com",
                    [
                        { name: "*.staging.example.com", type: "A", target: "balancer.elb.amazonaws.com" },
                        { name: "_proof.staging.example.com", type: "CNAME", target: "proof.example.net" },
                        { name: "a.staging.example.com", type: "A", target: "balancer.elb.amazonaws.com" },
                    ],
                ],
            ],
        );
    });
});

describe("emulator: quotas of services", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;

    before(async () => {
        emulator = await emulatorForTests();
    });
    after(() => emulator.stop());

    for (const [ServiceCode, QuotaCode, name, value] of [
        ["fargate", "L-3032A538", "Fargate On-Demand vCPU resource count", 4000],
        ["fargate", "L-36FBB829", "Fargate Spot vCPU resource count", 4000],
        ["ecs", "L-9EF96962", "Services per cluster", 5000],
        ["AWSCloudMap", "L-D95E8A57", "Instances per namespace", 2000],
    ] as const) {
        it(`knows how many ${name} there may be`, async () => {
            const { Quota } = await new ServiceQuotas(emulator.staging).getServiceQuota({ ServiceCode, QuotaCode });
            assert.deepEqual([Quota?.QuotaName, Quota?.Value], [name, value]);
        });
    }

    it("answers in the shape of AWS's model of the service", async () => {
        const python = await preparePython({ cacheDir: defaultDirectories(projectDirectory).cache });
        const libraries = join(dirname(dirname(python)), "lib");
        const model = join(libraries, readdirSync(libraries)[0] ?? "", "site-packages/botocore/data/service-quotas/2019-06-24/service-2.json.gz");
        const { shapes } = JSON.parse(gunzipSync(readFileSync(model)).toString()) as { readonly shapes: Readonly<Record<string, { readonly type: string; readonly members?: Readonly<Record<string, { readonly shape: string }>> }>> };
        const members = shapes["ServiceQuota"]?.members ?? {};
        const typeOf = (key: string): string | undefined => ({ string: "string", double: "number", boolean: "boolean" })[shapes[members[key]?.shape ?? ""]?.type ?? ""];

        const { Quota = {} } = await new ServiceQuotas(emulator.staging).getServiceQuota({ ServiceCode: "fargate", QuotaCode: "L-36FBB829" });
        assert.deepEqual(Object.entries(Quota).filter(([key, value]) => typeOf(key) !== typeof value), []);
        assert.ok(Object.keys(Quota).length > 5);
    });

    it("refuses one that it does not know as AWS does", async () => {
        const asked = new ServiceQuotas(emulator.staging).getServiceQuota({ ServiceCode: "ecs", QuotaCode: "L-00000000" });
        assert.match(await refusalOf(asked), /^NoSuchResourceException: /);
    });
});
