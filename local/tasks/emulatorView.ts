import type { TaskDefinition } from "@aws-sdk/client-ecs";
import type { ControlClient } from "../emulator/control";
import type { ChangedCounts, CloudMapView, EcsView, LoadBalancingView, TargetGroupView } from "../emulator/views";
import type { DiscoveryService } from "./taskPublication";

/** What the runner knows of the emulator, read anew only where it changed. */
export class EmulatorView {
    private counts: Pick<ChangedCounts, "elbv2" | "servicediscovery"> | undefined;
    private taskDefinitions: EcsView["taskDefinitions"] = {};
    private loadBalancing: Pick<LoadBalancingView, "targetGroups"> = { targetGroups: [] };
    private cloudMap: Pick<CloudMapView, "namespaces" | "services"> = { namespaces: [], services: [] };

    constructor(private readonly control: ControlClient) {}

    /** Reads what changed. The rest is read after ECS, so that it has everything that ECS's answer names. */
    async read(): Promise<EcsView> {
        const ecs = await this.control.ecs();
        const counts = await this.control.changes();
        if (counts.elbv2 !== this.counts?.elbv2) this.loadBalancing = await this.control.loadBalancing();
        if (counts.servicediscovery !== this.counts?.servicediscovery) this.cloudMap = await this.control.cloudMap();
        this.counts = counts;
        this.taskDefinitions = ecs.taskDefinitions;
        return ecs;
    }

    definitionOf(arn: string): TaskDefinition | undefined {
        return this.taskDefinitions[arn];
    }

    targetGroupOf(arn: string): TargetGroupView | undefined {
        return this.loadBalancing.targetGroups.find((group) => group.arn === arn);
    }

    discoveryServiceOf(arn: string): DiscoveryService | undefined {
        const service = this.cloudMap.services.find((known) => known.arn === arn);
        const namespace = this.cloudMap.namespaces.find(({ id }) => id === service?.namespaceId);
        if (service === undefined || namespace === undefined) return undefined;
        const { account, region, id, name } = service;
        return { account, region, id, fullName: `${name}.${namespace.name}`.toLowerCase() };
    }

    /** Names of an account's private DNS namespaces. */
    namespacesOf(account: string): readonly string[] {
        return this.cloudMap.namespaces.filter((namespace) => namespace.account === account).map(({ name }) => name);
    }
}
