import type { TaskDefinition } from "@aws-sdk/client-ecs";
import { rm } from "node:fs/promises";
import { removeContainers, taskLabel } from "../docker/labels";
import type { ServiceView, StopCode, TaskReport, TaskView } from "../emulator/views";
import { ContainerGroup } from "./containerGroup";
import { makeDeferred } from "./deferred";
import type { LocalPorts, LoopbackAddresses } from "./loopback";
import { StartError } from "./prepare";
import { reliably, unlessGone } from "./reliably";
import type { TaskState } from "./servicePlan";
import type { ProcessRecords } from "./strays";
import { assessHealth } from "./taskHealth";
import { homeDirectoryOf, type MemberMeans, prepareMembers } from "./taskMembers";
import { TaskNetwork } from "./taskNetwork";
import { type PublicationMeans, TaskPublication } from "./taskPublication";

/** What all tasks of a runner share. */
export interface TaskMeans extends MemberMeans, PublicationMeans {
    readonly addresses: LoopbackAddresses;
    readonly ports: LocalPorts;
    readonly records: ProcessRecords;
}

/** What a task is to be. */
export interface TaskOrder {
    readonly view: TaskView;
    readonly definition: TaskDefinition;
    /** The service that it belongs to; absent for one-off tasks. */
    readonly service?: ServiceView;
    /** Its state may be another one. */
    readonly onChange: () => void;
    /** For the service's event list. */
    readonly onEvent: (message: string) => void;
}

interface TaskEnd {
    readonly stopCode: StopCode;
    readonly stoppedReason: string;
}

/** One ECS task as containers or processes of this machine, from its first report to STOPPED. It begins by itself. */
export class Task {
    /** Ends when the task has ended and the emulator knows; never rejects. */
    readonly ended: Promise<void>;
    private progress: "starting" | "running" | "ending" | "ended" = "starting";
    private readonly stopRequest = makeDeferred<TaskEnd>();
    private readonly stopping = new AbortController();
    private quick = false;
    private longestPatienceInMs = Infinity;
    private end: TaskEnd | undefined;
    private runningSince: number | undefined;
    private reports: Promise<void> = Promise.resolve();
    private network: TaskNetwork | undefined;
    private containers: ContainerGroup | undefined;
    private publication: TaskPublication | undefined;
    private recheck: NodeJS.Timeout | undefined;

    constructor(
        private readonly order: TaskOrder,
        private readonly means: TaskMeans,
    ) {
        this.ended = this.run();
    }

    get id(): string {
        return this.order.view.taskId;
    }

    /** Id of the deployment that it was started for; undefined for one-off tasks. */
    get deployment(): string | undefined {
        return this.order.service && this.order.view.startedBy;
    }

    /** What the scheduler makes of it now. */
    get state(): TaskState {
        switch (this.progress) {
            case "starting":
                return { phase: this.stopping.signal.aborted ? "stopping" : "starting" };
            case "running":
                return this.stopping.signal.aborted ? { phase: "stopping" } : this.assess();
            case "ending":
                return { phase: this.end !== undefined && isFailure(this.end) ? "exiting" : "stopping" };
            case "ended":
                return {
                    phase: "stopped",
                    failed: this.end !== undefined && isFailure(this.end),
                    wasRunning: this.runningSince !== undefined,
                };
        }
    }

    /** Ends it, for a reason that DescribeTasks shows. The first call decides. */
    stop(stopCode: StopCode, stoppedReason: string): void {
        this.stopRequest.resolve({ stopCode, stoppedReason });
        this.stopping.abort(new Error(stoppedReason));
    }

    /** Ends it without draining; no container gets more than this time. */
    stopQuickly(stopCode: StopCode, stoppedReason: string, longestPatienceInMs: number): void {
        this.quick = true;
        this.longestPatienceInMs = longestPatienceInMs;
        this.stop(stopCode, stoppedReason);
    }

    private async run(): Promise<void> {
        try {
            this.end = await this.live();
        } catch (error) {
            this.end = this.stopping.signal.aborted ? await this.stopRequest.promise : this.explain(error);
        }
        this.progress = "ending";
        clearTimeout(this.recheck);
        try {
            await this.takeDown(this.end);
        } catch (error) {
            if (!this.means.signal.aborted) this.means.warn(`task ${this.id}: ${String(error)}`);
        }
        this.progress = "ended";
        this.order.onChange();
    }

    /** Starts everything and waits for the task's end. */
    private async live(): Promise<TaskEnd> {
        const network = await this.openNetwork();
        void this.report({ lastStatus: "PENDING", privateIpv4Address: network.address });
        const members = await prepareMembers(
            {
                ...this.order,
                network,
                preferredPorts: this.preferredPorts,
                homeDirectory: homeDirectoryOf(this.means.worldDirectory, this.id),
            },
            this.means,
        );
        this.stopping.signal.throwIfAborted();

        const containers = new ContainerGroup(members, { scale: this.means.scale, onChange: () => this.onContainers() });
        this.containers = containers;
        const exit = containers.essentialExit.then((): TaskEnd => ({
            stopCode: "EssentialContainerExited",
            stoppedReason: "Essential container in task exited",
        }));
        const early = await Promise.race([containers.start(this.stopping.signal).then(() => undefined), exit]);
        if (early !== undefined) return early;
        await this.report({ lastStatus: "RUNNING", ...reportOf(containers) });
        this.runningSince = Date.now();
        await this.publish(network);
        this.progress = "running";
        this.order.onChange();
        return Promise.race([this.stopRequest.promise, exit]);
    }

