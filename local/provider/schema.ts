import type { Argument, Arguments } from "./arguments";
import type { ResourceType } from "./resourceType";

const anything = { $ref: "pulumi.json#/Any" };

/** The provider's types in the engine's package format, as far as the arguments tell: `pulumi import` writes programs from it. */
export function schemaOf(version: string, types: ReadonlyMap<string, ResourceType>): object {
    const resources = [...types.values()].map(({ token, arguments: args, outputs }) => {
        const inputProperties = propertiesOf(args);
        const added = Object.fromEntries(outputs.map((name) => [name, anything]));
        return [token, { inputProperties, requiredInputs: requiredOf(args), properties: { ...inputProperties, ...added } }] as const;
    });
    return { name: "aws", version, resources: Object.fromEntries(resources) };
}

function propertiesOf(args: Arguments): Readonly<Record<string, object>> {
    return Object.fromEntries(Object.entries(args).map(([name, argument]) => [name, typeOf(argument)]));
}

function requiredOf(args: Arguments): readonly string[] {
    return Object.entries(args).flatMap(([name, { rules }]) => (rules.required === true ? [name] : []));
}

function typeOf({ kind, of }: Argument): object {
    switch (kind) {
        case "text":
            return { type: "string" };
        case "number":
            return { type: "number" };
        case "flag":
            return { type: "boolean" };
        case "list":
        case "set":
            return { type: "array", items: of === undefined ? anything : typeOf(of) };
        case "map":
            return { type: "object", additionalProperties: { type: "string" } };
        case "object":
            return anything;
    }
}
