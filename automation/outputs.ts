import type { BaseOutputs } from "../stacks/outputs";
import type { FollowedService } from "./rollout/evidence";

/** A stack's outputs. What an interrupted first run, or none, has not written yet is empty. */
export function environmentOutputs(outputs: Readonly<Record<string, unknown>>): BaseOutputs {
    return { urls: {}, services: {}, tasks: {}, images: {}, ...outputs };
}

/** The ECS services of an environment, with the revisions that the program wants. `changed` are the ids of what an update has changed. */
export function followedServices({ services }: BaseOutputs, changed: ReadonlySet<string>): readonly FollowedService[] {
    const updated = (service: string): boolean => [...changed].some((id) => id.endsWith(`/${service}`) && id.includes(":service/"));
    return Object.entries(services).map(([name, { cluster, service, definitionArn, logGroup, targetGroupArn }]) => ({
        ...{ name, cluster, service, definitionArn, logGroup, updated: updated(service) },
        ...(targetGroupArn !== undefined && { targetGroupArn }),
    }));
}
