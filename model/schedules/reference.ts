import { z } from "zod";
import { batchKeys } from "./batch";

/** Every key of a batch with what it means and what holds without it, for people. */
export function describedBatchKeys(): readonly { readonly key: string; readonly description: string; readonly default: string }[] {
    return Object.entries<z.ZodType>(batchKeys).map(([key, schema]) => {
        const { description = "", absent } = schema.meta() ?? {};
        return { key, description, default: absent ?? (schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : "required") };
    });
}
