const closers: (() => Promise<void>)[] = [];

/** Has something that several suites share closed when the tests end: those of the run, or of the file where files run beside each other. */
export function whenTestsEnd(close: () => Promise<void>): void {
    closers.push(close);
}

/** Closes all of it, the latest first. */
export async function closeShared(): Promise<void> {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
}
