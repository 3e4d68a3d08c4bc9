import type { RuntimeOptions } from "../application";
import type { Findings } from "../findings";
import { given } from "../given";
import type { Declarations } from "./declarations";
import { readCapabilities, readOpenFiles, readSysctls } from "./kernel";
import type { ReadKey } from "./keys";
import { readTmpfs } from "./tmpfs";
import type { Node } from "./tree";
import { readPairs } from "./values";
import { checkPaths, readVolumes } from "./volumes";

/** Reads what a container is started with beside its program. */
export function readRuntime(
    keys: Readonly<Partial<Record<ReadKey, Node>>>,
    { declared, readOnly }: { readonly declared: Declarations["volumes"]; readonly readOnly: boolean },
    findings: Findings,
    aws: Findings,
): RuntimeOptions {
    const own = keys.tmpfs === undefined ? [] : readTmpfs(keys.tmpfs, findings, aws);
    const volumes = keys.volumes && readVolumes(keys.volumes, { declared, readOnly }, findings, aws);
    const tmpfs = [...own, ...(volumes?.tmpfs ?? [])];
    const mounts = volumes?.mounts ?? [];
    checkPaths([...own, ...(volumes?.paths ?? [])], findings);
    return given({
        labels: keys.labels && texts(keys.labels, findings),
        capabilities: readCapabilities(keys, findings, aws),
        openFiles: keys.ulimits && readOpenFiles(keys.ulimits, findings, aws),
        sysctls: keys.sysctls && readSysctls(keys.sysctls, findings, aws),
        tmpfs: absentIfEmpty(tmpfs.map(withoutPlace)),
        mounts: absentIfEmpty(mounts.map(withoutPlace)),
    });
}

function texts(node: Node, findings: Findings): Readonly<Record<string, string>> {
    return Object.fromEntries([...readPairs(node, findings)].map(([name, { value }]) => [name, value]));
}

function withoutPlace<T extends { readonly at: Node }>({ at: _, ...rest }: T): Omit<T, "at"> {
    return rest;
}

function absentIfEmpty<T>(items: readonly T[]): readonly T[] | undefined {
    return items.length === 0 ? undefined : items;
}
