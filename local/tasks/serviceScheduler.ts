import type { ControlClient } from "../emulator/control";
import { ControlError } from "../emulator/control";
import type { ServiceReport, ServiceView, TaskView } from "../emulator/views";
import { primaryOf } from "./deployment";
import { afterRefusal, planService, type ServiceAction, type ServiceMemory } from "./servicePlan";
import type { ServiceReporter } from "./serviceReporter";
import type { Task } from "./task";

export interface SchedulerOptions {
    readonly control: ControlClient;
    readonly reporter: ServiceReporter;
    readonly scale: number;
    /** Starts what the emulator has just made a record of. */
    readonly startTask: (view: TaskView, service: ServiceView) => void;
    /** A task has ended and is accounted for. */
    readonly forgetTask: (id: string) => void;
    /** Look again at this time, in milliseconds since 1970. */
    readonly lookAgain: (time: number) => void;
}

/** Carries out the plans of all services, and remembers what the next plans need. */
export class ServiceScheduler {
    private readonly memories = new Map<string, ServiceMemory>();

    constructor(private readonly options: SchedulerOptions) {}

    /** Plans one service from how it is now, and does what was planned. */
    async schedule(service: ServiceView, tasks: readonly Task[]): Promise<void> {
        const { scale, lookAgain } = this.options;
        const facts = tasks.map(({ id, deployment, state }) => ({ id, deployment: deployment ?? "", state }));
        const plan = planService(service, facts, this.memories.get(service.serviceArn), Date.now(), scale);
        if (plan.memory === undefined) this.memories.delete(service.serviceArn);
        else this.memories.set(service.serviceArn, plan.memory);
        for (const action of plan.actions) await this.carryOut(action, service, tasks);
        if (plan.again !== undefined) lookAgain(plan.again);
    }

    private async carryOut(action: ServiceAction, service: ServiceView, tasks: readonly Task[]): Promise<void> {
        switch (action.do) {
            case "start":
                return this.start(action.deployment, action.count, service);
            case "stop":
                tasks.find(({ id }) => id === action.task)?.stop("ServiceSchedulerInitiated", action.reason);
                return;
            case "forget":
                this.options.forgetTask(action.task);
                return;
            case "report":
                return this.report(service, {
                    ...(action.deployment && { deployments: [action.deployment] }),
                    ...(action.events.length > 0 && { events: action.events }),
                });
            case "rollBack":
                return this.rollBack(service);
        }
    }

    private async start(deploymentId: string, count: number, service: ServiceView): Promise<void> {
        const started: string[] = [];
        try {
            for (let number = 0; number < count; number += 1) {
                const view = await this.options.control.createTask(service, service.cluster, {
                    service: service.serviceName,
                    deploymentId,
                });
                this.options.startTask(view, service);
                started.push(`(task ${view.taskId})`);
            }
        } catch (error) {
            if (!(error instanceof ControlError) || error.status >= 500) throw error;
            await this.refused(error.message, service);
        }
        if (started.length > 0) {
            await this.report(service, {
                events: [`(service ${service.serviceName}) has started ${started.length} tasks: ${started.join(" ")}.`],
            });
        }
    }

    private async refused(message: string, service: ServiceView): Promise<void> {
        const memory = this.memories.get(service.serviceArn);
        if (memory === undefined) return;
        const { memory: next, events } = afterRefusal(service, memory, message, Date.now(), this.options.scale);
        this.memories.set(service.serviceArn, next);
        this.options.lookAgain(next.notBefore);
        if (events.length > 0) await this.report(service, { events });
    }

    private async rollBack(service: ServiceView): Promise<void> {
        try {
            const changed = await this.options.control.rollBack(service, service.cluster, service.serviceName);
            const { id } = primaryOf(changed) ?? { id: "" };
            await this.report(service, { events: [`(service ${service.serviceName}) rolling back to deployment ${id}.`] });
        } catch (error) {
            const nothingToReturnTo = error instanceof ControlError && error.status === 409;
            if (!nothingToReturnTo) throw error;
        }
    }

    private report(service: ServiceView, report: ServiceReport): Promise<void> {
        return this.options.reporter.report(service, report);
    }
}
