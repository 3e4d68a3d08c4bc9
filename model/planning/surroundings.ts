import type { Application, Service } from "../application";
import type { Variables } from "../compose/interpolate";
import { mergedEntries, sortedEntries, type Entries } from "../sort";
import { addressesInTask, commonAddresses, commonNames, hostVariables, type Addresses } from "./addresses";
import type { Placement } from "./placement";
import type { Scope } from "./scope";
import { storageVariables } from "./storage";

/** What all containers of an environment have around them. It is worked out once: there are as many names and addresses as containers. */
export interface Surroundings {
    /** By the services' own names. */
    readonly addresses: Addresses;
    /** The variables of queues and buckets. */
    readonly storage: Variables;
    /** The view of a container that is alone in its task and has no links. */
    readonly common: View;
}

/** What one container sees. */
export interface View {
    /** The service that each name stands for. */
    readonly services: ReadonlyMap<string, string>;
    /** The address on AWS of each name that has one. */
    readonly addresses: Addresses;
    /** What addresses, queues and buckets are called in variables. */
    readonly variables: ReadonlyMap<string, string>;
    /** Those, and what every container knows about where it runs: a container's variables beside its own, in the order of their names. */
    readonly predefined: Entries;
}

export function surroundingsOf(application: Application, placements: readonly Placement[], scope: Scope): Surroundings {
    const addresses = commonAddresses(placements, scope);
    const services = commonNames(application.services);
    const storage = storageVariables(application, scope);
    const variables = new Map([...hostVariables(addresses), ...Object.entries(storage)]);
    const predefined = sortedEntries([...placeVariables(scope), ...variables]);
    return { addresses, storage, common: { services, addresses: reachable(services, addresses), variables, predefined } };
}

/** The view of one container of a task. */
export function seenBy(service: Service, task: Placement, { addresses, common }: Surroundings): View {
    const inTask = addressesInTask(service, task, addresses);
    const links = Object.entries(service.links);
    if (inTask.size + links.length === 0) return common;
    const services = new Map([...common.services, ...links]);
    const variables = hostVariables(inTask);
    return {
        services,
        addresses: reachable(services, new Map([...addresses, ...inTask])),
        variables: new Map([...common.variables, ...variables]),
        predefined: mergedEntries(common.predefined, sortedEntries([...variables])),
    };
}

function reachable(services: ReadonlyMap<string, string>, addresses: Addresses): Addresses {
    const found = new Map<string, string>();
    for (const [name, service] of services) {
        const address = addresses.get(service);
        if (address !== undefined) found.set(name, address);
    }
    return found;
}

/** What every container knows about where it runs. The branch is the full name that git has; a base has none. */
function placeVariables({ settings, name }: Scope): Entries {
    return [
        ["UNDERSTUDY_ENVIRONMENT", name],
        ["UNDERSTUDY_KIND", settings.kind],
        ["UNDERSTUDY_BRANCH", settings.kind === "branch" ? settings.branch : ""],
    ];
}
