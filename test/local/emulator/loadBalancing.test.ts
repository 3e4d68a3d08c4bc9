import assert from "node:assert/strict";
import { AuthorizeSecurityGroupIngressCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
    CreateRuleCommand,
    DescribeRulesCommand,
    DescribeTargetHealthCommand,
    ElasticLoadBalancingV2Client,
    RegisterTargetsCommand,
    type Action,
    type RuleCondition,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { TargetReport } from "../../../local/emulator/views";
import { createListener, createNetwork, createTargetGroup, type Network } from "./network";
import { emulatorForTests, place, refusalOf, type TestEmulator } from "./support";

describe("emulator: load balancing", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let elb: ElasticLoadBalancingV2Client;
    let network: Network;
    let listenerArn: string;
    let used: string;
    let unused: string;

    before(async () => {
        emulator = await emulatorForTests();
        elb = new ElasticLoadBalancingV2Client(emulator.staging);
        network = await createNetwork(emulator.staging);
        listenerArn = await createListener(emulator.staging, network);
        used = await createTargetGroup(emulator.staging, "used", network.vpcId);
        unused = await createTargetGroup(emulator.staging, "unused", network.vpcId);
        await createRule(20, [hosts("b.example.com")], [{ Type: "forward", TargetGroupArn: used }]);
        await createRule(
            3,
            [
                hosts("*.a.example.com"),
                { Field: "source-ip", SourceIpConfig: { Values: ["192.0.2.0/24"] } },
                { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "x-version", Values: ["2"] } },
                { Field: "query-string", QueryStringConfig: { Values: [{ Key: "v", Value: "2" }, { Value: "beta" }] } },
            ],
            [{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_301", Protocol: "HTTPS", Port: "443" } }],
        );
    });
    after(() => emulator.stop());

    const hosts = (...values: string[]): RuleCondition => ({ Field: "host-header", HostHeaderConfig: { Values: values } });
    const createRule = (priority: number, conditions: RuleCondition[], actions: Action[]): Promise<unknown> =>
        elb.send(new CreateRuleCommand({ ListenerArn: listenerArn, Priority: priority, Conditions: conditions, Actions: actions }));
    const healthOf = async (group: string): Promise<unknown> => {
        const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: group }));
        return TargetHealthDescriptions!.map(({ Target, TargetHealth }) => [
            `${Target!.Id!}:${Target!.Port!}`,
            TargetHealth!.State,
            TargetHealth!.Reason,
            TargetHealth!.Description,
        ]);
    };

    it("shows rules by priority, with conditions and actions in one form", async () => {
        const { loadBalancers } = await emulator.control.loadBalancing();
        const [balancer] = loadBalancers;
        assert.deepEqual(
            [balancer!.account, balancer!.region, balancer!.name, balancer!.scheme, balancer!.listeners.length],
            ["222222222222", "eu-west-1", "main", "internet-facing", 1],
        );
        assert.deepEqual(
            balancer!.listeners[0]!.rules.map(({ priority, conditions, actions }) => ({ priority, conditions, actions })),
            [
                {
                    priority: 3,
                    conditions: [
                        { field: "host-header", values: ["*.a.example.com"] },
                        { field: "source-ip", values: ["192.0.2.0/24"] },
                        { field: "http-header", name: "x-version", values: ["2"] },
                        { field: "query-string", values: [{ key: "v", value: "2" }, { value: "beta" }] },
                    ],
                    actions: [
                        {
                            type: "redirect",
                            statusCode: 301,
                            protocol: "HTTPS",
                            host: "#{host}",
                            port: "443",
                            path: "/#{path}",
                            query: "#{query}",
                        },
                    ],
                },
                {
                    priority: 20,
                    conditions: [{ field: "host-header", values: ["b.example.com"] }],
                    actions: [{ type: "forward", targetGroups: [{ arn: used, weight: 1 }] }],
                },
                {
                    priority: "default",
                    conditions: [],
                    actions: [{ type: "fixed-response", statusCode: 404, contentType: "text/plain", messageBody: "nobody" }],
                },
            ],
        );
        const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn: listenerArn }));
        assert.deepEqual(
            Rules!.map(({ Priority }) => Priority),
            ["3", "20", "default"],
        );
    });

    it("shows who may reach a load balancer, and that this has changed", async () => {
        const { revision, loadBalancers } = await emulator.control.loadBalancing();
        assert.deepEqual(loadBalancers[0]!.ingress, []);
        const permission = { IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "192.0.2.7/32" }] };
        await new EC2Client(emulator.staging).send(
            new AuthorizeSecurityGroupIngressCommand({ GroupId: network.groupId, IpPermissions: [permission] }),
        );
        const changed = await emulator.control.loadBalancing({ after: revision, timeout: 1_000 });
        assert.deepEqual(changed.loadBalancers[0]!.ingress, [{ protocol: "tcp", fromPort: 80, toPort: 80, source: "192.0.2.7/32" }]);
    });

    it("shows a target group with its health check", async () => {
        const group = (await emulator.control.loadBalancing()).targetGroups.find(({ arn }) => arn === used)!;
        assert.deepEqual(group, {
            ...place,
            arn: used,
            name: "used",
            port: 8080,
            protocol: "HTTP",
            targetType: "ip",
            healthCheck: {
                enabled: true,
                path: "/health",
                port: "traffic-port",
                protocol: "HTTP",
                interval: 30,
                timeout: 5,
                healthyThreshold: 5,
                unhealthyThreshold: 2,
                matcher: "200",
            },
            deregistrationDelay: 300,
            targets: [],
        });
    });

    it("tells the health that was reported", async () => {
        const unhealthy: TargetReport = {
            id: "127.1.0.2",
            port: 8080,
            state: "unhealthy",
            reason: "Target.ResponseCodeMismatch",
            description: "Health checks failed with these codes: [500]",
        };
        await emulator.control.putTargets(place, used, [{ id: "127.1.0.1", port: 8080, state: "healthy" }, unhealthy]);
        assert.deepEqual(await healthOf(used), [
            ["127.1.0.1:8080", "healthy", undefined, undefined],
            ["127.1.0.2:8080", "unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [500]"],
        ]);
        const group = (await emulator.control.loadBalancing()).targetGroups.find(({ arn }) => arn === used)!;
        assert.deepEqual(group.targets, [{ id: "127.1.0.1", port: 8080, state: "healthy" }, unhealthy]);

        await emulator.control.removeTargets(place, used, [
            { id: "127.1.0.1", port: 8080 },
            { id: "127.1.0.2", port: 8080 },
            { id: "127.1.0.3", port: 8080 },
        ]);
        assert.deepEqual(await healthOf(used), []);
    });

    it("does not wake anybody when nothing has changed", async () => {
        await emulator.control.putTargets(place, used, [{ id: "127.1.0.9", port: 1, state: "healthy" }]);
        const { revision } = await emulator.control.loadBalancing();
        await emulator.control.putTargets(place, used, [{ id: "127.1.0.9", port: 1, state: "healthy" }]);
        assert.equal((await emulator.control.loadBalancing()).revision, revision);
        await emulator.control.removeTargets(place, used, [{ id: "127.1.0.9", port: 1 }]);
    });

    it("registers targets as initial, two ports of one address apart", async () => {
        await elb.send(
            new RegisterTargetsCommand({
                TargetGroupArn: used,
                Targets: [
                    { Id: "10.0.0.9", Port: 1 },
                    { Id: "10.0.0.9", Port: 2 },
                ],
            }),
        );
        const registering = ["initial", "Elb.RegistrationInProgress", "Target registration is in progress"];
        assert.deepEqual(await healthOf(used), [
            ["10.0.0.9:1", ...registering],
            ["10.0.0.9:2", ...registering],
        ]);
    });

    it("calls the targets of a group unused that no listener uses", async () => {
        await emulator.control.putTargets(place, unused, [{ id: "127.1.0.1", port: 8080, state: "healthy" }]);
        assert.deepEqual(await healthOf(unused), [
            ["127.1.0.1:8080", "unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"],
        ]);
    });

    it("fails on targets of a group that does not exist", async () => {
        assert.equal(
            await refusalOf(emulator.control.putTargets(place, "arn:none", [])),
            "ControlError: emulator: PUT elbv2/222222222222/eu-west-1/targets: there is no target group arn:none",
        );
    });
});
