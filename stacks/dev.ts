import type { Environment } from "../model/environment";
import type { BaseSettings } from "../model/settings";
import { buildBase } from "./base";
import type { BaseOutputs, Pending } from "./outputs";

/** Dev: removed and made again at any time, keeps nothing, and branches may stand on it as well. */
export function dev(environment: Environment, settings: BaseSettings): Promise<Pending<BaseOutputs>> {
    return buildBase(environment, settings, {
        lendsToBranches: true,
        containerInsights: "disabled",
        keptReleases: 3,
        pointInTimeRecovery: false,
    });
}
