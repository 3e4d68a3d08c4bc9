/**
 * JSON with the keys of every object sorted: equal content is equal text, since other text would be a new task definition revision or
 * a new policy version. What is `undefined` is left out.
 */
export function stableJson(value: object): string {
    return JSON.stringify(value, (_key, part: unknown) => (isRecord(part) ? Object.fromEntries(Object.entries(part).sort(byKey)) : part));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
    return a < b ? -1 : 1;
}
