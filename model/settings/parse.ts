import type { z } from "zod";
import { kinds } from "../environment";
import { given } from "../given";
import { formatPath, outerPath } from "../path";
import type { Problem } from "../problem";
import { shortened } from "../shortened";
import { check, choice, type Fault } from "../validation";
import { asText, schemas } from "./definition";
import { settingKeys, type SettingName, type SettingType } from "./reference";
import { restOf, type RestOfSettings } from "./rest";

/** Settings of production, staging or dev. */
export type BaseSettings = z.output<(typeof schemas)["production" | "staging" | "dev"]>;

/** Settings of a branch environment, written by the tool on every run. Account, region, role, zone and app are its base's. */
export type BranchSettings = z.output<(typeof schemas)["branch"]>;

/**
 * What `understudy:*` in a stack's settings file says, with defaults filled in. Settings are values only: what follows from them is decided
 * by the model and by stacks/. What each key means is described in docs/settings.md.
 */
export type Settings = BaseSettings | BranchSettings;

/** Overrides for one service. */
export type ServiceSettings = Settings["services"][string];
export type IngressSettings = BaseSettings["ingress"];

/** Who may open the environment's pages. Closed by default: no address at all. */
export type AccessSettings = BaseSettings["access"];

/** Settings, or all that is wrong with them and what can still be checked against the application and other files. */
export type ParsedSettings =
    | { readonly settings: Settings; readonly rest?: undefined; readonly problems: readonly [] }
    | { readonly settings?: undefined; readonly rest: RestOfSettings; readonly problems: readonly Problem[] };

/** Line of a file by the path of the key that stands there. */
export type Lines = Readonly<Record<string, number>>;

/** The namespace of the program's keys in a settings file. */
export const namespace = "understudy:";

/**
 * Checks the `understudy:*` values of a stack; keys of other namespaces are passed over. A value is text, which may hold JSON as Pulumi
 * passes it, or already structured; an empty one is as if the key were not there. `file` is how the reader knows the settings; `lines` the
 * line per key in it, when known.
 */
export function parseSettings(values: Readonly<Record<string, unknown>>, file: string, lines: Lines = {}): ParsedSettings {
    const own = Object.entries(values).flatMap(([key, value]) => (key.startsWith(namespace) ? [[key.slice(namespace.length), value] as const] : []));
    const input = Object.fromEntries(own.map(([key, value]) => [key, decoded(key, value)] as const).filter(([key, value]) => isGiven(key, value)));
    const kind = kinds.find((word) => word === input.kind);
    const likely = kind ?? ("branch" in input ? "branch" : "staging");
    const faults = [
        ...(kind === undefined ? check(choice(kinds), input.kind).faults.map((fault) => ({ ...fault, path: ["kind"] })) : []),
        ...check<Settings>(schemas[likely], { ...input, kind: likely }).faults,
    ];
    const rest = restOf(likely, input, faults);
    const all = [...faults, ...disagreements(rest)];
    if (all.length === 0) return { settings: rest.settings, problems: [] };
    return { rest: restOf(likely, input, all), problems: all.map((fault) => problemOf(fault, file, lines)) };
}

/** The line of a key, or of the nearest one around it. */
export function lineOf(key: string, lines: Lines): number | undefined {
    return key === "" ? undefined : (lines[key] ?? lineOf(outerPath(key), lines));
}

/** Problems with the lines of the settings that they name, which whoever found them did not know. */
export function withLines(problems: readonly Problem[], file: string, lines: Lines): readonly Problem[] {
    return problems.map((problem) => {
        const found = problem.file === file && problem.line === undefined ? lineOf(problem.key, lines) : undefined;
        return found === undefined ? problem : { ...problem, line: found };
    });
}

/** The value as data: Pulumi passes everything as text, YAML turns what looks like a number into one. */
function decoded(key: string, value: unknown): unknown {
    const type = Object.hasOwn(settingKeys, key) ? settingKeys[key as SettingName].type : "string";
    if (type === "string") return asText(value);
    if (typeof value !== "string" || type === "integer" || !/^\s*[[{]/.test(value)) return value;
    try {
        return JSON.parse(value) as unknown;
    } catch (error) {
        if (error instanceof SyntaxError) return value;
        throw error;
    }
}

/**
 * Pulumi wants a default for every declared key that may be absent, and hands it over like a value: in Pulumi.yaml it is empty, and stands
 * for "not given". So an empty value means that everywhere.
 */
function isGiven(key: string, value: unknown): boolean {
    if (value === "" || value === null || value === undefined) return false;
    if (!Object.hasOwn(settingKeys, key) || (typeof value === "object" && Object.keys(value).length > 0)) return true;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text !== emptyValues[settingKeys[key as SettingName].type];
}

const emptyValues: Readonly<Record<SettingType, string>> = { string: "", integer: "0", array: "[]", object: "{}", any: "{}" };

/** Settings that are right by themselves and wrong together. */
function disagreements({ settings, wrong }: RestOfSettings): readonly Fault[] {
    const areRight = (...keys: readonly SettingName[]): boolean => keys.every((key) => !wrong.has(key));
    return [
        ...(areRight("account", "region") ? otherPlaces(settings).filter(({ path: [key] }) => !wrong.has(String(key))) : []),
        ...(areRight("kind", "ingress") ? needlessShards(settings) : []),
    ];
}

/** What is in another account or region than the settings say. */
function otherPlaces(settings: Settings): readonly Fault[] {
    const listener = settings.kind !== "branch" && settings.ingress.kind === "existing" ? settings.ingress.listenerArn : undefined;
    const arns = [
        { path: ["role"], arn: settings.role },
        { path: ["ingress", "listenerArn"], arn: listener },
        { path: ["branchRole"], arn: settings.kind === "branch" ? undefined : settings.branchRole },
        { path: ["secretsKey"], arn: settings.kind === "branch" ? undefined : settings.secretsKey },
    ];
    return arns.flatMap(({ path, arn }) => {
        const message = arn && disagreement(arn, settings);
        return message ? [{ path, value: shortened(arn), message }] : [];
    });
}

/** Further load balancers are for branches. */
function needlessShards(settings: Settings): readonly Fault[] {
    if (settings.kind !== "production" || settings.ingress.kind !== "own" || settings.ingress.shards === 1) return [];
    const message = "only branches are shared out to several load balancers, and none stands on production; leave this out";
    return [{ path: ["ingress", "shards"], value: String(settings.ingress.shards), message }];
}

function disagreement(arn: string, settings: Settings): string | undefined {
    const [, , , region = "", id = ""] = arn.split(":");
    if (id !== settings.account) return `this is of account ${id}, but understudy:account says ${settings.account}`;
    return region === "" || region === settings.region ? undefined : `this is in ${region}, but understudy:region says ${settings.region}`;
}

function problemOf({ path, value, message }: Fault, file: string, lines: Lines): Problem {
    const key = `${namespace}${formatPath(path)}`;
    return given({ severity: "error" as const, file, line: lineOf(key, lines), key, value, message });
}
