/**
 * True when all of a text matches a pattern of a listener rule: `*` is any number of characters, `?` exactly one, a backslash makes the
 * character after it an ordinary one.
 */
export function matchesPattern(pattern: string, text: string, { caseSensitive = false } = {}): boolean {
    const source = pattern.replace(/\\(.)|([*?])|([^*?\\]+)|\\$/gs, (whole, escaped?: string, wildcard?: string) => {
        if (wildcard !== undefined) return wildcard === "*" ? ".*" : ".";
        return (escaped ?? whole).replace(/[^\w\s]/g, "\\$&");
    });
    return new RegExp(`^${source}$`, caseSensitive ? "s" : "is").test(text);
}
