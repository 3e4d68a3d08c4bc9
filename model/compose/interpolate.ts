export type Variables = Readonly<Record<string, string>>;

/** The result of replacing variables: the text, or why there is none. */
export interface Interpolation {
    readonly text: string;
    /** Broken syntax, and required variables without a value. */
    readonly errors: readonly Remark[];
    /** Variables that were used, have no value and no default; Compose takes an empty text. */
    readonly unset: readonly Remark[];
}

/** Something about one variable of a text. */
export interface Remark {
    /** Index in the text of the dollar sign that begins the variable. */
    readonly offset: number;
    /** What is wrong, or the name of the variable. */
    readonly said: string;
}

const formats = "write $NAME, ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}, and $$ for a dollar sign";

/** The form of the name of a variable that a text can use. */
export const variableName = "[A-Za-z_][A-Za-z0-9_]*";

const named = new RegExp(`\\$(${variableName})`, "y");
const braced = new RegExp(`\\$\\{(${variableName})(:?[-+?])?`, "y");

/** Defaults within defaults; nobody needs more. */
const depthLimit = 50;

/** One slip makes many remarks about a text; more of them help nobody. */
const shownRemarks = 10;

/** Variables of variables can make a small file enormous. */
const growthLimit = 5_000_000;

/** What is said of each text that the variables may not make longer any more. */
export const grown = `variables make the file more than ${growthLimit} characters longer`;

/** How much text the variables of a file may still add to it, in characters; below zero it is used up. */
export interface Room {
    left: number;
    /** Whether somebody has been told that it is used up. */
    readonly usedUp: { said: boolean };
}

/** The room of one file. */
export function wholeRoom(): Room {
    return { left: growthLimit, usedUp: { said: false } };
}

/**
 * Replaces the variables of a text as Docker Compose does. What is not needed, such as the default of a variable that has a value, is not
 * looked at. The texts of one file share their `room`.
 */
export function interpolate(template: string, variables: Variables, room: Room = wholeRoom()): Interpolation {
    const substitution = new Substitution(variables, room);
    return { text: substitution.replace(template, 0), errors: substitution.errors, unset: substitution.unset };
}

/**
 * The text with the values of its variables in it, as a template that means the same to whoever knows fewer of them: variables without a
 * value stay as they are.
 * @example withKnown("$HOST_API:$PORT", { PORT: "80" }) === "$HOST_API:80"
 */
export function withKnown(template: string, variables: Variables): string {
    const pieces: string[] = [];
    const lines = new Lines(template);
    let end = 0;
    for (let start = template.indexOf("$"); start !== -1; start = template.indexOf("$", end)) {
        pieces.push(template.slice(end, start));
        const { name, end: next } = template.startsWith("$$", start) ? { name: undefined, end: start + 2 } : readVariable(template, start, lines);
        const written = template.slice(start, next);
        const known = name !== undefined && Object.hasOwn(variables, name);
        pieces.push(known ? interpolate(written, variables).text.replaceAll("$", "$$$$") : written);
        end = next;
    }
    return pieces.join("") + template.slice(end);
}

/** The names of all variables in a text, those in defaults included. */
export function variablesIn(template: string): readonly string[] {
    return [...template.matchAll(new RegExp(`\\$(?:\\$|\\{?(${variableName}))`, "g"))].flatMap(([, name]) => name ?? []);
}

/** A variable in braces. */
interface Braced {
    readonly name: string;
    readonly operator?: string;
    readonly argument: string;
    /** Where the argument begins, and what follows the closing brace. */
    readonly argumentStart: number;
    readonly end: number;
}

/** One replacing of the variables of one text. */
class Substitution {
    readonly errors: Remark[] = [];
    readonly unset: Remark[] = [];
    /** Those in `unset`: each is said once, however often the text has it. */
    private readonly named = new Set<string>();
    private depth = 0;

    constructor(
        private readonly variables: Variables,
        private readonly room: Room,
    ) {}

    /** Replaces the variables of a part of the text, which begins at an offset in the whole. */
    replace(part: string, offset: number): string {
        const pieces: string[] = [];
        const lines = new Lines(part);
        let end = 0;
        for (let start = part.indexOf("$"); start !== -1; start = part.indexOf("$", end)) {
            pieces.push(part.slice(end, start));
            const [piece, next] = this.replaceOne(part, start, offset, lines);
            pieces.push(this.fits(piece.length - (next - start), offset + start) ? piece : "");
            end = next;
        }
        return pieces.join("") + part.slice(end);
    }

    /** Takes the room for so many more characters; false when there is none left. */
    private fits(more: number, offset: number): boolean {
        this.room.left -= Math.max(0, more);
        if (this.room.left >= 0 || more <= 0) return true;
        if (!this.errors.some(({ said }) => said === grown)) remark(this.errors, { offset, said: grown });
        return false;
    }

