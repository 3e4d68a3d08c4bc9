import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for one test; it removes itself after all tests of the suite in which this is called. */
export function temporaryFolder(): () => string {
    const folders: string[] = [];
    after(() => {
        for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });
    return () => {
        const folder = mkdtempSync(join(tmpdir(), "understudy-"));
        folders.push(folder);
        return folder;
    };
}

/** Writes a program, a shell script, into a folder. */
export function writeProgram(folder: string, name: string, script: string): string {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
}
