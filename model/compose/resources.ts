import type { Findings } from "../findings";
import { given } from "../given";
import { refuse, type ReadKey } from "./keys";
import { shown } from "./shown";
import { isNothing, type Node } from "./tree";
import { readChoice, readCpuUnits, readInteger, readKeys, readMebibytes, readPairs } from "./values";

/** What a container asks for and how many of it run: CPU units, MiB and a number of tasks. */
export interface Resources {
    readonly cpu?: number;
    readonly memory?: number;
    readonly replicas?: number;
}

type Keys = Readonly<Partial<Record<ReadKey, Node>>>;
type Read = (node: Node, findings: Findings) => number | undefined;

const replicaLimit = { min: 0, max: 5000 };

/** What ECS does when it replaces tasks, in the words of Compose: the only values that are honoured. */
const rollout: Readonly<Record<string, string>> = { order: "start-first", failure_action: "rollback" };
const rolloutKeys = ["parallelism", "delay", "failure_action", "monitor", "max_failure_ratio", "order"] as const;

/** Reads `deploy`, and what says the same in older Compose files. A limit counts before a reservation. */
export function readResources(keys: Keys, findings: Findings, aws: Findings): Resources {
    const deploy = readDeploy(keys.deploy, findings, aws);
    const cpu = agreed([deploy.limits.cpus, keys.cpus], readCpuUnits, findings);
    const memory = agreed([deploy.limits.memory, keys.mem_limit], readMebibytes, findings);
    const reserved = {
        cpu: agreed([deploy.reservations.cpus], readCpuUnits, findings),
        memory: agreed([deploy.reservations.memory, keys.mem_reservation], readMebibytes, findings),
    };
    const replicas = agreed([deploy.replicas, keys.scale], (node) => readInteger(node, findings, replicaLimit), findings);
    return given({ cpu: cpu ?? reserved.cpu, memory: memory ?? reserved.memory, replicas });
}

interface Deploy {
    readonly replicas?: Node;
    readonly limits: Readonly<Partial<Record<"cpus" | "memory", Node>>>;
    readonly reservations: Readonly<Partial<Record<"cpus" | "memory", Node>>>;
}

function readDeploy(node: Node | undefined, findings: Findings, aws: Findings): Deploy {
    if (node === undefined) return { limits: {}, reservations: {} };
    const keys = readKeys(node, findings, [
        "replicas",
        "resources",
        "mode",
        "labels",
        "restart_policy",
        "update_config",
        "rollback_config",
        "placement",
        "endpoint_mode",
    ]);
    if (keys.labels !== undefined) readPairs(keys.labels, findings);
    if (keys.restart_policy !== undefined) readKeys(keys.restart_policy, findings, ["condition", "delay", "max_attempts", "window"]);
    if (keys.endpoint_mode !== undefined) readChoice(keys.endpoint_mode, findings, ["vip", "dnsrr"]);
    if (keys.placement !== undefined && !isNothing(keys.placement)) refuse(keys.placement, "Fargate has no nodes to choose from", aws);
    checkMode(keys.mode, findings, aws);
    checkRollout(keys.update_config, findings, aws);
    checkRollout(keys.rollback_config, findings, aws);

    const { limits, reservations } = keys.resources === undefined ? {} : readKeys(keys.resources, findings, ["limits", "reservations"]);
    return {
        replicas: keys.replicas,
        limits: limits === undefined ? {} : readLimits(limits, ["pids"], findings, aws),
        reservations: reservations === undefined ? {} : readLimits(reservations, ["devices", "generic_resources"], findings, aws),
    };
}

function checkMode(node: Node | undefined, findings: Findings, aws: Findings): void {
    const mode = node && readChoice(node, findings, ["replicated", "global", "replicated-job", "global-job"]);
    if (node === undefined || mode === undefined || mode === "replicated") return;
    refuse(node, mode === "global" ? "Fargate has no nodes to run one task on each" : "a service on ECS does not end; write role: task", aws);
}

function checkRollout(node: Node | undefined, findings: Findings, aws: Findings): void {
    const keys = node === undefined ? {} : readKeys(node, findings, rolloutKeys);
    for (const [name, value] of Object.entries(keys)) {
        if (value.kind === "scalar" && value.text === rollout[name]) continue;
        refuse(value, "ECS starts new tasks before it stops old ones, and rolls back what fails", aws);
    }
}

function readLimits(
    node: Node,
    others: readonly string[],
    findings: Findings,
    aws: Findings,
): Readonly<Partial<Record<string, Node>>> {
    const keys = readKeys(node, findings, ["cpus", "memory", ...others]);
    for (const refused of others.flatMap((name) => keys[name] ?? [])) refuse(refused, "Fargate offers CPU and memory only", aws);
    return keys;
}

/** The one value of keys that mean the same, as Compose demands. */
function agreed(nodes: readonly (Node | undefined)[], read: Read, findings: Findings): number | undefined {
    const [first, second] = nodes.filter((node) => node !== undefined).map((node) => ({ node, value: read(node, findings) }));
    if (first?.value !== undefined && second?.value !== undefined && first.value !== second.value) {
        findings.error(
            second.node,
            `line ${first.node.place.line} says ${shown(first.node)} for the same thing; keep one of them`,
            shown(second.node),
        );
    }
    return first?.value ?? second?.value;
}
