import type { Batch, BatchProblem } from "./batch";
import type { ReadSchedules } from "./readSchedules";

/** How the schedules file was understood, for programs: the document that `understudy batches check --json` prints. Null is "not given". */
export interface BatchesReport {
    readonly batches: readonly ReportedBatch[];
    readonly problems: readonly ReportedBatchProblem[];
}

export interface ReportedBatch {
    readonly name: string;
    /** One of the three is not null; without AWS's notation around it. */
    readonly cron: string | null;
    readonly rate: string | null;
    readonly at: string | null;
    /** What starts it: an EventBridge rule, or a schedule of EventBridge Scheduler. */
    readonly startedBy: "rule" | "scheduler";
    readonly timezone: string | null;
    readonly service: string | null;
    readonly command: readonly string[];
    readonly enabled: boolean;
    /** Seconds. */
    readonly timeout: number | null;
    readonly overlap: Batch["overlap"];
}

export interface ReportedBatchProblem {
    readonly severity: BatchProblem["severity"];
    readonly file: string;
    readonly line: number | null;
    readonly batch: string | null;
    readonly key: string;
    readonly value: string | null;
    readonly message: string;
}

/** Makes the report. */
export function batchesReport({ batches, problems }: ReadSchedules): BatchesReport {
    return { batches: batches.map(reportBatch), problems: problems.map(reportProblem) };
}

/** Rules know neither time zones nor single times. */
export function startedBy({ expression, timezone }: Batch): "rule" | "scheduler" {
    return timezone !== undefined || expression.startsWith("at(") ? "scheduler" : "rule";
}

function reportBatch(batch: Batch): ReportedBatch {
    const { name, expression, timezone = null, service = null, command, enabled, timeout = null, overlap } = batch;
    const inside = (word: string): string | null => (expression.startsWith(`${word}(`) ? expression.slice(word.length + 1, -1) : null);
    const when = { cron: inside("cron"), rate: inside("rate"), at: inside("at") };
    return { name, ...when, startedBy: startedBy(batch), timezone, service, command, enabled, timeout, overlap };
}

function reportProblem({ severity, file, line, batch, key, value, message }: BatchProblem): ReportedBatchProblem {
    return { severity, file, line: line ?? null, batch: batch ?? null, key, value: value ?? null, message };
}
