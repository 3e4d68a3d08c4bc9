import { readFileSync } from "node:fs";
import * as path from "node:path";

/** What the policies of this folder say as an example, by the environment variable that holds one's own value. */
export const examples = {
    ACCOUNT: "222222222222",
    APP: "shop",
    AWS_REGION: "eu-west-1",
    BASE: "staging",
    BUCKET: "understudy-state-222222222222",
    DEFAULT_REF: "refs/heads/main",
    OPERATORS_ACCOUNT: "123456789012",
    OPERATORS: "arn:aws:iam::123456789012:role/understudy-operators",
    ORGANIZATION: "o-exampleorgid",
    REPOSITORY: "example/environments",
    ZONE: "staging.example.com",
    ZONE_ID: "Z0000000000EXAMPLE",
} as const;
type Variable = keyof typeof examples;

/** The longest first: an example may stand in another one. */
const variables = (Object.keys(examples) as Variable[]).sort((a, b) => examples[b].length - examples[a].length);

/**
 * A policy of this folder with one's own values in place of the examples, as compact JSON. Fails with all variables that it needs and `env`
 * does not have.
 */
export function fill(text: string, env: Readonly<Record<string, string | undefined>>): string {
    const missing = new Set<Variable>();
    const filled = text.replace(pattern, (example) => {
        const variable = variables.find((name) => examples[name] === example);
        const value = variable && env[variable];
        if (variable !== undefined && !value) missing.add(variable);
        return value ?? example;
    });
    if (missing.size > 0)
        throw new Error(
            [...missing]
                .sort()
                .map((name) => `set ${name}; the example is ${examples[name]}`)
                .join("\n"),
        );
    return JSON.stringify(JSON.parse(filled));
}

const pattern = new RegExp(variables.map((name) => examples[name].replaceAll(".", "\\.")).join("|"), "g");

if (require.main === module) {
    const [name = ""] = process.argv.slice(2);
    try {
        process.stdout.write(fill(readFileSync(path.join(__dirname, `${name}.json`), "utf8"), process.env));
    } catch (error) {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
    }
}
