/** Digest per own image. @example { web: "sha256:…" } */
export type Release = Readonly<Record<string, string>>;

/**
 * What an environment should run, as its SSM parameter says it. `deploy` and `branch up` write it, before they change anything and again
 * when they know how it ended; the program only reads it.
 */
export interface ReleaseRecord {
    /** What the environment should run: whoever names no images brings it to these. */
    readonly images: Release;
    /** There while nobody knows whether `images` come up: the last release that did, to go back to. Empty where none ever did. */
    readonly former?: Release;
    /** The release that was up before the last change. Its images stay in the registry, so that it can be had back. */
    readonly previous?: Release;
    /** Since when, in ISO 8601, its tasks run on demand although the settings say Spot, which had no place for them. */
    readonly onDemand?: string;
}

/** The record while somebody brings the environment to `images`, whatever has become of an earlier try. */
export function tried(record: ReleaseRecord | undefined, images: Release): ReleaseRecord {
    if (record === undefined) return { images, former: {} };
    if (isSame(record.images, images)) return record;
    const former = record.former ?? record.images;
    return { ...settled(record, images, record.previous), ...(!isSame(former, images) && { former }) };
}

/**
 * The record once `images` have come up. Somebody else may have written since: who has begun to try others has something newer to go back to;
 * who has taken these back was wrong, since they run.
 */
export function proven(record: ReleaseRecord, images: Release): ReleaseRecord {
    const { images: named, former, previous } = record;
    const before = former === undefined || isEmpty(former) ? previous : former;
    if (isSame(named, images)) return former === undefined ? record : settled(record, images, before);
    if (former === undefined) return settled(record, images, named);
    return isSame(former, images) ? record : { ...settled(record, named, before), former: images };
}

/**
 * The record once `images` have failed to come up: the former release again. Where there is none they stay, since nothing else could run;
 * and what somebody else has written meanwhile is theirs.
 */
export function takenBack(record: ReleaseRecord, images: Release): ReleaseRecord {
    const { former } = record;
    return former === undefined || isEmpty(former) || !isSame(record.images, images) ? record : settled(record, former, record.previous);
}

/** How long tasks stay on demand before a deployment tries Spot again, in milliseconds. */
export const onDemandFor = 24 * 60 * 60 * 1000;

/** The record as a deployment at the time `now` begins with it: Spot may have room again. */
export function withSpotAgain(record: ReleaseRecord, now: Date): ReleaseRecord {
    const { onDemand, ...rest } = record;
    return onDemand === undefined || now.getTime() - Date.parse(onDemand) < onDemandFor ? record : rest;
}

/** Every digest that the environment may run or go back to, by own image. */
export function neededDigests({ images, former = {}, previous = {} }: ReleaseRecord): Readonly<Record<string, readonly string[]>> {
    const needed = new Map<string, Set<string>>();
    for (const [image, digest] of [images, former, previous].flatMap((release) => Object.entries(release))) needed.set(image, (needed.get(image) ?? new Set()).add(digest));
    return Object.fromEntries([...needed].map(([image, digests]) => [image, [...digests]]));
}

/** The record as text: equal records are equal text. */
export function formatReleaseRecord({ images, former, previous, onDemand }: ReleaseRecord): string {
    const others = { ...(former && { former: sorted(former) }), ...(previous && { previous: sorted(previous) }), ...(onDemand !== undefined && { onDemand }) };
    return JSON.stringify({ images: sorted(images), ...others });
}

/** Reads a record; undefined when it is none. One that is nothing but digests is of version 0.1.0, and came up. */
export function parseReleaseRecord(text: string): ReleaseRecord | undefined {
    const value = parsed(text);
    if (isRelease(value)) return { images: value };
    if (!isMap(value)) return undefined;
    const { images, former, previous, onDemand } = value;
    if (!isRelease(images) || ![former, previous].every((part) => part === undefined || isRelease(part))) return undefined;
    return { images, ...(isRelease(former) && { former }), ...(isRelease(previous) && { previous }), ...(typeof onDemand === "string" && { onDemand }) };
}

/** Whether two releases are the same digests of the same images. */
export function isSame(one: Release, other: Release): boolean {
    return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function settled({ onDemand }: ReleaseRecord, images: Release, previous: Release | undefined): ReleaseRecord {
    return { images, ...(previous && { previous }), ...(onDemand !== undefined && { onDemand }) };
}

function isEmpty(release: Release): boolean {
    return Object.keys(release).length === 0;
}

function sorted(release: Release): Release {
    return Object.fromEntries(Object.entries(release).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

function isRelease(value: unknown): value is Release {
    return isMap(value) && Object.values(value).every((digest) => typeof digest === "string");
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
