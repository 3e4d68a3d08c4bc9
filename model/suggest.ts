import { listed } from "./listed";

/**
 * What to say about a word that is not allowed: the closest allowed one, when it could be a slip of the fingers, and all of them, as far as
 * anybody reads them.
 * @example suggest("cuont", ["count", "cpu"]) === 'did you mean "count"? allowed: count, cpu'
 */
export function suggest(word: string, allowed: readonly string[]): string {
    const list = `allowed: ${allowed.length === 0 ? "none" : listed(allowed)}`;
    const closest = closestOf(word, allowed);
    return closest === undefined ? list : `did you mean "${closest}"? ${list}`;
}

/** The allowed word that was probably meant: at most a third of its letters away; undefined when none is. */
export function closestOf(word: string, allowed: readonly string[]): string | undefined {
    const ranked = allowed
        .filter((candidate) => Math.abs(candidate.length - word.length) <= Math.ceil(candidate.length / 3)) // no distance is less: a word may be very long
        .map((candidate) => ({ candidate, letters: distance(word.toLowerCase(), candidate.toLowerCase()) }))
        .filter(({ candidate, letters }) => letters <= Math.ceil(candidate.length / 3) && letters < candidate.length)
        .toSorted((a, b) => a.letters - b.letters);
    return ranked[0]?.candidate;
}

/** Number of letters to add, remove, change or swap with the next one to make one word of the other. */
function distance(from: string, to: string): number {
    const rows = [Array.from({ length: to.length + 1 }, (_, index) => index)];
    const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
    for (let row = 1; row <= from.length; row++) {
        rows.push([row]);
        for (let column = 1; column <= to.length; column++) {
            const change = at(row - 1, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
            const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1] && row > 1 && column > 1;
            const swap = swapped ? at(row - 2, column - 2) + 1 : change;
            rows[row]?.push(Math.min(change, swap, at(row - 1, column) + 1, at(row, column - 1) + 1));
        }
    }
    return at(from.length, to.length);
}
