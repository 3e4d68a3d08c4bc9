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
