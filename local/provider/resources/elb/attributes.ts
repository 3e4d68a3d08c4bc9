import type { Actual } from "../../resourceType";

/** One attribute of a load balancer or target group. */
interface Attribute {
    readonly Key?: string | undefined;
    readonly Value?: string | undefined;
}

/** Attributes to write for those arguments that are given; `names` has the attribute of each argument. */
export function writeAttributes<N extends string>(
    names: Readonly<Record<N, string>>,
    inputs: Readonly<Partial<Record<NoInfer<N>, boolean | number | string>>>,
): { Key: string; Value: string }[] {
    return (Object.entries(names) as [N, string][]).flatMap(([name, Key]) => {
        const value = inputs[name];
        return value === undefined ? [] : [{ Key, Value: String(value) }];
    });
}

/** The arguments that AWS has as attributes; one of which it says nothing is left out. */
export function readAttributes(names: Readonly<Record<string, string>>, attributes: readonly Attribute[] | undefined): Actual {
    const values = new Map(attributes?.map(({ Key, Value }) => [Key, Value]));
    return Object.fromEntries(Object.entries(names).map(([name, key]) => [name, parse(values.get(key))]));
}

function parse(text: string | undefined): boolean | number | string | undefined {
    if (text === "true" || text === "false") return text === "true";
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}
