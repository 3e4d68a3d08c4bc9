import { UnderstudyError } from "./errors";
import { placeOf, type StackState, type StatePlace } from "./state/stackState";

/**
 * Fails when a stack exists under another application, account or region than the settings now say: an update would make everything
 * anew there and remove what there is, and a removal would remove what is not meant.
 */
export function refuseMoved(stack: string, state: StackState | undefined, settings: Pick<StatePlace, "app" | "account" | "region">): void {
    const place = state && placeOf(state);
    if (place === undefined) return;
    const other = (["app", "account", "region"] as const).filter((key) => place[key] !== settings[key]);
    if (other.length === 0) return;
    const differences = other.map((key) => `understudy:${key} is ${settings[key]}, but it was made with ${place[key]}`).join("; ");
    const advice =
        "correct the settings; to move it, destroy it with the former settings first; another application has another `understudy:backend`";
    throw new UnderstudyError("settings", `${stack} exists elsewhere: ${differences}`, advice);
}
