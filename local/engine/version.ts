/** The engine that is downloaded or built where none is installed; an installed one of the same major version may be newer. */
export const engineVersion = "3.225.0";

/** The version in what `pulumi version` prints; undefined when there is none. @example "v3.225.0" -> "3.225.0" */
export function versionIn(text: string): string | undefined {
    return /^v?(\d+\.\d+\.\d+)(?:[-+].*)?$/m.exec(text.trim())?.[1];
}

/** True for versions that this program works with: `engineVersion` or newer, of the same major version. */
export function isSuitable(version: string): boolean {
    const [major = 0, ...rest] = numbersOf(version);
    const [wantedMajor = 0, ...wantedRest] = numbersOf(engineVersion);
    return major === wantedMajor && compare(rest, wantedRest) >= 0;
}

function numbersOf(version: string): readonly number[] {
    return version.split(".").map(Number);
}

function compare(left: readonly number[], right: readonly number[]): number {
    const differences = left.map((value, index) => value - (right[index] ?? 0));
    return differences.find((difference) => difference !== 0) ?? 0;
}
