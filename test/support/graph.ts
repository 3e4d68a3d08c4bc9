import assert from "node:assert/strict";
import { unknown, type Registered } from "./registered";

/** What a preview shows is what an update does: the same resources, and the same inputs as far as they are known. */
export function assertSameGraph(preview: readonly Registered[], update: readonly Registered[]): void {
    assert.deepEqual(preview.map(({ urn }) => urn), update.map(({ urn }) => urn), "preview and update register different resources");
    for (const [index, resource] of update.entries()) {
        const { inputs } = preview[index]!;
        assert.deepEqual(inputs, asKnownBy(inputs, resource.inputs), `preview and update differ in the inputs of ${resource.urn}`);
    }
}

/** The value with everything hidden that the preview did not know. */
function asKnownBy(preview: unknown, value: unknown): unknown {
    if (preview === unknown) return unknown;
    if (Array.isArray(preview) && Array.isArray(value)) return value.map((item, index) => asKnownBy(preview[index], item));
    if (isRecord(preview) && isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asKnownBy(preview[key], part)]));
    return value;
}

/** Rules that hold for every program here. */
export function assertOrderly(resources: readonly Registered[]): void {
    for (const [index, { urn }] of resources.entries()) assert.notEqual(urn, resources[index - 1]?.urn, "registered twice");
    const names = new Map(resources.map(({ urn, name }) => [urn, name]));
    for (const resource of resources) {
        assertParented(resource, names);
        assert.doesNotMatch(JSON.stringify(resource.inputs), /undefined|\[object |Calling \[to/, `an input of ${resource.urn} was made of something that is not there`);
    }
}

/** A resource belongs to a component and bears its name; only components, providers and references stand by themselves. */
function assertParented({ urn, type, name, parent }: Registered, names: ReadonlyMap<string, string>): void {
    const component = names.get(parent);
    if (component === undefined) return assert.match(type, /^(understudy:|pulumi:)/, `${urn} belongs to no component`);
    assert.ok(name === component || name.startsWith(`${component}-`), `${urn} does not bear the name of its component, ${component}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
