import { z } from "zod";
import type { Problem } from "../problem";
import { choice, flag, refined, seconds, text } from "../validation";
import { timeZoneProblem } from "../timeZone";

/** One scheduled task. Which AWS service starts it follows from it: with a time zone or a single time EventBridge Scheduler, else a rule. */
export interface Batch {
    /** Identity, part of physical names: it never changes. @example "nightly-totals" */
    readonly name: string;
    /** As AWS writes it. @example "cron(0 3 * * ? *)" */
    readonly expression: ScheduleExpression;
    /** IANA name; absent: UTC. @example "Europe/Berlin" */
    readonly timezone?: string;
    /** The service whose task definition it runs with another command; absent only where the application is not known. */
    readonly service?: string;
    readonly command: readonly string[];
    readonly enabled: boolean;
    /** Seconds after which a run is stopped. */
    readonly timeout?: number;
    /** What happens when the run before has not ended: both run, or this one does not. */
    readonly overlap: "allow" | "skip";
}

export type ScheduleExpression = `cron(${string})` | `rate(${string})` | `at(${string})`;

/** A problem of the schedules file. */
export interface BatchProblem extends Problem {
    /** The batch it concerns, where its name could be read. */
    readonly batch?: string;
}

const zoneProblems = new Map<string, string | undefined>();

/** Each zone is looked up once: thousands of batches have a few of them, and the database is slow. */
function zoneProblem(zone: string): string | undefined {
    if (!zoneProblems.has(zone)) zoneProblems.set(zone, timeZoneProblem(zone));
    return zoneProblems.get(zone);
}

/** The ways to say when a batch runs. Each batch has one of them. */
export const times = ["cron", "rate", "at"] as const;

/** Keys of a batch, in the order in which they are documented. */
export const batchKeys = {
    name: text(
        /^(?=.{1,48}$)[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$/,
        "a batch's name is up to 48 letters and digits, with single hyphens or underscores between them",
    ).describe("Name of the batch, which it keeps: another name is another batch"),
    cron: z
        .string(`six fields are expected, such as "0 3 * * ? *"`)
        .optional()
        .describe("Six fields as EventBridge has them: minutes, hours, day of month, month, day of week, year")
        .meta({ absent: "one of cron, rate and at is required" }),
    rate: z.string("a number and a unit are expected, such as 5 minutes").optional().describe("Distance between two runs, such as 5 minutes or 1 day")
        .meta({ absent: "one of cron, rate and at is required" }),
    at: z
        .string("a date and a time are expected, such as 2026-11-30T03:00:00")
        .optional()
        .describe("Date and time of a single run, such as 2026-11-30T03:00:00")
        .meta({ absent: "one of cron, rate and at is required" }),
    command: z
        .unknown()
        .optional() // its reader says what is missing
        .describe("What the container runs: a list of words, or a text that is split into words without a shell")
        .meta({ absent: "required", written: { anyOf: [{ type: "string" }, { type: "array", minItems: 1, items: { type: ["string", "number", "boolean"] } }] } }),
    service: z.string("the name of a service is expected").optional().describe("Service whose task definition, image and variables it runs with")
        .meta({ absent: "the main web service, or the only service" }),
    timezone: refined(z.string("a time zone of the IANA database is expected, such as Europe/Berlin"), zoneProblem)
        .optional()
        .describe("IANA time zone in which cron and at are meant; with one EventBridge Scheduler starts the batch")
        .meta({ absent: "UTC" }),
    enabled: flag().default(true).describe("Whether it runs by itself"),
    timeout: seconds({ min: 1, max: 86_400 })
        .optional()
        .describe("Time after which a run is stopped, such as 1h30m; a number is seconds")
        .meta({ written: { type: ["integer", "string"] }, absent: "none" }),
    overlap: choice(["allow", "skip"]).default("allow").describe("When the run before has not ended: allow starts this one as well, skip leaves it out"),
};
