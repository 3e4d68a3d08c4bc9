import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Emit, ResourceEvent } from "../events";

/** Resources by what was done to them. */
export interface Changes {
    readonly created: number;
    readonly updated: number;
    readonly replaced: number;
    readonly deleted: number;
    readonly unchanged: number;
}

/** One thing that went wrong, where the engine said it. */
export interface Failure {
    /** Logical name and type of the resource; absent when it is about the whole update. */
    readonly resource?: string;
    readonly message: string;
}

/** Where the time of one run went, in seconds. */
export interface Timing {
    /** Until the program had registered its stack: the engine, its plugins and Node.js starting. */
    readonly startProgram: number;
    /** While the engine only ran the program and compared. */
    readonly runProgram: number;
    /** While at least one resource was being made, changed or removed. */
    readonly changeResources: number;
}

const stackType = "pulumi:pulumi:Stack";

/**
 * Follows one run of the engine by its events: passes on what happens to resources, and keeps what is wanted afterwards, which spares
 * asking the engine for it. More kinds of events arrive than are declared; what is not known is passed over.
 */
export class Progress {
    outputs: Readonly<Record<string, unknown>> | undefined;
    readonly failures: Failure[] = [];
    /** Somebody has asked the engine to stop. It ends with success nevertheless when it was deleting, and leaves what it had not come to. */
    stopped = false;
    /** The last event was there: nothing of what the engine has done is missing here. */
    complete = false;
    readonly ids = new Map<string, string[]>();
    readonly changed = new Set<string>();
    private counts: Readonly<Record<string, number>> = {};
    private readonly begun = new Map<string, number>();
    private readonly start = performance.now();
    private registered: number | undefined;
    private changing = 0;
    private changingSince: number | undefined;

    constructor(private readonly emit: Emit) {}

    readonly take = (event: EngineEvent): void => {
        const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, stdoutEvent, summaryEvent } = event;
        if (resourcePreEvent) this.resource("started", resourcePreEvent.metadata);
        if (resOutputsEvent) this.resource("done", resOutputsEvent.metadata);
        if (resOpFailedEvent) this.resource("failed", resOpFailedEvent.metadata);
        if (diagnosticEvent?.severity === "error") this.failures.push(failureOf(diagnosticEvent));
        if (diagnosticEvent?.severity === "warning") this.warn(diagnosticEvent.message);
        if (stdoutEvent !== undefined && /^(\^C|SIGTERM) received; cancelling/.test(stdoutEvent.message)) this.stop();
        if (summaryEvent) {
            this.counts = summaryEvent.resourceChanges;
            this.complete = true;
        }
    };

    get changes(): Changes {
        const count = (...operations: readonly string[]): number => operations.reduce((sum, operation) => sum + (this.counts[operation] ?? 0), 0);
        return {
            created: count("create", "import"),
            updated: count("update"),
            replaced: count("create-replacement"),
            deleted: count("delete"),
            unchanged: count("same"),
        };
    }

    /** Valid once the run has ended. */
    get timing(): Timing {
        const total = performance.now() - this.start;
        const startProgram = (this.registered ?? performance.now()) - this.start;
        return {
            startProgram: startProgram / 1000,
            runProgram: Math.max(0, total - startProgram - this.changing) / 1000,
            changeResources: this.changing / 1000,
        };
    }

    private stop(): void {
        this.stopped = true;
        this.emit({ type: "notice", message: "the engine stops after what is under way" });
    }

    private resource(state: ResourceEvent["state"], metadata: Step): void {
        const { op, urn, type } = metadata;
        if (type === stackType) {
            if (state === "started") this.registered ??= performance.now();
            if (state === "done") this.outputs = metadata.new?.outputs ?? this.outputs;
            return;
        }
        const operation = operations[op];
        if (operation === undefined) return;
        if (state === "done" && metadata.new) this.keepId(operation, type, metadata.new.id);
        if (operation !== "same" && operation !== "read") this.measure(`${op} ${urn}`, state);
        const seconds = state === "started" ? undefined : this.secondsOf(`${op} ${urn}`);
        this.emit({ type: "resource", operation, state, resourceType: type, name: nameOf(urn), urn, ...(seconds === undefined ? {} : { seconds }) });
    }

    private keepId(operation: ResourceEvent["operation"], type: string, id: string): void {
        if (operation === "delete") return;
        this.ids.set(type, [...(this.ids.get(type) ?? []), id]);
        if (operation !== "same" && operation !== "read") this.changed.add(id);
    }

    /** Counts the time in which at least one resource is being changed. */
    private measure(key: string, state: ResourceEvent["state"]): void {
        const now = performance.now();
        if (state === "started") {
            if (this.begun.size === 0) this.changingSince = now;
            this.begun.set(key, now);
        } else if (this.changingSince !== undefined && this.begun.size === 1) {
            this.changing += now - this.changingSince;
            this.changingSince = undefined;
        }
    }

    private secondsOf(key: string): number | undefined {
        const begin = this.begun.get(key);
        this.begun.delete(key);
        return begin === undefined ? undefined : (performance.now() - begin) / 1000;
    }

    private warn(message: string): void {
        if (!expectedWarnings.some((pattern) => pattern.test(message))) this.emit({ type: "warning", message: plain(message).replace(/^warning: /, "") });
    }
}

type Step = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

/** What the engine calls its steps. A `replace` is only the name for a pair of others, which are counted. */
const operations: Readonly<Record<string, ResourceEvent["operation"]>> = {
    create: "create",
    import: "create",
    update: "update",
    "create-replacement": "replace",
    delete: "delete",
    "delete-replaced": "delete",
    read: "read",
    refresh: "read",
    same: "same",
};

/** About how the engine was installed, or about what this program has taken care of before it started the engine. */
const expectedWarnings = [/^using pulumi-[a-z-]+ from \$PATH/, /pending operations from previous deployment/];

/** Logical name of a resource: the last part of its URN. */
export function nameOf(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

/** Type of a resource, without its parents'. @example "aws:ecs/service:Service" */
export function typeOf(urn: string): string {
    const [, , qualified = ""] = urn.split("::");
    return qualified.slice(qualified.lastIndexOf("$") + 1);
}

function failureOf({ urn, message }: { readonly urn?: string; readonly message: string }): Failure {
    const text = plain(message);
    return urn === undefined || urn === "" || typeOf(urn) === stackType ? { message: text } : { resource: `${nameOf(urn)} (${typeOf(urn)})`, message: text };
}

/** Without colours, stack traces and the engine's own introductions. */
export function plain(message: string): string {
    const lines = message
        .replace(/\u001b\[[0-9;]*m/g, "")
        .replace(/<\{%[^%]*%\}>/g, "")
        .split("\n")
        .filter((line) => !/^\s+at .*(:\d+:\d+\)?|\(native\)|<anonymous>\)?)$/.test(line));
    return lines.join("\n").trim();
}
