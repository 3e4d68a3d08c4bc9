import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";

/** A change of one item, by path of attribute; parts of a path are separated by dots. All of it happens, or nothing. */
export interface Change {
    readonly set?: Readonly<Record<string, unknown>>;
    readonly remove?: readonly string[];
    readonly add?: Readonly<Record<string, number>>;
    /** Must hold at that moment: all of them. */
    readonly when?: readonly Condition[];
}

export type Condition =
    | { readonly exists: string }
    | { readonly missing: string }
    | { readonly path: string; readonly is: unknown }
    | { readonly path: string; readonly below: number }
    | { readonly either: readonly (readonly Condition[])[] };

/** A change as DynamoDB wants it: every name and value behind a placeholder, so that none can be a word of its language. */
export interface Expression {
    readonly UpdateExpression?: string;
    readonly ConditionExpression?: string;
    readonly ExpressionAttributeNames?: Record<string, string>;
    readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** Writes a change, or with no changes only its condition, in DynamoDB's language. Values that are undefined are left out. */
export function expressionOf({ set = {}, remove = [], add = {}, when = [] }: Change): Expression {
    const names = new Map<string, string>();
    const values = new Map<string, unknown>();
    const path = (text: string): string =>
        text
            .split(".")
            .map((part) => {
                const known = names.get(part);
                const placeholder = known ?? `#n${names.size}`;
                names.set(part, placeholder);
                return placeholder;
            })
            .join(".");
    const value = (content: unknown): string => {
        const placeholder = `:v${values.size}`;
        values.set(placeholder, content);
        return placeholder;
    };
    const condition = (one: Condition): string => {
        if ("exists" in one) return `attribute_exists(${path(one.exists)})`;
        if ("missing" in one) return `attribute_not_exists(${path(one.missing)})`;
        if ("either" in one) return `(${one.either.map((all) => `(${all.map(condition).join(" AND ")})`).join(" OR ")})`;
        if ("below" in one) return `${path(one.path)} < ${value(one.below)}`;
        return `${path(one.path)} = ${value(one.is)}`;
    };

    const given = Object.entries(set).filter(([, content]) => content !== undefined);
    const clauses = [
        ["SET", given.map(([name, content]) => `${path(name)} = ${value(content)}`)],
        ["REMOVE", remove.map(path)],
        ["ADD", Object.entries(add).map(([name, amount]) => `${path(name)} ${value(amount)}`)],
    ] as const;
    const update = clauses.flatMap(([word, parts]) => (parts.length === 0 ? [] : [`${word} ${parts.join(", ")}`])).join(" ");
    const conditions = when.map(condition).join(" AND ");
    return {
        ...(update !== "" && { UpdateExpression: update }),
        ...(conditions !== "" && { ConditionExpression: conditions }),
        ...(names.size > 0 && { ExpressionAttributeNames: Object.fromEntries([...names].map(([name, placeholder]) => [placeholder, name])) }),
        ...(values.size > 0 && { ExpressionAttributeValues: marshall(Object.fromEntries(values), { removeUndefinedValues: true }) }),
    };
}
