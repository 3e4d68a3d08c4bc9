import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

const folder = path.resolve(__dirname, "../../docs/policies");

/** One statement of an IAM policy document, with every list as a list. */
export interface Statement {
    /** The file it stands in, without `.json`. */
    readonly policy: string;
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: string | Readonly<Record<string, string>>;
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
    /** Values by operator and key. */
    readonly Condition: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** The JSON files of docs/policies, without `.json`. */
export const files = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => path.basename(name, ".json"));

/** A lifecycle configuration is no policy. */
export const policies = files.filter((name) => name !== "state-bucket-lifecycle");

/** What the deploy role may do. */
export const deployPolicies = [...policies.filter((name) => name.startsWith("deploy-") && name !== "deploy-trust"), "push-images"];

export function textOf(name: string): string {
    return readFileSync(path.join(folder, `${name}.json`), "utf8");
}

export function statementsOf(name: string): readonly Statement[] {
    const { Statement } = JSON.parse(textOf(name)) as { readonly Statement: readonly Record<string, unknown>[] };
    return Statement.map(
        ({ Action, Resource, Condition, ...rest }) =>
            ({
                ...rest,
                policy: name,
                Action: listOf(Action),
                Resource: listOf(Resource),
                Condition: mapValues((Condition ?? {}) as Record<string, Record<string, unknown>>, (keys) => mapValues(keys, listOf)),
            }) as unknown as Statement,
    );
}

export const allStatements = policies.flatMap(statementsOf);

function listOf(value: unknown): readonly string[] {
    return value === undefined ? [] : Array.isArray(value) ? (value as string[]) : [value as string];
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Readonly<Record<string, B>> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
