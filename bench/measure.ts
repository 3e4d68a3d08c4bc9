/** Several measurements of one thing. */
export interface Spread {
    readonly median: number;
    readonly least: number;
    readonly most: number;
}

/** @example spread([3, 1, 2]) gives { median: 2, least: 1, most: 3 } */
export function spread(values: readonly number[]): Spread {
    const sorted = values.toSorted((one, other) => one - other);
    const half = sorted.length >> 1;
    const at = (index: number): number => sorted[index] ?? NaN;
    return { median: sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2, least: at(0), most: at(sorted.length - 1) };
}

/**
 * Does every subject's work once per repetition, in turns and beginning with another one each time, so that whatever else the machine does
 * hits all of them alike.
 */
export async function interleave<K extends string, T>(repetitions: number, subjects: Readonly<Record<K, () => Promise<T>>>): Promise<Readonly<Record<K, readonly T[]>>> {
    const names = Object.keys(subjects) as K[];
    const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, T[]>;
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
        const first = repetition % names.length;
        for (const name of [...names.slice(first), ...names.slice(0, first)]) samples[name].push(await subjects[name]());
    }
    return samples;
}

/** Does something and says how long it took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
    const begin = performance.now();
    await work();
    return (performance.now() - begin) / 1000;
}

/** A stretch of time, in milliseconds. */
export interface Interval {
    readonly begin: number;
    readonly end: number;
}

/**
 * Divides a span of time among those who claim parts of it; a moment that several claim is the first one's. The rest is `rest`. In seconds.
 */
export function divide<K extends string>(span: Interval, claims: Readonly<Record<K, readonly Interval[]>>): Readonly<Record<K | "rest", number>> {
    const names = Object.keys(claims) as K[];
    const intervals = Object.values<readonly Interval[]>(claims).flat();
    const edges = [span, ...intervals].flatMap(({ begin, end }) => [begin, end]).filter((edge) => edge >= span.begin && edge <= span.end);
    const moments = [...new Set(edges)].sort((one, other) => one - other);
    const parts = Object.fromEntries([...names, "rest"].map((name) => [name, 0])) as Record<K | "rest", number>;
    for (const [index, begin] of moments.slice(0, -1).entries()) {
        const end = moments[index + 1] ?? begin;
        const owner = names.find((name) => claims[name].some((claim) => claim.begin <= begin && claim.end >= end));
        parts[owner ?? "rest"] += (end - begin) / 1000;
    }
    return parts;
}
