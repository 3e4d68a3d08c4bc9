import fs from "node:fs";

/** The text of a file, or why there is none. @example { reason: "the file is not text in UTF-8" } */
export function readTextFile(file: string): { readonly text: string; readonly reason?: undefined } | { readonly text?: undefined; readonly reason: string } {
    try {
        const text = new TextDecoder("utf-8", { fatal: true }).decode(fs.readFileSync(file));
        return text.includes("\0") ? notText : { text };
    } catch (error) {
        if (error instanceof TypeError) return notText; // by the decoder
        if (!isSystemError(error)) throw error;
        return { reason: `the file cannot be read: ${error.code === "EISDIR" ? "it is a folder" : error.code}` };
    }
}

const notText = { reason: "the file is not text in UTF-8" } as const;

function isSystemError(error: unknown): error is Error & { readonly code: string } {
    return error instanceof Error && "code" in error && "syscall" in error;
}
