import { jsonSchema, type JsonSchema } from "../settings/jsonSchema";
import { strict } from "../validation";
import { batchKeys, times } from "./batch";

/** JSON Schema of the schedules file, for editors. */
export function schedulesSchema(): JsonSchema {
    const { $schema, required = [], ...batch } = jsonSchema(strict(batchKeys));
    return {
        $schema,
        title: "Scheduled tasks",
        type: "array",
        items: { ...batch, required: [...required, "command"], oneOf: times.map((word) => ({ type: "object", properties: { [word]: {} }, required: [word] })) },
    };
}
