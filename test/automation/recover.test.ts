import assert from "node:assert/strict";
import type { Clients } from "../../automation/aws/clients";
import type { Workspace } from "../../automation/engine/workspace";
import type { Event } from "../../automation/events";
import { recover } from "../../automation/state/recover";
import type { PendingOperation, StackState, StateResource } from "../../automation/state/stackState";

const mine = "x-1a2b3c4d";
const stackUrn = "urn:pulumi:branch-x::understudy::pulumi:pulumi:Stack::understudy-branch-x";

function resource(type: string, name: string, more: Partial<StateResource> = {}): StateResource {
    return { urn: `urn:pulumi:branch-x::understudy::${type}::${name}`, type, custom: true, protect: false, inputs: {}, outputs: {}, ...more };
}

function creating(made: StateResource): PendingOperation {
    return { type: "creating", resource: made };
}

interface Result {
    readonly calls: readonly string[];
    readonly events: readonly Event[];
    readonly refreshed: readonly unknown[];
}

/** Recovers a stack that was last written long ago; `calls` are the AWS operations that change something. */
async function run(pending: readonly PendingOperation[], resources: readonly StateResource[], aws: Partial<Record<keyof Clients, object>>, stillAlone = (): Promise<void> => Promise.resolve()): Promise<Result> {
    const calls: string[] = [];
    const events: Event[] = [];
    const refreshed: unknown[] = [];
    const clients = Object.fromEntries(Object.entries(aws).map(([name, client]) => [name, () => Promise.resolve(recording(client, calls))])) as unknown as Clients;
    const workspace = { refresh: (...args: unknown[]) => Promise.resolve(refreshed.push(args)) } as unknown as Workspace;
    const root = { ...resource("pulumi:pulumi:Stack", "understudy-branch-x"), urn: stackUrn };
    const state: StackState = { resources: [root, ...resources], pending, outputs: {}, written: new Date(0), hasKey: true };
    await recover({ workspace, stack: "branch-x", state, aws: clients, owner: { app: "shop", environment: mine }, emit: (event) => events.push(event), stillAlone });
    return { calls, events, refreshed };
}

/** A client that notes what it deletes or deregisters. */
function recording(client: object, calls: string[]): object {
    return new Proxy(client, {
        get: (target, name: string) => {
            const answer = (target as Record<string, unknown>)[name];
            if (name === "then") return undefined; // it is no promise
            if (!/^(delete|deregister)/.test(name)) return answer ?? assert.fail(`${name} is not expected`);
            return (input: object) => {
                calls.push(`${name} ${JSON.stringify(input)}`);
                return typeof answer === "function" ? (answer as (input: object) => unknown)(input) : Promise.resolve({});
            };
        },
    });
}

const tags = { "understudy:app": "shop", "understudy:environment": mine };
const notFound = (): Promise<never> => Promise.reject(Object.assign(new Error("no"), { name: "ResourceNotFoundException" }));

function logsWith(logGroupName: string, its: Readonly<Record<string, string>>): object {
    return { describeLogGroups: () => Promise.resolve({ logGroups: [{ logGroupName: `${logGroupName}-other` }, { logGroupName }] }), listTagsLogGroup: () => Promise.resolve({ tags: its }) };
}

