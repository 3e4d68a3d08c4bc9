/** An answer in AWS's words to something that the emulator would let pass. Its name is AWS's error code. */
export class Refusal extends Error {
    constructor(code: string, message: string) {
        super(message);
        this.name = code;
    }
}

const operations = new WeakMap<object, string>();

/** Remembers which call an error came from. @example rememberOperation(error, "ECS CreateService") */
export function rememberOperation(error: unknown, operation: string): void {
    if (error instanceof Error) operations.set(error, operation);
}

/** One line for the person who runs the engine: the call, AWS's code and AWS's message. No stack, no properties. */
export function errorLine(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    const operation = operations.get(error);
    const code = error.name === "Error" ? "" : `${error.name}: `;
    return `${operation === undefined ? "" : `${operation}: `}${code}${error.message || unreachable(error)}`;
}

/** True for an error of AWS with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
    return error instanceof Error && codes.includes(error.name);
}

/** The answer of a call, or undefined when AWS answers with one of these codes, which say that the thing is not there. */
export async function unlessMissing<T>(call: Promise<T>, ...codes: readonly string[]): Promise<T | undefined> {
    try {
        return await call;
    } catch (error) {
        if (hasCode(error, ...codes)) return undefined;
        throw error;
    }
}

/** Node reports a refused connection to a name with several addresses as several errors and no message. */
function unreachable(error: Error): string {
    return error instanceof AggregateError ? error.errors.map(errorLine).join("; ") : "no message";
}
