import { grown, interpolate, wholeRoom, type Variables } from "./interpolate";

/** What an `.env` file says, and what is wrong with it. */
export interface DotEnv {
    /** In the order of the file. */
    readonly values: Variables;
    readonly problems: readonly DotEnvProblem[];
}

export interface DotEnvProblem {
    /** From 1. */
    readonly line: number;
    readonly severity: "error" | "warning";
    readonly message: string;
}

/** Spaces that do not end a line, and all of them, as Go has them. */
const space = /[\t\v\f\r \u0085\u00a0]*/y;
const anySpace = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/y;
const trailingSpace = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;
const nameCharacters = /[\p{L}\p{N}_.[\]\-\t\v\f\r \u0085\u00a0]*/uy;

/**
 * Reads an `.env` file as Docker Compose does: quotes, escapes, comments, `export`, values over several lines in quotes, and the variables
 * of other variables. A name alone takes its value from `outer`, which also goes before the file where a value uses a variable. `earlier`
 * are the values of files that were read before.
 */
export function parseDotEnv(text: string, outer: Variables, earlier: Variables = {}): DotEnv {
    return new DotEnvReader(text.replace(/^\ufeff/, ""), outer, earlier).read();
}

class DotEnvReader {
    private readonly values = new Map<string, string>();
    private readonly problems: DotEnvProblem[] = [];
    /** All that a value can use. */
    private readonly known: Record<string, string>;
    private readonly room = wholeRoom();
    private index = 0;
    private line = 1;
    private lineIndex = 0;

    constructor(
        private readonly text: string,
        private readonly outer: Variables,
        earlier: Variables,
    ) {
        this.known = Object.assign(Object.create(null) as Record<string, string>, earlier, outer);
    }

    read(): DotEnv {
        for (this.skip(anySpace); this.index < this.text.length; this.skip(anySpace)) {
            if (this.text[this.index] === "#") this.index = this.lineEnd();
            else this.readStatement();
        }
        return { values: Object.fromEntries(this.values), problems: this.problems };
    }

    private readStatement(): void {
        const start = this.index;
        if (/^export[\t\n\f\r ]/.test(this.text.slice(start, start + 7))) {
            this.index += "export".length;
            this.skip(space);
        }
        const nameStart = this.index;
        this.skip(nameCharacters);
        const name = this.text.slice(nameStart, this.index).replace(trailingSpace, "");
        const sign = this.text[this.index];
        if (name.includes(" ")) return this.fail(start, "the name of a variable has no spaces; write NAME=value");
        if (sign !== undefined && !"=:\n".includes(sign)) {
            const character = String.fromCodePoint(this.text.codePointAt(this.index) ?? 0);
            return this.fail(start, `a variable's name has letters, digits and _ . - only, and no ${JSON.stringify(character)}; write NAME=value`);
        }
        this.index++;
        this.skip(space);
        const value = sign === "=" || sign === ":" ? this.readValue() : this.inherited(name);
        if (value === undefined) return;
        this.values.set(name, value);
        if (!Object.hasOwn(this.outer, name)) this.known[name] = value;
    }

    private inherited(name: string): string | undefined {
        return Object.hasOwn(this.outer, name) ? this.outer[name] : undefined;
    }

    private readValue(): string | undefined {
        const quote = this.text[this.index];
        if (quote === '"' || quote === "'") return this.readQuoted(quote);
        const start = this.index;
        this.index = this.lineEnd();
        const [value = ""] = this.text.slice(start, this.index).split(" #", 1);
        return this.expand(value.replace(trailingSpace, ""), start);
    }

    private readQuoted(quote: string): string | undefined {
        const start = this.index;
        const pattern = quote === '"' ? /"((?:[^"\\]|\\[^])*)"/y : /'((?:[^'\\]|\\[^])*)'/y;
        pattern.lastIndex = start;
        const [matched, inside] = pattern.exec(this.text) ?? [];
        if (matched === undefined || inside === undefined) return this.fail(start, `the quote ${quote} is never closed`);
        this.index = start + matched.length;
        const value = inside.replaceAll(`\\${quote}`, quote);
        return quote === "'" ? value : this.expand(expandEscapes(value), start);
    }

    private expand(template: string, start: number): string {
        const { text, errors, unset } = interpolate(template, this.known, this.room);
        const line = this.lineOf(start);
        for (const { said } of errors) {
            const isKnown = said === grown && this.problems.some(({ message }) => message === grown);
            if (!isKnown) this.problems.push({ line, severity: "error", message: said });
        }
        for (const { said } of unset) {
            const message = `variable ${said} has no value, so it is taken as empty; write $$ for a dollar sign`;
            this.problems.push({ line, severity: "warning", message });
        }
        return text;
    }

    /** Reports what is wrong with a statement and goes on with the next line. */
    private fail(start: number, message: string): undefined {
        this.problems.push({ line: this.lineOf(start), severity: "error", message });
        this.index = this.lineEnd();
    }

    private skip(pattern: RegExp): void {
        pattern.lastIndex = this.index;
        pattern.exec(this.text);
        this.index = Math.max(this.index, pattern.lastIndex);
    }

    private lineEnd(): number {
        const end = this.text.indexOf("\n", this.index);
        return end === -1 ? this.text.length : end;
    }

    /** It is asked from the front to the back. */
    private lineOf(index: number): number {
        this.line += this.text.slice(this.lineIndex, index).split("\n").length - 1;
        this.lineIndex = index;
        return this.line;
    }
}

const escapes: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", '"': '"', "\\": "\\", $: "$$" };

/** What a backslash in double quotes says; a dollar sign is doubled, so that it begins no variable. */
function expandEscapes(text: string): string {
    return text.replace(/\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/g, (matched, letter: string | undefined, digits: string | undefined = "") => {
        if (letter !== undefined) return escapes[letter] ?? matched;
        return /^[0-3][0-7]{2}$/.test(digits) ? String.fromCharCode(parseInt(digits, 8)) : `\\${digits}`;
    });
}
