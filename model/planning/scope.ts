import { placeOf, type Service } from "../application";
import type { Kind } from "../environment";
import type { Findings, Located } from "../findings";
import { branchId } from "../names";
import type { Settings } from "../settings";

/** What every part of the planning works with. */
export interface Scope {
    readonly settings: Settings;
    /** How the settings are called in problems. */
    readonly settingsFile: string;
    /** What the environment is called: the kind of a base, the id of a branch. */
    readonly name: string;
    /** Present for a branch. */
    readonly id?: string;
    readonly findings: Findings;
}

export function scopeOf(settings: Settings, settingsFile: string, findings: Findings): Scope {
    if (settings.kind !== "branch") return { settings, settingsFile, name: settings.kind, findings };
    const id = branchId(settings.branch);
    return { settings, settingsFile, name: id, id, findings };
}

/** The kind whose network, namespace and secrets the environment uses. */
export function baseOf(settings: Settings): Exclude<Kind, "branch"> {
    return settings.kind === "branch" ? settings.baseKind : settings.kind;
}

/** A key of a service, for problems. @example at(web, "x-understudy.port") */
export function at(service: Service, key = ""): Located {
    return { path: ["services", service.name, ...(key === "" ? [] : [key])], place: placeOf(service, key) };
}

/** A key of the settings, for problems. @example atSetting(scope, "services.web") */
export function atSetting({ settingsFile }: Scope, key: string): Located {
    return { path: [`understudy:${key}`], place: { file: settingsFile } };
}
