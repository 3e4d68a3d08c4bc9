import type { Environment } from "../model/environment";
import type { BaseSettings } from "../model/settings";
import { buildBase } from "./base";
import type { BaseOutputs, Pending } from "./outputs";

/** Staging: production's understudy, and the base of the branches that are tried before they join it. */
export function staging(environment: Environment, settings: BaseSettings): Promise<Pending<BaseOutputs>> {
    return buildBase(environment, settings, {
        lendsToBranches: true,
        containerInsights: "disabled",
        keptReleases: 10,
        pointInTimeRecovery: true,
    });
}
