const secondsPerUnit: Readonly<Record<string, number>> = {
    ns: 1e-9,
    us: 1e-6,
    µs: 1e-6,
    μs: 1e-6,
    ms: 1e-3,
    s: 1,
    m: 60,
    h: 3600,
    d: 86_400,
    w: 604_800,
};

/** What a duration looks like, for messages. */
export const durationForm = "a duration is numbers with units h, m, s or ms, such as 1m30s";

/** What a size looks like, for messages. */
export const sizeForm = "a size is a number with a unit b, k, m or g, such as 512m or 1.5gb";

/**
 * Seconds of a duration as Compose writes it, or undefined when it is none.
 * @example parseDuration("1m30s") === 90
 */
export function parseDuration(text: string): number | undefined {
    if (/^\+?0$/.test(text)) return 0;
    if (!/^\+?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w))+$/.test(text)) return undefined;
    const parts = text.matchAll(/(\d+\.?\d*|\.\d+)([a-zµμ]+)/g);
    const seconds = [...parts].reduce((sum, [, count = "", unit = ""]) => sum + Number(count) * (secondsPerUnit[unit] ?? NaN), 0);
    return Number(seconds.toFixed(9));
}

/**
 * Bytes of a size as Compose writes it, or undefined when it is none. Units are binary: 1k is 1024. A bare number is bytes.
 * @example parseSize("1.5gb") === 1610612736
 */
export function parseSize(text: string): number | undefined {
    const [, count = "", unit = ""] = /^(\d+\.?\d*|\.\d+) ?(?:b|([kmgtp])(?:i?b)?)?$/i.exec(text) ?? [];
    if (count === "") return undefined;
    return Math.trunc(Number(count) * 1024 ** ["", "k", "m", "g", "t", "p"].indexOf(unit.toLowerCase()));
}

/** Whole MiB that hold so many bytes: the unit of ECS. */
export function bytesToMebibytes(bytes: number): number {
    return Math.ceil(bytes / 1024 ** 2);
}

/** How many bytes, for people. @example megabytes(12_345_678) === "12.3 MB" */
export function megabytes(bytes: number): string {
    return `${(bytes / 1e6).toFixed(1)} MB`;
}
