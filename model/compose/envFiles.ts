import path from "node:path";
import type { Findings, Located } from "../findings";
import { parseDotEnv, type DotEnv, type DotEnvProblem } from "./dotenv";
import { outside, readInside } from "./files";
import { variablesIn, type Variables } from "./interpolate";
import type { Reading } from "./scope";
import type { Node } from "./tree";
import { readBoolean, readChoice, readKeys, readText } from "./values";

/** What variables are read with, from files and elsewhere. */
export interface EnvironmentContext extends Reading {
    readonly variables: Variables;
    /** The variables that hold services' addresses on AWS, and have no value here. */
    readonly hostVariables: ReadonlySet<string>;
}

/** One file of `env_file`. */
interface EnvFile {
    readonly at: Located;
    readonly name: string;
    readonly required: boolean;
    readonly raw: boolean;
}

/**
 * Reads the files of a service's `env_file`: of the same variable in two of them the last one counts. `own` are the variables of the
 * service's `environment`, which a value may use too.
 */
export function readEnvFiles(node: Node, own: Variables, context: EnvironmentContext): Variables {
    const outer = { ...own, ...context.variables };
    return envFilesOf(node, context.findings).reduce<Variables>((values, envFile) => {
        const content = readInside(context.files, context.root, envFile.name);
        if (content.text === undefined) {
            if (envFile.required || content.kind !== "missing") context.findings.error(envFile.at, content.reason, envFile.name);
            return values;
        }
        const { file, text } = content;
        if (!envFile.raw) warnOfHosts(text, envFile, context);
        const read = envFile.raw ? parseRaw(text, outer) : parseDotEnv(text, outer, { ...own, ...values });
        reportDotEnv(read.problems, file, envFile.at, context.findings);
        return { ...values, ...read.values };
    }, {});
}

/** The variables of the `.env` of a folder; a folder without one, or with a folder of that name, has none. */
export function readDefaultFile(directory: string, outer: Variables, { findings, files, root }: Reading): Variables {
    const content = readInside(files, root, path.join(directory, ".env"));
    if (content.text === undefined) {
        if (content.kind === undefined && content.reason !== outside) findings.error({ path: [], place: { file: content.file } }, content.reason);
        return {};
    }
    const { values, problems } = parseDotEnv(content.text, outer);
    reportDotEnv(problems, content.file, { path: [] }, findings);
    return values;
}

/** Reports what is wrong inside a file of variables, at its own lines and at the key that names it. */
export function reportDotEnv(problems: readonly DotEnvProblem[], file: string, { path }: Pick<Located, "path">, findings: Findings): void {
    for (const { line, severity, message } of problems) findings[severity]({ path, place: { file, line } }, message);
}

function envFilesOf(node: Node, findings: Findings): readonly EnvFile[] {
    return (node.kind === "list" ? node.items : [node]).flatMap((item) => {
        const keys = item.kind === "map" ? readKeys(item, findings, ["path", "required", "format"]) : { path: item };
        if (keys.path === undefined) {
            findings.error(item, "path is missing");
            return [];
        }
        const name = readText(keys.path, findings);
        const required = keys.required === undefined || readBoolean(keys.required, findings) !== false;
        const format = keys.format && readChoice(keys.format, findings, ["raw"]);
        return name === undefined ? [] : [{ at: keys.path, name, required, raw: format === "raw" }];
    });
}

function warnOfHosts(text: string, { at, name }: EnvFile, { findings, hostVariables }: EnvironmentContext): void {
    for (const variable of new Set(variablesIn(text))) {
        if (!hostVariables.has(variable)) continue;
        findings.warning(at, `${variable} is filled in on AWS in environment values only; write the variable that uses it under environment`, name);
    }
}

/** Reads NAME=value lines as they are; a name alone takes its value from the variables around. */
function parseRaw(text: string, outer: Variables): DotEnv {
    const problems: DotEnvProblem[] = [];
    const values = new Map<string, string>();
    for (const [index, line] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
        const statement = line.trimStart();
        if (statement === "" || statement.startsWith("#")) continue;
        const [, name = "", value] = /^([^=]*)(?:=([^]*))?$/.exec(statement) ?? [];
        if (name === "" || /\s/.test(name)) {
            problems.push({ line: index + 1, severity: "error", message: "a variable needs a name without spaces; write NAME=value" });
            continue;
        }
        const taken = value ?? (Object.hasOwn(outer, name) ? outer[name] : undefined);
        if (taken !== undefined) values.set(name, taken);
    }
    return { values: Object.fromEntries(values), problems };
}
