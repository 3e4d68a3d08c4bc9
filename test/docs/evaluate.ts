import type { Statement } from "./policyDocuments";

/** A call of AWS as IAM sees it. */
export interface Call {
    readonly action: string;
    /** ARN; `*` where the action knows no resources. */
    readonly resource: string;
    /** Values of condition keys; a key that is absent is absent from the request. */
    readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** Whether identity policies allow a call: one statement does, and none denies it. Knows the operators that docs/policies use. */
export function allows(statements: readonly Statement[], call: Call): boolean {
    const applying = statements.filter((statement) => applies(statement, call));
    return applying.some(({ Effect }) => Effect === "Allow") && applying.every(({ Effect }) => Effect !== "Deny");
}

function applies({ Action, Resource, Condition }: Statement, { action, resource, context = {} }: Call): boolean {
    return (
        Action.some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
        Resource.some((pattern) => like(pattern, resource)) &&
        Object.entries(Condition).every(([operator, keys]) =>
            Object.entries(keys).every(([key, values]) => holds(operator, values, context[key])),
        )
    );
}

function holds(operator: string, allowed: readonly string[], given: string | readonly string[] | undefined): boolean {
    const values = given === undefined ? [] : [given].flat();
    const one = (value: string): boolean => allowed.some((pattern) => matches(operator, pattern, value));
    if (operator === "Null") return allowed.includes(String(given === undefined));
    if (operator.startsWith("ForAllValues:")) return values.every(one);
    return values.some(one);
}

function matches(operator: string, pattern: string, value: string): boolean {
    switch (operator.replace(/^For\w+:/, "")) {
        case "StringEquals":
        case "Bool":
            return pattern === value;
        case "StringLike":
        case "ArnEquals":
        case "ArnLike":
            return like(pattern, value);
        default:
            throw new Error(`condition operator ${operator} is not known here`);
    }
}

/** `*` stands for any number of characters, slashes included, and `?` for one. */
function like(pattern: string, value: string): boolean {
    const expression = pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".");
    return new RegExp(`^${expression}$`).test(value);
}
