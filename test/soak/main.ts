import { randomInt } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describeMachine, writeFigures } from "../../bench/document";
import { Stage } from "../engine/stage";
import { fuzzCompose } from "../model/compose/fuzz";
import { renderSoak } from "./report";
import { soak } from "./soak";

const defaultOperations = 200;
const operationsBetweenLooks = 10;

/** `make soak`: `SOAK_OPERATIONS` and `SOAK_SEED` say how many and which. Ends with exit code 1 when anything is not as it should be. */
async function main(): Promise<void> {
    const operations = Number(process.env["SOAK_OPERATIONS"] ?? defaultOperations);
    const seed = Number(process.env["SOAK_SEED"] ?? randomInt(1_000_000));
    if (!Number.isInteger(operations) || operations < 1 || !Number.isInteger(seed)) throw new Error("SOAK_OPERATIONS and SOAK_SEED are whole numbers");
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    say(`SOAK_SEED=${seed} SOAK_OPERATIONS=${operations}`);

    say("reading broken Compose files for a minute");
    fuzzCompose({ milliseconds: 60_000, seed });

    const stopping = new AbortController();
    process.once("SIGINT", () => {
        say("ending after the operations that are under way");
        stopping.abort();
    });
    // Killed tools leave their private folders there.
    const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "understudy-soak-"));
    process.env["TMPDIR"] = temporary;
    process.env["UNDERSTUDY_TASKS"] = "processes"; // the same everywhere, so that figures can be compared
    const stage = await Stage.open();
    try {
        const report = await soak(stage, { seed, operations, every: operationsBetweenLooks, onLine: say, signal: stopping.signal });
        const text = `${describeMachine()}. ${renderSoak(report)}`;
        process.stdout.write(`${text}\n`);
        if (process.argv.includes("--write")) writeFigures({ soak: text });
        process.exitCode = report.problems.length === 0 ? 0 : 1;
    } finally {
        await stage.close();
        fs.rmSync(temporary, { recursive: true, force: true });
    }
}

void main();
