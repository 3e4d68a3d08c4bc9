import type { CheckOutcome, EnvironmentReport, EnvironmentStatus } from "../branch/environmentReport";
import type { Changes } from "../engine/progress";

/** The hidden first line by which the comment of an environment is found again. Ids are letters, digits and hyphens. */
export function markerOf({ id }: Pick<EnvironmentReport, "id">): string {
    return `<!-- understudy:${id} -->`;
}

const words: Readonly<Record<EnvironmentStatus, readonly [sign: string, said: string]>> = {
    requested: ["🕓", "is asked for"],
    updating: ["🔄", "is being updated"],
    up: ["✅", "is up"],
    failed: ["❌", "has failed"],
    removing: ["🔄", "is being removed"],
    removed: ["🗑️", "is removed"],
    expired: ["🗑️", "has expired and is removed"],
    cancelled: ["⚠️", "was interrupted"],
};

/** More would push what matters out of sight. */
const mostOfAKind = 20;
/** Characters of the reason, and of a text in the table. */
const [longestReason, longestText] = [600, 100];
const longestLink = 500;
/** Characters of all rows: GitHub takes 65,536 for the whole comment. */
const longestTable = 50_000;

/**
 * The comment about an environment, in GitHub's Markdown, beginning with its marker. What comes from outside is written so that it can
 * neither break the table, nor address people or other issues, nor hide, nor look like the marker.
 */
export function renderComment(report: EnvironmentReport): string {
    const { branch, status, reason, pullRequest } = report;
    const [sign, said] = words[status];
    const head = `**${sign} The environment of ${foreign(branch)} ${said}**`;
    const request = pullRequest === undefined ? [] : [`<sub>for pull request ${pullRequest}; this comment is kept up to date</sub>`];
    const rows = fitting(rowsOf(report).map(([name, value]) => `| ${name} | ${value} |`));
    const parts = [head, ...(reason === undefined ? [] : [foreign(reason, longestReason)]), ["| | |", "| --- | --- |", ...rows].join("\n"), ...request];
    return `${markerOf(report)}\n${parts.join("\n\n")}`;
}

type Row = readonly [name: string, value: string];

/** Names are ours, values are Markdown already. */
function rowsOf({ url, urls = {}, commit, changes, checks = [], data, owner, expires, pinned, only, base, seconds }: EnvironmentReport): readonly Row[] {
    const others = Object.entries(urls).filter(([, address]) => address !== url);
    const row = (name: string, value: string | undefined): readonly Row[] => (value === undefined ? [] : [[name, value]]);
    return [
        ...row("URL", url && link(url)),
        ...some(others).map(([service, address]): Row => [`URL of ${foreign(service)}`, link(address)]),
        ...row("commit", commit && foreign(commit.slice(0, 40))),
        ...row("changes", changes && changesOf(changes)),
        ...some(checks).map(checkRow),
        ...row("data", data && foreign(data)),
        ...row("owner", owner && foreign(owner)),
        ...row("expires", expires && foreign(minutes(expires))),
        ...row("stays", pinned && foreign(pinned)),
        ...row("stands on", foreign(base)),
        ...row("runs only", only && foreign(only.join(", "))),
        ...row("took", seconds === undefined ? undefined : duration(seconds)),
    ];
}

function checkRow({ name, passed, detail }: CheckOutcome): Row {
    return [`check ${foreign(name)}`, `${passed ? "✅ passed" : "❌ failed"}${detail === undefined ? "" : `: ${foreign(detail)}`}`];
}

function some<T>(all: readonly T[]): readonly T[] {
    return all.slice(0, mostOfAKind);
}

/** The first rows, as many as there is room for. */
function fitting(rows: readonly string[]): readonly string[] {
    let length = 0;
    return rows.filter((row) => (length += row.length) <= longestTable);
}

function changesOf({ created, updated, replaced, deleted }: Changes): string {
    const counts = Object.entries({ created, updated, replaced, deleted }).filter(([, count]) => count > 0);
    return counts.length === 0 ? "none" : counts.map(([word, count]) => `${count} ${word}`).join(", ");
}

/** To the minute, in UTC. @example "2026-11-24 13:49 UTC" */
function minutes(time: string): string {
    const parsed = new Date(time);
    return Number.isNaN(parsed.getTime()) ? time : `${parsed.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function duration(seconds: number): string {
    const whole = Math.round(seconds);
    return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** A link where the text is the address of a page, else that text. */
function link(address: string): string {
    if (!URL.canParse(address)) return foreign(address);
    const { protocol, href } = new URL(address);
    return /^https?:$/.test(protocol) && href.length <= longestLink ? `<a href="${entities(href)}">${entities(href)}</a>` : foreign(address);
}

/**
 * A text from outside. As code GitHub looks for no names, issues, commits or addresses in it; as entities no character of it is Markdown or
 * HTML. Line ends become spaces, and what cannot be seen or turns the writing around becomes visible. No more than `longest` characters of it.
 */
export function foreign(text: string, longest = longestText): string {
    const line = text.replace(/\s+/gu, " ").trim();
    const characters = Array.from(line);
    return `<code>${entities(characters.length <= longest ? line : `${characters.slice(0, longest).join("")}…`)}</code>`;
}

/** Everything but letters, digits, spaces and what is drawn as itself (emoji, symbols) by its number. Of ASCII, letters, digits, slashes and hyphens are left. */
function entities(text: string): string {
    return text
        .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => (joiners.has(character) ? character : `\\u{${codeOf(character).toString(16)}}`))
        .replace(/[^\p{L}\p{M}\p{N} \p{So}\p{Emoji_Modifier}\u200d/-]/gu, (character) => `&#${codeOf(character)};`);
}

/** Of which emoji are put together; they are no letters, and hide nothing. */
const joiners: ReadonlySet<string> = new Set(["\u200d"]);

function codeOf(character: string): number {
    return character.codePointAt(0) ?? 0;
}
