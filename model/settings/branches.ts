import { z } from "zod";
import { integer, seconds, strict } from "../validation";

const day = 86_400;

/** How many branch environments stand on a base, and for how long. */
export const branches = strict({
    ttl: seconds({ min: 3_600, max: 365 * day, form: "a duration from 1h to 365d is expected, such as 7d or 36h" })
        .default(7 * day)
        .describe("How long an environment stays after somebody last asked for it, such as 7d or 36h (1h to 365d); there is a warning a day before, or at once where it is shorter")
        .meta({ absent: "7d", written: { type: ["integer", "string"] } }),
    maximum: integer({ min: 1, max: 1_000 }).default(100).describe("Environments that there may be at once"),
    perOwner: integer({ min: 1, max: 1_000 }).default(10).describe("Environments that one person may have at once"),
}).readonly();

/** Production lends nothing. */
export const noBranches: z.ZodType<z.output<typeof branches>> = z.never("no branch stands on production; remove the key");
