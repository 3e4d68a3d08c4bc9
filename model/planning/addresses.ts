import type { Service } from "../application";
import { discoveryName, hostVariable, namespaceName } from "../names";
import { servicesOf, type Placement } from "./placement";
import { at, baseOf, type Scope } from "./scope";

/** Containers of one task share its network. */
const sameTask = "127.0.0.1";

/** The address of every service that can be reached, by the service's name, as seen from one container. */
export type Addresses = ReadonlyMap<string, string>;

/** The addresses that a container of a task sees. */
export function addressesFor(from: Service, task: Placement, placements: readonly Placement[], scope: Scope): Addresses {
    const addresses = new Map<string, string>();
    for (const placement of placements) {
        const address = placement.owner.role === "task" ? undefined : privateName(placement, scope);
        for (const { name } of servicesOf(placement)) {
            const seen = placement === task && (name !== from.name || address === undefined) ? sameTask : address;
            if (seen !== undefined) addresses.set(name, seen);
        }
    }
    return addresses;
}

function privateName({ owner, borrowed }: Placement, { settings, id }: Scope): string {
    return `${discoveryName(owner.name, borrowed ? undefined : id)}.${namespaceName(baseOf(settings))}`;
}

/** Every name that one service knows, and the service that it stands for: services' own names, their other names, and its links. */
export function namesSeenBy(service: Service, services: readonly Service[]): ReadonlyMap<string, string> {
    return new Map([
        ...services.flatMap(({ name, otherNames }) => otherNames.map((other) => [other, name] as const)),
        ...services.map(({ name }) => [name, name] as const),
        ...Object.entries(service.links),
    ]);
}

/** The `HOST_…` variables that make those addresses known. */
export function hostVariables(addresses: Addresses): Readonly<Record<string, string>> {
    return Object.fromEntries([...addresses].map(([service, address]) => [hostVariable(service), address]));
}

/** Reports services that would have the same `HOST_…` variable. */
export function checkHostVariables(placements: readonly Placement[], { findings }: Scope): void {
    const first = new Map<string, string>();
    for (const service of placements.flatMap(servicesOf)) {
        const variable = hostVariable(service.name);
        const other = first.get(variable);
        if (other !== undefined) {
            findings.error(at(service), `its address would be in ${variable}, as that of ${other}; rename one of them`, service.name);
        }
        first.set(variable, other ?? service.name);
    }
}
