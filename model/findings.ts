import { formatPath, type Path } from "./path";
import type { Problem } from "./problem";

/** A place in a file that a person wrote. */
export interface Place {
    /** The file as the user named it. */
    readonly file: string;
    /** From 1; absent where the file is known only by what it says. */
    readonly line?: number;
}

/** Anything that a problem can point at. */
export interface Located {
    /** Where it counts: what comes in by an alias or a merge has the path it comes in at … */
    readonly path: Path;
    /** … and the place where it is written. */
    readonly place: Place;
}

/** The problems found so far in one reading. */
export class Findings {
    private readonly found: Problem[] = [];

    /** All problems, in the order of the file. */
    get problems(): readonly Problem[] {
        return this.found.toSorted((a, b) => Number(a.file > b.file) - Number(a.file < b.file) || (a.line ?? 0) - (b.line ?? 0));
    }

    /** Adds an error; `value` is what was found, to be left out wherever it could be a secret. Returns undefined: nothing was read. */
    error(at: Located, message: string, value?: string): undefined {
        this.found.push(problem("error", at, message, value));
    }

    /** Adds a warning. */
    warning(at: Located, message: string, value?: string): void {
        this.found.push(problem("warning", at, message, value));
    }
}

function problem(severity: Problem["severity"], { path, place }: Located, message: string, value: string | undefined): Problem {
    const [section, service] = path;
    return {
        severity,
        file: place.file,
        ...(place.line !== undefined && { line: place.line }),
        ...(section === "services" && typeof service === "string" && { service }),
        key: formatPath(path),
        ...(value !== undefined && { value }),
        message,
    };
}
