import type { Application, Service } from "../application";
import { listed } from "../listed";
import { queueVariable } from "../names";
import { suggest } from "../suggest";
import type { Placement } from "./placement";
import { atSetting, type Scope } from "./scope";

/** Whether a branch leaves the tasks of a service to its base. */
export function isBorrowed(name: string, { settings }: Pick<Scope, "settings">): boolean {
    return settings.kind === "branch" && settings.only.length > 0 && !settings.only.includes(name);
}

/** Reports what is wrong with the choice of services that a branch runs, and what it leads to that its reader may not expect. */
export function checkSelection(placements: readonly Placement[], main: Service | undefined, application: Application, scope: Scope): void {
    const { settings, findings } = scope;
    if (settings.kind !== "branch" || settings.only.length === 0) return;
    const place = atSetting(scope, "only");
    const owners = placements.map(({ owner }) => owner.name);
    for (const name of settings.only.filter((each) => !owners.includes(each))) {
        const task = placements.find(({ sidecars }) => sidecars.some((sidecar) => sidecar.name === name));
        const reason = task === undefined ? `no service of this name has tasks on AWS; ${suggest(name, owners)}` : `it is a sidecar and runs wherever ${task.owner.name} does; name that one`;
        findings.error(place, reason, name);
    }
    if (main !== undefined && isBorrowed(main.name, scope)) {
        findings.warning(place, `nothing answers at the branch's own address without ${main.name}, the main service; add it if people are to open the branch`);
    }
    for (const queue of application.queues) {
        const left = possibleConsumers(placements, queueVariable(queue)).filter(({ borrowed }) => borrowed).map(({ owner }) => owner.name);
        if (left.length === 0) continue;
        const who = left.length === 1 ? `${left.join()} is` : `${listed(left)} are`;
        findings.warning(place, `the branch has a queue ${queue.name} of its own, and ${who} left out: add what takes its messages, or they stay there`);
    }
}

/** The services that may take messages of a queue: those that name it, or all when none does, since every container knows every queue. */
function possibleConsumers(placements: readonly Placement[], variable: string): readonly Placement[] {
    const services = placements.filter(({ owner }) => owner.role !== "task");
    const naming = services.filter(({ owner, sidecars }) => [owner, ...sidecars].some((service) => names(service, variable)));
    return naming.length === 0 ? services : naming;
}

function names({ environment, hostTemplates, command = [], entrypoint = [] }: Service, variable: string): boolean {
    const texts = [...Object.keys(environment), ...Object.values(environment), ...Object.values(hostTemplates), ...command, ...entrypoint];
    return texts.some((text) => text.includes(variable));
}
