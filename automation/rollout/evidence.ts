import type { Task } from "@aws-sdk/client-ecs";
import type { Clients } from "../aws/clients";
import { isMissing } from "../aws/errors";
import type { Evidence, StoppedContainer, StoppedTask } from "./reason";

/** One ECS service and the revision that it should run. */
export interface FollowedService {
    /** The Compose service, which is also the prefix of its log streams. */
    readonly name: string;
    readonly cluster: string;
    readonly service: string;
    readonly definitionArn: string;
    readonly logGroup: string;
    readonly targetGroupArn?: string;
    /** The update that is followed has changed it, so that ECS deploys it now. */
    readonly updated: boolean;
}

/** How many of the latest tasks are looked at, and how much of what they wrote. */
const limits = { tasks: 10, lines: 3 } as const;

/**
 * Asks ECS, the load balancer and the logs about a service that does not get healthy. `events` are ECS's own, newest first. What is about
 * tasks of another revision, which may still be ending, says nothing about this one and is left out.
 */
export async function gatherEvidence(aws: Clients, service: FollowedService, events: readonly string[]): Promise<Evidence> {
    const [running, stopped] = await Promise.all([ownTasks(aws, service, "RUNNING"), ownTasks(aws, service, "STOPPED")]);
    const own = [...running, ...stopped];
    const newest = stopped.sort((one, other) => timeOf(other) - timeOf(one)).slice(0, limits.tasks);
    const [described, targets] = await Promise.all([
        Promise.all(newest.map((task) => describeTask(aws, service, task))),
        targetHealth(aws, service, new Set(own.flatMap(addressesOf))),
    ]);
    return { stopped: described, events: eventsAbout(events, new Set(own.map(idOf))), ...targets };
}

async function ownTasks(aws: Clients, { cluster, service, definitionArn }: FollowedService, desiredStatus: "RUNNING" | "STOPPED"): Promise<Task[]> {
    const ecs = await aws.ecs();
    const { taskArns = [] } = await ecs.listTasks({ cluster, serviceName: service, desiredStatus });
    if (taskArns.length === 0) return [];
    const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns.slice(0, 100) });
    return tasks.filter(({ taskDefinitionArn }) => taskDefinitionArn === definitionArn);
}

/** Those that name one of the tasks, or none at all. */
function eventsAbout(events: readonly string[], ids: ReadonlySet<string>): readonly string[] {
    return events.filter((event) => {
        const named = [...event.matchAll(/\(task ([^)]+)\)/g)].map(([, id = ""]) => id);
        return named.length === 0 || named.some((id) => ids.has(id));
    });
}

function idOf({ taskArn = "" }: Task): string {
    return taskArn.slice(taskArn.lastIndexOf("/") + 1);
}

function addressesOf({ attachments = [] }: Task): readonly string[] {
    const details = attachments.flatMap(({ details: all = [] }) => all);
    return details.flatMap(({ name, value }) => (name === "privateIPv4Address" && value !== undefined ? [value] : []));
}

function timeOf({ stoppedAt, stoppingAt, createdAt }: Task): number {
    return (stoppedAt ?? stoppingAt ?? createdAt)?.getTime() ?? 0;
}

async function describeTask(aws: Clients, service: FollowedService, task: Task): Promise<StoppedTask> {
    const { stopCode, stoppedReason, containers = [] } = task;
    const id = idOf(task);
    const described = containers.map(async ({ name = "", exitCode, reason }): Promise<StoppedContainer> => ({
        name,
        lastLines: exitCode === undefined ? [] : await lastLines(aws, service.logGroup, `${service.name}/${name}/${id}`),
        ...(exitCode === undefined ? {} : { exitCode }),
        ...(reason === undefined ? {} : { reason }),
    }));
    return { ...(stopCode && { stopCode }), ...(stoppedReason && { stoppedReason }), containers: await Promise.all(described) };
}

async function lastLines(aws: Clients, logGroupName: string, logStreamName: string): Promise<readonly string[]> {
    try {
        const { events = [] } = await (await aws.logs()).getLogEvents({ logGroupName, logStreamName, limit: limits.lines });
        return events.flatMap(({ message }) => (message === undefined || message.trim() === "" ? [] : [message]));
    } catch (error) {
        if (isMissing(error)) return []; // it ended before it wrote anything
        throw error;
    }
}

async function targetHealth(
    aws: Clients,
    { targetGroupArn }: FollowedService,
    addresses: ReadonlySet<string>,
): Promise<Pick<Evidence, "unhealthy" | "healthPath">> {
    if (targetGroupArn === undefined) return { unhealthy: [] };
    const elb = await aws.elb();
    const [{ TargetHealthDescriptions = [] }, { TargetGroups: [group] = [] }] = await Promise.all([
        elb.describeTargetHealth({ TargetGroupArn: targetGroupArn }),
        elb.describeTargetGroups({ TargetGroupArns: [targetGroupArn] }),
    ]);
    const unhealthy = TargetHealthDescriptions.flatMap(({ Target, TargetHealth }) => {
        if (TargetHealth?.State !== "unhealthy" || !addresses.has(Target?.Id ?? "")) return [];
        const { Reason, Description } = TargetHealth;
        return [{ ...(Reason && { reason: Reason }), ...(Description && { description: Description }) }];
    });
    return { unhealthy, ...(group?.HealthCheckPath && { healthPath: group.HealthCheckPath }) };
}
