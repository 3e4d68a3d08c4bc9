import type { RuntimeOptions } from "../application";
import type { Findings } from "../findings";
import { refuse } from "./keys";
import type { Node } from "./tree";
import { readKeys, readPairs, readTexts } from "./values";

/** What a container may do by default, for Docker and Fargate alike. */
const defaultCapabilities = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/** The others that ECS knows by name. */
const otherCapabilities = (
    "AUDIT_CONTROL BLOCK_SUSPEND DAC_READ_SEARCH IPC_LOCK IPC_OWNER LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE NET_ADMIN NET_BROADCAST " +
    "SYS_ADMIN SYS_BOOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG SYSLOG WAKE_ALARM"
).split(" ");

/** Newer ones, which ECS does not know and no container has: whoever drops them has what is asked for. */
const newCapabilities = ["AUDIT_READ", "BPF", "CHECKPOINT_RESTORE", "PERFMON"];

/** The only one that Fargate adds. */
const addable = "SYS_PTRACE";

/** Linux's own limit. */
const mostOpenFiles = 1_048_576;

/** Kernel parameters that belong to a container and not to the machine. */
const ownParameters = /^(net\..+|fs\.mqueue\..+|kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced))$/;

/**
 * Reads `cap_add` and `cap_drop`. Fargate cannot give back one of the default capabilities after all were dropped, so then the others
 * are dropped by name.
 */
export function readCapabilities(
    { cap_add: add, cap_drop: drop }: { readonly cap_add?: Node; readonly cap_drop?: Node },
    findings: Findings,
    aws: Findings,
): RuntimeOptions["capabilities"] {
    const added = add === undefined ? [] : readTexts(add, findings).map(capability);
    const dropped = (drop === undefined ? [] : readTexts(drop, findings).map(capability)).filter((name) => !newCapabilities.includes(name));
    if (add !== undefined && added.some((name) => name !== addable && !defaultCapabilities.includes(name)))
        refuse(add, `Fargate adds no capability but ${addable}`, aws);

    const unknown = dropped.filter((name) => !["ALL", ...defaultCapabilities, ...otherCapabilities].includes(name));
    if (drop !== undefined && unknown.length > 0) refuse(drop, `there is no capability ${unknown.join(", ")}`, aws);

    const kept = added.filter((name) => defaultCapabilities.includes(name));
    const all = dropped.includes("ALL") ? (kept.length === 0 ? ["ALL"] : defaultCapabilities) : dropped;
    const result = { add: added.filter((name) => name === addable), drop: all.filter((name) => !added.includes(name)).toSorted() };
    return result.add.length + result.drop.length === 0 ? undefined : result;
}

/** Reads `ulimits`, of which Fargate leaves the number of open files to the container. */
export function readOpenFiles(node: Node, findings: Findings, aws: Findings): RuntimeOptions["openFiles"] {
    const names = [...(node.kind === "map" ? node.entries : [])].filter(([name]) => name !== "nofile" && !name.startsWith("x-"));
    for (const [, { value }] of names) refuse(value, "Fargate sets this limit itself; only nofile can be given", aws);
    const { nofile } = readKeys(node, findings, ["nofile", ...names.map(([name]) => name)]);
    if (nofile === undefined) return undefined;

    if (nofile.kind === "scalar") {
        const limit = readLimit(nofile, findings, aws);
        return limit === undefined ? undefined : { soft: limit, hard: limit };
    }
    const { soft, hard } = readKeys(nofile, findings, ["soft", "hard"]);
    if (soft === undefined || hard === undefined) return findings.error(nofile, "a number, or a map with soft and hard, is expected");
    const [low, high] = [readLimit(soft, findings, aws), readLimit(hard, findings, aws)];
    if (low === undefined || high === undefined) return undefined;
    if (low > high) return findings.error(soft, `the soft limit must not be above the hard one, ${high}`, String(low));
    return { soft: low, hard: high };
}

/** Reads `sysctls`. */
export function readSysctls(node: Node, findings: Findings, aws: Findings): RuntimeOptions["sysctls"] {
    const pairs = [...readPairs(node, findings)];
    for (const [name, { at }] of pairs) {
        if (!ownParameters.test(name)) refuse(at, "Fargate takes parameters of the network and of IPC only", aws);
    }
    return pairs.length === 0 ? undefined : Object.fromEntries(pairs.map(([name, { value }]) => [name, value]));
}

function capability(name: string): string {
    return name.toUpperCase().replace(/^CAP_/, "");
}

function readLimit(node: Node, findings: Findings, aws: Findings): number | undefined {
    const limit = node.kind === "scalar" && /^(-1|\d+)$/.test(node.text) ? Number(node.text) : undefined;
    if (limit === undefined) return findings.error(node, "a whole number is expected", node.kind === "scalar" ? node.text : undefined);
    if (limit >= 1 && limit <= mostOpenFiles) return limit;
    return aws.error(node, `a whole number from 1 to ${mostOpenFiles} is expected on Fargate`, String(limit));
}
