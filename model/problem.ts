/** Something in the input that is wrong, or that the reader should know. */
export interface Problem {
    /** An error stops everything before the first resource; a warning is shown and passes. */
    readonly severity: "error" | "warning";
    /** The file as the user named it. @example "app/compose.yaml" */
    readonly file: string;
    /** Line in the file, from 1; absent where the problem has no place, such as a key that is missing from an empty file. */
    readonly line?: number;
    /** The Compose service it concerns. */
    readonly service?: string;
    /** The path of the key; empty for the file as a whole. @example "services.web.ports[0]" */
    readonly key: string;
    /** What was found, as text; absent where nothing was written and wherever it could be a secret. */
    readonly value?: string;
    /** What is allowed and what to write, lower case, no full stop. @example "a port is a number from 1 to 65535; write 8080" */
    readonly message: string;
}

/** Thrown once per input, with all its problems. */
export class ProblemsError extends Error {
    constructor(
        /** What was being read. @example "app/compose.yaml" */
        readonly subject: string,
        readonly problems: readonly Problem[],
    ) {
        super(`${subject}: ${countOf(problems.length, "problem")}\n${formatProblems(problems).join("\n")}`);
        this.name = "ProblemsError";
    }
}

/** One line for a person. @example `  app/compose.yaml:7 services.web.ports[0]: got "eighty"; a port is …` */
export function formatProblem(problem: Problem): string {
    const { severity, file, line, key, value, message } = problem;
    const place = [line === undefined ? file : `${file}:${line}`, key].filter((part) => part !== "").join(" ");
    const found = value === undefined ? "" : `got ${JSON.stringify(value)}; `;
    const text = `${place}: ${found}${message}`;
    return `  ${severity === "warning" ? "warning: " : ""}${text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}…`}`;
}

/** A key or a tag can have megabytes. */
const mostCharacters = 4_000;

/** One slip of a generator makes a hundred thousand problems, which nobody reads. */
const mostLines = 1_000;

/** The lines for a person. Of too many the errors come first, and the last line says how many more there are. */
export function formatProblems<P extends Problem>(problems: readonly P[], format: (problem: P) => string = formatProblem): readonly string[] {
    if (problems.length <= mostLines) return problems.map((problem) => format(problem));
    const [errors, warnings] = (["error", "warning"] as const).map((wanted) => problems.filter(({ severity }) => severity === wanted));
    const shown = [...(errors ?? []), ...(warnings ?? [])].slice(0, mostLines);
    return [...shown.map((problem) => format(problem)), `  and ${problems.length - mostLines} more problems; --json has them all`];
}

/** True when at least one of them is an error. */
export function hasErrors(problems: readonly Problem[]): boolean {
    return problems.some(({ severity }) => severity === "error");
}

/** Throws all problems together when at least one is an error. */
export function throwOnErrors(subject: string, problems: readonly Problem[]): void {
    if (hasErrors(problems)) throw new ProblemsError(subject, problems);
}

function countOf(count: number, noun: string): string {
    return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
