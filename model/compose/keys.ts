import type { Findings, Located } from "../findings";
import { formatPath } from "../path";
import { closestOf } from "../suggest";
import { shown, shownScalar } from "./shown";
import { isNothing, type MapNode, type Node } from "./tree";

/**
 * What becomes of every key of a Compose service: read for AWS, of the laptop only, or refused. No key is dropped silently: what
 * Fargate cannot honour is an error until the service lists it under `x-understudy.ignore`.
 */

/** Keys that are read: they say what runs, or have values that need a look. */
const readKeys = [
    "image",
    "build",
    "command",
    "entrypoint",
    "environment",
    "env_file",
    "extends",
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
    "networks",
    "links",
    "container_name",
    "volumes",
    "tmpfs",
    "secrets",
    "configs",
    "cap_add",
    "cap_drop",
    "ulimits",
    "sysctls",
    "labels",
    "logging",
] as const;
export type ReadKey = (typeof readKeys)[number];

/** Keys about how containers are built, pulled and shown on a laptop. On AWS they mean nothing. */
const laptopKeys: ReadonlySet<string> = new Set([
    "annotations",
    "attach",
    "develop",
    "pull_policy",
    "pull_refresh_after",
    "stdin_open",
    "tty",
]);

const noHost = "a Fargate task has no host to share";
const ownNetwork = "a Fargate task has a network interface of its own";
const ownNames = "a Fargate task gets its names from the VPC";
const taskSize = "Fargate sizes whole tasks; use cpus, mem_limit or x-understudy.size";
const noHooks = "ECS runs nothing before or after a container; let the entrypoint do it";
const noSwap = "Fargate has no swap";
const windowsOnly = "Fargate tasks run on Linux here";

/** Keys that Fargate cannot honour, and why. */
const refusedKeys: Readonly<Record<string, string>> = {
    blkio_config: noHost,
    cgroup: noHost,
    cgroup_parent: noHost,
    cpu_count: taskSize,
    cpu_percent: taskSize,
    cpu_period: taskSize,
    cpu_quota: taskSize,
    cpu_rt_period: taskSize,
    cpu_rt_runtime: taskSize,
    cpu_shares: taskSize,
    cpuset: taskSize,
    credential_spec: windowsOnly,
    device_cgroup_rules: noHost,
    devices: noHost,
    dns: ownNames,
    dns_opt: ownNames,
    dns_search: ownNames,
    domainname: ownNames,
    external_links: ownNetwork,
    extra_hosts: ownNames,
    gpus: "Fargate has no GPUs",
    group_add: "ECS adds no groups; write user as user:group",
    hostname: ownNames,
    ipc: noHost,
    isolation: windowsOnly,
    label_file: "labels in files are not read; write them under labels",
    mac_address: ownNetwork,
    mem_swappiness: noSwap,
    memswap_limit: noSwap,
    models: "ECS runs no models; give the address of one under environment",
    oom_kill_disable: noHost,
    oom_score_adj: noHost,
    pid: noHost,
    pids_limit: "Fargate has no limit of processes",
    post_start: noHooks,
    pre_start: noHooks,
    pre_stop: noHooks,
    privileged: "Fargate runs no privileged containers",
    provider: "a provider is a program of the laptop",
    runtime: noHost,
    security_opt: "Fargate takes no security options",
    shm_size: "Fargate has no shared memory of a given size",
    stop_signal: "ECS takes the signal from the image; write STOPSIGNAL in its Dockerfile",
    storage_opt: noHost,
    use_api_socket: noHost,
    userns_mode: noHost,
    uts: noHost,
    volumes_from: "ECS tasks share volumes by name; mount a named one in both services",
};

/** Values of refused keys that ask for what Fargate does anyway, beside a plain no. */
const harmless: Readonly<Record<string, readonly string[]>> = {
    cgroup: ["private"],
    ipc: ["private", "shareable"],
    isolation: ["default"],
    mem_swappiness: ["0"],
    oom_score_adj: ["0"],
    pids_limit: ["-1", "0"],
    runtime: ["runc", "io.containerd.runc.v2"],
};

/** All names that a key of a service can have, for suggestions. */
const allKeys = [...readKeys, ...laptopKeys, ...Object.keys(refusedKeys), "x-understudy"];

/** The message about something that cannot be honoured on AWS, with the way out. */
function notOnAws(reason: string, { path }: Pick<Located, "path">): string {
    const key = formatPath(path.slice(2)).replace(/\[\d+\].*$/, "");
    return `${reason}; remove it, or list it under x-understudy.ignore (${key}) to run without it on AWS`;
}

/** Reports a value that cannot be honoured on AWS. */
export function refuse(node: Node, reason: string, aws: Findings): undefined {
    return aws.error(node, notOnAws(reason, node), shown(node));
}

/** The entries of a service that are read; reports keys that nobody knows, and to `aws` those that cannot be honoured there. */
export function knownKeys(service: MapNode, findings: Findings, aws: Findings): readonly (readonly [ReadKey, Node])[] {
    return [...service.entries].flatMap(([name, { key, value }]) => {
        const read = readKeys.find((known) => known === name);
        if (read !== undefined) return [[read, value] as const];
        const reason = Object.hasOwn(refusedKeys, name) ? refusedKeys[name] : undefined;
        if (reason !== undefined && !isNothing(value) && !isHarmless(name, value)) {
            aws.error(key, notOnAws(reason, key), shown(value));
        }
        if (reason === undefined && !laptopKeys.has(name) && !name.startsWith("x-")) {
            findings.error(key, unknown(name), shownScalar(value));
        }
        return [];
    });
}

function isHarmless(name: string, value: Node): boolean {
    return value.kind === "scalar" && (/^(false|no|n|off)$/i.test(value.text) || harmless[name]?.includes(value.text) === true);
}

function unknown(name: string): string {
    const closest = closestOf(name, allKeys);
    return `unknown key${closest === undefined ? "" : `; did you mean "${closest}"?`}; own keys begin with x-`;
}
