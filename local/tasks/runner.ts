import { setMaxListeners } from "node:events";
import type { Docker } from "../docker/docker";
import { ControlClient, ControlError } from "../emulator/control";
import type { ServiceView, TaskView } from "../emulator/views";
import { TaskAgent } from "./agent";
import { Bell } from "./bell";
import { PrivateNames } from "./discovery";
import { EmulatorView } from "./emulatorView";
import { LocalPorts, LoopbackAddresses } from "./loopback";
import { pause } from "./pause";
import { unlessGone } from "./reliably";
import { Roles } from "./roleClients";
import { ServiceReporter } from "./serviceReporter";
import { ServiceScheduler } from "./serviceScheduler";
import { endStrayTasks, ProcessRecords, runnerOwner } from "./strays";
import { Task, type TaskMeans } from "./task";
import { planTask } from "./taskPlan";

export interface RunnerOptions {
    readonly worldDirectory: string;
    /** The emulator. */
    readonly endpoint: string;
    /** See `readTimeScale`. */
    readonly scale: number;
    /** Runs tasks as containers where their images are in it; absent: all are processes. */
    readonly docker?: Docker | undefined;
    /** One line for the runner's log. */
    readonly log: (message: string) => void;
    /** Told again and again while the emulator does not answer. */
    readonly onSilence: () => void;
}

/** `stoppedReason` of tasks that end because there is nobody to run them. */
const runnerStopped = "The task runner was stopped";

interface HeldTask {
    readonly task: Task;
    /** Absent for one-off tasks. */
    readonly serviceArn?: string;
}

/** Changes within this time are looked at together. */
const gatherInMs = 15;
/** How long containers may take to end when the runner ends. */
const lastPatienceInMs = 3_000;
/** How long to wait before asking an emulator again that did not answer. */
const silencePauseInMs = 500;
/** How long the emulator may take to hear of it after that. */
const farewellInMs = 1_500;

/**
 * Keeps ECS's promise for the emulator: every service of every account has its desired number of tasks, one-off tasks run and end, and
 * the emulator shows what became of them. It looks when something changes, in the emulator or in a task, and is idle in between.
 */
export class Runner {
    private readonly held = new Map<string, HeldTask>();
    /** The runner starts nothing any more. */
    private readonly ending = new AbortController();
    /** Nobody waits for the emulator any more. */
    private readonly farewell = new AbortController();
    private readonly bell = new Bell();
    private readonly view: EmulatorView;
    private readonly scheduler: ServiceScheduler;
    private readonly reporter: ServiceReporter;
    private readonly means: TaskMeans;
    private readonly loops: readonly Promise<void>[];
    private emulatorIsSilent = false;

    private constructor(
        private readonly options: RunnerOptions,
        private readonly records: ProcessRecords,
        agent: TaskAgent,
        private readonly control: ControlClient,
    ) {
        setMaxListeners(0, this.ending.signal, this.farewell.signal); // every task listens to them
        const { worldDirectory, endpoint, scale, docker, log: warn } = options;
        const addresses = new LoopbackAddresses(worldDirectory);
        const names = new PrivateNames(addresses, warn);
        const view = new EmulatorView(control);
        this.view = view;
        this.means = {
            ...{ control, endpoint, worldDirectory, scale, docker, warn, records, agent, names, addresses },
            roles: new Roles(control, endpoint),
            ports: new LocalPorts(),
            targetGroupOf: (arn) => view.targetGroupOf(arn),
            discoveryServiceOf: (arn) => view.discoveryServiceOf(arn),
            addressOf: (account, name) => names.addressOf(account, view.namespacesOf(account), name),
            signal: this.farewell.signal,
        };
        this.reporter = new ServiceReporter(control);
        this.scheduler = new ServiceScheduler({
            control,
            reporter: this.reporter,
            scale,
            startTask: (task, service) => {
                this.start(task, service);
            },
            forgetTask: (id) => {
                this.held.delete(id);
            },
            lookAgain: (time) => {
                this.bell.ringAt(time);
            },
        });
        this.loops = [this.watch(), this.work()];
    }

    /**
     * Ends what an earlier runner of this world left behind, and begins. Throws when that one still runs: two runners would start
     * everything twice.
     */
    static async start(options: RunnerOptions): Promise<Runner> {
        const records = new ProcessRecords(options.worldDirectory);
        const [other] = records.running(runnerOwner);
        if (other !== undefined) throw new Error(`a task runner already works for ${options.worldDirectory}: process ${other}`);
        records.put(runnerOwner, [process.pid]);
        const strays = await endStrayTasks(options.worldDirectory, options.docker);
        if (strays > 0) options.log(`ended ${strays} containers of an earlier runner`);
        return new Runner(options, records, await TaskAgent.start(), new ControlClient(options.endpoint));
    }

