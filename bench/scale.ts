import { execa } from "execa";
import fs from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { projectDirectory } from "../test/engine/stage";
import type { Clock } from "./clock";
import { interleave, spread } from "./measure";
import { significant, withSpread, type Report } from "./report";

const sizes = [3, 30, 300] as const;

/** By how much a service among 300 may cost more than one among 30, while this still counts as linear. */
const mostGrowth = 1.5;

interface Sample {
    readonly resources: number;
    readonly processorSeconds: number;
    readonly megabytes: number;
}

/**
 * What the program costs as an application grows: `plan staging`, which runs it under mocks in a process of its own. Processor time, because
 * it is the program's own whatever else the machine does.
 */
export async function measureScale(repetitions: number, directory: string, clock: Clock): Promise<Report> {
    const subjects = Object.fromEntries(sizes.map((size) => [String(size), () => plan(writeApplication(directory, size), clock)]));
    const samples = await interleave(repetitions, subjects);
    const found = sizes.map((size) => {
        const of = samples[String(size)] ?? [];
        return { size, resources: of[0]?.resources ?? 0, time: spread(of.map((sample) => sample.processorSeconds)), memory: spread(of.map((sample) => sample.megabytes)) };
    });
    const steps = found.slice(1).map((larger, index) => {
        const smaller = found[index] ?? larger;
        const per = (one: number, other: number): number => (one - other) / (larger.size - smaller.size);
        return { milliseconds: 1000 * per(larger.time.median, smaller.time.median), megabytes: per(larger.memory.median, smaller.memory.median) };
    });
    const [few = { milliseconds: NaN, megabytes: NaN }, many = few] = steps;
    return {
        name: "scale",
        tables: [
            {
                columns: ["services", "resources", "processor seconds", "peak MB", "ms per added service", "MB per added service"],
                rows: found.map(({ size, resources, time, memory }, index) => {
                    const step = steps[index - 1];
                    return [String(size), String(resources), withSpread(time), withSpread(memory), step ? significant(step.milliseconds) : "", step ? significant(step.megabytes) : ""];
                }),
            },
        ],
        aims: [
            { subject: "time of a service among 300 ÷ among 30", measured: many.milliseconds / few.milliseconds, most: mostGrowth, unit: "" },
            { subject: "memory of a service among 300 ÷ among 30", measured: many.megabytes / few.megabytes, most: mostGrowth, unit: "" },
        ],
        samples,
    };
}

async function plan(application: string, clock: Clock): Promise<Sample> {
    clock.take();
    const words = ["plan", "staging", "--app", application, "--json"];
    const { stdout } = await execa(path.join(projectDirectory, "bin", "understudy"), words, { cwd: projectDirectory, env: clock.env, maxBuffer: 1e9 });
    const { resources } = JSON.parse(stdout) as { readonly resources: readonly unknown[] };
    const [own] = clock.take();
    if (own === undefined) throw new Error("the clock saw no process of the plan");
    return { resources: resources.length, processorSeconds: own.processorSeconds, megabytes: own.peakBytes / 1e6 };
}

/** An application in which web services, workers and internal services, each with an image of its own, take turns. Returns its folder. */
function writeApplication(directory: string, size: number): string {
    const web = (main: boolean): object => ({ ports: ["8080:8080"], "x-understudy": { main, health: { path: "/healthcheck" } } });
    const kinds = [web(false), { command: ["node", "worker.mjs"] }, { expose: ["8080"] }];
    const services = Array.from({ length: size }, (_, index) => {
        const kind = index === 0 ? web(true) : kinds[index % kinds.length];
        return [`service-${index}`, { build: `service-${index}`, ...kind }] as const;
    });
    const folder = path.join(directory, `services-${size}`);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "compose.yaml"), stringify({ services: Object.fromEntries(services) }));
    return folder;
}
