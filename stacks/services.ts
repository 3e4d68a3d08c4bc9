import * as pulumi from "@pulumi/pulumi";
import { after } from "../components/after";
import { HostRecords, type HostAlias } from "../components/records/hostRecords";
import { ReleaseMemory } from "../components/release/releaseMemory";
import type { TaskRoles } from "../components/roles/taskRoles";
import type { PlannedRule, Route } from "../components/routing/plan";
import { Routing } from "../components/routing/routing";
import { Service, type ServiceTarget } from "../components/service/service";
import { Task } from "../components/task/task";
import type { Environment, EnvironmentService, EnvironmentTask } from "../model/environment";
import { containerName, familyName, logGroupName, logicalName, releaseParameterName, targetGroupName } from "../model/names";
import type { Release } from "../model/releaseRecord";
import type { Foundation } from "./foundation";
import type { EnvironmentOutputs, Pending, ServiceOutputs, TaskOutputs } from "./outputs";

/** All that it takes to run the services of an environment. */
export interface Run {
    readonly environment: Environment;
    readonly foundation: Foundation;
    /** Listener rules per web service. */
    readonly rules: Readonly<Record<string, readonly PlannedRule[]>>;
    /** The shard that serves it, where hosts do not lead by themselves. */
    readonly furtherShard?: { readonly index: number; readonly alias: HostAlias };
    readonly release: Release;
    /** Whether its tasks run on demand although they should run on Spot. */
    readonly onDemand: boolean;
    /** How long logs are kept, in days. */
    readonly logRetention: number;
    /** The roles with which a task runs. */
    readonly rolesOf: (task: EnvironmentTask) => TaskRoles;
    /** What has to be there before any task starts. */
    readonly storage: readonly pulumi.CustomResource[];
    readonly opts: pulumi.ComponentResourceOptions;
}

/** Runs the services, has the one-off tasks ready, and makes the place where the release is remembered. */
export function runServices(run: Run): Pending<EnvironmentOutputs> {
    const { environment, release, opts } = run;
    new ReleaseMemory("release", { parameterName: releaseParameterName(environment.app, environment.name), images: release }, opts);
    const services = environment.services.map((service) => [service.name, runService(run, service)] as const);
    const tasks = environment.tasks.map((task) => [task.name, taskOutputs(defineTask(run, task))] as const);
    return {
        ...addresses(environment.services),
        services: pulumi.output(Object.fromEntries(services)),
        tasks: pulumi.output(Object.fromEntries(tasks)),
        images: release,
    };
}

/**
 * Logical name of every component of a service, short enough for a target group, so that there is one name. A branch's begins with the
 * branch's hash: its target groups and roles stand among those of its base.
 */
export function nameOf(environment: Environment, service: string): string {
    return logicalName(environment.name, service);
}

/** The web services, and the hosts that lead to them. */
export function routesOf({ services }: Environment): readonly Route[] {
    return services.flatMap(({ name, route }) => (route === undefined ? [] : [{ key: name, hosts: route.hosts }]));
}

function runService(run: Run, service: EnvironmentService): pulumi.Output<ServiceOutputs> {
    const { network, cluster, namespace } = run.foundation;
    const task = defineTask(run, service);
    const target = createTarget(run, service);
    const running = new Service(
        nameOf(run.environment, service.name),
        {
            serviceName: service.discoveryName,
            clusterArn: cluster.arn,
            definitionArn: task.definitionArn,
            count: service.count,
            capacity: run.onDemand ? "FARGATE" : service.capacity,
            network,
            namespaceId: namespace.id,
            target,
        },
        run.opts,
    );
    return pulumi.output({
        ...taskOutputs(task),
        cluster: cluster.name,
        service: running.serviceName,
        count: service.count,
        targetGroupArn: target?.targetGroupArn,
    });
}

function defineTask({ environment, foundation, release, logRetention, rolesOf, storage, opts }: Run, task: EnvironmentTask): Task {
    const { app, name, region } = environment;
    const { executionRoleArn, taskRoleArn } = rolesOf(task);
    return new Task(
        nameOf(environment, task.name),
        {
            task,
            family: familyName(app, name, task.name),
            region,
            logs: { group: logGroupName(app, name, task.name), retentionDays: logRetention },
            images: imageReferences(task, foundation.repositories, release),
            executionRoleArn,
            taskRoleArn: after(taskRoleArn, storage),
        },
        opts,
    );
}

function createTarget({ environment, foundation, rules, furtherShard, opts }: Run, service: EnvironmentService): ServiceTarget | undefined {
    const { name, route } = service;
    if (route === undefined) return undefined;
    const { port, health, deregistrationDelay } = route;
    const routing = new Routing(
        targetGroupName(environment.name, name, furtherShard?.index),
        {
            port,
            health,
            deregistrationDelay,
            rules: rules[name] ?? [],
            vpcId: foundation.network.vpcId,
            listenerArn: foundation.ingress.listenerArn,
        },
        opts,
    );
    if (furtherShard !== undefined) {
        // While the tasks start, but after the rules: a host that moves is never led to where no rule knows it.
        new HostRecords(nameOf(environment, name), { hosts: route.hosts, alias: furtherShard.alias, after: [routing] }, opts);
    }
    return { targetGroupArn: routing.targetGroupArn, containerName: containerName(name), containerPort: port };
}

/**
 * The task's own images, by digest and never by tag: a tag that moves would change what runs without any update. Those of other tasks
 * would make every task wait for every repository.
 */
function imageReferences(
    { containers }: EnvironmentTask,
    repositories: Foundation["repositories"],
    release: Release,
): Readonly<Record<string, pulumi.Output<string>>> {
    const own = new Set(containers.flatMap(({ image }) => ("own" in image ? [image.own] : [])));
    const released = Object.entries(release).filter(([image]) => own.has(image));
    return Object.fromEntries(released.map(([image, digest]) => [image, pulumi.interpolate`${repositories[image]}@${digest}`]));
}

function taskOutputs({ definitionArn, family, logGroup }: Task): Pending<TaskOutputs> {
    return { definitionArn, family, logGroup };
}

/** Where people find the web services: the first host of each. */
function addresses(services: readonly EnvironmentService[]): Pick<EnvironmentOutputs, "url" | "urls"> {
    const urls = services.flatMap(({ name, route }) => (route === undefined ? [] : [[name, `https://${route.hosts[0]}`] as const]));
    const main = services.find(({ route }) => route?.main);
    return { ...(main && { url: Object.fromEntries(urls)[main.name] }), urls: Object.fromEntries(urls) };
}
