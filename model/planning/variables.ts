import { plainVariables, type Service } from "../application";
import { interpolate, variablesIn, type Variables } from "../compose/interpolate";
import type { Rewrite } from "../environment";
import { hostVariable } from "../names";
import { mergedEntries, sortedEntries } from "../sort";
import { bareHosts, rewriteUrls, urlHosts } from "./rewrite";
import { at, type Scope } from "./scope";
import type { View } from "./surroundings";

/** The variables of one container on AWS, and what was changed for it. */
export interface PlannedVariables {
    readonly environment: Readonly<Record<string, string>>;
    readonly rewrites: readonly Rewrite[];
}

/**
 * The variables that a service's container gets: those of the Compose file, with the addresses of AWS in place of services' names, and the
 * predefined ones unless the file sets them. A variable that is also a secret comes from the parameter store, not from here. `given` are
 * the variables with which the file was read, and `storage` those of queues and buckets, which are never the laptop's.
 */
export function planVariables(
    service: Service,
    view: View,
    { given, storage }: { readonly given: Variables; readonly storage: Variables },
    scope: Scope,
): PlannedVariables {
    const changed = Object.entries(plainVariables(service)).map(([variable, value]) => {
        const moved = Object.hasOwn(storage, variable)
            ? { text: storage[variable] ?? "", replaced: [] }
            : moveToAws({ service, variable, value }, view, given);
        const assignment = { service, variable, value: moved.text };
        warnOfOtherAccounts(assignment, scope);
        warnOfNames(assignment, view, scope);
        return { variable, ...moved };
    });
    return {
        environment: Object.fromEntries(mergedEntries(view.predefined, sortedEntries(changed.map(({ variable, text }) => [variable, text])))),
        rewrites: changed.flatMap(({ variable, replaced }) =>
            replaced.map((from) => ({ service: service.name, variable, from, to: view.addresses.get(from) ?? from })),
        ),
    };
}

/** Where AWS clients look for credentials before they take those of the role, or what tells them where those are. */
const credentials: ReadonlySet<string> = new Set([
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
]);

interface Assignment {
    readonly service: Service;
    readonly variable: string;
    readonly value: string;
}

/** The value as it must be on AWS, and the services whose names had to be replaced in it. */
function moveToAws(
    { service, variable, value }: Assignment,
    { services, addresses, variables }: View,
    given: Variables,
): { readonly text: string; readonly replaced: readonly string[] } {
    const own = addresses.get(value);
    if (own !== undefined && variable === hostVariable(value)) return { text: own, replaced: [value] };

    const template = service.hostTemplates[variable];
    if (template === undefined) return rewriteUrls(value, addresses);
    const names = variablesIn(template);
    const { text, replaced } = rewriteUrls(interpolate(template, usedVariables(names, variables, given)).text, addresses);
    const used = [...addresses.keys()].filter((name) => services.get(name) === name && names.includes(hostVariable(name)));
    return { text, replaced: [...new Set([...used, ...replaced])] };
}

/** The values of those names, which are few; addresses go first. */
function usedVariables(names: readonly string[], addresses: ReadonlyMap<string, string>, given: Variables): Variables {
    return Object.fromEntries(
        names.flatMap((name) => {
            const value = addresses.get(name) ?? (Object.hasOwn(given, name) ? given[name] : undefined);
            return value === undefined ? [] : [[name, value]];
        }),
    );
}

/** Says what would lead an AWS client away from the task's own account and region. */
function warnOfOtherAccounts({ service, variable, value }: Assignment, { findings, settings: { region } }: Scope): void {
    const place = at(service, `environment.${variable}`);
    if (value !== "" && credentials.has(variable)) {
        const advice = "move it to compose.override.yaml, which is the laptop's, or list it under x-understudy.secrets";
        findings.warning(place, `an AWS client takes this before the credentials of the task's role; ${advice}`);
    }
    if (["AWS_REGION", "AWS_DEFAULT_REGION"].includes(variable) && value !== "" && value !== region) {
        const advice = "leave it out, and ECS sets it; for a laptop move it to compose.override.yaml";
        findings.warning(place, `the environment is in ${region}, so an AWS client would look elsewhere for its queues, buckets and parameters; ${advice}`, value);
    }
}

/** Says what may still point to a service, or to a secret's file, by a name that means nothing on AWS. */
function warnOfNames({ service, variable, value }: Assignment, { services, addresses }: View, { findings }: Scope): void {
    const place = at(service, `environment.${variable}`);
    if (value.startsWith("/run/secrets/")) {
        findings.warning(place, "ECS mounts no secret files, so nothing is at this path on AWS; there the program must read a variable instead");
    }
    const bare = bareHosts(value);
    for (const name of new Set([...urlHosts(value), ...bare])) {
        const meant = services.get(name);
        if (meant === undefined) continue;
        if (!addresses.has(name)) {
            findings.warning(place, `${name} has no address on AWS; give the variable one there, or list it under x-understudy.secrets`);
        } else if (bare.includes(name)) {
            findings.warning(
                place,
                `the name of a service means nothing on AWS; write \${${hostVariable(meant)}:-${name}} if this is an address`,
                name,
            );
        }
    }
}
