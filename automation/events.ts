/** One thing that happened while the API worked. Plain JSON; times are ISO 8601, durations seconds. */
export type Event = StepEvent | ResourceEvent | WaitingEvent | DeploymentEvent | TransferEvent | MessageEvent;

/** A part of the work, by its name. Parts overlap: what does not need each other runs at once. Callers may have steps of their own names. */
export interface StepEvent<Name extends string = StepName> {
    readonly type: "step";
    readonly name: Name;
    readonly state: "started" | "done" | "failed";
    /** How long it took; with `done` and `failed`. */
    readonly seconds?: number;
    /** What came of it, for people. @example "12 resources created" */
    readonly detail?: string;
}

export const stepNames = [
    "read settings",
    "read state",
    "look for branches",
    "ask who needs them",
    "look for changes",
    "look for leftovers",
    "look for old revisions",
    "look for images",
    "resolve images",
    "copy images",
    "recover",
    "refresh",
    "create stack",
    "update",
    "start program",
    "run program",
    "change resources",
    "destroy",
    "follow deployment",
    "set discovery TTL",
    "remove task definitions",
    "remove images",
    "remove stack",
    "comment on pull request",
    "record deployment",
] as const;
export type StepName = (typeof stepNames)[number];

/** The engine works on one resource. */
export interface ResourceEvent {
    readonly type: "resource";
    readonly operation: "create" | "update" | "delete" | "replace" | "read" | "same";
    readonly state: "started" | "done" | "failed";
    /** @example "aws:ecs/service:Service" */
    readonly resourceType: string;
    /** Its logical name. */
    readonly name: string;
    readonly urn: string;
    /** With `done` and `failed`. */
    readonly seconds?: number;
}

/** Somebody else works on the same environment. */
export interface WaitingEvent {
    readonly type: "waiting";
    /** The stack that is waited for. */
    readonly for: string;
    /** Who has it. @example "ci@runner-7 (process 4711)" */
    readonly owner: string;
    readonly since: string;
    /** How many come before, with whoever has it now: 1 is next. */
    readonly place?: number;
}

/** How the tasks of one service get on. */
export interface DeploymentEvent {
    readonly type: "deployment";
    readonly service: string;
    readonly state: "in progress" | "completed" | "failed";
    readonly running: number;
    readonly desired: number;
}

/** How far an image is that is being copied. */
export interface TransferEvent {
    readonly type: "transfer";
    /** The own image. */
    readonly image: string;
    readonly bytes: number;
    readonly of: number;
}

/** Something to know. A warning is about what the reader may have to do something about. */
export interface MessageEvent {
    readonly type: "notice" | "warning";
    readonly message: string;
}

export type Emit = (event: Event) => void;

/** Does a part of the work between its two events. `detail` says in a few words what came of it. */
export async function step<T, Name extends string>(
    emit: (event: StepEvent<Name>) => void,
    name: Name,
    work: () => Promise<T>,
    detail?: (result: T) => string | undefined,
): Promise<T> {
    const begin = performance.now();
    const seconds = (): number => (performance.now() - begin) / 1000;
    emit({ type: "step", name, state: "started" });
    try {
        const result = await work();
        const said = detail?.(result);
        emit({ type: "step", name, state: "done", seconds: seconds(), ...(said === undefined ? {} : { detail: said }) });
        return result;
    } catch (error) {
        emit({ type: "step", name, state: "failed", seconds: seconds() });
        throw error;
    }
}
