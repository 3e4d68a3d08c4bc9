import { outerPath } from "../../model/path";
import type { Problem } from "../../model/problem";
import { parseSettings, type Lines, type RestOfSettings, type Settings } from "../../model/settings";
import { UnderstudyError } from "../errors";
import { readYaml } from "./yamlFile";

/** What a settings file says. */
export interface SettingsContent {
    /** As a person in the current directory would name it. */
    readonly file: string;
    /** All of it. */
    readonly content: Readonly<Record<string, unknown>>;
    /** Everything under `config:`, also keys that are not understudy's. */
    readonly config: Readonly<Record<string, unknown>>;
    /** Line of every key under `config:`, by its path from there. */
    readonly lines: Lines;
    /** Absent when there is a problem. */
    readonly settings?: Settings;
    /** What can be checked against the application and other files, whether there are problems or not. */
    readonly checkable: RestOfSettings;
    /** All that is wrong with the YAML and with the settings. */
    readonly problems: readonly Problem[];
}

/** Reads a settings file. Fails with kind `settings` on one that cannot be read, or holds no settings at all. */
export function readSettings(absolute: string): SettingsContent {
    const { file, content, lines: allLines, problems } = readYaml(absolute);
    const unread = problems.map((problem) => ({ ...problem, key: insideConfig(problem.key) ?? problem.key }));
    const { config } = content;
    if (!isMap(config) || Object.keys(config).length === 0) {
        const [what, why] = unread.length > 0 ? ["cannot be read", unread] : ["has no settings", [noSettings(file, allLines)]];
        throw new UnderstudyError("settings", `${file} ${what}`, "correct the file", { problems: why });
    }
    const lines: Lines = Object.fromEntries(
        Object.entries(allLines).flatMap(([path, line]) => {
            const key = insideConfig(path);
            return key === undefined ? [] : [[key, line] as const];
        }),
    );
    const { settings, rest, problems: found } = parseSettings(config, file, lines);
    const all = [...unread, ...found.filter(followsFromNothing(unread))];
    const wrong = new Set([...(rest?.wrong ?? []), ...unread.map(({ key }) => settingOf(key))]);
    return {
        ...{ file, content, config, lines, checkable: { settings: settings ?? rest.settings, wrong }, problems: all },
        ...(settings !== undefined && all.length === 0 && { settings }),
    };
}

function noSettings(file: string, { config: line }: Lines): Problem {
    const message = "there are no settings in this file; write them below config, beginning with understudy:kind";
    return { severity: "error", file, ...(line !== undefined && { line }), key: line === undefined ? "" : "config", message };
}

/** False for a problem with a key at which nothing was found because it, or what is merged into the map around it, could not be read. */
function followsFromNothing(unread: readonly Problem[]): (problem: Problem) => boolean {
    const keys = new Set(unread.map(({ key }) => key));
    const merged = new Set([...keys].filter((key) => key.endsWith("<<")).map(outerPath));
    return ({ key, value }) => value !== undefined || !(keys.has(key) || merged.has(outerPath(key)));
}

/** The path from `config:`; undefined for what is not in it. */
function insideConfig(path: string): string | undefined {
    const prefix = "config.";
    return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

/** @example settingOf("understudy:network.cidr") === "network" */
function settingOf(key: string): string {
    return /^understudy:(\w+)/.exec(key)?.[1] ?? key;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
