import type { Event, StepEvent, StepName } from "../automation/events";
import type { Colors } from "./colors";
import { seconds } from "./output";

/** What progress is shown of: the API's events, and steps of the command line's own. */
export type Shown = Event | StepEvent<string>;

/** Where several things are done at once, only what takes its time is told of each. */
const milestones: ReadonlySet<string> = new Set<StepName>(["recover", "update", "destroy", "follow deployment"]);

/** Told after the update, and already counted in its time. */
const partsOfUpdate: ReadonlySet<string> = new Set<StepName>(["start program", "run program", "change resources"]);

/** False for steps that would only fill the screen. What has failed is always told. */
export function isTold(event: Shown, subject: string | undefined): boolean {
    return event.type !== "step" || event.state !== "done" || subject === undefined || milestones.has(event.name);
}

/** The line that stays; undefined for what only the live line shows. */
export function lineOf(event: Shown, subject?: string): string | undefined {
    const parts = partsOf(event, subject);
    if (parts === undefined) return undefined;
    const facts = [parts.detail, parts.took === undefined ? undefined : seconds(parts.took)].filter((fact) => fact !== undefined);
    return `${parts.mark} ${[parts.text, ...(facts.length > 0 ? [facts.join(", ")] : [])].join(": ")}`;
}

/** Column in which durations end. */
const durationColumn = 64;

/** The same line for a terminal: coloured, durations below each other, parts of the update below it. */
export function terminalLineOf(event: Shown, subject: string | undefined, colors: Colors): string | undefined {
    const parts = partsOf(event, subject);
    if (parts === undefined) return undefined;
    const { mark, detail, took } = parts;
    const text = detail === undefined ? parts.text : `${parts.text}: ${detail}`;
    const line = parts.inner ? `    ${text}` : `${mark} ${text}`;
    const colored = parts.inner ? colors.dim(line) : `${markColor(mark, colors)(mark)} ${text}`;
    if (took === undefined) return colored;
    const duration = seconds(took);
    return `${colored}${" ".repeat(Math.max(durationColumn - line.length - duration.length, 2))}${colors.dim(duration)}`;
}

interface LineParts {
    readonly mark: "✓" | "✗" | "…" | "!" | " ";
    readonly text: string;
    readonly detail?: string | undefined;
    /** Seconds. */
    readonly took?: number | undefined;
    /** A part of what was told before. */
    readonly inner?: boolean;
}

function partsOf(event: Shown, subject: string | undefined): LineParts | undefined {
    switch (event.type) {
        case "step": {
            if (event.state === "started") return undefined;
            const done = event.state === "done";
            const text = named(event.name, subject);
            return { mark: done ? "✓" : "✗", text, detail: event.detail, took: event.seconds, inner: done && partsOfUpdate.has(event.name) };
        }
        case "resource":
            return event.state === "failed" ? { mark: "✗", text: named(`${event.operation} ${event.resourceType} ${event.name}`, subject) } : undefined;
        case "waiting":
            return { mark: "…", text: named(`waiting: ${event.owner} works on ${event.for} since ${event.since}`, subject) };
        case "deployment":
        case "transfer":
            return undefined;
        case "notice":
            return { mark: " ", text: named(event.message, subject) };
        case "warning":
            return { mark: "!", text: named(event.message, subject) };
    }
}

function markColor(mark: LineParts["mark"], colors: Colors): Colors["green"] {
    return { "✓": colors.green, "✗": colors.red, "…": colors.dim, "!": colors.yellow, " ": colors.reset }[mark];
}

/** A text with whom it is about, unless it begins with that anyway. */
export function named(text: string, subject: string | undefined): string {
    return subject === undefined || text.startsWith(`${subject} `) ? text : `${subject}: ${text}`;
}
