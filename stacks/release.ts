import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../model/environment";
import { releaseParameterName } from "../model/names";
import type { Problem } from "../model/problem";
import { parseReleaseRecord, type Release } from "../model/releaseRecord";
import type { Settings } from "../model/settings";
import { findParameter } from "./lookup";
import { settingsProblem } from "./refuse";

/** The release that an environment should run; absent, without a problem, while it has none yet. */
export interface FoundRelease {
    readonly release?: Release;
    /** Whether its tasks run on demand although the settings say Spot. */
    readonly onDemand: boolean;
    readonly problems: readonly Problem[];
}

/** Takes the release from the settings or, when they name none, from the environment's own record, so that nothing that was deployed is reverted. */
export async function findRelease(environment: Environment, settings: Settings, provider: pulumi.ProviderResource): Promise<FoundRelease> {
    const names = environment.images.map(({ name }) => name);
    const given = names.length === 0 ? {} : settings.images;
    const onSpot = settings.capacity === "FARGATE_SPOT";
    if (given !== undefined && !onSpot) return { ...completeRelease(names, given), onDemand: false };

    const parameter = releaseParameterName(environment.app, environment.name);
    const value = await findParameter(parameter, provider);
    const onDemand = onSpot && parseReleaseRecord(value ?? "")?.onDemand !== undefined;
    if (given !== undefined) return { ...completeRelease(names, given), onDemand };
    return { ...(value === undefined ? { problems: [] } : rememberedRelease(names, value, parameter)), onDemand };
}

/** The release of exactly these images. One that is known by halves would take running services away, so it is refused. */
export function completeRelease(names: readonly string[], known: Release): Omit<FoundRelease, "onDemand"> {
    const missing = names.filter((name) => !Object.hasOwn(known, name));
    if (missing.length > 0) return { problems: missing.map(withoutDigest) };
    return { release: Object.fromEntries(names.map((name) => [name, known[name] ?? ""])), problems: [] };
}

/** The release of an environment that cannot do without one: where there is none, each own image is a problem. */
export function requireRelease({ images }: Environment, { release, onDemand, problems }: FoundRelease): Required<FoundRelease> {
    if (release !== undefined || problems.length > 0) return { release: release ?? {}, onDemand, problems };
    return { release: {}, onDemand, problems: images.map(({ name }) => withoutDigest(name)) };
}

/** Reads the environment's record. */
export function rememberedRelease(names: readonly string[], value: string, parameter: string): Omit<FoundRelease, "onDemand"> {
    const record = parseReleaseRecord(value);
    const problem = (severity: Problem["severity"], message: string): Problem => ({ severity, file: "SSM parameter", key: parameter, message });
    if (record === undefined) return { problems: [problem("error", "not the record of a release; deploy a release, which writes it anew")] };
    const { release, problems } = completeRelease(names, record.images);
    if (record.former === undefined) return { ...(release && { release }), problems };
    const unproven = problem("warning", "this release was being deployed when that was stopped, so nobody knows whether it comes up; `understudy deploy` or `branch up` finds out");
    return { ...(release && { release }), problems: [...problems, unproven] };
}

function withoutDigest(name: string): Problem {
    return settingsProblem(`images.${name}`, "nothing says which image to run; deploy a release that has one for each of the application's own images");
}
