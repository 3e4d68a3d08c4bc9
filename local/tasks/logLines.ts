import { StringDecoder } from "node:string_decoder";

/** Longer lines are split, as Docker's log driver does. Characters; below CloudWatch's limit whatever they are. */
export const longestLine = 16_384;

/** Cuts a stream of bytes into lines. A line without a line break at its end is given out by `end`. */
export class LineSplitter {
    private readonly decoder = new StringDecoder("utf8");
    private rest = "";

    /** The lines that are complete now, without their line breaks. */
    push(chunk: Buffer): readonly string[] {
        const lines = (this.rest + this.decoder.write(chunk)).split("\n");
        const pieces = splitLongLine(lines.pop() ?? "");
        this.rest = pieces.pop() ?? "";
        return [...lines.map((line) => line.replace(/\r$/, "")).flatMap(splitLongLine), ...pieces];
    }

    /** What is left when the stream has ended. */
    end(): readonly string[] {
        const last = this.rest + this.decoder.end();
        this.rest = "";
        return last === "" ? [] : splitLongLine(last);
    }
}

/** Pieces of at most `longestLine` characters; never a half of a character that takes two. */
function splitLongLine(line: string): string[] {
    const pieces: string[] = [];
    let rest = line;
    while (rest.length > longestLine) {
        const end = /[\uD800-\uDBFF]/.test(rest.charAt(longestLine - 1)) ? longestLine - 1 : longestLine;
        pieces.push(rest.slice(0, end));
        rest = rest.slice(end);
    }
    return [...pieces, rest];
}
