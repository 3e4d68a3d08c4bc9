/** A resource as the program registered it. */
export interface Registered {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** URN of the parent. */
    readonly parent: string;
    /** What was asked for. What is not known in preview is {@link unknown}. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** URN of the explicit provider; empty where there is none. */
    readonly provider: string;
    /** URNs of what has to exist before it. */
    readonly dependencies: readonly string[];
}

/** How the SDK writes a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The end of a type, which says enough in a test. @example shortType("aws:lb/targetGroup:TargetGroup") === "TargetGroup" */
function shortType(type: string): string {
    return type.slice(type.lastIndexOf(":") + 1);
}

/** Type and name of each. @example ["Network network", "SecurityGroup network-tasks"] */
export function kindsAndNames(resources: readonly Registered[]): readonly string[] {
    return resources.map(({ type, name }) => `${shortType(type)} ${name}`).toSorted();
}

/** Inputs of the resources of a type, by name. */
export function inputsOf(resources: readonly Registered[], type: string): Readonly<Record<string, Registered["inputs"]>> {
    return Object.fromEntries(resources.filter((resource) => shortType(resource.type) === type).map(({ name, inputs }) => [name, inputs]));
}

/** URNs of everything that has to exist before the resource, directly or not. */
export function awaitedBy(resource: Registered, resources: readonly Registered[]): ReadonlySet<string> {
    const awaited = new Set(resource.dependencies);
    for (const urn of awaited) for (const further of resources.find((other) => other.urn === urn)?.dependencies ?? []) awaited.add(further);
    return awaited;
}

/** The one resource of a type and name. */
export function theOne(resources: readonly Registered[], type: string, name: string): Registered {
    const found = resources.find((resource) => shortType(resource.type) === type && resource.name === name);
    if (found === undefined) throw new Error(`no ${type} ${name} among ${kindsAndNames(resources).join(", ")}`);
    return found;
}
