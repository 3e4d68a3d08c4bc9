import assert from "node:assert/strict";
import type { Clients } from "../../automation/aws/clients";
import type { Event } from "../../automation/events";
import type { FollowedService } from "../../automation/rollout/evidence";
import { followDeployments, NoSpotCapacity } from "../../automation/rollout/follow";

const definition = (revision: number): string => `arn:aws:ecs:eu-west-1:222222222222:task-definition/shop-staging-web:${revision}`;
const web: FollowedService = { name: "web", cluster: "shop-staging", service: "web", definitionArn: definition(2), logGroup: "/shop/staging/web", updated: true };

interface Look {
    readonly deployments: readonly object[];
    readonly events?: readonly object[];
}

/** ECS that answers one look after the other, and the last one for ever; `more` are the other clients. */
function awsWith(looks: readonly Look[], stopped: readonly object[] = [], more: Partial<Record<keyof Clients, object>> = {}, running: readonly object[] = []): Clients {
    let next = 0;
    const ecs = {
        describeServices: ({ services }: { services: readonly string[] }) => {
            const look = looks[Math.min(next++, looks.length - 1)];
            return Promise.resolve({ services: services.map((serviceName) => ({ serviceName, status: "ACTIVE", ...look })) });
        },
        listTasks: ({ desiredStatus }: { desiredStatus: string }) => {
            const tasks = desiredStatus === "RUNNING" ? running : stopped;
            return Promise.resolve({ taskArns: tasks.map((_, index) => `arn:task/${desiredStatus}/${index}`) });
        },
        describeTasks: ({ tasks: [arn = ""] }: { tasks: readonly string[] }) => Promise.resolve({ tasks: arn.includes("RUNNING") ? running : stopped }),
    };
    return Object.fromEntries(Object.entries({ ecs, ...more }).map(([name, client]) => [name, () => Promise.resolve(client)])) as unknown as Clients;
}

function primary(more: object): object {
    return { status: "PRIMARY", taskDefinition: definition(2), desiredCount: 1, runningCount: 0, failedTasks: 0, rolloutState: "IN_PROGRESS", ...more };
}

async function follow(aws: Clients, patience = 60, services: readonly FollowedService[] = [web], more: { readonly spotPatience?: number } = {}): Promise<readonly Event[]> {
    const events: Event[] = [];
    await followDeployments(aws, services, { emit: (event) => events.push(event), signal: undefined, patience, ...more });
    return events;
}