    /** Ends all tasks and tells the emulator; returns when everything has ended, after at most a few seconds. */
    async stop(): Promise<void> {
        this.ending.abort();
        this.bell.ring();
        const tasks = [...this.held.values()].map(({ task }) => task);
        for (const task of tasks) task.stopQuickly("TerminationNotice", runnerStopped, lastPatienceInMs);
        const giveUp = setTimeout(() => {
            this.farewell.abort();
        }, lastPatienceInMs + farewellInMs);
        await Promise.all(tasks.map(({ ended }) => ended));
        clearTimeout(giveUp);
        this.farewell.abort();
        await Promise.all(this.loops);
        this.means.names.close();
        this.means.agent.close();
        this.means.roles.close();
        this.records.remove(runnerOwner);
    }

    /** Rings whenever something changed in the emulator. */
    private async watch(): Promise<void> {
        let after = -1;
        while (!this.ending.signal.aborted) {
            try {
                const { revision } = await this.control.changes({ after, signal: this.ending.signal });
                this.heard();
                if (revision !== after) this.bell.ring();
                after = revision;
            } catch (error) {
                await this.unheard(error);
                after = -1; // an emulator that was started anew counts from the beginning
            }
        }
    }

    private async work(): Promise<void> {
        while (!this.ending.signal.aborted) {
            await this.bell.rung();
            if (!(await pause(gatherInMs, this.ending.signal))) break;
            try {
                await this.look();
            } catch (error) {
                await this.unheard(error);
                this.bell.ring();
            }
        }
        this.bell.close();
    }

    /** Compares what should be with what is, everywhere, and acts. */
    private async look(): Promise<void> {
        const ecs = await this.view.read();
        this.heard();
        await Promise.all(ecs.tasks.map((task) => this.attendTo(task)));
        const services = new Set(ecs.services.map(({ serviceArn }) => serviceArn));
        for (const [id, { task, serviceArn }] of this.held) {
            if (serviceArn !== undefined && services.has(serviceArn)) continue;
            if (task.state.phase === "stopped") this.held.delete(id);
            else if (serviceArn !== undefined) task.stop("ServiceSchedulerInitiated", "The service no longer exists");
        }
        await Promise.all(ecs.services.map((service) => this.scheduler.schedule(service, this.tasksOf(service))));
    }

    /** What has to be done about a task whatever its service plans. */
    private async attendTo(view: TaskView): Promise<void> {
        const held = this.held.get(view.taskId);
        switch (planTask(view, held !== undefined).do) {
            case "nothing":
                return;
            case "start":
                this.start(view, undefined);
                return;
            case "stop":
                held?.task.stop(view.stopCode ?? "UserInitiated", view.stoppedReason ?? "");
                return;
            case "bury":
                await unlessGone(
                    this.control.reportTask(view, view.cluster, view.taskId, {
                        lastStatus: "STOPPED",
                        desiredStatus: "STOPPED",
                        stopCode: view.stopCode ?? "TerminationNotice",
                        stoppedReason: view.stoppedReason ?? runnerStopped,
                    }),
                );
        }
    }

    private start(view: TaskView, service: ServiceView | undefined): void {
        const definition = this.view.definitionOf(view.taskDefinitionArn);
        if (definition === undefined || this.ending.signal.aborted) return;
        const task = new Task(
            {
                view,
                definition,
                ...(service && { service }),
                onChange: () => {
                    this.bell.ring();
                },
                onEvent: (event) => {
                    if (service !== undefined) void this.tell(service, event);
                },
            },
            this.means,
        );
        this.held.set(view.taskId, { task, ...(service && { serviceArn: service.serviceArn }) });
    }

    private async tell(service: ServiceView, event: string): Promise<void> {
        try {
            await this.reporter.report(service, { events: [event] });
        } catch (error) {
            this.options.log(`an event of service ${service.serviceName} is lost: ${String(error)}`);
        }
    }

    private tasksOf({ serviceArn }: ServiceView): readonly Task[] {
        return [...this.held.values()].filter((held) => held.serviceArn === serviceArn).map(({ task }) => task);
    }

    private heard(): void {
        if (this.emulatorIsSilent) this.options.log(`the emulator at ${this.options.endpoint} answers again`);
        this.emulatorIsSilent = false;
    }

    /** Says once that the emulator does not answer, and waits a little. */
    private async unheard(error: unknown): Promise<void> {
        if (this.ending.signal.aborted) return;
        if (error instanceof ControlError) this.options.log(error.message);
        else if (!this.emulatorIsSilent)
            this.options.log(`the emulator at ${this.options.endpoint} does not answer, waiting for it: ${reasonOf(error)}`);
        this.emulatorIsSilent = !(error instanceof ControlError);
        if (this.emulatorIsSilent) this.options.onSilence();
        await pause(silencePauseInMs, this.ending.signal);
    }
}

/** Fetch's own message is always "fetch failed"; the reason is its cause. */
function reasonOf(error: unknown): string {
    const { message, cause } = error as Error;
    return cause instanceof Error ? cause.message : message;
}
