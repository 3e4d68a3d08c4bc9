import type { ConditionView, RuleView } from "../emulator/views";
import { isInRange } from "./addresses";
import { matchesPattern } from "./pattern";

/** What a rule can ask about a request. */
export interface RuleRequest {
    /** Without port. */
    readonly host: string;
    readonly method: string;
    /** Without query. */
    readonly path: string;
    /** Decoded, in order. */
    readonly query: readonly (readonly [key: string, value: string])[];
    /** By lower-case name; several values where the header came several times. */
    readonly headers: Readonly<Record<string, readonly string[]>>;
    readonly clientAddress: string;
}

/** True when all conditions of a rule hold, by the rules of Application Load Balancers. */
export function matchesRule({ conditions }: Pick<RuleView, "conditions">, request: RuleRequest): boolean {
    return conditions.every((condition) => holds(condition, request));
}

/** A condition holds when one of its values does. Paths and methods are case-sensitive, all else is not. */
function holds(condition: ConditionView, request: RuleRequest): boolean {
    switch (condition.field) {
        case "host-header":
            return condition.values.some((value) => matchesPattern(value, request.host));
        case "path-pattern":
            return condition.values.some((value) => matchesPattern(value, request.path, { caseSensitive: true }));
        case "http-request-method":
            return condition.values.includes(request.method);
        case "source-ip":
            return condition.values.some((range) => isInRange(request.clientAddress, range));
        case "http-header": {
            const found = request.headers[condition.name.toLowerCase()] ?? [];
            return condition.values.some((value) => found.some((text) => matchesPattern(value, text)));
        }
        case "query-string":
            return condition.values.some(({ key, value }) =>
                request.query.some(([name, text]) => (key === undefined || matchesPattern(key, name)) && matchesPattern(value, text)),
            );
    }
}
