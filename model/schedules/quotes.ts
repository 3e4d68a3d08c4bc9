import type { Findings } from "../findings";

/**
 * The text with every expression in quotes that YAML would take for something else: a plain value must not begin with `*`. Each is reported,
 * and the rest can be read. One word alone may be an alias.
 */
export function quoteExpressions(text: string, file: string, findings: Findings): string {
    return text
        .split("\n")
        .map((line, index) => {
            const [, before = "", expression] = /^(\s*(?:-\s+)?cron:\s+)(\*\S*\s[^"'{}[\]]*?)\s*(?:#.*)?\r?$/.exec(line) ?? [];
            if (expression === undefined) return line;
            const at = { path: ["cron"], place: { file, line: index + 1 } };
            findings.error(at, `YAML takes a value that begins with * for an alias; put it in quotes: "${expression}"`, expression);
            return `${before}"${expression}"`;
        })
        .join("\n");
}
