import type { Service } from "@aws-sdk/client-ecs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clients } from "../aws/clients";
import { calling } from "../aws/errors";
import { throwIfInterrupted } from "../engine/workspace";
import { lineOf, UnderstudyError } from "../errors";
import type { Emit } from "../events";
import { gatherEvidence, type FollowedService } from "./evidence";
import { judge, type Verdict } from "./judge";
import { lacksCapacity, reasonOf } from "./reason";

export interface FollowOptions {
    readonly emit: Emit;
    readonly signal: AbortSignal | undefined;
    /** How long a deployment may take, in seconds. */
    readonly patience: number;
    /** How long ECS may find no place for tasks on Spot, in seconds. Absent where they run on demand. */
    readonly spotPatience?: number;
    /** Says what no longer runs of the surroundings in which the services should come up. */
    readonly stopped?: (() => string | undefined) | undefined;
}

/** The most services that ECS describes at once. */
const mostDescribed = 10;
const pauses = { first: 300, growth: 1.3, longest: 3_000 } as const; // milliseconds
/** How long ECS may not know of a revision that it has accepted, in milliseconds. */
const unseenFor = 15_000;

/**
 * Waits until every service runs its revision. Fails with kind `deployment-failed` and one sentence of reason for each service that is rolled
 * back, given up, or not complete in time; as soon as one is, since a failed deployment does not mend itself.
 */
export async function followDeployments(aws: Clients, services: readonly FollowedService[], options: FollowOptions): Promise<void> {
    const begin = Date.now();
    const told = new Map<string, string>();
    const abandoned = await deployAgain(aws, services, options.emit);
    let waiting = services;
    for (let pause: number = pauses.first; waiting.length > 0; pause = Math.min(pause * pauses.growth, pauses.longest)) {
        throwIfInterrupted(options.signal);
        refuseStopped(options.stopped?.());
        const described = await calling("look at the services", () => describeServices(aws, waiting));
        const age = Date.now() - begin;
        const judged = waiting.map((service) => {
            const facts = withoutDeployments(described.get(service.service), abandoned);
            return { service, facts, verdict: settled(judge(facts, service.definitionArn), age) };
        });
        for (const { service, verdict } of judged) report(service, verdict, told, options.emit);

        const late = age > options.patience * 1000;
        const failed = judged.filter(({ verdict }) => verdict.state === "failed" || (late && verdict.state !== "completed"));
        if (failed.length > 0) throw await failureOf(aws, failed, begin, options.spotPatience !== undefined);
        refuseToWaitForSpot(judged, begin, options.spotPatience);
        await warnOfFailedTasks(aws, judged, told, begin, options.emit);
        waiting = judged.filter(({ verdict }) => verdict.state !== "completed").map(({ service }) => service);
        if (waiting.length > 0) await sleep(pause, undefined, options.signal && { signal: options.signal }).catch(() => throwIfInterrupted(options.signal));
    }
}

/** The services wait for capacity on Spot. ECS goes on trying, and never runs their tasks on demand by itself. */
export class NoSpotCapacity extends UnderstudyError {
    constructor(names: readonly string[]) {
        super("deployment-failed", `AWS has no place for ${names.join(", ")} on Spot`, "run the same command again later, or set `understudy:capacity: FARGATE`");
    }
}

function refuseToWaitForSpot(judged: readonly Judged[], begin: number, patience = Infinity): void {
    if (Date.now() - begin <= patience * 1000) return;
    const waiting = judged.filter(({ service, facts, verdict }) => verdict.state === "waiting" && verdict.failedTasks === 0 && placed(facts) < verdict.desired && lacksCapacity(eventsOf(service, facts, begin)));
    if (waiting.length > 0) throw new NoSpotCapacity(waiting.map(({ service }) => service.name));
}

/** How many tasks of the newest deployment have found a place. */
function placed(facts: Service | undefined): number {
    const { runningCount = 0, pendingCount = 0 } = facts?.deployments?.find(({ status }) => status === "PRIMARY") ?? {};
    return runningCount + pendingCount;
}

function refuseStopped(part: string | undefined): void {
    if (part === undefined) return;
    throw new UnderstudyError("network", `${part} no longer runs, so the services cannot be waited for`, "start the local world again: understudy local up");
}

/**
 * Deploys services anew that the update has not changed and of which an earlier deployment has failed: ECS has given them up, and the
 * engine sees nothing to change, but somebody may have put right what was missing. Returns the deployments that no longer count.
 */
async function deployAgain(aws: Clients, services: readonly FollowedService[], emit: Emit): Promise<ReadonlySet<string>> {
    const unchanged = services.filter(({ updated }) => !updated);
    if (unchanged.length === 0) return new Set();
    const described = await calling("look at the services", () => describeServices(aws, unchanged));
    const failed = unchanged.filter(({ service, definitionArn }) => {
        const verdict = judge(described.get(service), definitionArn);
        return verdict.state === "unseen" || (verdict.state === "failed" && (verdict.how === "failed" || verdict.how === "rolled back"));
    });
    const ecs = await aws.ecs();
    for (const { name, cluster, service, definitionArn } of failed) {
        emit({ type: "notice", message: `${name}: its last deployment has failed; it is deployed again` });
        await calling(`deploy ${name} again`, () => ecs.updateService({ cluster, service, taskDefinition: definitionArn, forceNewDeployment: true }));
    }
    return new Set(failed.flatMap(({ service }) => (described.get(service)?.deployments ?? []).flatMap(({ id }) => id ?? [])));
}

