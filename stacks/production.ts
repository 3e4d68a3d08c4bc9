import type { Environment } from "../model/environment";
import type { BaseSettings } from "../model/settings";
import { buildBase } from "./base";
import type { BaseOutputs, Pending } from "./outputs";

/** Production: watched closely, and nobody's understudy: no branch stands on it. */
export function production(environment: Environment, settings: BaseSettings): Promise<Pending<BaseOutputs>> {
    return buildBase(environment, settings, {
        lendsToBranches: false,
        containerInsights: "enabled",
        keptReleases: 50,
        pointInTimeRecovery: true,
    });
}
