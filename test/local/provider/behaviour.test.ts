import assert from "node:assert/strict";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { fromStruct } from "../../../local/provider/values";
import type { ServiceError } from "@grpc/grpc-js";
import { textOf } from "../../../local/provider/state";
import { ask, isSecret, TestEngine, urnOf, type Stored } from "./support/engine";
import { account, defaultTags, providerArguments, testWorld, type Network, type TestWorld } from "./support/world";

const fargateTask = {
    cpu: "256",
    memory: "512",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    containerDefinitions: JSON.stringify([{ name: "web", image: "a", portMappings: [{ containerPort: 80 }] }]),
};

describe("the provider", () => {
    let world: TestWorld;
    let engine: TestEngine;
    let network: Network;

    before(async () => {
        world = await testWorld();
        engine = world.engine;
        network = await world.network();
    });
    afterEach(() => world.emulator.control.setFaults([]));

    describe("gives a listener rule without a priority", () => {
        const rule = (host: string) => ({
            listenerArn: network.listenerArn,
            actions: [{ type: "forward", targetGroupArn: network.targetGroupArn }],
            conditions: [{ hostHeader: { values: [host] } }],
        });
        const make = (name: string, inputs: object = {}) =>
            engine.create("aws:lb/listenerRule:ListenerRule", name, { ...rule(name), ...inputs });

        it("the next one after the highest, and one of its own to each of many at once", async () => {
            const floor = await make("floor", { priority: 1000 });
            const count = 60; // more than an answer of the emulator has in one page
            const others = await Promise.all(Array.from({ length: count }, (_, index) => make(`branch-${index}`)));
            assert.deepEqual(
                others.map(({ outputs }) => outputs["priority"]).sort(),
                Array.from({ length: count }, (_, index) => 1001 + index),
            );
            for (const each of [floor, ...others]) await engine.delete(each);
        });

        it("the next one again, when another stack takes it at the same moment", async () => {
            const floor = await make("floor", { priority: 1000 });
            const error = { code: "PriorityInUse", message: "The specified priority is in use.", status: 400 };
            await world.emulator.control.setFaults([{ service: "elasticloadbalancing", operation: "CreateRule", times: 2, error }]);
            const made = await make("unlucky");
            assert.equal(made.outputs["priority"], 1001);
            for (const each of [floor, made]) await engine.delete(each);
        });

        it("and does not take a refusal for anything else as a reason to try again", async () => {
            const error = { code: "TooManyRules", message: "The maximum number of rules has been reached", status: 400 };
            await world.emulator.control.setFaults([{ service: "elasticloadbalancing", operation: "CreateRule", error }]);
            await assert.rejects(
                make("many"),
                /^Error: ElasticLoadBalancingV2 CreateRule: TooManyRules.*: The maximum number of rules has been reached$/,
            );
        });
    });

    describe("sees in a refresh", () => {
        const group = (name: string) =>
            engine.create("aws:cloudwatch/logGroup:LogGroup", name, { name: `/drift/${name}`, retentionInDays: 7, tags: { own: "1" } });
        const behind = () => new CloudWatchLogs(world.emulator.staging);

        it("an argument that somebody else changed, so that the next update changes it back", async () => {
            const stored = await group("changed");
            await behind().putRetentionPolicy({ logGroupName: stored.id, retentionInDays: 30 });
            const refreshed = await engine.refresh(stored);
            assert.ok(refreshed !== undefined);
            assert.deepEqual(refreshed.inputs, { ...stored.inputs, retentionInDays: 30 });
            assert.deepEqual((await engine.diff(refreshed, stored.inputs)).changes, { retentionInDays: "UPDATE" });
            const { outputs } = await engine.update(refreshed, { name: stored.id, retentionInDays: 7, tags: { own: "1" } });
            assert.equal(outputs["retentionInDays"], 7);
        });

        it("one that the program never gave and that is no longer the default", async () => {
            const stored = await engine.create("aws:cloudwatch/logGroup:LogGroup", "default", { name: "/drift/default" });
            await behind().putRetentionPolicy({ logGroupName: stored.id, retentionInDays: 30 });
            const refreshed = await engine.refresh(stored);
            assert.ok(refreshed !== undefined);
            assert.deepEqual((await engine.diff(refreshed, stored.inputs)).changes, { retentionInDays: "UPDATE" });
        });

        it("tags: the program's own and those of the provider apart", async () => {
            const stored = await group("tags");
            assert.deepEqual(stored.outputs["tagsAll"], { ...defaultTags, own: "1" });
            const resourceArn = textOf(stored.outputs, "arn");
            await behind().untagResource({ resourceArn, tagKeys: Object.keys(defaultTags) });
            await behind().tagResource({ resourceArn, tags: { foreign: "2" } });
            const refreshed = await engine.refresh(stored);
            assert.deepEqual(refreshed?.inputs, {
                ...stored.inputs,
                tags: { own: "1", foreign: "2" },
                tagsAll: { own: "1", foreign: "2" },
            });
        });

        it("that it is gone", async () => {
            const stored = await group("gone");
            await behind().deleteLogGroup({ logGroupName: stored.id });
            assert.equal(await engine.refresh(stored), undefined);
        });
    });

    describe("with a step that fails after the resource was made", () => {
        const inputs = { cidrBlock: "10.50.0.0/16", enableDnsHostnames: true };

        it("gives it to the engine, and the next update goes on from there", async () => {
            const error = { code: "InternalError", message: "An internal error has occurred", status: 400 };
            await world.emulator.control.setFaults([{ service: "ec2", operation: "ModifyVpcAttribute", error }]);
            const failure = await failed(engine.create("aws:ec2/vpc:Vpc", "half", inputs));
            assert.equal(failure.details, "EC2 ModifyVpcAttribute: InternalError: An internal error has occurred");
            assert.match(failure.id, /^vpc-/);

            await world.emulator.control.setFaults([]);
            const { inputs: checked } = await engine.check(urnOf("aws:ec2/vpc:Vpc", "half"), inputs);
            const half: Stored = { urn: urnOf("aws:ec2/vpc:Vpc", "half"), id: failure.id, inputs: checked, outputs: failure.properties };
            const whole = await engine.update(half, inputs);
            assert.equal(whole.outputs["enableDnsHostnames"], true);
            await engine.delete(whole);
        });

        async function failed(action: Promise<unknown>) {
            const error = await action.then(
                () => assert.fail("it did not fail"),
                (reason: unknown) => reason as ServiceError & Error,
            );
            const [bytes] = error.metadata.get("grpc-status-details-bin");
            const [any] = Status.deserializeBinary(bytes as Buffer).getDetailsList();
            const detail = pb.ErrorResourceInitFailed.deserializeBinary(any?.getValue_asU8() ?? new Uint8Array());
            return { details: error.message, id: detail.getId(), properties: fromStruct(detail.getProperties()) };
        }
    });

    it("repeats a call that AWS throttled, and gives up after a while", async () => {
        const error = { code: "ThrottlingException", message: "Rate exceeded", status: 400 };
        await world.emulator.control.setFaults([{ service: "logs", operation: "CreateLogGroup", times: 2, error }]);
        const stored = await engine.create("aws:cloudwatch/logGroup:LogGroup", "throttled", { name: "/throttled" });
        await engine.delete(stored);
        await world.emulator.control.setFaults([{ service: "logs", operation: "CreateLogGroup", error }]);
        await assert.rejects(
            engine.create("aws:cloudwatch/logGroup:LogGroup", "throttled", { name: "/throttled" }),
            /^Error: CloudWatchLogs CreateLogGroup: ThrottlingException: Rate exceeded$/,
        );
    });

    it("serves requests that come together together", async () => {
        await world.emulator.control.setFaults([{ service: "logs", operation: "CreateLogGroup", delay: 300 }]);
        const start = Date.now();
        const names = Array.from({ length: 8 }, (_, index) => `/together/${index}`);
        await Promise.all(names.map((name, index) => engine.create("aws:cloudwatch/logGroup:LogGroup", `together-${index}`, { name })));
        assert.ok(Date.now() - start < 8 * 300);
    });

    it("lets a value that is secret by nature leave only as a secret", async () => {
        const stored = await engine.create("aws:ssm/parameter:Parameter", "secret", {
            name: "/shop/SECRET",
            type: "SecureString",
            value: "hunter2",
        });
        const request = new pb.ReadRequest().setUrn(stored.urn).setId(stored.id);
        const answer = await ask<pb.ReadResponse>((reply) => engine.client.read(request, reply));
        assert.ok(isSecret(fromStruct(answer.getInputs())["value"]));
        assert.ok(isSecret(fromStruct(answer.getProperties())["value"]));
        await engine.delete(stored);
    });

    it("keeps a task definition that a rollback may need", async () => {
        const inputs = {
            family: "kept",
            skipDestroy: true,
            containerDefinitions: JSON.stringify([{ name: "web", image: "a", memory: 128 }]),
        };
        const first = await engine.create("aws:ecs/taskDefinition:TaskDefinition", "kept", inputs);
        await engine.delete(first);
        assert.deepEqual(await engine.refresh(first), first);
    });

    it("waits for the rule that lets requests reach the target group of a service", async () => {
        const { vpcId, subnets, securityGroupId, listenerArn } = network;
        const target = await engine.create("aws:lb/targetGroup:TargetGroup", "late", {
            vpcId,
            port: 80,
            protocol: "HTTP",
            targetType: "ip",
        });
        const { id: cluster } = await engine.create("aws:ecs/cluster:Cluster", "late", {});
        const definition = await engine.create("aws:ecs/taskDefinition:TaskDefinition", "late", { ...fargateTask, family: "late" });
        const service = engine.create("aws:ecs/service:Service", "late", {
            cluster,
            taskDefinition: textOf(definition.outputs, "arn"),
            launchType: "FARGATE",
            networkConfiguration: { subnets, securityGroups: [securityGroupId] },
            loadBalancers: [{ targetGroupArn: target.id, containerName: "web", containerPort: 80 }],
        });
        const conditions = [{ hostHeader: { values: ["late"] } }];
        await engine.create("aws:lb/listenerRule:ListenerRule", "late", {
            listenerArn,
            conditions,
            actions: [{ type: "forward", targetGroupArn: target.id }],
        });
        await engine.delete(await service);
    });

    it("ends a wait when the engine cancels", async () => {
        const { vpcId, subnets, securityGroupId } = network;
        const own = await TestEngine.start({ AWS_ENDPOINT_URL: world.emulator.staging.endpoint });
        await own.configure(providerArguments(world.emulator));
        const target = await own.create("aws:lb/targetGroup:TargetGroup", "never", { vpcId, port: 80, protocol: "HTTP", targetType: "ip" });
        const { id: cluster } = await own.create("aws:ecs/cluster:Cluster", "never", {});
        const definition = await own.create("aws:ecs/taskDefinition:TaskDefinition", "never", { ...fargateTask, family: "never" });
        const service = own.create("aws:ecs/service:Service", "never", {
            cluster,
            taskDefinition: textOf(definition.outputs, "arn"),
            launchType: "FARGATE",
            networkConfiguration: { subnets, securityGroups: [securityGroupId] },
            loadBalancers: [{ targetGroupArn: target.id, containerName: "web", containerPort: 80 }],
        });
        const refusal = assert.rejects(service, /^Error: Cancelled: while waiting for a listener that sends requests to the target group$/);
        await ask((reply) => own.client.cancel(new Empty(), reply));
        await refusal;
        await own.stop();
    });

    it("answers the functions of the SDK", async () => {
        assert.deepEqual(await engine.invoke("aws:index/getRegion:getRegion", {}), {
            region: "eu-west-1",
            name: "eu-west-1",
            description: "eu-west-1",
            endpoint: "ec2.eu-west-1.amazonaws.com",
            id: "eu-west-1",
        });
        assert.equal((await engine.invoke("aws:index/getPartition:getPartition", {}))["partition"], "aws");
        assert.deepEqual((await engine.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", { state: "available" }))["names"], [
            "eu-west-1a",
            "eu-west-1b",
            "eu-west-1c",
        ]);
        assert.equal((await engine.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}))["accountId"], account);
        const { loadBalancerArn, listenerArn, targetGroupArn } = network;
        const listener = await engine.invoke("aws:lb/getListener:getListener", { loadBalancerArn, port: 80 });
        assert.deepEqual([listener["arn"], listener["port"], listener["protocol"]], [listenerArn, 80, "HTTP"]);
        assert.equal((await engine.invoke("aws:lb/getListener:getListener", { arn: listenerArn }))["loadBalancerArn"], loadBalancerArn);
        assert.match(JSON.stringify(listener["defaultActions"]), new RegExp(targetGroupArn));
    });

    it("finds a zone by its name, and says when there is none", async () => {
        const zone = await engine.create("aws:route53/zone:Zone", "found", { name: "found.example.com" });
        assert.equal((await engine.invoke("aws:route53/getZone:getZone", { name: "found.example.com" }))["zoneId"], zone.id);
        assert.equal((await engine.invoke("aws:route53/getZone:getZone", { zoneId: zone.id }))["name"], "found.example.com");
        await assert.rejects(
            engine.invoke("aws:route53/getZone:getZone", { name: "none.example.com" }),
            /^Error: no matching Route 53 Hosted Zone found$/,
        );
        await engine.delete(zone);
    });

    it("gives parameters below a path, their values as secrets, and none where there are none", async () => {
        const made = [];
        for (let index = 0; index < 12; index += 1) {
            made.push(
                await engine.create("aws:ssm/parameter:Parameter", `p${index}`, {
                    name: `/many/${String(index).padStart(2, "0")}`,
                    type: "String",
                    value: "v",
                }),
            );
        }
        const found = await engine.invoke("aws:ssm/getParametersByPath:getParametersByPath", { path: "/many" });
        assert.equal((found["names"] as readonly string[]).length, 12);
        assert.ok(isSecret(found["values"]));
        assert.deepEqual((await engine.invoke("aws:ssm/getParametersByPath:getParametersByPath", { path: "/nothing" }))["names"], []);
        for (const each of made) await engine.delete(each);
    });

    it("describes its types, so that an import can write a program", async () => {
        const schema = JSON.parse(await engine.schema()) as {
            name: string;
            version: string;
            resources: Record<string, { requiredInputs: string[] }>;
        };
        assert.equal(`${schema.name} ${schema.version}`, "aws 7.48.0");
        assert.deepEqual(schema.resources["aws:ec2/subnet:Subnet"]?.requiredInputs, ["vpcId", "cidrBlock"]);
    });
});
