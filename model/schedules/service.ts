import { runsOnAws, type Application, type Service } from "../application";
import type { Node } from "../compose/tree";
import type { Findings } from "../findings";
import { listed } from "../listed";
import { suggest } from "../suggest";
import { placeAt } from "./placeAt";

/** The service that is named; else the application's main one, else its only one. */
export function readService(node: Node, name: string | undefined, application: Application | undefined, findings: Findings): string | undefined {
    if (application === undefined) return name;
    const services = application.services.filter(hasTasks);
    const names = services.map((service) => service.name);
    const path = [...node.path, "service"];
    if (name === undefined) {
        if (node.kind === "map" && node.entries.has("service")) return undefined;
        const found = defaultService(services);
        return found ?? findings.error({ path, place: node.place }, `missing, and the application has no main service; allowed: ${names.length === 0 ? "none" : listed(names)}`);
    }
    if (names.includes(name)) return name;
    return findings.error({ path, place: placeAt(node, ["service"]) }, `no service of this name has tasks on AWS; ${suggest(name, names)}`, name);
}

function defaultService(services: readonly Service[]): string | undefined {
    const web = services.filter(({ role }) => role === "web");
    const main = web.length === 1 ? web[0] : web.find(({ extension }) => extension.main === true);
    return (main ?? (services.length === 1 ? services[0] : undefined))?.name;
}

function hasTasks({ role, profiles, extension }: Service): boolean {
    return role !== "sidecar" && runsOnAws(role, profiles, extension.roleGiven);
}
