import type { Findings } from "../findings";
import { suggest } from "../suggest";
import { bytesToMebibytes, durationForm, parseDuration, parseSize, sizeForm } from "../units";
import { shown, shownScalar } from "./shown";
import type { Entry, ListNode, MapNode, Node, ScalarNode } from "./tree";

/**
 * Readers of single values. Each returns what it read, or reports the problem and returns undefined, so that reading goes on. A number may
 * stand in quotes, since a variable always yields text.
 */

/** Inclusive. */
export interface Range {
    readonly min: number;
    readonly max: number;
}

export function readText(node: Node, findings: Findings): string | undefined {
    if (node.kind === "scalar" && node.value !== null) return node.text;
    return findings.error(node, "a text is expected", shown(node));
}

/** True or false, and in texts the other words that Docker Compose takes for them. */
export function readBoolean(node: Node, findings: Findings): boolean | undefined {
    const word = node.kind === "scalar" ? node.text.toLowerCase() : "";
    if (/^(true|y|yes|on)$/.test(word)) return true;
    if (/^(false|n|no|off)$/.test(word)) return false;
    return findings.error(node, "either true or false is expected", shown(node));
}

export function readInteger(node: Node, findings: Findings, { min, max }: Range): number | undefined {
    const value = node.kind === "scalar" && /^-?\d+$/.test(node.text) ? Number(node.text) : NaN;
    if (value >= min && value <= max) return value;
    return findings.error(node, `a whole number from ${min} to ${max} is expected`, shown(node));
}

/** Exactly one of some words. */
export function readChoice<T extends string>(node: Node, findings: Findings, choices: readonly T[]): T | undefined {
    const choice = node.kind === "scalar" ? choices.find((word) => word === node.text) : undefined;
    return choice ?? findings.error(node, `allowed: ${choices.join(", ")}`, shown(node));
}

/** A duration in seconds. That ECS counts whole ones, within limits of its own, is `aws`'s concern. */
export function readSeconds(node: Node, findings: Findings, { min, max }: Range, aws = findings): number | undefined {
    const seconds = node.kind === "scalar" && typeof node.value === "string" ? parseDuration(node.text) : undefined;
    if (seconds === undefined) return findings.error(node, durationForm, shown(node));
    if (!Number.isInteger(seconds) || seconds < min || seconds > max)
        aws.error(node, `ECS takes whole seconds from ${min}s to ${max}s here`, shown(node));
    return seconds;
}

/** A size in the MiB that ECS counts in, rounded up. Undefined for 0, which is no limit. */
export function readMebibytes(node: Node, findings: Findings): number | undefined {
    const bytes = node.kind === "scalar" ? parseSize(node.text) : undefined;
    if (bytes === undefined) return findings.error(node, sizeForm, shown(node));
    return bytes === 0 ? undefined : bytesToMebibytes(bytes);
}

/** A number of CPUs in the CPU units that ECS counts in. Undefined for 0, which is no limit. */
export function readCpuUnits(node: Node, findings: Findings): number | undefined {
    if (node.kind !== "scalar" || !/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(node.text))
        return findings.error(node, "a number of CPUs such as 0.5 is expected", shown(node));
    return Math.ceil(Number(node.text) * 1024) || undefined;
}

export function readList(node: Node, findings: Findings): ListNode | undefined {
    return node.kind === "list" ? node : findings.error(node, "a list is expected", shown(node));
}

export function readMap(node: Node, findings: Findings): MapNode | undefined {
    return node.kind === "map" ? node : findings.error(node, "a map of keys and values is expected", shown(node));
}

/** The texts of a list. */
export function readTexts(node: Node, findings: Findings): readonly string[] {
    return (readList(node, findings)?.items ?? []).flatMap((item) => readText(item, findings) ?? []);
}

/** The texts of a list, or the one that stands for it. */
export function readTextOrTexts(node: Node, findings: Findings): readonly (readonly [at: Node, text: string])[] {
    const items = node.kind === "list" ? node.items : [node];
    return items.flatMap((item): readonly (readonly [Node, string])[] => {
        const text = readText(item, findings);
        return text === undefined ? [] : [[item, text]];
    });
}

/** Names and their values, from a map or from a list of `name=value`; a name without a value has an empty one. */
export function readPairs(node: Node, findings: Findings): ReadonlyMap<string, { readonly at: Node; readonly value: string }> {
    if (node.kind === "scalar") {
        findings.error(node, "a map, or a list of name=value, is expected");
        return new Map();
    }
    if (node.kind === "list") {
        return new Map(
            readTextOrTexts(node, findings).map(([at, text]) => {
                const equals = text.indexOf("=");
                return equals === -1 ? [text, { at, value: "" }] : [text.slice(0, equals), { at, value: text.slice(equals + 1) }];
            }),
        );
    }
    return new Map(
        [...node.entries].flatMap(([name, { value: at }]) => {
            const value = isNull(at) ? "" : readText(at, findings);
            return value === undefined ? [] : [[name, { at, value }] as const];
        }),
    );
}

/** The entries of a map by name; `null` counts as not given, `x-` keys are passed over, and others than the allowed ones are refused. */
export function readKeys<K extends string>(node: Node, findings: Findings, allowed: readonly K[]): Readonly<Partial<Record<K, Node>>> {
    const known: Partial<Record<K, Node>> = {};
    for (const [name, { key, value }] of ownEntries(node, findings)) {
        const match = allowed.find((word) => word === name);
        if (match === undefined) findings.error(key, `unknown key; ${suggest(name, allowed)}`, shownScalar(value));
        else if (!isNull(value)) known[match] = value;
    }
    return known;
}

/** The entries of a map without those that Compose leaves to others (`x-…`). */
export function ownEntries(node: Node, findings: Findings): readonly (readonly [string, Entry])[] {
    return [...(readMap(node, findings)?.entries ?? [])].filter(([name]) => !name.startsWith("x-"));
}

export function isNull(node: Node): node is ScalarNode & { readonly value: null } {
    return node.kind === "scalar" && node.value === null;
}
