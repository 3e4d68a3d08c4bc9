import type { Ora } from "ora";
import type { Writable } from "node:stream";
import { megabytes } from "../model/units";
import { noColors, type Colors } from "./colors";
import { seconds } from "./output";
import { isTold, lineOf, named, terminalLineOf, type Shown } from "./progressLines";

/** Tells a person what is being done: one live line in a terminal, plain lines elsewhere. */
export interface Progress {
    /** Shows one event; `subject` says whose it is when several things are done at once. */
    readonly show: (event: Shown, subject?: string) => void;
    /** Ends the live line. */
    readonly stop: () => void;
}

/** How often lines without a terminal say that something still goes on. */
const reminderInMs = 30_000;

export function showProgress(stream: Writable, terminal: boolean, colors: Colors = noColors): Progress {
    return terminal ? liveProgress(stream, colors) : plainProgress(stream);
}

function plainProgress(stream: Writable): Progress {
    const work = new Work();
    const print = (line: string): void => void stream.write(`${line}\n`);
    const reminder = setInterval(() => {
        if (!work.idle) print(work.line());
    }, reminderInMs);
    reminder.unref();
    return {
        show: (event, subject) => {
            const line = isTold(event, subject) ? lineOf(event, subject) : undefined;
            if (line !== undefined) print(line);
            work.take(event, subject);
        },
        stop: () => clearInterval(reminder),
    };
}

function liveProgress(stream: Writable, colors: Colors): Progress {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- only a terminal needs it
    const { default: ora } = require("ora") as typeof import("ora");
    const work = new Work();
    const live = (): string => fitting(work.line(), stream);
    let printed = false;
    // The library's own handling of standard input would swallow the second Ctrl-C.
    const spinner: Ora = ora({ stream, discardStdin: false });
    const refresh = setInterval(() => {
        if (spinner.isSpinning) spinner.text = live();
    }, 500);
    refresh.unref();
    const print = (line: string): void => {
        const spinning = spinner.isSpinning;
        if (spinning) spinner.stop();
        stream.write(`${line}\n`);
        printed = true;
        if (spinning) spinner.start();
    };
    return {
        show: (event, subject) => {
            work.take(event, subject);
            const line = isTold(event, subject) ? terminalLineOf(event, subject, colors) : undefined;
            if (line !== undefined) print(line);
            if (work.idle) spinner.stop();
            else spinner.start(live());
        },
        stop: () => {
            clearInterval(refresh);
            spinner.stop();
            // What comes next is the result, or an error.
            if (printed) stream.write("\n");
            printed = false;
        },
    };
}

/** As much of a text as stands on one row beside the spinner: a live line of several would take lines above it with it when it goes. */
function fitting(text: string, stream: Writable): string {
    const columns = "columns" in stream && typeof stream.columns === "number" ? stream.columns : 80;
    let room = columns - "⠋ …".length - 1;
    let fits = "";
    for (const character of text) {
        room -= character < firstWide ? 1 : 2;
        if (room < 0) return `${fits}…`;
        fits += character;
    }
    return text;
}

/** Where scripts begin whose characters take two columns; that some after it take one does no harm. */
const firstWide = "\u1100";

/** What is going on, and since when. */
class Work {
    private readonly begun = new Map<string, number>();
    private detail = "";

    get idle(): boolean {
        return this.begun.size === 0;
    }

    take(event: Shown, subject?: string): void {
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
            case "transfer":
                this.detail = `${event.image} ${megabytes(event.bytes)} of ${megabytes(event.of)}`;
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
