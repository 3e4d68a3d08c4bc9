import type { Service } from "../application";
import { discoveryName, hostVariable, namespaceName } from "../names";
import { servicesOf, type Placement } from "./placement";
import { at, baseOf, type Scope } from "./scope";

/** Containers of one task share its network. */
const sameTask = "127.0.0.1";

/** The address of every service that can be reached, by the service's name, as seen from one container. */
export type Addresses = ReadonlyMap<string, string>;

/** The addresses that everybody outside of a service's task sees. */
export function commonAddresses(placements: readonly Placement[], scope: Scope): Addresses {
    const reachable = placements.filter(({ owner }) => owner.role !== "task");
    return new Map(
        reachable.flatMap((placement) => {
            const address = privateName(placement, scope);
            return servicesOf(placement).map(({ name }) => [name, address] as const);
        }),
    );
}

/** The addresses that a container sees otherwise than {@link commonAddresses} has them: those of its own task. */
export function addressesInTask(from: Service, task: Placement, common: Addresses): Addresses {
    const neighbours = servicesOf(task).filter(({ name }) => name !== from.name || !common.has(name));
    return new Map(neighbours.map(({ name }) => [name, sameTask]));
}

function privateName({ owner, borrowed }: Placement, { settings, id }: Scope): string {
    return `${discoveryName(owner.name, borrowed ? undefined : id)}.${namespaceName(baseOf(settings))}`;
}

/** Every name that all services know, and the service that it stands for: services' own names, and their other names. */
export function commonNames(services: readonly Service[]): ReadonlyMap<string, string> {
    return new Map([
        ...services.flatMap(({ name, otherNames }) => otherNames.map((other) => [other, name] as const)),
        ...services.map(({ name }) => [name, name] as const),
    ]);
}

/** The `HOST_…` variables that make those addresses known. */
export function hostVariables(addresses: Addresses): ReadonlyMap<string, string> {
    return new Map([...addresses].map(([service, address]) => [hostVariable(service), address]));
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