    private async openNetwork(): Promise<TaskNetwork> {
        const { addresses, ports } = this.means;
        try {
            this.network = await TaskNetwork.open(this.order.definition.containerDefinitions ?? [], this.preferredPorts, addresses, ports);
            return this.network;
        } catch (error) {
            throw new StartError(`ResourceInitializationError: ${(error as Error).message}`, { cause: error });
        }
    }

    private async publish(network: TaskNetwork): Promise<void> {
        const { view, definition, service, onEvent } = this.order;
        if (service === undefined) return;
        const family = definition.family ?? "";
        this.publication = new TaskPublication(
            { view, service, network, family, onEvent, onChange: () => this.order.onChange() },
            this.means,
        );
        await this.publication.publish();
        await this.publication.announce(this.containers?.health);
    }

    /** Takes everything down in the reverse order and tells the emulator how it ended. */
    private async takeDown(end: TaskEnd): Promise<void> {
        const stopped = { desiredStatus: "STOPPED", ...end } as const;
        if (this.publication !== undefined) {
            void this.report({ lastStatus: "DEACTIVATING", ...stopped });
            await this.publication.withdraw(!this.quick && end.stopCode !== "EssentialContainerExited");
        }
        if (this.containers !== undefined) {
            void this.report({ lastStatus: "STOPPING", ...stopped });
            await this.containers.stop(this.longestPatienceInMs);
        }
        await this.removeContainers();
        this.network?.close();
        this.means.agent.remove(this.id);
        this.means.records.remove(this.id);
        await rm(homeDirectoryOf(this.means.worldDirectory, this.id), { recursive: true, force: true });
        await this.report({ lastStatus: "STOPPED", ...stopped, ...(this.containers && reportOf(this.containers)) });
    }

    /** What cannot be removed now goes when the world ends. */
    private async removeContainers(): Promise<void> {
        const { docker, warn } = this.means;
        if (docker === undefined) return;
        await removeContainers(docker, taskLabel(this.id)).catch((error: unknown) => {
            warn(`task ${this.id}: its containers are still there: ${String(error)}`);
        });
    }

    /** Processes, exit codes or health changed. */
    private onContainers(): void {
        if (this.containers === undefined || this.progress === "ended") return;
        this.means.records.put(this.id, this.containers.pids);
        if (this.progress !== "running") return;
        void this.report(reportOf(this.containers));
        this.publication?.announce(this.containers.health).catch((error: unknown) => {
            if (!this.means.signal.aborted) this.means.warn(`task ${this.id}: ${String(error)}`);
        });
        this.order.onChange();
    }

    private assess(): TaskState {
        const { again, ...state } = assessHealth({
            taskId: this.id,
            age: Date.now() - (this.runningSince ?? Date.now()),
            scale: this.means.scale,
            gracePeriod: this.order.service?.healthCheckGracePeriodSeconds ?? 0,
            containers: this.containers?.health,
            targets: this.publication?.targets ?? [],
        });
        clearTimeout(this.recheck);
        if (again !== undefined) this.recheck = setTimeout(this.order.onChange, again + 1);
        return state;
    }

    /** The ports by which its service knows it. */
    private get preferredPorts(): readonly number[] {
        return (this.order.service?.loadBalancers ?? []).map(({ containerPort }) => containerPort);
    }

    /** Reports arrive in the order in which they are made. A task that the emulator no longer knows needs none. */
    private report(report: TaskReport): Promise<void> {
        const { control, signal, warn } = this.means;
        const { view } = this.order;
        this.reports = this.reports.then(async () => {
            try {
                await unlessGone(reliably(() => control.reportTask(view, view.cluster, view.taskId, report), signal));
            } catch (error) {
                if (!signal.aborted) warn(`task ${this.id}: ${String(error)}`);
            }
        });
        return this.reports;
    }

    private explain(error: unknown): TaskEnd {
        if (error instanceof StartError) return { stopCode: "TaskFailedToStart", stoppedReason: error.message };
        this.means.warn(`task ${this.id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        return { stopCode: "TaskFailedToStart", stoppedReason: `the task runner failed: ${String(error)}` };
    }
}

function reportOf({ views, health }: ContainerGroup): TaskReport {
    return { containers: views, ...(health && { healthStatus: health }) };
}

function isFailure({ stopCode }: TaskEnd): boolean {
    return stopCode === "EssentialContainerExited" || stopCode === "TaskFailedToStart";
}
