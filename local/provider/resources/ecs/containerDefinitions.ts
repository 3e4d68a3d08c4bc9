import { canonicalJson } from "../../arguments";

type Json = Readonly<Record<string, unknown>>;

/**
 * True when ECS would run the same containers: the order of containers, variables and secrets, and what ECS fills in by itself, make no
 * difference.
 */
export function sameContainers(one: string, other: string): boolean {
    return one === other || normalize(one) === normalize(other);
}

/** Containers as ECS would keep them; the text itself when it is not what ECS takes. */
function normalize(text: string): string {
    try {
        const containers = JSON.parse(text) as readonly Json[];
        return canonicalJson(byKey(containers.map(normalizeContainer), "name"));
    } catch {
        return text;
    }
}

function normalizeContainer(container: Json): Json {
    const { environment, secrets, portMappings, ...rest } = container;
    const normalized = {
        cpu: 0,
        essential: true,
        ...rest,
        environment: byKey(asList(environment), "name"),
        secrets: byKey(asList(secrets), "name"),
        portMappings: asList(portMappings).map((mapping) => ({
            protocol: "tcp",
            ...mapping,
            hostPort: mapping["hostPort"] ?? mapping["containerPort"],
        })),
    };
    return Object.fromEntries(Object.entries(normalized).filter(([, value]) => !isEmpty(value)));
}

function asList(value: unknown): readonly Json[] {
    return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function byKey(items: readonly Json[], key: string): readonly Json[] {
    return items.toSorted((one, other) => (String(one[key]) < String(other[key]) ? -1 : 1));
}

function isEmpty(value: unknown): boolean {
    return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