function withoutDeployments(service: Service | undefined, ids: ReadonlySet<string>): Service | undefined {
    return service && { ...service, deployments: (service.deployments ?? []).filter(({ id }) => id === undefined || !ids.has(id)) };
}

interface Judged {
    readonly service: FollowedService;
    readonly facts: Service | undefined;
    readonly verdict: Verdict;
}

/** A revision that stays unknown was rolled back so quickly that nobody saw it. */
function settled(verdict: Verdict, age: number): Verdict {
    return verdict.state === "unseen" && age > unseenFor ? { state: "failed", how: "rolled back" } : verdict;
}

async function describeServices(aws: Clients, services: readonly FollowedService[]): Promise<ReadonlyMap<string, Service>> {
    const ecs = await aws.ecs();
    const cluster = services[0]?.cluster; // an environment's services share one
    const batches = Array.from({ length: Math.ceil(services.length / mostDescribed) }, (_, index) => ({
        cluster,
        services: services.slice(index * mostDescribed, (index + 1) * mostDescribed).map(({ service }) => service),
    }));
    const answers = await Promise.all(batches.map((batch) => ecs.describeServices(batch)));
    return new Map(answers.flatMap(({ services: found = [] }) => found.map((service) => [service.serviceName ?? "", service] as const)));
}

function report({ name }: FollowedService, verdict: Verdict, told: Map<string, string>, emit: Emit): void {
    if (verdict.state === "unseen") return;
    const { running, desired } = verdict.state === "failed" ? { running: 0, desired: 0 } : verdict;
    const state = verdict.state === "waiting" ? "in progress" : verdict.state;
    const news = `${state} ${running}/${desired}`;
    if (told.get(name) === news) return;
    told.set(name, news);
    emit({ type: "deployment", service: name, state, running, desired });
}

/** Says why tasks end while ECS still tries, so that nobody has to wait until it gives up. */
async function warnOfFailedTasks(aws: Clients, judged: readonly Judged[], told: Map<string, string>, begin: number, emit: Emit): Promise<void> {
    for (const { service, facts, verdict } of judged) {
        if (verdict.state !== "waiting" || verdict.failedTasks === 0) continue;
        const key = `failed tasks of ${service.name}`;
        if (told.get(key) === String(verdict.failedTasks)) continue;
        told.set(key, String(verdict.failedTasks));
        const { sentence } = await explain(aws, service, facts, begin);
        if (told.get(`reason of ${service.name}`) === sentence) continue;
        told.set(`reason of ${service.name}`, sentence);
        emit({ type: "warning", message: `${service.name}: ${sentence}; ECS tries again` });
    }
}

/** What somebody else has done needs no reason from ECS. */
const byOthers: Partial<Record<string, string>> = {
    removed: "somebody else has removed the service meanwhile",
    "replaced by a newer revision": "somebody else has deployed the service meanwhile",
};

async function failureOf(aws: Clients, failed: readonly Judged[], begin: number, onSpot: boolean): Promise<UnderstudyError> {
    const found = failed.map(async ({ service, facts, verdict }) => {
        const how = verdict.state === "failed" ? verdict.how : "not complete in time";
        const other = byOthers[how];
        if (other !== undefined) return { cause: "others", line: `${service.name}: ${other}` };
        const { cause, sentence } = await explain(aws, service, facts, begin);
        return { cause, line: `${service.name} (${how}): ${sentence}` };
    });
    const reasons = await Promise.all(found);
    if (onSpot && reasons.every(({ cause }) => cause === "capacity")) return new NoSpotCapacity(failed.map(({ service }) => service.name));
    const disturbed = reasons.every(({ cause }) => cause === "others");
    const message = reasons.map(({ line }) => line).join("\n");
    return disturbed ? new DisturbedDeployment(message) : new UnderstudyError("deployment-failed", message, "correct it and run the same command again");
}

/** A deployment whose end nobody knows, since somebody else has begun another one. */
export class DisturbedDeployment extends UnderstudyError {
    constructor(message: string) {
        super("deployment-failed", message, "look who else works on it, and run the same command again; after a change by hand run `pulumi refresh` first");
    }
}

async function explain(aws: Clients, service: FollowedService, facts: Service | undefined, begin: number): Promise<ReturnType<typeof reasonOf>> {
    const events = eventsOf(service, facts, begin);
    try {
        return reasonOf(await calling("find out why a service does not get healthy", () => gatherEvidence(aws, service, events)));
    } catch (error) {
        return { cause: "unknown", sentence: lineOf(error) }; // what became of the deployment is known all the same
    }
}

/** What ECS says of a service since the deployment of the wanted revision began, newest first. */
function eventsOf(service: FollowedService, facts: Service | undefined, begin: number): readonly string[] {
    const clockTolerance = 60_000; // milliseconds; this machine's clock is not AWS's
    const deployment = facts?.deployments?.find(({ taskDefinition }) => taskDefinition === service.definitionArn);
    const since = deployment?.createdAt?.getTime() ?? begin - clockTolerance;
    return (facts?.events ?? []).filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= since).flatMap(({ message }) => message ?? []);
}
