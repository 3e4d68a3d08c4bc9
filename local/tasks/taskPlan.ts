import type { TaskView } from "../emulator/views";

/** What to do about a task that the emulator shows, regardless of its service. */
export type TaskStep =
    | { readonly do: "nothing" }
    /** A one-off task that RunTask made and nobody has started yet. */
    | { readonly do: "start" }
    /** Somebody asked for its end. */
    | { readonly do: "stop" }
    /** It was run by a runner that is no more: only its record is left. */
    | { readonly do: "bury" };

/** Decides about one task; `held`: this runner runs it. Services' tasks are started by their service's plan. */
export function planTask({ lastStatus, desiredStatus, group }: TaskView, held: boolean): TaskStep {
    if (lastStatus === "STOPPED") return { do: "nothing" };
    if (held) return { do: desiredStatus === "STOPPED" ? "stop" : "nothing" };
    const untouched = lastStatus === "PROVISIONING" && desiredStatus === "RUNNING" && !group.startsWith("service:");
    return { do: untouched ? "start" : "bury" };
}
