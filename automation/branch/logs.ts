import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { setTimeout as sleep } from "node:timers/promises";
import { makeClients } from "../aws/clients";
import { calling, isMissing } from "../aws/errors";
import { UnderstudyError } from "../errors";
import type { Context } from "../options";
import { findBranch, type BranchQuery } from "./found";

export interface LogsOptions extends BranchQuery {
    /** Only this service's. */
    readonly service?: string;
    /** How far back to begin, in seconds. Default 3600. */
    readonly since?: number;
    /** Goes on until the signal is aborted, which is then no error. */
    readonly follow?: boolean;
}

/** One line that a container wrote. */
export interface LogLine {
    /** ISO 8601. */
    readonly time: string;
    readonly service: string;
    readonly container: string;
    /** ECS task id. */
    readonly task: string;
    readonly message: string;
}

const defaultSince = 3600; // seconds
const followPause = 1000; // milliseconds
/** CloudWatch lets a line appear some time after the lines that were written later: so far back is looked again. */
const lateness = 10_000; // milliseconds

/** The lines of a branch's services in the order in which they were written. */
export async function* logs(context: Context, options: LogsOptions): AsyncGenerator<LogLine, void, undefined> {
    const { outputs, settings, stack } = await findBranch(context, options);
    const groups = Object.entries({ ...outputs.services, ...outputs.tasks }).map(([service, { logGroup }]) => ({ service, logGroup }));
    const chosen = options.service === undefined ? groups : groups.filter(({ service }) => service === options.service);
    if (chosen.length === 0) {
        const known = groups.map(({ service }) => service).join(", ");
        throw new UnderstudyError("not-found", `${stack} has no service ${options.service ?? ""}`.trim(), known === "" ? "bring it up with `understudy branch up`" : `its services are: ${known}`);
    }

    const client = await makeClients(context.env, settings).logs();
    const seen = new Map<string, number>();
    for (let from = Date.now() - (options.since ?? defaultSince) * 1000; ; ) {
        const events = await Promise.all(chosen.map((group) => eventsSince(client, group, from)));
        const fresh = events.flat().filter(({ id }) => !seen.has(id));
        for (const { id, time } of fresh) seen.set(id, time);
        for (const { time, line } of fresh.sort((one, other) => one.time - other.time)) yield { time: new Date(time).toISOString(), ...line };

        if (options.follow !== true) return;
        from = Math.max(from, (fresh.at(-1)?.time ?? 0) - lateness);
        for (const [id, time] of seen) if (time < from) seen.delete(id);
        await sleep(followPause, undefined, context.signal && { signal: context.signal }).catch(() => undefined);
        if (context.signal?.aborted === true) return;
    }
}

interface LogEvent {
    readonly id: string;
    readonly time: number;
    readonly line: Omit<LogLine, "time">;
}

async function eventsSince(client: CloudWatchLogs, { service, logGroup }: { readonly service: string; readonly logGroup: string }, startTime: number): Promise<readonly LogEvent[]> {
    const { paginateFilterLogEvents } = await import("@aws-sdk/client-cloudwatch-logs");
    const found: LogEvent[] = [];
    const read = async (): Promise<void> => {
        for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName: logGroup, startTime })) {
            for (const { eventId, timestamp = 0, message = "", logStreamName = "" } of events) {
                const [, container = "", task = ""] = logStreamName.split("/");
                found.push({ id: eventId ?? `${logStreamName} ${timestamp} ${message}`, time: timestamp, line: { service, container, task, message } });
            }
        }
    };
    await calling(`read the logs of ${service}`, read).catch((error: unknown) => {
        if (!isMissing(error)) throw error; // an interrupted removal has taken the group away
    });
    return found;
}
