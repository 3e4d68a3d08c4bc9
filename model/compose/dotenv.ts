import { grown, interpolate, variablesIn, wholeRoom, type Room, type Variables } from "./interpolate";

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

/** One file of variables as it is written, which is the same for all who read it. */
export interface DotEnvFile {
    readonly statements: readonly Statement[];
    /** The variables that its values use. */
    readonly used: ReadonlySet<string>;
    /** Those, and the ones that it only names: nothing else from outside can change what it says. */
    readonly asked: readonly string[];
}

/** A variable with a text, with one in which variables are replaced, or with the value that it has outside; or what is none of them. */
export type Statement =
    | { readonly name: string; readonly text: string }
    | { readonly name: string; readonly template: string; readonly line: number }
    | { readonly name: string }
    | { readonly problem: DotEnvProblem };

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
    return evaluate(readDotEnv(text), outer, earlier);
}

/** Reads what an `.env` file says, before anybody's variables are known. */
export function readDotEnv(text: string): DotEnvFile {
    return fileOf(new DotEnvReader(text.replace(/^\ufeff/, "")).read());
}

/** Reads NAME=value lines as they are; a name alone takes its value from the variables around. */
export function readRaw(text: string): DotEnvFile {
    const statements = text.replace(/^\ufeff/, "").split(/\r?\n/).flatMap((line, index): readonly Statement[] => {
        const statement = line.trimStart();
        if (statement === "" || statement.startsWith("#")) return [];
        const equals = statement.indexOf("=");
        const name = equals === -1 ? statement : statement.slice(0, equals);
        if (name === "" || /\s/.test(name))
            return [{ problem: { line: index + 1, severity: "error", message: "a variable needs a name without spaces; write NAME=value" } }];
        return [equals === -1 ? { name } : { name, text: statement.slice(equals + 1) }];
    });
    return fileOf(statements);
}

function fileOf(statements: readonly Statement[]): DotEnvFile {
    const used = new Set(statements.flatMap((statement) => ("template" in statement ? variablesIn(statement.template) : [])));
    const named = statements.flatMap((statement) => ("problem" in statement || "text" in statement || "template" in statement ? [] : statement.name));
    return { statements, used, asked: [...new Set([...used, ...named])] };
}

/** The variables of a file for somebody who has these ones; see {@link parseDotEnv}. */
export function evaluate({ statements }: DotEnvFile, outer: Variables, earlier: Variables = {}): DotEnv {
    const known = Object.assign(Object.create(null) as Record<string, string>, earlier, outer);
    const values = new Map<string, string>();
    const problems: DotEnvProblem[] = [];
    const room = wholeRoom();
    for (const statement of statements) {
        if ("problem" in statement) {
            problems.push(statement.problem);
            continue;
        }
        const { name } = statement;
        const value = "text" in statement ? statement.text : "template" in statement ? expand(statement, known, room, problems) : valueIn(outer, name);
        if (value === undefined) continue;
        values.set(name, value);
        if (!Object.hasOwn(outer, name)) known[name] = value;
    }
    return { values: Object.fromEntries(values), problems };
}

/** Files of variables, each of them read once, and evaluated once for all who have the same values for what it asks. */
export class DotEnvFiles {
    private readonly files = new Map<string, DotEnvFile>();
    private readonly evaluated = new Map<DotEnvFile, Map<string, DotEnv>>();

    /** What a file says; its name stands for its text. */
    read(name: string, text: string, raw = false): DotEnvFile {
        const key = JSON.stringify([name, raw]);
        const file = this.files.get(key) ?? (raw ? readRaw(text) : readDotEnv(text));
        this.files.set(key, file);
        return file;
    }

    /** As {@link evaluate}: the very same result for the same answers to what the file asks. */
    evaluate(file: DotEnvFile, outer: Variables, earlier: Variables = {}): DotEnv {
        const answers = JSON.stringify(file.asked.map((name) => [valueIn(outer, name), valueIn(earlier, name)]));
        const results = this.evaluated.get(file) ?? new Map<string, DotEnv>();
        const result = results.get(answers) ?? evaluate(file, outer, earlier);
        this.evaluated.set(file, results.set(answers, result));
        return result;
    }
}

function valueIn(variables: Variables, name: string): string | undefined {
    return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

function expand({ template, line }: { readonly template: string; readonly line: number }, known: Variables, room: Room, problems: DotEnvProblem[]): string {
    const { text, errors, unset } = interpolate(template, known, room);
    for (const { said } of errors) {
        const isKnown = said === grown && problems.some(({ message }) => message === grown);
        if (!isKnown) problems.push({ line, severity: "error", message: said });
    }
    for (const { said } of unset) {
        problems.push({ line, severity: "warning", message: `variable ${said} has no value, so it is taken as empty; write $$ for a dollar sign` });
    }
    return text;
}

class DotEnvReader {
    private readonly statements: Statement[] = [];
    private index = 0;
    private line = 1;
    private lineIndex = 0;

    constructor(private readonly text: string) {}

    read(): readonly Statement[] {
        for (this.skip(anySpace); this.index < this.text.length; this.skip(anySpace)) {
            if (this.text[this.index] === "#") this.index = this.lineEnd();
            else this.statements.push(this.readStatement());
        }
        return this.statements;
    }

    private readStatement(): Statement {
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
        return sign === "=" || sign === ":" ? this.readValue(name) : { name };
    }

    private readValue(name: string): Statement {
        const quote = this.text[this.index];
        if (quote === '"' || quote === "'") return this.readQuoted(name, quote);
        const start = this.index;
        this.index = this.lineEnd();
        const [value = ""] = this.text.slice(start, this.index).split(" #", 1);
        return { name, template: value.replace(trailingSpace, ""), line: this.lineOf(start) };
    }

    private readQuoted(name: string, quote: string): Statement {
        const start = this.index;
        let end = start + 1;
        while (end < this.text.length && this.text[end] !== quote) end += this.text[end] === "\\" ? 2 : 1;
        if (end >= this.text.length) return this.fail(start, `the quote ${quote} is never closed`);
        this.index = end + 1;
        const value = this.text.slice(start + 1, end).replaceAll(`\\${quote}`, quote);
        return quote === "'" ? { name, text: value } : { name, template: expandEscapes(value), line: this.lineOf(start) };
    }

    /** Reports what is wrong with a statement and goes on with the next line. */
    private fail(start: number, message: string): Statement {
        this.index = this.lineEnd();
        return { problem: { line: this.lineOf(start), severity: "error", message } };
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
