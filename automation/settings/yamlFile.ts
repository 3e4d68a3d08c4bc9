import path from "node:path";
import { placesIn, toPlain } from "../../model/compose/tree";
import { readYaml as readTrees } from "../../model/compose/yaml";
import { Findings } from "../../model/findings";
import type { Problem } from "../../model/problem";
import type { Lines } from "../../model/settings";
import { readTextFile } from "../../model/textFile";
import { UnderstudyError } from "../errors";

/** A YAML file as it stands on the disk. */
export interface YamlFile {
    /** As a person in the current directory would name it. */
    readonly file: string;
    /** With what aliases and merge keys stand for, as Pulumi reads them. */
    readonly content: Readonly<Record<string, unknown>>;
    /** Of every key by its path; keys that hold dots or colons are not quoted. @example { "config.understudy:network.cidr": 7 } */
    readonly lines: Lines;
    /** Values that could not be read, such as an alias of nothing. They are null, or not there. */
    readonly problems: readonly Problem[];
}

/** Reads a YAML file that holds a map; an empty one holds none of its keys. Fails with kind `settings` and the places otherwise. */
export function readYaml(absolute: string): YamlFile {
    const file = asTyped(absolute);
    const { text, reason } = readTextFile(absolute);
    if (text === undefined) throw unreadable(file, [{ severity: "error", file, key: "", message: reason }]);

    const findings = new Findings();
    const [root, second] = readTrees(text, file, findings, { tags: [] });
    if (second !== undefined) findings.error(second, "the file has several documents, of which Pulumi reads the first one; keep one of them");
    if (root !== undefined && root.kind !== "map") findings.error(root, "a map of keys and values is expected");
    if (root?.kind !== "map" && findings.problems.length > 0) throw unreadable(file, findings.problems);
    if (root?.kind !== "map") return { file, content: {}, lines: {}, problems: [] };
    const lines = Object.entries(placesIn(root)).flatMap(([key, { line }]) => (line === undefined ? [] : [[key, line] as const]));
    return { file, content: toPlain(root) as YamlFile["content"], lines: Object.fromEntries(lines), problems: findings.problems };
}

/** A path as a person in the current directory would name it: relative where that is not further away. */
export function asTyped(absolute: string): string {
    const relative = path.relative("", absolute);
    return relative === "" ? "." : relative.startsWith("..") ? absolute : relative;
}

function unreadable(file: string, problems: readonly Problem[]): UnderstudyError {
    return new UnderstudyError("settings", `${file} cannot be read`, "correct the file", { problems });
}
