import { placeOf, type DependencyCondition, type Service } from "../application";
import type { Findings } from "../findings";
import { networkOwner } from "./networks";
import { shown } from "./shown";
import { childOf, type MapNode, type Node } from "./tree";
import { readBoolean, readChoice, readKeys, readMap, readText } from "./values";

const conditions = [
    "service_started",
    "service_healthy",
    "service_completed_successfully",
] as const satisfies readonly DependencyCondition[];

/** Reads `depends_on`, a list of services or a map with conditions. */
export function readDependsOn(
    node: Node,
    findings: Findings,
    services: ReadonlySet<string>,
): Readonly<Record<string, DependencyCondition>> {
    const dependencies = node.kind === "list" ? readNames(node.items, findings) : readConditions(node, findings);
    for (const [at, name] of dependencies.keys()) {
        if (!services.has(name)) findings.error(at, "no service has this name", name);
    }
    return Object.fromEntries([...dependencies].map(([[, name], condition]) => [name, condition]));
}

type Dependencies = ReadonlyMap<readonly [at: Node, name: string], DependencyCondition>;

function readNames(items: readonly Node[], findings: Findings): Dependencies {
    return new Map(
        items.flatMap((item) => {
            const name = readText(item, findings);
            return name === undefined ? [] : [[[item, name], "service_started"]];
        }),
    );
}

function readConditions(node: Node, findings: Findings): Dependencies {
    return new Map(
        [...(readMap(node, findings)?.entries ?? [])].map(([name, { value }]) => {
            const keys = readKeys(value, findings, ["condition", "restart", "required"]);
            if (keys.restart !== undefined) readBoolean(keys.restart, findings);
            if (keys.required !== undefined) readBoolean(keys.required, findings);
            if (keys.condition === undefined) {
                findings.error(value, `condition is missing; allowed: ${conditions.join(", ")}`, shown(value));
            }
            return [[value, name], (keys.condition && readChoice(keys.condition, findings, conditions)) ?? "service_started"];
        }),
    );
}

/** The services that a service waits for without `depends_on`: those that it links to, and the one whose network it shares. */
export function impliedDependencies(service: MapNode, services: ReadonlySet<string>): Readonly<Record<string, DependencyCondition>> {
    const links = childOf(service, "links");
    const texts = links?.kind === "list" ? links.items.flatMap((item) => (item.kind === "scalar" ? item.text : [])) : [];
    const linked = texts.map((text) => text.split(":", 1)[0] ?? "");
    const named = [...linked, networkOwner(childOf(service, "network_mode")) ?? ""].filter((name) => services.has(name));
    return Object.fromEntries(named.map((name) => [name, "service_started"]));
}

/** Reports services that wait for each other: Compose starts none of them. */
export function checkCycles(services: readonly Service[], findings: Findings): void {
    const byName = new Map(services.map((service) => [service.name, service]));
    const done = new Set<string>();
    const visit = (service: Service, waiting: readonly string[]): void => {
        if (waiting.includes(service.name)) {
            const members = waiting.slice(waiting.indexOf(service.name));
            const cycle = [...members, service.name].join(" -> ");
            const areAllWritten = members.every((name) => byName.get(name)?.places["depends_on"] !== undefined);
            findings.error(
                { path: ["services", service.name, "depends_on"], place: placeOf(service, "depends_on") },
                `services wait for each other: ${cycle}${areAllWritten ? "" : "; links and network_mode: service:… are waited for, too"}`,
            );
            return;
        }
        if (done.has(service.name)) return;
        for (const name of Object.keys(service.dependsOn)) {
            const next = byName.get(name);
            if (next !== undefined) visit(next, [...waiting, service.name]);
        }
        done.add(service.name);
    };
    for (const service of services) visit(service, []);
}
