import path from "node:path";
import type { Findings, Located } from "../findings";
import type { DotEnv, DotEnvFile } from "./dotenv";
import { outside, readInside } from "./files";
import type { Variables } from "./interpolate";
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
        const written = context.dotEnvs.read(file, text, envFile.raw);
        warnOfHosts(written, envFile, context);
        const read = context.dotEnvs.evaluate(written, outer, { ...own, ...values });
        reportDotEnv(read, file, envFile.at, context);
        return values === none ? read.values : { ...values, ...read.values };
    }, none);
}

const none: Variables = {};

/** The variables of the `.env` of a folder; a folder without one, or with a folder of that name, has none. */
export function readDefaultFile(directory: string, outer: Variables, reading: Reading): Variables {
    const { findings, files, root, dotEnvs } = reading;
    const content = readInside(files, root, path.join(directory, ".env"));
    if (content.text === undefined) {
        if (content.kind === undefined && content.reason !== outside) findings.error({ path: [], place: { file: content.file } }, content.reason);
        return {};
    }
    const read = dotEnvs.evaluate(dotEnvs.read(content.file, content.text), outer);
    reportDotEnv(read, content.file, { path: [] }, reading);
    return read.values;
}

/**
 * Reports what is wrong inside a file of variables, at its own lines and at the key that names it. What is wrong for many who read it is
 * said once.
 */
export function reportDotEnv({ problems }: DotEnv, file: string, { path }: Pick<Located, "path">, { findings, saidOfFiles }: Reading): void {
    for (const problem of problems) {
        if (saidOfFiles.has(problem)) continue;
        saidOfFiles.add(problem);
        findings[problem.severity]({ path, place: { file, line: problem.line } }, problem.message);
    }
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

function warnOfHosts({ used }: DotEnvFile, { at, name }: EnvFile, { findings, hostVariables }: EnvironmentContext): void {
    for (const variable of used) {
        if (!hostVariables.has(variable)) continue;
        findings.warning(at, `${variable} is filled in on AWS in environment values only; write the variable that uses it under environment`, name);
    }
}
