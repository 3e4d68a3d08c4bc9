import { allReachable, reachable } from "./addresses";
import type { Clients } from "./aws/clients";
import type { Changes } from "./engine/progress";
import type { RunResult } from "./engine/workspace";
import { step } from "./events";
import { defaultPatience, type Context, type Patience } from "./options";
import { environmentOutputs, followedServices } from "./outputs";
import { followDeployments } from "./rollout/follow";
import type { Digests } from "./settings/privateSettings";

/** An environment that is up. */
export interface Deployed {
    readonly stack: string;
    /** True when the stack was made now. */
    readonly created: boolean;
    /** Address of the main service, as it is reached from here; absent while no service runs. */
    readonly url?: string;
    /** Address per web service. */
    readonly urls: Readonly<Record<string, string>>;
    /** Digest per own image that runs. */
    readonly images: Digests;
    /** What the engine did; the stack itself counts as one of the resources. */
    readonly changes: Changes;
    /** How long all of it took. */
    readonly seconds: number;
}

/** Waits until all services of a run are healthy. Fails with {@link NoSpotCapacity} when they are `onSpot` and find no place there. */
export async function followAll({ emit, signal, surroundings: { stopped } }: Context, aws: Clients, { outputs, changed }: RunResult, patiences: Patience, onSpot: boolean): Promise<void> {
    const services = followedServices(environmentOutputs(outputs), changed);
    if (services.length === 0) return;
    const { deploymentPatience: patience, spotPatience } = { ...defaultPatience, ...patiences };
    await step(emit, "follow deployment", () => followDeployments(aws, services, { emit, signal, patience, stopped, ...(onSpot && { spotPatience }) }), () => `${services.length} ${services.length === 1 ? "service" : "services"}`);
}

/** What runs have done one after the other; unchanged is what the last one left as it was. */
export function changesOfAll(runs: readonly RunResult[]): Changes {
    const sum = (name: keyof Changes): number => runs.reduce((count, { changes }) => count + changes[name], 0);
    return { created: sum("created"), updated: sum("updated"), replaced: sum("replaced"), deleted: sum("deleted"), unchanged: runs.at(-1)?.changes.unchanged ?? 0 };
}

/** What a finished run tells its caller. */
export function deployed({ surroundings }: Context, stack: string, { outputs, changes }: RunResult, branch: boolean): Omit<Deployed, "created" | "seconds"> {
    const { url, urls, images } = environmentOutputs(outputs);
    return { stack, urls: allReachable(urls, surroundings, branch), images, changes, ...(url !== undefined && { url: reachable(url, surroundings, branch) }) };
}