    /** What stands for the dollar sign at `start` and all that belongs to it, and where that ends. */
    private replaceOne(part: string, start: number, offset: number, lines: Lines): readonly [piece: string, end: number] {
        if (part.startsWith("$$", start)) return ["$", start + 2];
        const [matched, name] = matchAt(named, part, start);
        if (matched !== undefined && name !== undefined) return [this.valueOf(name, offset + start), start + matched.length];
        if (!part.startsWith("${", start)) return ["$", start + 1];
        const variable = readBraced(part, start, lines);
        if (variable !== undefined) return [this.evaluate(variable, offset + start, offset), variable.end];
        remark(this.errors, { offset: offset + start, said: `not a variable; ${formats}` });
        return ["${", start + 2];
    }

    /** `at` is where the variable begins in the whole text, `offset` where the part begins in which it stands. */
    private evaluate({ name, operator = "", argument, argumentStart }: Braced, at: number, offset: number): string {
        const value = this.lookUp(name);
        const given = value !== undefined && (value !== "" || !operator.startsWith(":"));
        switch (operator.at(-1)) {
            case "-":
                return given ? value : this.replaceArgument(argument, offset + argumentStart);
            case "+":
                return given ? this.replaceArgument(argument, offset + argumentStart) : "";
            case "?":
                if (!given) remark(this.errors, { offset: at, said: required(name, this.replaceArgument(argument, offset + argumentStart)) });
                return value ?? "";
            case undefined:
            default:
                return this.valueOf(name, at);
        }
    }

    private replaceArgument(argument: string, offset: number): string {
        if (this.depth === depthLimit) {
            remark(this.errors, { offset, said: `variables are nested more than ${depthLimit} deep` });
            return "";
        }
        this.depth++;
        const text = this.replace(argument, offset);
        this.depth--;
        return text;
    }

    private valueOf(name: string, offset: number): string {
        const value = this.lookUp(name);
        if (value === undefined && !this.named.has(name)) {
            this.named.add(name);
            this.unset.push({ offset, said: name });
        }
        return value ?? "";
    }

    private lookUp(name: string): string | undefined {
        return Object.hasOwn(this.variables, name) ? this.variables[name] : undefined;
    }
}

function remark(remarks: Remark[], one: Remark): void {
    if (remarks.length < shownRemarks) remarks.push(one);
}

function required(name: string, message: string): string {
    return `variable ${name} needs a value${message === "" ? "" : `: ${message}`}`;
}

/** Reads the name of a variable, and where it ends; without name when it is none. */
function readVariable(text: string, start: number, lines: Lines): { readonly name?: string; readonly end: number } {
    const [matched, name] = matchAt(named, text, start);
    if (matched !== undefined && name !== undefined) return { name, end: start + matched.length };
    return readBraced(text, start, lines) ?? { end: start + 1 };
}

/** Reads a variable in braces; undefined when it is none. */
function readBraced(text: string, start: number, lines: Lines): Braced | undefined {
    const [matched = "", name, operator] = matchAt(braced, text, start);
    const argumentStart = start + matched.length;
    if (name === undefined) return undefined;
    if (operator === undefined) return text[argumentStart] === "}" ? { name, argument: "", argumentStart, end: argumentStart + 1 } : undefined;
    const last = lines.lastBrace(argumentStart);
    if (last === undefined) return undefined;
    const closing = closingBrace(text, start, last) ?? last;
    return { name, operator, argument: text.slice(argumentStart, closing), argumentStart, end: closing + 1 };
}

/**
 * Index of the brace that closes the first one, looked for up to `last`. A character behind an opening brace is passed over, as in Docker
 * Compose; where no brace closes the first one then, Docker Compose takes the last one of the line.
 */
function closingBrace(text: string, start: number, last: number): number | undefined {
    let open = 0;
    for (let index = start; index <= last; index++) {
        if (text[index] === "}" && --open === 0) return index;
        if (text[index] === "{") {
            open++;
            index++;
        }
    }
    return undefined;
}

/** Where the lines of a text have their last closing brace. It is asked from the front to the back, and looks at each line once. */
class Lines {
    private end = -1;
    private brace = -1;

    constructor(private readonly text: string) {}

    /** The last closing brace of the line of an index, if it is not before it. */
    lastBrace(index: number): number | undefined {
        if (index > this.end) {
            const newline = this.text.indexOf("\n", index);
            this.end = newline === -1 ? this.text.length : newline;
            this.brace = this.text.lastIndexOf("}", this.end);
        }
        return this.brace >= index ? this.brace : undefined;
    }
}

function matchAt(pattern: RegExp, text: string, index: number): readonly (string | undefined)[] {
    pattern.lastIndex = index;
    return pattern.exec(text) ?? [];
}
