import type { ControlClient } from "../emulator/control";
import type { HealthStatus, Place, ServiceView, TargetGroupView, TaskView } from "../emulator/views";
import type { PrivateNames } from "./discovery";
import { reliably, unlessGone } from "./reliably";
import type { HealthFacts } from "./taskHealth";
import type { TaskNetwork } from "./taskNetwork";
import { TargetRegistration } from "./targetRegistration";

/** A Cloud Map service as a task registers with it. */
export interface DiscoveryService extends Place {
    readonly id: string;
    /** With its namespace. @example "api.staging.internal" */
    readonly fullName: string;
}

/** What publishing a task needs of its surroundings. */
export interface PublicationMeans {
    readonly control: ControlClient;
    readonly scale: number;
    readonly names: PrivateNames;
    readonly targetGroupOf: (arn: string) => TargetGroupView | undefined;
    readonly discoveryServiceOf: (arn: string) => DiscoveryService | undefined;
    readonly warn: (message: string) => void;
    readonly signal: AbortSignal;
}

export interface Publishable {
    readonly view: TaskView;
    readonly service: ServiceView;
    readonly network: TaskNetwork;
    /** Family of its task definition. */
    readonly family: string;
    /** A target's health changed. */
    readonly onChange: () => void;
    /** For the service's event list. */
    readonly onEvent: (message: string) => void;
}

/** Makes one running task of a service reachable: as a target of its target groups and under its private DNS name. */
export class TaskPublication {
    private registrations: readonly {
        readonly targetGroup: TargetGroupView;
        readonly port: number;
        readonly target: TargetRegistration;
    }[] = [];
    private leave: (() => void) | undefined;

    constructor(
        private readonly task: Publishable,
        private readonly means: PublicationMeans,
    ) {}

    /** The health of its targets. */
    get targets(): HealthFacts["targets"] {
        return this.registrations.map(({ targetGroup, port, target }) => ({
            targetGroupArn: targetGroup.arn,
            port,
            health: target.current,
        }));
    }

    /** Registers with the target groups, which begin to check it. */
    async publish(): Promise<void> {
        const { service, network, onChange, onEvent } = this.task;
        const { control, scale, signal, warn, targetGroupOf } = this.means;
        const groups = service.loadBalancers.map(({ targetGroupArn, containerPort }) => ({
            targetGroup: targetGroupOf(targetGroupArn),
            port: containerPort,
        }));
        this.registrations = groups.flatMap(({ targetGroup, port }) => {
            if (targetGroup === undefined) return [];
            const current = (): TargetGroupView => targetGroupOf(targetGroup.arn) ?? targetGroup;
            const options = { control, targetGroup: current, address: network.address, port, scale, signal, onChange, warn };
            return [{ targetGroup, port, target: new TargetRegistration(options) }];
        });
        for (const { targetGroup, target } of this.registrations) {
            await target.register();
            onEvent(`(service ${service.serviceName}) registered 1 targets in (target-group ${targetGroup.arn})`);
        }
    }

    /** Registers the private DNS name as soon as the containers are healthy; without a check they are so from the start. */
    async announce(containers: HealthStatus | undefined): Promise<void> {
        if (this.leave !== undefined || (containers !== undefined && containers !== "HEALTHY")) return;
        const { view, service, network, family } = this.task;
        const ports = [...network.localPorts.keys()];
        const found = service.serviceRegistries
            .map(({ registryArn }) => this.means.discoveryServiceOf(registryArn))
            .filter((known) => known !== undefined);
        const leaves = found.map(({ account, fullName }) => this.means.names.join(account, fullName, { address: network.address, ports }));
        this.leave = () => {
            for (const leave of leaves) leave();
        };
        const attributes = {
            AWS_INSTANCE_IPV4: network.address,
            AWS_INIT_HEALTH_STATUS: "HEALTHY",
            ECS_CLUSTER_NAME: view.cluster,
            ECS_SERVICE_NAME: service.serviceName,
            ECS_TASK_DEFINITION_FAMILY: family,
            REGION: view.region,
        };
        const { control, signal } = this.means;
        for (const known of found) await unlessGone(reliably(() => control.putInstance(known, known.id, view.taskId, attributes), signal));
    }

    /** Takes the task out of everything. `orderly`: requests that are under way may end first. */
    async withdraw(orderly: boolean): Promise<void> {
        const { view, service, network, onEvent } = this.task;
        const { control, signal, discoveryServiceOf } = this.means;
        this.leave?.();
        for (const { registryArn } of this.leave === undefined ? [] : service.serviceRegistries) {
            const known = discoveryServiceOf(registryArn);
            if (known !== undefined) await unlessGone(reliably(() => control.removeInstance(known, known.id, view.taskId), signal));
        }
        for (const { targetGroup } of this.registrations) {
            onEvent(`(service ${service.serviceName}) deregistered 1 targets in (target-group ${targetGroup.arn})`);
        }
        if (orderly && this.registrations.length > 0) {
            onEvent(`(service ${service.serviceName}, taskSet ${view.startedBy ?? ""}) has begun draining connections on 1 tasks.`);
        }
        await Promise.all(
            this.registrations.map(({ target }) => (orderly ? target.drain(() => network.connections()) : target.deregister())),
        );
    }
}
