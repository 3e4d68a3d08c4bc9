import { createHash } from "node:crypto";

/** Priorities that one environment may take on a listener, both included. */
export type PriorityRange = readonly [first: number, last: number];

/** How many rules have room in the range. */
export function roomIn([first, last]: PriorityRange): number {
    return last - first + 1;
}

/**
 * A place in the range for every rule, by its key. The key alone decides, as far as no two want the same place: a rule that comes or goes
 * moves no other. Counting through would move them, and AWS refuses a priority whose present holder has yet to move on
 * (https://github.com/pulumi/pulumi-aws/issues/175). The keys must be distinct and fit into the range.
 */
export function planPriorities(keys: readonly string[], range: PriorityRange): ReadonlyMap<string, number> {
    const places = new Map<string, number>();
    const taken = new Set<number>();
    for (const key of keys.toSorted()) {
        let place = wantedPlace(key, range);
        while (taken.has(place)) place = nextPlace(place, range);
        taken.add(place);
        places.set(key, place);
    }
    return places;
}

function wantedPlace(key: string, range: PriorityRange): number {
    return range[0] + (createHash("sha256").update(key).digest().readUInt32BE() % roomIn(range));
}

function nextPlace(place: number, [first, last]: PriorityRange): number {
    return place === last ? first : place + 1;
}
