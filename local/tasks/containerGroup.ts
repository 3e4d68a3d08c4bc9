import type { ContainerDefinition, ContainerDependency } from "@aws-sdk/client-ecs";
import type { ContainerView, HealthStatus } from "../emulator/views";
import { readContainerCheck } from "./containerHealth";
import type { RunningContainer } from "./containerProcess";
import { type Deferred, makeDeferred, unlessAborted } from "./deferred";
import { watchContainerHealth } from "./healthCommand";
import type { Launch } from "./launch";
import { StartError } from "./prepare";

/** A container of a task, ready to be started. */
export interface GroupMember {
    readonly definition: ContainerDefinition;
    /** Throws in the words of a container engine. */
    readonly start: () => Promise<RunningContainer>;
    /** The process that runs its health check. */
    readonly checkLaunch: (command: readonly string[]) => Launch;
    /** Takes what the container writes; ends when all of it has been taken. */
    readonly takeOutput: (container: RunningContainer) => Promise<void>;
}

export interface GroupOptions {
    readonly scale: number;
    /** Something about a container changed: its process, its exit code or its health. */
    readonly onChange: () => void;
}

interface Member extends GroupMember {
    readonly name: string;
    readonly essential: boolean;
    readonly started: Deferred<undefined>;
    readonly exited: Deferred<number>;
    readonly healthy: Deferred<undefined>;
    readonly watching: AbortController;
    container?: RunningContainer;
    output: Promise<void>;
    exitCode?: number;
    health: HealthStatus;
    reason?: string;
}

/** Longest time between SIGTERM and SIGKILL when a container definition says nothing; seconds of real time, as on AWS. */
const defaultStopTimeout = 30;

/** The containers of one task: started in the order of their dependencies, watched, and ended together. */
export class ContainerGroup {
    private readonly members: readonly Member[];
    /** Starts that are under way; they end when the group is stopped. */
    private starting: readonly Promise<void>[] = [];
    private readonly stopping = new AbortController();
    private readonly firstExit = makeDeferred<{ readonly container: string; readonly exitCode: number }>();

    constructor(
        members: readonly GroupMember[],
        private readonly options: GroupOptions,
    ) {
        this.members = members.map((member) => ({
            ...member,
            name: member.definition.name ?? "",
            essential: member.definition.essential ?? true,
            started: makeDeferred<undefined>(),
            exited: makeDeferred<number>(),
            healthy: makeDeferred<undefined>(),
            watching: new AbortController(),
            output: Promise.resolve(),
            health: "UNKNOWN",
        }));
    }

    /** The first essential container that has ended. */
    get essentialExit(): Promise<{ readonly container: string; readonly exitCode: number }> {
        return this.firstExit.promise;
    }

    /** Process ids of the containers that run as processes. */
    get pids(): readonly number[] {
        return this.members.flatMap(({ container, exitCode }) =>
            container?.pid === undefined || exitCode !== undefined ? [] : [container.pid],
        );
    }

    /** Health of the essential containers that have a check: UNKNOWN until all are HEALTHY; undefined when none has a check. */
    get health(): HealthStatus | undefined {
        const checked = this.members.filter(
            ({ definition, essential }) => essential && readContainerCheck(definition.healthCheck) !== undefined,
        );
        if (checked.length === 0) return undefined;
        if (checked.some(({ health }) => health === "UNHEALTHY")) return "UNHEALTHY";
        return checked.every(({ health }) => health === "HEALTHY") ? "HEALTHY" : "UNKNOWN";
    }

    /** What ECS shows of the containers, by name. */
    get views(): Readonly<Record<string, Omit<ContainerView, "name">>> {
        return Object.fromEntries(
            this.members.map(({ name, container, exitCode, health, reason }) => [
                name,
                {
                    lastStatus: exitCode !== undefined ? "STOPPED" : container === undefined ? "PENDING" : "RUNNING",
                    healthStatus: health,
                    ...(exitCode !== undefined && { exitCode }),
                    ...(reason !== undefined && { reason }),
                } as const,
            ]),
        );
    }

    /** Starts all containers. Throws `StartError` when one of them cannot be, or the signal's reason when that comes first. */
    async start(signal: AbortSignal): Promise<void> {
        const either = AbortSignal.any([signal, this.stopping.signal]);
        this.starting = this.members.map(async (member) => {
            const conditions = (member.definition.dependsOn ?? []).map((dependency) => this.fulfilled(dependency));
            await unlessAborted(Promise.all(conditions), either);
            await this.launch(member);
        });
        await Promise.all(this.starting);
    }

    /** Ends all containers, those that others depend on last, and waits until everything they wrote has been taken. */
    async stop(longestPatienceInMs: number): Promise<void> {
        this.stopping.abort(new Error("stopped"));
        await Promise.allSettled(this.starting);
        for (const { watching } of this.members) watching.abort();
        await Promise.all(this.members.map((member) => this.stopAfterDependents(member, longestPatienceInMs)));
        await Promise.all(this.members.map(({ output }) => output));
    }

    private async fulfilled({ containerName, condition }: ContainerDependency): Promise<void> {
        const other = this.members.find(({ name }) => name === containerName);
        if (other === undefined) throw new StartError(`dependency on a container that the task does not have: ${containerName ?? ""}`);
        switch (condition) {
            case "COMPLETE":
                await other.exited.promise;
                return;
            case "SUCCESS": {
                const code = await other.exited.promise;
                if (code !== 0) throw new StartError(`container ${other.name}, which others wait for, exited with code ${code}`);
                return;
            }
            case "HEALTHY":
                return other.healthy.promise;
            case "START":
            case undefined:
                return other.started.promise;
        }
    }

    private async launch(member: Member): Promise<void> {
        try {
            member.container = await member.start();
        } catch (error) {
            member.reason = `CannotStartContainerError: ${(error as Error).message}`;
            throw new StartError(member.reason, { cause: error });
        }
        member.output = member.takeOutput(member.container);
        member.started.resolve(undefined);
        this.watch(member, member.container);
        this.options.onChange();
    }

    private watch(member: Member, container: RunningContainer): void {
        void container.exited.then((exitCode) => {
            member.exitCode = exitCode;
            member.watching.abort();
            member.exited.resolve(exitCode);
            member.healthy.reject(new StartError(`container ${member.name}, which others wait for, exited with code ${exitCode}`));
            if (member.essential) this.firstExit.resolve({ container: member.name, exitCode });
            this.options.onChange();
        });
        const check = readContainerCheck(member.definition.healthCheck);
        if (check === undefined) {
            member.healthy.resolve(undefined);
            return;
        }
        void watchContainerHealth(check, member.checkLaunch(check.command), this.options.scale, member.watching.signal, ({ status }) => {
            member.health = status;
            if (status === "HEALTHY") member.healthy.resolve(undefined);
            if (status === "UNHEALTHY")
                member.healthy.reject(new StartError(`container ${member.name}, which others wait for, is unhealthy`));
            this.options.onChange();
        });
    }

    private async stopAfterDependents(member: Member, longestPatienceInMs: number): Promise<void> {
        const dependents = this.members.filter(({ definition }) =>
            definition.dependsOn?.some(({ containerName }) => containerName === member.name),
        );
        await Promise.all(dependents.filter(({ container }) => container !== undefined).map(({ exited }) => exited.promise));
        const patience = (member.definition.stopTimeout ?? defaultStopTimeout) * 1_000;
        if (member.container !== undefined && member.exitCode === undefined)
            await member.container.stop(Math.min(patience, longestPatienceInMs));
    }
}
