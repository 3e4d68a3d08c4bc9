/** Names in the order of their code points, the same on every machine. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
    return Number(a.name > b.name) - Number(a.name < b.name);
}

/** The record with its keys in order, so that documents made from it never change by themselves. */
export function sortedKeys<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
    return Object.fromEntries(
        Object.keys(record)
            .toSorted()
            .map((key) => [key, record[key] as T]),
    );
}

/** Names and values. */
export type Entries = readonly (readonly [name: string, value: string])[];

/** The entries in the order of their names. */
export function sortedEntries(entries: Entries): Entries {
    return entries.toSorted(([one], [other]) => Number(one > other) - Number(one < other));
}

/**
 * Sorted entries with others, sorted too, among them: of the same name the others' counts. Many lists that differ in a few entries are not
 * sorted anew.
 */
export function mergedEntries(entries: Entries, over: Entries): Entries {
    const merged: (readonly [string, string])[] = [];
    let next = 0;
    for (const entry of over) {
        for (let other = entries[next]; other !== undefined && other[0] <= entry[0]; other = entries[++next]) {
            if (other[0] < entry[0]) merged.push(other);
        }
        merged.push(entry);
    }
    return [...merged, ...entries.slice(next)];
}
