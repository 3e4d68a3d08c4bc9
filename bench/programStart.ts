import { execa } from "execa";
import fs from "node:fs";
import path from "node:path";
import { programFile } from "../automation/engine/program";
import { renderProject, renderSettings } from "../automation/settings/privateSettings";
import { copyProgram } from "./branch/plain";
import type { Scene } from "./branch/scene";
import { runsProgram } from "./clock";
import { interleave, spread } from "./measure";
import { significant, withSpread, type Report } from "./report";

const branch = "bench/start";

interface Sample {
    readonly seconds: number;
    /** Life of the program's process. */
    readonly programSeconds: number;
    readonly peakMegabytes: number;
}

/** How long the program takes to start and run in a `pulumi preview` of a branch: compiled as we run it, and type-checked from TypeScript. */
export async function measureProgramStart(repetitions: number, scene: Scene): Promise<Report> {
    const stack = scene.stackOf(branch);
    const compiled = scene.folder("compiled");
    fs.writeFileSync(path.join(compiled, "Pulumi.yaml"), renderProject(scene.project, programFile()));
    const empty = scene.folder("empty");
    fs.writeFileSync(path.join(empty, "program.js"), "");
    fs.writeFileSync(path.join(empty, "package.json"), JSON.stringify({ main: "program.js" }));
    fs.symlinkSync(path.join(copyProgram(scene), "node_modules"), path.join(empty, "node_modules"));
    fs.writeFileSync(path.join(empty, "Pulumi.yaml"), renderProject(scene.project, path.join(empty, "program.js")));
    const directories = { empty, compiled, typescript: copyProgram(scene) };
    for (const directory of Object.values(directories)) {
        fs.writeFileSync(path.join(directory, `Pulumi.${stack}.yaml`), renderSettings({ ...scene.settingsOf(branch), protection: {} }));
    }
    const pulumi = (directory: string, ...words: readonly string[]): Promise<unknown> =>
        execa("pulumi", [...words, "--stack", stack, "--non-interactive"], { cwd: directory, env: { ...scene.env(), PULUMI_NODEJS_TRANSPILE_ONLY: "false" } });
    await execa("pulumi", ["stack", "init", stack, "--no-select", "--secrets-provider", "passphrase"], { cwd: compiled, env: scene.env() });
    const preview = (directory: string) => (): Promise<Sample> => measured(scene, () => pulumi(directory, "preview"));
    const subjects = { empty: preview(directories.empty), compiled: preview(directories.compiled), typescript: preview(directories.typescript) };
    await interleave(1, subjects); // not counted: everything is read for the first time
    const samples = await interleave(repetitions, subjects);
    await pulumi(compiled, "stack", "rm", "--yes", "--preserve-config");

    const labels = { empty: "an empty program", compiled: "ours, compiled", typescript: "ours, TypeScript with type check" } as const;
    const of = (name: keyof typeof labels, value: (sample: Sample) => number): ReturnType<typeof spread> => spread(samples[name].map(value));
    return {
        name: "program-start",
        tables: [
            {
                columns: ["`pulumi preview` of a branch", "seconds", "program's process, seconds", "its peak MB"],
                rows: (Object.keys(labels) as (keyof typeof labels)[]).map((name) => [
                    labels[name],
                    withSpread(of(name, ({ seconds }) => seconds)),
                    withSpread(of(name, ({ programSeconds }) => programSeconds)),
                    significant(of(name, ({ peakMegabytes }) => peakMegabytes).median),
                ]),
            },
        ],
        aims: [],
        samples,
    };
}

async function measured({ clock }: Scene, work: () => Promise<unknown>): Promise<Sample> {
    clock.take();
    const begin = performance.now();
    await work();
    const seconds = (performance.now() - begin) / 1000;
    const program = clock.take().find(runsProgram);
    if (program === undefined) throw new Error("the clock saw no process of the program");
    return { seconds, programSeconds: (program.end - program.begin) / 1000, peakMegabytes: program.peakBytes / 1e6 };
}
