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

export function readBoolean(node: Node, findings: Findings): boolean | undefined {
    if (node.kind === "scalar" && (node.text === "true" || node.text === "false")) return node.text === "true";
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

/** A duration in the whole seconds that ECS counts in, within ECS's own limits. */
export function readSeconds(node: Node, findings: Findings, { min, max }: Range): number | undefined {
    const seconds = node.kind === "scalar" && typeof node.value === "string" ? parseDuration(node.text) : undefined;
    if (seconds === undefined) return findings.error(node, durationForm, shown(node));
    if (Number.isInteger(seconds) && seconds >= min && seconds <= max) return seconds;
    return findings.error(node, `ECS takes whole seconds from ${min}s to ${max}s here`, shown(node));
}

/** A size in the MiB that ECS counts in, rounded up. */
export function readMebibytes(node: Node, findings: Findings): number | undefined {
    const bytes = node.kind === "scalar" ? parseSize(node.text) : undefined;
    if (bytes !== undefined && bytes > 0) return bytesToMebibytes(bytes);
    return findings.error(node, sizeForm, shown(node));
}

/** A number of CPUs in the CPU units that ECS counts in. */
export function readCpuUnits(node: Node, findings: Findings): number | undefined {
    const cpus = node.kind === "scalar" && /^\d*\.?\d+$/.test(node.text) ? Number(node.text) : 0;
    if (cpus > 0) return Math.ceil(cpus * 1024);
    return findings.error(node, "a number of CPUs such as 0.5 is expected", shown(node));
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