describe("following a deployment", () => {
    it("ends when every service runs its revision, and tells each step once", async () => {
        const aws = awsWith([
            { deployments: [primary({ status: "ACTIVE", taskDefinition: definition(1) })] },
            { deployments: [primary({})] },
            { deployments: [primary({})] },
            { deployments: [primary({ runningCount: 1, rolloutState: "COMPLETED" })] },
        ]);
        assert.deepEqual(await follow(aws), [
            { type: "deployment", service: "web", state: "in progress", running: 0, desired: 1 },
            { type: "deployment", service: "web", state: "completed", running: 1, desired: 1 },
        ]);
    });

    it("ends at once when what would bring it up no longer runs", async () => {
        const parts = [undefined, "the task runner of the local world"];
        const stopped = (): string | undefined => parts.shift();
        const options = { emit: () => undefined, signal: undefined, patience: 60, stopped };
        await assert.rejects(followDeployments(awsWith([{ deployments: [primary({})] }]), [web], options), {
            kind: "network",
            message: "the task runner of the local world no longer runs, so the services cannot be waited for",
            advice: "start the local world again: understudy local up",
        });
        assert.deepEqual(parts, []);
    });

    it("fails with the reason when it is rolled back", async () => {
        const stopped = [
            { taskArn: "arn:task/shop/7", taskDefinitionArn: definition(2), stopCode: "EssentialContainerExited", stoppedAt: new Date(), containers: [{ name: "web", exitCode: 1 }] },
            { taskArn: "arn:task/shop/8", taskDefinitionArn: definition(1), stopCode: "TaskFailedToStart", stoppedReason: "CannotPullContainerError: of the old one", stoppedAt: new Date() },
        ];
        const asked: object[] = [];
        const logs = { getLogEvents: (request: object) => (asked.push(request), Promise.resolve({ events: [{ message: "no DATABASE_URL" }] })) };
        const aws = awsWith([{ deployments: [primary({ taskDefinition: definition(1) }), { status: "ACTIVE", taskDefinition: definition(2), rolloutState: "FAILED" }] }], stopped, { logs });
        await assert.rejects(follow(aws), {
            kind: "deployment-failed",
            message: "web (rolled back): container web exited with code 1; its last lines were: no DATABASE_URL",
        });
        assert.deepEqual(asked, [{ logGroupName: "/shop/staging/web", logStreamName: "web/web/7", limit: 3 }]);
    });

    it("blames somebody else who removes or deploys the service meanwhile", async () => {
        const [removed, replaced] = [{ deployments: [], status: "INACTIVE" }, { deployments: [primary({ taskDefinition: definition(3) })] }];
        await assert.rejects(follow(awsWith([removed])), {
            kind: "deployment-failed",
            message: "web: somebody else has removed the service meanwhile",
            advice: "look who else works on it, and run the same command again; after a change by hand run `pulumi refresh` first",
        });
        await assert.rejects(follow(awsWith([replaced])), { kind: "deployment-failed", message: "web: somebody else has deployed the service meanwhile" });
    });

    /** A load balancer whose targets have these addresses and answer with these codes. */
    function balancerWith(targets: Readonly<Record<string, number>>): object {
        const descriptions = Object.entries(targets).map(([Id, code]) => ({
            Target: { Id },
            TargetHealth: { State: "unhealthy", Reason: "Target.ResponseCodeMismatch", Description: `Health checks failed with these codes: [${code}]` },
        }));
        return {
            describeTargetHealth: () => Promise.resolve({ TargetHealthDescriptions: descriptions }),
            describeTargetGroups: () => Promise.resolve({ TargetGroups: [{ HealthCheckPath: "/healthcheck" }] }),
        };
    }

    const taskAt = (address: string, revision: number): object => ({
        taskArn: `arn:task/shop/${address}`,
        taskDefinitionArn: definition(revision),
        attachments: [{ details: [{ name: "subnetId", value: "subnet-1" }, { name: "privateIPv4Address", value: address }] }],
    });

    it("fails with what the load balancer says when it is not complete in time", async () => {
        const aws = awsWith([{ deployments: [primary({})] }], [], { elb: balancerWith({ "10.0.0.1": 503, "10.0.0.2": 500 }) }, [taskAt("10.0.0.1", 1), taskAt("10.0.0.2", 2)]);
        await assert.rejects(follow(aws, 0, [{ ...web, targetGroupArn: "arn" }]), {
            kind: "deployment-failed",
            message: "web (not complete in time): its health check /healthcheck was answered with status 500",
        });
    });

    it("does not blame the tasks of another revision, nor an earlier deployment", async () => {
        const createdAt = new Date();
        const events = [
            { createdAt, message: "(service web) (task 10.0.0.1) (port 80) is unhealthy in (target-group arn) due to (reason Health checks failed with these codes: [503])." },
            { createdAt: new Date(createdAt.getTime() - 1), message: "(service web) was unable to place a task. Reason: Capacity is unavailable at this time." },
        ];
        const aws = awsWith([{ deployments: [primary({ createdAt })], events }], [], { elb: balancerWith({ "10.0.0.1": 503 }) }, [taskAt("10.0.0.1", 1)]);
        await assert.rejects(follow(aws, 0, [{ ...web, targetGroupArn: "arn" }]), {
            message: "web (not complete in time): no task became healthy, and ECS does not say why",
        });
    });

    it("warns of tasks that fail while ECS still tries, once for each reason", async () => {
        const stopped = [{ taskArn: "arn:task/shop/7", taskDefinitionArn: definition(2), stopCode: "TaskFailedToStart", stoppedReason: "CannotPullContainerError: ref example.com/shop/web:1: not found", stoppedAt: new Date() }];
        const aws = awsWith([{ deployments: [primary({ failedTasks: 1 })] }, { deployments: [primary({ failedTasks: 2 })] }, { deployments: [primary({ runningCount: 1, rolloutState: "COMPLETED" })] }], stopped);
        const warnings = (await follow(aws)).filter(({ type }) => type === "warning");
        assert.deepEqual(warnings, [{ type: "warning", message: "web: example.com/shop/web:1 is not in the registry; ECS tries again" }]);
    });

    describe("on Spot", () => {
        const events = [{ createdAt: new Date(), message: "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later." }];
        const up = { deployments: [primary({ runningCount: 1, rolloutState: "COMPLETED" })], events };
        const noPlace = { kind: "deployment-failed", message: "AWS has no place for web on Spot" };

        it("ends when tasks find no place for too long", async () => {
            await assert.rejects(follow(awsWith([{ deployments: [primary({})], events }]), 60, [web], { spotPatience: 0 }), NoSpotCapacity);
        });

        it("ends when ECS gives up since tasks find no place", async () => {
            await assert.rejects(follow(awsWith([{ deployments: [primary({ rolloutState: "FAILED", failedTasks: 3 })], events }]), 60, [web], { spotPatience: 60 }), noPlace);
        });

        const goOn: readonly (readonly [string, Look, { readonly spotPatience?: number }])[] = [
            ["there is time left", { deployments: [primary({})], events }, { spotPatience: 60 }],
            ["all tasks have found a place since", { deployments: [primary({ pendingCount: 1 })], events }, { spotPatience: 0 }],
            ["its tasks end by themselves", { deployments: [primary({ failedTasks: 4 })], events }, { spotPatience: 0 }],
            ["one has found a place since, which ECS says", { deployments: [primary({})], events: [{ createdAt: new Date(), message: "(service web) has started 1 tasks: (task 7)." }, ...events] }, { spotPatience: 0 }],
            ["ECS says nothing of capacity", { deployments: [primary({})] }, { spotPatience: 0 }],
            ["the tasks run on demand", { deployments: [primary({})], events }, {}],
        ];
        for (const [when, look, more] of goOn) {
            it(`goes on while ${when}`, async () => {
                await assert.doesNotReject(follow(awsWith([look, look, up]), 60, [web], more));
            });
        }
    });

    it("asks for at most ten services at once", async () => {
        const asked: number[] = [];
        const many = Array.from({ length: 23 }, (_, index) => ({ ...web, name: `web${index}`, service: `web${index}` }));
        const describeServices = ({ services }: { services: readonly string[] }) => {
            asked.push(services.length);
            return Promise.resolve({ services: services.map((serviceName) => ({ serviceName, status: "ACTIVE", deployments: [primary({ runningCount: 1, rolloutState: "COMPLETED" })] })) });
        };
        await follow({ ecs: () => Promise.resolve({ describeServices }) } as unknown as Clients, 60, many);
        assert.deepEqual(asked, [10, 10, 3]);
    });

    const failures = [
        { what: "was given up", look: { deployments: [primary({ id: "old", rolloutState: "FAILED" })] } },
        { what: "was rolled back", look: { deployments: [primary({ id: "old", taskDefinition: definition(1), rolloutState: "COMPLETED", runningCount: 1 })] } },
    ];
    for (const { what, look } of failures) {
        it(`deploys a service again that ${what} before, and that the update has not changed`, async () => {
            const aws = awsWith([look, look, { deployments: [...look.deployments.map((old) => ({ ...old, status: "ACTIVE" })), primary({ id: "new", rolloutState: "COMPLETED", runningCount: 1 })] }]);
            const updates: object[] = [];
            Object.assign(await aws.ecs(), { updateService: (request: object) => Promise.resolve(updates.push(request)) });
            const events = await follow(aws, 60, [{ ...web, updated: false }]);
            assert.deepEqual(updates, [{ cluster: "shop-staging", service: "web", taskDefinition: definition(2), forceNewDeployment: true }]);
            assert.deepEqual(events, [
                { type: "notice", message: "web: its last deployment has failed; it is deployed again" },
                { type: "deployment", service: "web", state: "completed", running: 1, desired: 1 },
            ]);
        });
    }

    it("ends when the caller wants to stop", async () => {
        const controller = new AbortController();
        const work = followDeployments(awsWith([{ deployments: [primary({})] }]), [web], { emit: () => controller.abort(), signal: controller.signal, patience: 60 });
        await assert.rejects(work, { kind: "interrupted" });
    });
});
