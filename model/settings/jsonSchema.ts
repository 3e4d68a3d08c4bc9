import { z } from "zod";
import { formsOf } from "../validation";
import { baseKinds, schemas } from "./definition";
import { namespace } from "./parse";
import { settingKeys, type SettingKey } from "./reference";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** JSON Schema of `Pulumi.<stack>.yaml` of a base, for editors. Settings of branches are written by the tool. */
export function settingsSchema(): JsonSchema {
    const { properties = {}, required = [] } = baseKinds.map((kind) => jsonSchema(schemas[kind])).reduce(common);
    const named = Object.entries(settingKeys).flatMap(([key, setting]) => {
        const property = properties[key];
        return typeof property === "object" ? [[`${namespace}${key}`, withDefault(property, setting)] as const] : [];
    });
    return {
        $schema: "http://json-schema.org/draft-07/schema#",
        title: "Settings of a stack",
        type: "object",
        properties: {
            config: {
                type: "object",
                properties: { ...Object.fromEntries(named), [`${namespace}kind`]: { description: settingKeys.kind.description, enum: [...baseKinds] } },
                patternProperties: { [`^(?!${namespace})`]: {} },
                additionalProperties: false,
                required: required.map((key) => `${namespace}${key}`),
            },
        },
        required: ["config"],
    };
}

/** JSON Schema of what a person writes for a schema of ours. */
export function jsonSchema(schema: z.ZodType): JsonSchema {
    return z.toJSONSchema(schema, {
        io: "input",
        target: "draft-7", // which every language server knows
        unrepresentable: "any",
        override: ({ zodSchema, jsonSchema: made }) => {
            delete made.readOnly; // "readonly" is about our types
            delete made.absent;
            if (made.written !== undefined) writtenAs(made);
            const forms = formsOf(zodSchema);
            if (forms !== undefined) made.anyOf = forms.map((form) => withoutDialect(jsonSchema(form)));
            if (zodSchema instanceof z.ZodDefault) made.default = zodSchema.def.defaultValue;
        },
    });
}

/** Puts what a person may write in place of what comes of it, such as a duration's text in place of seconds. */
function writtenAs(made: JsonSchema): void {
    const { description, default: usual, written } = made;
    for (const key of Object.keys(made)) Reflect.deleteProperty(made, key);
    Object.assign(made, description === undefined ? {} : { description }, usual === undefined ? {} : { default: usual }, written);
}

/** What two schemas have in common: a default that depends on the kind of stack is in neither, and what one kind refuses is as the other has it. */
function common(a: JsonSchema, b: JsonSchema): JsonSchema {
    return Object.fromEntries(
        Object.entries(a).flatMap(([key, value]: [string, unknown]) => {
            const other = (b as Record<string, unknown>)[key];
            if (JSON.stringify(value) === JSON.stringify(other) || isRefused(other)) return [[key, value]];
            if (isRefused(value)) return [[key, other]];
            if (Array.isArray(value) && Array.isArray(other)) return [[key, value.map((item, index) => common(item as JsonSchema, other[index] as JsonSchema))]];
            return isObject(value) && isObject(other) ? [[key, common(value, other)]] : [];
        }),
    );
}

function withDefault(property: JsonSchema, setting: SettingKey): JsonSchema {
    return setting.default === undefined ? property : { ...property, description: `${setting.description}. Default: ${setting.default}` };
}

function withoutDialect({ $schema: _, ...schema }: JsonSchema): JsonSchema {
    return schema;
}

/** True for a key that is there to be refused with a reason. */
function isRefused(value: unknown): boolean {
    return isObject(value) && "not" in value;
}

function isObject(value: unknown): value is JsonSchema {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
