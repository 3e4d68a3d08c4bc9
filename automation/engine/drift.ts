import { UnderstudyError } from "../errors";
import { nameOf, typeOf } from "./progress";

/** One resource that is not as the last update has left it. */
export interface Drifted {
    readonly state: "changed" | "gone";
    /** @example "aws:lb/targetGroup:TargetGroup" */
    readonly type: string;
    /** Its logical name. */
    readonly name: string;
    readonly urn: string;
    /** The properties that differ, by path; empty for what is gone. */
    readonly properties: readonly string[];
}

/** Reads what a previewed refresh prints as JSON. Values are left where they are: some are secrets. Fails with kind `engine` when it is something else. */
export function parseDrift(text: string): readonly Drifted[] {
    const steps = stepsOf(text);
    if (!Array.isArray(steps)) throw new UnderstudyError("engine", "the engine does not say what differs in the form that is expected", "install the version of Pulumi that package.json names");
    return (steps as readonly Step[]).flatMap(({ op, urn, detailedDiff }) => {
        if (op !== "update" && op !== "delete") return [];
        const gone = op === "delete";
        return [{ state: gone ? "gone" : "changed", type: typeOf(urn), name: nameOf(urn), urn, properties: gone ? [] : Object.keys(detailedDiff ?? {}).sort() } as const];
    });
}

interface Step {
    readonly op: string;
    readonly urn: string;
    readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
}

function stepsOf(text: string): unknown {
    try {
        return (JSON.parse(text) as { readonly steps?: unknown }).steps;
    } catch {
        return undefined;
    }
}
