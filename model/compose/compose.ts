import { placeOf, type Application, type Service } from "../application";
import { Findings } from "../findings";
import { hostVariable } from "../names";
import type { Problem } from "../problem";
import { closestOf } from "../suggest";
import { checkCycles } from "./dependsOn";
import type { Variables } from "./interpolate";
import { readService } from "./service";
import { shown } from "./shown";
import { isNothing, type MapNode, type Node } from "./tree";
import { ownEntries, readMap } from "./values";
import { readYaml } from "./yaml";

/** Top-level keys beside `services`: what they declare counts only where a service uses it, and is reported there. */
const declarations = ["name", "version", "networks", "volumes", "secrets", "configs", "models"];

/**
 * Reads a Compose file as the Compose Specification says. `file` is its name in problems; `variables` are the values for its `${…}`.
 * Whatever is wrong, the rest is read.
 */
export function readCompose(
    text: string,
    file: string,
    variables: Variables,
): { readonly application: Application; readonly problems: readonly Problem[] } {
    const findings = new Findings();
    const root = readYaml(text, file, findings);
    const services = root === undefined ? [] : readServices(root, variables, findings);
    return { application: { file, services, variables }, problems: findings.problems };
}

function readServices(root: Node, variables: Variables, findings: Findings): readonly Service[] {
    if (root.kind !== "map") {
        findings.error(root, "a Compose file is a map with services", shown(root));
        return [];
    }
    checkTopLevel(root, findings);
    const node = root.entries.get("services")?.value;
    const entries = node === undefined || isNothing(node) ? [] : [...(readMap(node, findings)?.entries ?? [])];
    if (node === undefined || isNothing(node)) findings.error(node ?? root, "a Compose file needs at least one service under services");

    const names = entries.map(([name]) => name);
    const hostVariables = new Set(names.map(hostVariable).filter((name) => !Object.hasOwn(variables, name)));
    const context = { findings, variables, services: new Set(names), hostVariables };
    const services = entries.flatMap(([name, { key, value }]) => readService(name, key.place, value, context) ?? []);
    checkCycles(services, findings);
    return withOwnImages(services, findings).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function checkTopLevel(root: MapNode, findings: Findings): void {
    for (const [name, { key, value }] of ownEntries(root, findings)) {
        if (name === "services" || declarations.includes(name)) continue;
        if (name === "include") findings.error(key, "other Compose files are not read; write their services here", shown(value));
        else {
            const closest = closestOf(name, ["services", ...declarations]);
            findings.error(key, `unknown key${closest === undefined ? "" : `; did you mean "${closest}"?`}; own keys begin with x-`);
        }
    }
}

/** Services that name an image which another one builds run the same image. */
function withOwnImages(services: readonly Service[], findings: Findings): readonly Service[] {
    const built = services.filter(({ ownImage }) => ownImage !== undefined);
    for (const [index, service] of built.entries()) {
        const other = built.slice(0, index).find((earlier) => earlier.ownImage === service.ownImage && earlier.image !== service.image);
        if (other === undefined) continue;
        const at = { path: ["services", service.name, "image"], place: placeOf(service, "image") };
        findings.error(
            at,
            `service ${other.name} builds another image of the name ${String(service.ownImage)}; give one of them another name`,
            service.image,
        );
    }
    return services.map((service) => {
        const builder = built.find(({ image }) => image !== undefined && image === service.image);
        return builder?.ownImage === undefined ? service : { ...service, ownImage: builder.ownImage };
    });
}
