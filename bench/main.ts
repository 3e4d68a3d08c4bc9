import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { measureBranches } from "./branch/measure";
import { Scene } from "./branch/scene";
import { Clock } from "./clock";
import { measureCommands } from "./commands";
import { measureCompose } from "./compose";
import { describeMachine, writeFigures } from "./document";
import { measureProgramStart } from "./programStart";
import { measureRegistry } from "./registry";
import { renderReport, type Report } from "./report";
import { measureScale } from "./scale";

const usage = "usage: main.ts [--json] [--write] [--repetitions <n>] [--only <part>]";
const parts = ["commands", "compose", "scale", "registry", "program-start", "branches"] as const;

/** Reading a file takes so little that one repetition reads it often. */
const readingsPerRepetition = 4;

/** Measures, prints Markdown or JSON, and writes the figures to docs/performance.md when it is told to. */
async function main(): Promise<void> {
    const { values } = parseArgs({
        options: { json: { type: "boolean" }, write: { type: "boolean" }, repetitions: { type: "string", default: "5" }, only: { type: "string" } },
    });
    const repetitions = Number(values.repetitions);
    const chosen = parts.filter((part) => values.only === undefined || values.only === part);
    if (!Number.isInteger(repetitions) || repetitions < 1 || chosen.length === 0) throw new Error(usage);

    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "understudy-bench-"));
    try {
        const print = (report: Report): void => {
            if (values.json !== true) process.stdout.write(`## ${report.name}\n\n${renderReport(report)}\n\n`);
        };
        const reports = await measure(chosen, repetitions, directory, print);
        const setting = `${describeMachine()}; ${repetitions} repetitions; median (least–most)`;
        process.stdout.write(values.json === true ? `${JSON.stringify({ setting, reports }, undefined, 2)}\n` : `${setting}\n`);
        if (values.write === true) writeFigures({ bench: setting, ...Object.fromEntries(reports.map((report) => [report.name, renderReport(report)])) });
    } finally {
        fs.rmSync(directory, { recursive: true, force: true });
    }
}

async function measure(chosen: readonly string[], repetitions: number, directory: string, print: (report: Report) => void): Promise<readonly Report[]> {
    const clock = new Clock(directory);
    const reports: Report[] = [];
    const keep = (report: Report): void => {
        print(report);
        reports.push(report);
    };
    if (chosen.includes("commands")) keep(await measureCommands(repetitions));
    if (chosen.includes("compose")) keep(measureCompose(repetitions * readingsPerRepetition));
    if (chosen.includes("scale")) keep(await measureScale(repetitions, directory, clock));
    if (chosen.includes("registry")) keep(await measureRegistry(repetitions, directory));
    if (chosen.includes("program-start") || chosen.includes("branches")) {
        await using scene = await Scene.open(directory, clock);
        if (chosen.includes("program-start")) keep(await measureProgramStart(repetitions, scene));
        if (chosen.includes("branches")) keep(await measureBranches(repetitions, scene));
    }
    return reports;
}

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
