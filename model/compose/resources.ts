import type { Findings } from "../findings";
import { given } from "../given";
import { notOnAws, type ReadKey } from "./keys";
import { shown } from "./shown";
import type { Node } from "./tree";
import { readChoice, readCpuUnits, readInteger, readKeys, readMebibytes } from "./values";

/** What a container asks for and how many of it run: CPU units, MiB and a number of tasks. */
export interface Resources {
    readonly cpu?: number;
    readonly memory?: number;
    readonly replicas?: number;
}

type Keys = Readonly<Partial<Record<ReadKey, Node>>>;
type Read = (node: Node, findings: Findings) => number | undefined;

const replicaLimit = { min: 0, max: 5000 };
const ownDeployment = "ECS places and replaces tasks in its own way";

/** Reads `deploy`, and what says the same in older Compose files. A limit counts before a reservation. */
export function readResources(keys: Keys, findings: Findings): Resources {
    const deploy = readDeploy(keys.deploy, findings);
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

function readDeploy(node: Node | undefined, findings: Findings): Deploy {
    if (node === undefined) return { limits: {}, reservations: {} };
    const own = ["update_config", "rollback_config", "placement", "endpoint_mode"] as const;
    const keys = readKeys(node, findings, ["replicas", "resources", "mode", "labels", "restart_policy", ...own]);
    for (const refused of own.flatMap((name) => keys[name] ?? []))
        findings.error(refused, notOnAws(ownDeployment, refused), shown(refused));
    if (keys.mode !== undefined) readChoice(keys.mode, findings, ["replicated"]);

    const { limits, reservations } = keys.resources === undefined ? {} : readKeys(keys.resources, findings, ["limits", "reservations"]);
    return {
        replicas: keys.replicas,
        limits: limits === undefined ? {} : readLimits(limits, findings, ["pids"]),
        reservations: reservations === undefined ? {} : readLimits(reservations, findings, ["devices", "generic_resources"]),
    };
}

function readLimits(node: Node, findings: Findings, others: readonly string[]): Readonly<Partial<Record<string, Node>>> {
    const keys = readKeys(node, findings, ["cpus", "memory", ...others]);
    for (const refused of others.flatMap((name) => keys[name] ?? [])) {
        findings.error(refused, notOnAws("Fargate offers CPU and memory only", refused), shown(refused));
    }
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
