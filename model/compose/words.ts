/** The words of a command line as Compose has them, and what is wrong with the line. */
export interface Words {
    readonly words: readonly string[];
    readonly problem?: string;
}

/** Compose stops reading at these outside quotes, since it runs no shell. */
const shellOperators = new Set([";", "&", "|", "<", ">"]);

/** What closes what: quotes vanish, a command substitution stays as it is because nothing runs it. */
const closing: Readonly<Record<string, string>> = { "'": "'", '"': '"', "`": "`", "(": ")" };
const vanishing = new Set(["'", '"']);

/**
 * Splits a command as Compose does: quotes and backslashes as in a shell, and nothing else of a shell. Where Compose drops the rest of
 * the line (`a && b`), the problem says so.
 * @example splitWords("sh -c 'exit 1'").words // ["sh", "-c", "exit 1"]
 */
export function splitWords(line: string): Words {
    const words: string[] = [];
    let word: string | undefined;
    let quote: string | undefined;
    let escaped = false;
    const add = (text: string): void => {
        word = (word ?? "") + text;
    };

    for (const character of line) {
        if (escaped) {
            add(character);
            escaped = false;
        } else if (character === "\\" && quote !== "'") {
            escaped = true;
        } else if (quote !== undefined) {
            const closes = character === closing[quote];
            if (!closes || !vanishing.has(quote)) add(character);
            if (closes) quote = undefined;
        } else if (character === ")" || (character === "(" && word?.endsWith("$") !== true)) {
            return { words, problem: 'a parenthesis needs a shell: write ["sh", "-c", "…"], or put it in quotes' };
        } else if (character in closing) {
            add(vanishing.has(character) ? "" : character);
            quote = character;
        } else if (/[ \t\r\n]/.test(character)) {
            if (word !== undefined) words.push(word);
            word = undefined;
        } else if (shellOperators.has(character)) {
            const kept = word === undefined ? words : [...words, word];
            return {
                words: kept,
                problem: `Compose runs no shell and drops everything from ${character} on: write ["sh", "-c", "…"], or put it in quotes`,
            };
        } else {
            add(character);
        }
    }
    if (word !== undefined) words.push(word);
    return escaped || quote !== undefined ? { words, problem: "a quote, a parenthesis or a backslash is left open" } : { words };
}
