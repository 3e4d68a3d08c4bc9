import {
    type CloudWatchLogsClient,
    CreateLogStreamCommand,
    type InputLogEvent,
    PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { LineSplitter } from "./logLines";

export interface LogTarget {
    readonly logs: CloudWatchLogsClient;
    readonly group: string;
    readonly stream: string;
    /** Ends every wait, when the runner itself ends: what is not sent then is lost. */
    readonly signal: AbortSignal;
}

/** Lines are collected this long before they are sent. */
const pauseInMs = 100;
/** CloudWatch's limits of one request, in events and in bytes with its 26 extra bytes for each event. */
const mostEvents = 10_000;
const mostBytes = 1_048_576;
const extraBytes = 26;
/** With more lines than this waiting, the container's output is not read until some are sent. */
const mostWaiting = 20_000;
/** How long lines are tried to be sent when the emulator does not answer. */
const patienceInMs = 10_000;

/** Makes the stream. Throws what CloudWatch answers, for example when the group does not exist. */
export async function createLogStream({ logs, group, stream, signal }: LogTarget): Promise<void> {
    await logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream }), { abortSignal: signal });
}

/**
 * Sends what a container writes to one CloudWatch log stream, line by line and in order. Returns a promise that ends when both outputs
 * have ended and every line has been sent; `lost` is told how many lines could not be.
 */
export async function shipLogs(
    target: LogTarget,
    outputs: readonly Readable[],
    lost: (lines: number, error: unknown) => void,
): Promise<void> {
    const waiting: InputLogEvent[] = [];
    let wake: () => void = () => undefined;
    let timestamp = 0;
    const add = (lines: readonly string[]): void => {
        timestamp = Math.max(timestamp, Date.now()); // CloudWatch refuses events that are out of order, also when the clock was set back
        for (const message of lines) if (message !== "") waiting.push({ timestamp, message });
        wake();
    };
    let open = outputs.length;
    for (const output of outputs) {
        const splitter = new LineSplitter();
        output.on("data", (chunk: Buffer) => {
            add(splitter.push(chunk));
            if (waiting.length > mostWaiting) output.pause();
        });
        finished(output, { writable: false })
            .catch(() => undefined) // a broken pipe ends the output like any other end
            .finally(() => {
                open -= 1;
                add(splitter.end());
            });
    }

    while (open > 0 || waiting.length > 0) {
        if (waiting.length === 0) {
            await new Promise<void>((resolve) => (wake = resolve));
            if (open > 0) await sleep(pauseInMs);
            continue;
        }
        const batch = waiting.splice(0, countOfBatch(waiting));
        await send(target, batch).catch((error: unknown) => {
            lost(batch.length, error);
        });
        for (const output of outputs) if (output.isPaused() && waiting.length < mostWaiting) output.resume();
    }
}

/** How many of the first events fit into one request. */
export function countOfBatch(events: readonly InputLogEvent[]): number {
    let bytes = 0;
    let count = 0;
    for (const { message = "" } of events) {
        bytes += Buffer.byteLength(message) + extraBytes;
        if (bytes > mostBytes || count === mostEvents) break;
        count += 1;
    }
    return count;
}

async function send({ logs, group, stream, signal }: LogTarget, logEvents: InputLogEvent[]): Promise<void> {
    const deadline = Date.now() + patienceInMs;
    for (;;) {
        try {
            await logs.send(new PutLogEventsCommand({ logGroupName: group, logStreamName: stream, logEvents }), { abortSignal: signal });
            return;
        } catch (error) {
            if (Date.now() > deadline || signal.aborted || isRefusal(error)) throw error;
            await sleep(pauseInMs);
        }
    }
}

/** An answer of CloudWatch, which another try would only repeat. */
function isRefusal(error: unknown): boolean {
    return (error as { $fault?: string }).$fault === "client";
}
