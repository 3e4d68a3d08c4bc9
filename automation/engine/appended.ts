import fs from "node:fs";
import { StringDecoder } from "node:string_decoder";

const pauseInMs = 20;

/**
 * Does `work`, during which another process appends to a file, and tells each line soon after it was written; all have been told when this
 * returns. A last line without an end is not told: its writer was killed.
 */
export async function tellingLines<T>(file: string, onLine: (line: string) => void, work: () => Promise<T>): Promise<T> {
    const descriptor = fs.openSync(file, "a+", 0o600);
    const buffer = Buffer.alloc(64 * 1024);
    const decoder = new StringDecoder("utf8");
    let position = 0;
    let begun = "";
    const tell = (): void => {
        for (let size = 1; size > 0; position += size) {
            size = fs.readSync(descriptor, buffer, 0, buffer.length, position);
            const lines = (begun + decoder.write(buffer.subarray(0, size))).split("\n");
            begun = lines.pop() ?? "";
            lines.forEach(onLine);
        }
    };
    const timer = setInterval(tell, pauseInMs);
    try {
        return await work();
    } finally {
        clearInterval(timer);
        tell();
        fs.closeSync(descriptor);
    }
}
