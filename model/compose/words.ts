/** The words of a command line as Compose has them, and what is wrong with the line. */
export interface Words {
    readonly words: readonly string[];
    readonly problem?: string;
}

/** Compose stops reading at these outside quotes, since it runs no shell. */
const shellOperators = new Set([";", "&", "|", "<", ">"]);

/**
 * Splits a command as Compose does: quotes and backslashes as in a shell, and nothing else of a shell. Where Compose drops the rest of
 * the line (`a && b`), the problem says so.
 * @example splitWords("sh -c 'exit 1'").words // ["sh", "-c", "exit 1"]
 */
export function splitWords(line: string): Words {
    const words: string[] = [];
    let word: string | undefined;
    let escaped = false;
    // Compose's splitter keeps four flags, several of which can be set at once: a quote counts inside backquotes, for example.
    const inside = { single: false, double: false, back: false, dollar: false };
    const isInside = (): boolean => inside.single || inside.double || inside.back || inside.dollar;

    for (const character of line) {
        if (escaped) {
            word = (word ?? "") + character;
            escaped = false;
            continue;
        }
        if (character === "\\" && !inside.single) {
            escaped = true;
            continue;
        }
        if (/[ \t\r\n]/.test(character) && !isInside()) {
            if (word !== undefined) words.push(word);
            word = undefined;
            continue;
        }
        if (character === "'" && !inside.double && !inside.dollar) {
            inside.single = !inside.single;
            word ??= "";
            continue;
        }
        if (character === '"' && !inside.single && !inside.dollar) {
            inside.double = !inside.double;
            word ??= "";
            continue;
        }
        if (character === "`" && !inside.single && !inside.double && !inside.dollar) inside.back = !inside.back;
        if ((character === "(" || character === ")") && !inside.single && !inside.double && !inside.back) {
            if (character === "(" && (inside.dollar || word?.endsWith("$") !== true)) return { words, problem: parenthesis };
            inside.dollar = !inside.dollar; // also at a ")" that closes nothing
        }
        if (shellOperators.has(character) && !isInside()) {
            const kept = word === undefined || isStreamNumber(character, word) ? words : [...words, word];
            return { words: kept, problem: dropped(character) };
        }
        word = (word ?? "") + character;
    }
    if (word !== undefined) words.push(word);
    return escaped || isInside() ? { words, problem: "a quote, a parenthesis or a backslash is left open" } : { words };
}

const parenthesis = 'a parenthesis needs a shell: write ["sh", "-c", "…"], or put it in quotes';

function dropped(operator: string): string {
    return `Compose runs no shell and drops everything from ${operator} on: write ["sh", "-c", "…"], or put it in quotes`;
}

/** The 2 of `2>file` is no word. */
function isStreamNumber(operator: string, word: string): boolean {
    return operator === ">" && /^\d/.test(word);
}
