import { runsOnAws, type Application, type Role, type Service } from "../application";
import { listed } from "../listed";
import { byName } from "../sort";
import { at, type Scope } from "./scope";
import { isBorrowed } from "./selection";

/** A service that gets tasks of its own, with the sidecars that share them. */
export interface Placement {
    readonly owner: Service;
    /** Sorted by name. */
    readonly sidecars: readonly Service[];
    /** The environment does not run it, and uses its base's. */
    readonly borrowed: boolean;
}

const ownTasks: readonly Role[] = ["web", "worker", "task"];

/** Puts every service into the task that runs it, here or in the base. What does not run on AWS is left out, and said. */
export function placeServices({ services }: Application, scope: Scope): readonly Placement[] {
    const { findings } = scope;
    const kept = services.filter((service) => isKept(service, findings));
    const owners = kept.filter(({ role }) => ownTasks.includes(role));
    const ownerOf = new Map(
        kept.filter(({ role }) => role === "sidecar").map((sidecar) => [sidecar, findOwner(sidecar, owners, findings)]),
    );
    return owners
        .map((owner) => ({
            owner,
            sidecars: [...ownerOf].filter(([, its]) => its === owner).map(([sidecar]) => sidecar),
            borrowed: isBorrowed(owner.name, scope),
        }))
        .toSorted((a, b) => byName(a.owner, b.owner));
}

/** The containers of a task: its own first, then the sidecars. */
export function servicesOf({ owner, sidecars }: Placement): readonly Service[] {
    return [owner, ...sidecars];
}

function isKept(service: Service, findings: Scope["findings"]): boolean {
    const { role, profiles, extension } = service;
    if (runsOnAws(role, profiles, extension.roleGiven)) return true;
    if (role === "store") {
        findings.warning(
            at(service),
            "a store runs on a laptop only; on AWS the services that use it need the address of one that exists, as a variable or a secret",
        );
    } else {
        findings.warning(
            at(service, "profiles"),
            "a service with profiles is not started by default and is left out on AWS; give it a role under x-understudy to run it there",
            profiles.join(", "),
        );
    }
    return false;
}

function findOwner(sidecar: Service, owners: readonly Service[], findings: Scope["findings"]): Service | undefined {
    const { of } = sidecar.extension;
    const services = owners.filter(({ role }) => role !== "task");
    const owner = of === undefined ? services[0] : owners.find(({ name }) => name === of);
    const candidates = listed(owners.map(({ name }) => name));
    if (of === undefined && services.length !== 1) {
        return findings.error(at(sidecar, "x-understudy"), `a sidecar needs of, the service whose task it shares; allowed: ${candidates}`);
    }
    return owner ?? findings.error(at(sidecar, "x-understudy.of"), `no service of this name has tasks on AWS; allowed: ${candidates}`, of);
}
