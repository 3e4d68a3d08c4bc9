import fs from "node:fs";
import path from "node:path";

/** One Node.js process that ran during a measurement. */
export interface NodeProcess {
    /** Path of the script; empty for `node -e`. */
    readonly script: string;
    /** Milliseconds since 1970, as `end`. */
    readonly begin: number;
    readonly end: number;
    readonly processorSeconds: number;
    readonly peakBytes: number;
}

/** True of the process in which the engine runs a program. */
export function runsProgram({ script }: NodeProcess): boolean {
    return /\/run(\.js|\/index\.js)?$/.test(script);
}

/** Watches the Node.js processes that start with its variables, and theirs. One that is killed is not seen. */
export class Clock {
    private readonly file: string;

    constructor(directory: string) {
        this.file = path.join(directory, "clock");
    }

    get env(): { readonly NODE_OPTIONS: string; readonly BENCH_CLOCK: string } {
        return { NODE_OPTIONS: `--require ${path.join(__dirname, "clock.cjs")}`, BENCH_CLOCK: this.file };
    }

    /** The processes that have ended since it was last asked. */
    take(): readonly NodeProcess[] {
        const lines = fs.existsSync(this.file) ? fs.readFileSync(this.file, "utf8").split("\n") : [];
        fs.rmSync(this.file, { force: true });
        return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as NodeProcess);
    }
}
