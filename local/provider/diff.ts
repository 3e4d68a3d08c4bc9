import { changesOf, withDecided, type Change } from "./changes";
import type { ResourceType } from "./resourceType";
import { isList, withoutInternal, type Props, type Stored } from "./values";

/** What an update of a resource would do. */
export interface Diff {
    /** Differences by path; empty when there is nothing to do. */
    readonly changes: readonly Change[];
    /** The old resource must go first, since both would have the same name. */
    readonly deleteBeforeReplace: boolean;
}

/**
 * Compares a resource's inputs with those it should have. Where AWS decided what the program left open, what it decided is in the
 * outputs, and writing it down is no change.
 */
export function diff(type: ResourceType, { inputs, outputs }: Stored, news: Props, ignored: readonly string[]): Diff {
    const from = withDecided(type.arguments, inputs, outputs);
    const changes = changesOf(type.arguments, from, withoutInternal(news)).filter(({ path }) => !isIgnored(path, ignored));
    const replaces = changes.some((change) => change.replaces);
    return { changes, deleteBeforeReplace: replaces && (type.deleteFirst === true || keepsName(type, inputs, news)) };
}

/** True when the program chose the physical name, and the new resource would have the name of the old one. */
function keepsName({ autoName }: ResourceType, olds: Props, news: Props): boolean {
    if (autoName === undefined) return false;
    const automatic = isList(news["__defaults"]) && news["__defaults"].includes(autoName.argument);
    return !automatic && news[autoName.argument] === olds[autoName.argument];
}

/** The engine has put ignored values back already; what is left of them are paths through values that do not exist. */
function isIgnored(path: string, ignored: readonly string[]): boolean {
    return ignored.some((prefix) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`));
}
