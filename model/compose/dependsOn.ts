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

/** A service on the way, and those that it waits for and that are still to be looked at. */
interface Step {
    readonly service: Service;
    readonly waitsFor: string[];
}

/** Reports services that wait for each other: Compose starts none of them. */
export function checkCycles(services: readonly Service[], findings: Findings): void {
    const byName = new Map(services.map((service) => [service.name, service]));
    const done = new Set<string>();
    const stepOf = (service: Service): Step => ({ service, waitsFor: Object.keys(service.dependsOn).toReversed() });
    for (const start of services) {
        const way = done.has(start.name) ? [] : [stepOf(start)];
        const waiting = new Set([start.name]);
        for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
            const next = last.waitsFor.pop();
            if (next === undefined) {
                done.add(last.service.name);
                waiting.delete(last.service.name);
                way.pop();
            } else if (waiting.has(next)) {
                reportCycle(way.slice(way.findIndex(({ service }) => service.name === next)).map(({ service }) => service), findings);
            } else if (!done.has(next)) {
                const service = byName.get(next);
                if (service === undefined) continue;
                way.push(stepOf(service));
                waiting.add(next);
            }
        }
    }
}

/** More members are not read by anybody. */
const mostMembers = 20;

function reportCycle(members: readonly Service[], findings: Findings): void {
    const [first] = members;
    if (first === undefined) return;
    const names = members.map(({ name }) => name);
    const shown = names.length <= mostMembers ? names : [...names.slice(0, mostMembers), `${names.length - mostMembers} more`];
    const areAllWritten = members.every(({ places }) => places["depends_on"] !== undefined);
    findings.error(
        { path: ["services", first.name, "depends_on"], place: placeOf(first, "depends_on") },
        `services wait for each other: ${[...shown, first.name].join(" -> ")}${areAllWritten ? "" : "; links and network_mode: service:… are waited for, too"}`,
    );
}
