/** More words than these are not read by anybody. */
const mostWords = 50;

/** The words of a list for a message: the first ones, and how many more there are. @example listed(["a", "b", "c"], 2) === "a, b and 1 more" */
export function listed(words: readonly string[], most = mostWords): string {
    const more = words.length - most;
    return more <= 0 ? words.join(", ") : `${words.slice(0, most).join(", ")} and ${more} more`;
}

/** Numbers in their order, with three or more that follow each other as a range. @example ranges([80, 81, 8000, 8001, 8002]) // ["80", "81", "8000-8002"] */
export function ranges(numbers: readonly number[]): readonly string[] {
    const runs: number[][] = [];
    for (const number of numbers) {
        const run = runs.at(-1);
        if (run?.at(-1) === number - 1) run.push(number);
        else runs.push([number]);
    }
    return runs.flatMap((run) => (run.length < 3 ? run.map(String) : [`${String(run[0])}-${String(run.at(-1))}`]));
}
