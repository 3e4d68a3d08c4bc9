import type { Emit, Event } from "./events";
import { environmentOf, type Surroundings } from "./surroundings";

export interface UnderstudyOptions {
    /** The project's folder or one below it. Default: the current one. */
    readonly directory?: string;
    /** Where AWS and the state are, when that is not what settings and credentials say. */
    readonly surroundings?: Surroundings;
    /** Told what happens while it happens. What it throws is thrown by the call, once the engine has ended. */
    readonly onEvent?: (event: Event) => void;
    /** Stops the work cleanly when aborted: the step that is under way ends, and the next call goes on from there. */
    readonly signal?: AbortSignal;
}

/** How to wait; times in seconds. */
export interface Patience {
    /** Whether a lock of the engine is freed whose owner is not proven dead, once nobody else has the stack by the registry. Default: it is waited for. */
    readonly takeOver?: boolean;
    /** For others who work on the same environment. Default 1800. */
    readonly patience?: number;
    /** For the services to be healthy. Default 1200. */
    readonly deploymentPatience?: number;
    /** For a place on Spot, before the tasks run on demand. Default 120. */
    readonly spotPatience?: number;
}

export const defaultPatience = { patience: 1800, deploymentPatience: 1200, spotPatience: 120 } as const satisfies Required<Omit<Patience, "takeOver">>;

/** What every function of the API works with. */
export interface Context {
    readonly directory: string;
    readonly surroundings: Surroundings;
    /** Environment of the engine and of AWS clients. */
    readonly env: Readonly<Record<string, string>>;
    readonly emit: Emit;
    readonly signal: AbortSignal | undefined;
}

export function contextOf({ directory = ".", surroundings = {}, onEvent, signal }: UnderstudyOptions): Context {
    return { directory, surroundings, env: environmentOf(surroundings), emit: onEvent ?? (() => undefined), signal };
}
