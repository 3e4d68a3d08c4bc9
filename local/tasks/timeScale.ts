/** How much shorter AWS's waiting times are on this machine. 0.1: what takes ten seconds there takes one here. */
export const defaultTimeScale = 0.1;

/** Reads `UNDERSTUDY_TIME_SCALE`. Throws when it is not a number above 0 and up to 1. */
export function readTimeScale(text: string | undefined): number {
    if (text === undefined || text === "") return defaultTimeScale;
    const scale = Number(text);
    if (!(scale > 0 && scale <= 1)) throw new Error(`UNDERSTUDY_TIME_SCALE: got "${text}"; allowed: a number above 0, up to 1; write 0.1`);
    return scale;
}

/** AWS's seconds as milliseconds of this machine. */
export function toLocalTime(seconds: number, scale: number): number {
    return seconds * 1_000 * scale;
}