describe("the recovery from a killed run", () => {
    const group = resource("aws:cloudwatch/logGroup:LogGroup", "web-logs", { inputs: { name: "/shop/x/web" } });

    it("does nothing when nothing was under way", async () => {
        assert.deepEqual(await run([], [], {}), { calls: [], events: [], refreshed: [] });
    });

    it("removes what an interrupted creation has made, and drops the note", async () => {
        assert.deepEqual(await run([creating(group)], [], { logs: logsWith("/shop/x/web", tags) }), {
            calls: ['deleteLogGroup {"logGroupName":"/shop/x/web"}'],
            events: [{ type: "notice", message: "removed /shop/x/web, which an earlier run had made when it was killed (web-logs)" }],
            refreshed: [["branch-x", [stackUrn], true]],
        });
    });

    it("removes nothing once somebody else works on the stack, since it may be theirs", async () => {
        const logs = { ...logsWith("/shop/x/web", tags), deleteLogGroup: () => assert.fail("it is removed") };
        await assert.rejects(run([creating(group)], [], { logs }, () => Promise.reject(new Error("somebody else"))), { message: "somebody else" });
    });

    it("drops the note when the creation never happened", async () => {
        const result = await run([creating(group)], [], { logs: { describeLogGroups: () => Promise.resolve({ logGroups: [] }) } });
        assert.deepEqual(result, { calls: [], events: [], refreshed: [["branch-x", [stackUrn], true]] });
    });

    it("leaves alone what a later run has made in its place", async () => {
        const known = { ...group, id: "/shop/x/web" };
        const result = await run([creating(group)], [known], { logs: logsWith("/shop/x/web", tags) });
        assert.deepEqual(result.calls, []);
        assert.deepEqual(result.events, []);
    });

    it("leaves alone what a later run has made, although the provider has made up its id", async () => {
        const inputs = { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0" };
        const route = resource("aws:ec2/route:Route", "to-internet", { inputs });
        const later = resource("aws:ec2/route:Route", "to-internet", { inputs, id: "r-rtb-11080289494" });
        const ec2 = { describeRouteTables: () => Promise.resolve({ RouteTables: [{ Tags: [], Routes: [{ DestinationCidrBlock: "0.0.0.0/0" }] }] }) };
        assert.deepEqual((await run([creating(route)], [later], { ec2 })).events, []);
        assert.equal((await run([creating(route)], [], { ec2 })).events.length, 1);
    });

    it("leaves alone what is another application's in the same account", async () => {
        const { calls } = await run([creating(group)], [], { logs: logsWith("/shop/x/web", { ...tags, "understudy:app": "desk" }) });
        assert.deepEqual(calls, []);
    });

    it("leaves alone what is somebody else's, and says so", async () => {
        const { calls, events } = await run([creating(group)], [], { logs: logsWith("/shop/x/web", { "understudy:environment": "staging" }) });
        assert.deepEqual(calls, []);
        assert.deepEqual(events, [{ type: "warning", message: `/shop/x/web is in the way of web-logs, but not tagged as ${mine}'s of shop; it is left alone` }]);
    });

    it("names what it cannot look up, and keeps the note", async () => {
        const queue = resource("aws:invented/thing:Thing", "queue");
        const { events, refreshed } = await run([creating(queue)], [], {});
        const advice = "look in AWS whether it is there, delete it, and then run `pulumi refresh --clear-pending-creates`";
        assert.deepEqual(events, [{ type: "warning", message: `an earlier run was killed while it made ${queue.urn}; ${advice}` }]);
        assert.deepEqual(refreshed, [["branch-x", [stackUrn], false]]);
    });

    it("removes a record, which has no tags, only where it leads to what its creation was asked for", async () => {
        const record = resource("aws:route53/record:Record", "apex", { inputs: { zoneId: "Z1", name: "*.staging.example.com", type: "A", aliases: [{ name: "lb.example.com", zoneId: "Z2" }] } });
        const zoneWith = (target: string): object => ({
            listResourceRecordSets: () => Promise.resolve({ ResourceRecordSets: [{ Name: "\\052.staging.example.com.", Type: "A", AliasTarget: { DNSName: target } }] }),
            changeResourceRecordSets: ({ ChangeBatch }: { ChangeBatch: { Changes: readonly { Action: string }[] } }) => Promise.resolve(removed.push(...ChangeBatch.Changes.map(({ Action }) => Action))),
        });
        const removed: string[] = [];
        assert.deepEqual((await run([creating(record)], [], { route53: zoneWith("other.example.com.") })).events, []);
        assert.deepEqual(removed, []);
        const { events } = await run([creating(record)], [], { route53: zoneWith("LB.example.com.") });
        assert.deepEqual(removed, ["DELETE"]);
        assert.deepEqual(events, [{ type: "notice", message: "removed Z1_*.staging.example.com_A, which an earlier run had made when it was killed (apex)" }]);
    });

    it("passes over components, which are nothing in AWS", async () => {
        const component = resource("understudy:service:Service", "web", { custom: false });
        assert.deepEqual(await run([creating(component)], [], {}), { calls: [], events: [], refreshed: [["branch-x", [stackUrn], true]] });
    });

    it("asks AWS how resources are that were being changed or removed", async () => {
        const service = resource("aws:ecs/service:Service", "web-ecs", { id: "arn" });
        const gone = resource("aws:lb/targetGroup:TargetGroup", "web", { id: "arn" });
        const pending = [{ type: "updating", resource: service }, { type: "deleting", resource: gone }];
        const { refreshed } = await run(pending, [service], {});
        assert.deepEqual(refreshed, [["branch-x", [stackUrn, service.urn], true]]);
    });

    it("keeps earlier revisions of a task definition", async () => {
        const family = "shop-x-web";
        const arn = (revision: number): string => `arn:aws:ecs:eu-west-1:222222222222:task-definition/${family}:${revision}`;
        const inState = resource("aws:ecs/taskDefinition:TaskDefinition", "web", { id: family, outputs: { family, revision: 2, arn: arn(2) } });
        const ecs = {
            listTaskDefinitions: () => Promise.resolve({ taskDefinitionArns: [arn(3), arn(2), arn(1)] }),
            describeTaskDefinition: () => Promise.resolve({ tags: [{ key: "understudy:app", value: "shop" }, { key: "understudy:environment", value: mine }] }),
        };
        const { calls } = await run([creating(resource("aws:ecs/taskDefinition:TaskDefinition", "web", { inputs: { family } }))], [inState], { ecs });
        assert.deepEqual(calls, [`deregisterTaskDefinition {"taskDefinition":"${arn(3)}"}`]);
    });

    it("removes what uses another before that, and waits until a service's name is free", async () => {
        const service = "arn:aws:ecs:eu-west-1:222222222222:service/shop-staging/web--x";
        const rule = "arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener-rule/1";
        const target = "arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/web/1";
        let looks = 0;
        const ecs = {
            describeServices: () => Promise.resolve({ services: [{ serviceArn: service, status: ["ACTIVE", "DRAINING", "INACTIVE"][looks++], tags: [{ key: "understudy:app", value: "shop" }, { key: "understudy:environment", value: mine }] }] }),
        };
        const elb = {
            describeRules: () => Promise.resolve({ Rules: [{ RuleArn: rule, Conditions: [{ HostHeaderConfig: { Values: ["x.example.com"] } }] }, { RuleArn: "other", Conditions: [{ HostHeaderConfig: { Values: ["y.example.com"] } }] }] }),
            describeTargetGroups: () => Promise.resolve({ TargetGroups: [{ TargetGroupArn: target }] }),
            describeTags: () => Promise.resolve({ TagDescriptions: [{ Tags: [{ Key: "understudy:app", Value: "shop" }, { Key: "understudy:environment", Value: mine }] }] }),
        };
        const pending = [
            creating(resource("aws:lb/targetGroup:TargetGroup", "web", { inputs: { name: "x-web-1234567" } })),
            creating(resource("aws:ecs/service:Service", "web-ecs", { inputs: { name: "web--x", cluster: "shop-staging" } })),
            creating(resource("aws:lb/listenerRule:ListenerRule", "web-rule", { inputs: { listenerArn: "l", conditions: [{ hostHeader: { values: ["x.example.com"] } }] } })),
        ];
        const { calls } = await run(pending, [], { ecs, elb });
        assert.deepEqual(calls, [
            `deleteService {"cluster":"shop-staging","service":"${service}","force":true}`,
            `deleteRule {"RuleArn":"${rule}"}`,
            `deleteTargetGroup {"TargetGroupArn":"${target}"}`,
        ]);
        assert.equal(looks, 3);
    });

    it("takes AWS's word that something is not there", async () => {
        const ssm = { getParameter: notFound };
        const iam = { getRole: notFound };
        const pending = [
            creating(resource("aws:ssm/parameter:Parameter", "release", { inputs: { name: "/shop/x/understudy/release" } })),
            creating(resource("aws:iam/role:Role", "task", { inputs: { name: "shop-x-task" } })),
            creating(resource("aws:iam/rolePolicy:RolePolicy", "task", { inputs: { role: "shop-x-task", name: "task" } })),
        ];
        const { calls, refreshed } = await run(pending, [], { ssm, iam });
        assert.deepEqual(calls, []);
        assert.equal(refreshed.length, 1);
    });

    it("fails when AWS cannot be asked, and keeps the note", async () => {
        const denied = Object.assign(new Error("no"), { name: "AccessDeniedException" });
        await assert.rejects(run([creating(group)], [], { logs: { describeLogGroups: () => Promise.reject(denied) } }), {
            kind: "credentials",
            message: "could not look for what an interrupted run has made: AWS does not allow this (no)",
        });
    });
});
