import { plainVariables, type Application, type Service } from "../application";
import { interpolate, variablesIn, type Variables } from "../compose/interpolate";
import type { Rewrite } from "../environment";
import { hostVariable } from "../names";
import { sortedKeys } from "../sort";
import { hostVariables, namesSeenBy, type Addresses } from "./addresses";
import { bareHosts, rewriteUrls, urlHosts } from "./rewrite";
import { at, type Scope } from "./scope";
import { storageVariables } from "./storage";

/** The variables of one container on AWS, and what was changed for it. */
export interface PlannedVariables {
    readonly environment: Readonly<Record<string, string>>;
    readonly rewrites: readonly Rewrite[];
}

/**
 * The variables that a service's container gets: those of the Compose file, with the addresses of AWS in place of services' names, and the
 * predefined ones unless the file sets them. A variable that is also a secret comes from the parameter store, not from here.
 */
export function planVariables(service: Service, addresses: Addresses, application: Application, scope: Scope): PlannedVariables {
    const own = storageVariables(application, scope);
    const hosts = merged(hostVariables(addresses), own);
    const known = knownHosts(service, addresses, application);
    const variables = Object.keys(service.hostTemplates).length === 0 ? application.variables : merged(application.variables, hosts);
    const changed = Object.entries(plainVariables(service)).map(([variable, value]) => {
        const moved = Object.hasOwn(own, variable)
            ? { text: own[variable] ?? "", replaced: [] }
            : moveToAws({ service, variable, value }, known, variables);
        const assignment = { service, variable, value: moved.text };
        warnOfOtherAccounts(assignment, scope);
        warnOfNames(assignment, known, scope);
        return { variable, ...moved };
    });
    return {
        environment: sortedKeys(merged(predefined(scope), hosts, Object.fromEntries(changed.map(({ variable, text }) => [variable, text])))),
        rewrites: changed.flatMap(({ variable, replaced }) =>
            replaced.map((from) => ({ service: service.name, variable, from, to: known.addresses.get(from) ?? from })),
        ),
    };
}

/** All variables in one map: of the same name the last one counts. With a thousand services it is several times as fast as spreading them. */
function merged(...maps: readonly Variables[]): Variables {
    return Object.fromEntries(maps.flatMap((map) => Object.entries(map)));
}

/** The hosts that a container's variables may name. */
interface KnownHosts {
    /** The service that each name stands for. */
    readonly services: ReadonlyMap<string, string>;
    /** The address on AWS of each name that has one. */
    readonly addresses: Addresses;
}

function knownHosts(service: Service, addresses: Addresses, application: Application): KnownHosts {
    const services = namesSeenBy(service, application.services);
    const reachable = [...services].flatMap(([name, its]) => {
        const address = addresses.get(its);
        return address === undefined ? [] : [[name, address] as const];
    });
    return { services, addresses: new Map(reachable) };
}

/** What every container knows about where it runs. The branch is the full name that git has; a base has none. */
function predefined({ settings, name }: Scope): Readonly<Record<string, string>> {
    return {
        UNDERSTUDY_ENVIRONMENT: name,
        UNDERSTUDY_KIND: settings.kind,
        UNDERSTUDY_BRANCH: settings.kind === "branch" ? settings.branch : "",
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
    { services, addresses }: KnownHosts,
    variables: Variables,
): { readonly text: string; readonly replaced: readonly string[] } {
    const own = addresses.get(value);
    if (own !== undefined && variable === hostVariable(value)) return { text: own, replaced: [value] };

    const template = service.hostTemplates[variable];
    const { text, replaced } = rewriteUrls(template === undefined ? value : interpolate(template, variables).text, addresses);
    if (template === undefined) return { text, replaced };
    const names = variablesIn(template);
    const used = [...addresses.keys()].filter((name) => services.get(name) === name && names.includes(hostVariable(name)));
    return { text, replaced: [...new Set([...used, ...replaced])] };
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
function warnOfNames({ service, variable, value }: Assignment, { services, addresses }: KnownHosts, { findings }: Scope): void {
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
