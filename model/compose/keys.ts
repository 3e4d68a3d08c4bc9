import type { Findings } from "../findings";
import { formatPath } from "../path";
import { closestOf } from "../suggest";
import { shown, shownScalar } from "./shown";
import { isNothing, type Entry, type Node } from "./tree";

/**
 * What becomes of every key of a Compose service: read for AWS, of the laptop only, or refused. No key is dropped silently: what
 * Fargate cannot honour is an error until the service lists it under `x-understudy.ignore`.
 */

/** Keys that say what runs: each is read. */
const readKeys = [
    "image",
    "build",
    "command",
    "entrypoint",
    "environment",
    "ports",
    "expose",
    "healthcheck",
    "depends_on",
    "deploy",
    "scale",
    "cpus",
    "mem_limit",
    "mem_reservation",
    "stop_grace_period",
    "init",
    "user",
    "working_dir",
    "read_only",
    "platform",
    "profiles",
    "restart",
    "network_mode",
    "volumes",
] as const;
export type ReadKey = (typeof readKeys)[number];

/** Keys about how containers are built, named, shown and restarted on a laptop. On AWS they mean nothing. */
const laptopKeys: ReadonlySet<string> = new Set([
    "annotations",
    "attach",
    "container_name",
    "develop",
    "label_file",
    "labels",
    "logging",
    "networks",
    "pull_policy",
    "pull_refresh_after",
    "stdin_open",
    "tty",
]);

const noHost = "a Fargate task has no host to share";
const ownNetwork = "a Fargate task has a network interface of its own";
const taskSize = "Fargate sizes whole tasks; use cpus, mem_limit or x-understudy.size";
const notCarried = "this is not carried over to ECS";
const useSecrets = "ECS takes secrets from the parameter store; list their names under x-understudy.secrets";

/** Keys that Fargate cannot honour, or that are not carried over, and why. */
const refusedKeys: Readonly<Record<string, string>> = {
    blkio_config: noHost,
    cap_add: notCarried,
    cap_drop: notCarried,
    cgroup: noHost,
    cgroup_parent: noHost,
    configs: "ECS mounts no configuration files; put them into the image",
    cpu_count: taskSize,
    cpu_percent: taskSize,
    cpu_period: taskSize,
    cpu_quota: taskSize,
    cpu_rt_period: taskSize,
    cpu_rt_runtime: taskSize,
    cpu_shares: taskSize,
    cpuset: taskSize,
    credential_spec: notCarried,
    device_cgroup_rules: noHost,
    devices: noHost,
    dns: ownNetwork,
    dns_opt: ownNetwork,
    dns_search: ownNetwork,
    domainname: ownNetwork,
    env_file: `${notCarried}; write the variables under environment`,
    extends: `${notCarried}; use a YAML anchor and a merge key`,
    external_links: ownNetwork,
    extra_hosts: ownNetwork,
    gpus: "Fargate has no GPUs",
    group_add: notCarried,
    hostname: ownNetwork,
    ipc: noHost,
    isolation: noHost,
    links: `${ownNetwork}; services reach each other by name`,
    mac_address: ownNetwork,
    mem_swappiness: "Fargate has no swap",
    memswap_limit: "Fargate has no swap",
    models: notCarried,
    oom_kill_disable: noHost,
    oom_score_adj: noHost,
    pid: noHost,
    pids_limit: notCarried,
    post_start: notCarried,
    pre_start: notCarried,
    pre_stop: notCarried,
    privileged: "Fargate runs no privileged containers",
    provider: notCarried,
    runtime: noHost,
    secrets: useSecrets,
    security_opt: noHost,
    shm_size: "Fargate has no shared memory of a given size",
    stop_signal: `${notCarried}; set STOPSIGNAL in the image`,
    storage_opt: noHost,
    sysctls: notCarried,
    tmpfs: "Fargate has no tmpfs",
    ulimits: notCarried,
    use_api_socket: noHost,
    userns_mode: noHost,
    uts: noHost,
    volumes_from: noHost,
};

/** All names that a key of a service can have, for suggestions. */
const allKeys = [...readKeys, ...laptopKeys, ...Object.keys(refusedKeys), "x-understudy"];

/** The message about something that cannot be honoured on AWS, with the way out. */
export function notOnAws(reason: string, { path }: Pick<Node, "path">): string {
    const key = formatPath(path.slice(2)).replace(/\[\d+\]$/, "");
    return `${reason}; remove it, or list it under x-understudy.ignore (${key}) to run without it on AWS`;
}

/** True for a key of a service that is read; the others are reported where they must be. */
export function checkKey(name: string, { key, value }: Entry, findings: Findings): name is ReadKey {
    if (readKeys.some((known) => known === name)) return true;
    const reason = refusedKeys[name];
    if (reason !== undefined && !isNothing(value)) findings.error(key, notOnAws(reason, key), shown(value));
    if (reason === undefined && !laptopKeys.has(name) && !name.startsWith("x-")) findings.error(key, unknown(name), shownScalar(value));
    return false;
}

function unknown(name: string): string {
    const closest = closestOf(name, allKeys);
    return `unknown key${closest === undefined ? "" : `; did you mean "${closest}"?`}; own keys begin with x-`;
}
