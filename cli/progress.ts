import ora, { type Ora } from "ora";
import type { Writable } from "node:stream";
import type { Event } from "../automation/events";
import { seconds } from "./output";

/** Tells a person what is being done: one live line in a terminal, plain lines elsewhere. */
export interface Progress {
    /** Shows one event; `subject` says whose it is when several things are done at once. */
    show(event: Event, subject?: string): void;
    /** Prints a whole line without breaking the live one. */
    print(line: string): void;
    /** Ends the live line. */
    stop(): void;
}

/** How often lines without a terminal say that something still goes on. */
const reminderInMs = 30_000;

export function showProgress(stream: Writable, terminal: boolean): Progress {
    return terminal ? liveProgress(stream) : plainProgress(stream);
}

function plainProgress(stream: Writable): Progress {
    const work = new Work();
    const print = (line: string): void => void stream.write(`${line}\n`);
    const reminder = setInterval(() => {
        if (!work.idle) print(work.line());
    }, reminderInMs);
    reminder.unref();
    return {
        print,
        show: (event, subject) => {
            const line = lineOf(event, subject);
            if (line !== undefined) print(line);
            work.take(event, subject);
        },
        stop: () => clearInterval(reminder),
    };
}

function liveProgress(stream: Writable): Progress {
    const work = new Work();
    // The library's own handling of standard input would swallow the second Ctrl-C.
    const spinner: Ora = ora({ stream, discardStdin: false });
    const refresh = setInterval(() => {
        if (spinner.isSpinning) spinner.text = work.line();
    }, 500);
    refresh.unref();
    const print = (line: string): void => {
        const live = spinner.isSpinning;
        if (live) spinner.stop();
        stream.write(`${line}\n`);
        if (live) spinner.start();
    };
    return {
        print,
        show: (event, subject) => {
            work.take(event, subject);
            const line = lineOf(event, subject);
            if (line !== undefined) print(line);
            if (work.idle) spinner.stop();
            else spinner.start(work.line());
        },
        stop: () => {
            clearInterval(refresh);
            spinner.stop();
        },
    };
}

/** What is going on, and since when. */
class Work {
    private readonly begun = new Map<string, number>();
    private detail = "";

    get idle(): boolean {
        return this.begun.size === 0;
    }

    take(event: Event, subject?: string): void {
        switch (event.type) {
            case "step": {
                const key = named(event.name, subject);
                if (event.state === "started") this.begun.set(key, performance.now());
                else this.begun.delete(key);
                this.detail = "";
                return;
            }
            case "resource":
                this.detail = event.name;
                return;
            case "waiting":
                this.detail = `waiting for ${event.owner}`;
                return;
            case "deployment":
                this.detail = `${event.service} ${event.running}/${event.desired}`;
                return;
            case "notice":
            case "warning":
                return;
        }
    }

    /** @example "staging: update (12.0 s), dev: follow deployment (3.1 s) · web 0/1" */
    line(): string {
        const parts = [...this.begun].map(([key, begin]) => `${key} (${seconds((performance.now() - begin) / 1000)})`);
        return [parts.join(", "), this.detail].filter((part) => part !== "").join(" · ");
    }
}

/** The line that stays; undefined for what only the live line shows. */
export function lineOf(event: Event, subject?: string): string | undefined {
    switch (event.type) {
        case "step": {
            if (event.state === "started") return undefined;
            const facts = [event.detail, event.seconds === undefined ? undefined : seconds(event.seconds)].filter((fact) => fact !== undefined);
            const told = `${named(event.name, subject)}${facts.length > 0 ? `: ${facts.join(", ")}` : ""}`;
            return event.state === "done" ? `✓ ${told}` : `✗ ${told}`;
        }
        case "resource":
            return event.state === "failed" ? `✗ ${named(`${event.operation} ${event.resourceType} ${event.name}`, subject)}` : undefined;
        case "waiting":
            return `… ${named(`waiting: ${event.owner} works on ${event.for} since ${event.since}`, subject)}`;
        case "deployment":
            return undefined;
        case "notice":
            return `  ${named(event.message, subject)}`;
        case "warning":
            return `! ${named(event.message, subject)}`;
    }
}

function named(text: string, subject: string | undefined): string {
    return subject === undefined ? text : `${subject}: ${text}`;
}
