import { execa } from "execa";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Registry } from "../automation/registry/registry";
import { contextOf } from "../automation/options";
import { branchId, branchStack, registryTableName } from "../model/names";
import { environmentFor, makeTable, registryForTests, type TestRegistry } from "../test/automation/registry/support";
import { findTestEngine } from "../test/automation/support/fixtureWorld";
import { projectDirectory } from "../test/engine/stage";
import { interleave, spread, timed } from "./measure";
import { withSpread, type Report } from "./report";

const sizes = [10, 100, 1_000] as const;

/** How long listing 1,000 environments may take, in seconds. */
const mostForList = 2;

/**
 * `branch list` as a process beside `pulumi stack ls` on the same environments, whose states have 30 resources each; and how long it takes
 * until the next in the queue has a lease that was given back.
 */
export async function measureRegistry(repetitions: number, directory: string): Promise<Report> {
    const registry = await registryForTests();
    try {
        const { directory: engine } = await findTestEngine();
        const places = await Promise.all(sizes.map((size) => fill(registry, path.join(directory, `environments-${size}`), size, engine)));
        const subjects = Object.fromEntries(
            places.flatMap((place) => [
                [`understudy ${place.size}`, () => timed(() => list(place))],
                [`pulumi ${place.size}`, () => timed(() => listStacks(place))],
            ]),
        );
        const samples = await interleave(repetitions, subjects);
        const of = (name: string): ReturnType<typeof spread> => spread(samples[name] ?? []);
        const handOver = spread(await handOvers(registry, repetitions * 2));
        const rows = sizes.map((size) => [String(size), withSpread(of(`understudy ${size}`)), withSpread(of(`pulumi ${size}`)), (of(`understudy ${size}`).median / of(`pulumi ${size}`).median).toFixed(2)]);
        return {
            name: "registry",
            tables: [
                { columns: ["environments", "`branch list`, seconds", "`pulumi stack ls`, seconds", "ratio"], rows },
                { columns: ["from one holder of a lease to the next", "seconds"], rows: [["waiting in the same process", withSpread(handOver)]] },
            ],
            aims: [{ subject: "`branch list` with 1,000 environments", measured: of("understudy 1000").median, most: mostForList, unit: "s" }],
            samples,
        };
    } finally {
        await registry.stop();
    }
}

interface Place {
    readonly size: number;
    readonly project: string;
    readonly env: Readonly<Record<string, string>>;
}

/** A project with so many environments, in its registry and in its state backend. */
async function fill(registry: TestRegistry, folder: string, size: number, engine: string): Promise<Place> {
    const app = `shop${size}`;
    const states = path.join(folder, "states");
    const project = path.join(folder, "project");
    fs.mkdirSync(project, { recursive: true });
    for (const file of ["Pulumi.yaml", "Pulumi.staging.yaml"]) {
        const text = fs.readFileSync(path.join(projectDirectory, file), "utf8");
        const own = text.replace(/understudy:backend: .*/, `understudy:backend: file://${states}`).replace(/.*understudy:role: .*\n/, "").replace("understudy:app: shop", `understudy:app: ${app}`);
        fs.writeFileSync(path.join(project, file), own);
    }

    const table = await makeTable(registry.dynamodb, registryTableName(app, "staging"));
    const stacks = path.join(states, ".pulumi", "stacks", "understudy");
    fs.mkdirSync(stacks, { recursive: true });
    fs.writeFileSync(path.join(states, ".pulumi", "meta.yaml"), "version: 1\n");
    const { deployment } = JSON.parse(fs.readFileSync(stateOfBranch, "utf8")) as { readonly deployment: object };
    for (let index = 0; index < size; index += 1) {
        const branch = `feature/${index}`;
        const id = branchId(branch);
        const checkpoint = { stack: `organization/understudy/${branchStack(id)}`, latest: deployment };
        fs.writeFileSync(path.join(stacks, `${branchStack(id)}.json`), JSON.stringify({ version: 3, checkpoint }));
        await table.put({ kind: "environment", id, branch, ...about, url: `https://${id}.staging.example.com` });
    }
    return {
        size,
        project,
        env: {
            ...environmentFor(registry.settings),
            PULUMI_BACKEND_URL: `file://${states}`,
            PULUMI_CONFIG_PASSPHRASE: "bench",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PATH: [engine, process.env["PATH"] ?? ""].join(path.delimiter),
        },
    };
}

const stateOfBranch = path.join(projectDirectory, "test", "engine", "states", "0.2.0", "branch.json");
const time = "2026-03-01T12:00:00.000Z";
const about = { status: "up", since: time, created: time, active: time, ready: time, expires: time, owner: "ada@example.com", pullRequest: 12, commit: "0".repeat(40), waiting: {}, requests: 1 };

async function list({ size, project, env }: Place): Promise<void> {
    const { stdout } = await execa(path.join(projectDirectory, "bin", "understudy"), ["branch", "list", "--base", "staging", "--json"], { cwd: project, env, maxBuffer: 1e9 });
    if ((JSON.parse(stdout) as readonly unknown[]).length !== size) throw new Error("not all environments are listed");
}

async function listStacks({ size, project, env }: Place): Promise<void> {
    const { stdout } = await execa("pulumi", ["stack", "ls", "--json"], { cwd: project, env, maxBuffer: 1e9 });
    if ((JSON.parse(stdout) as readonly unknown[]).length !== size) throw new Error("not all stacks are listed");
}

/** Times from the end of one holder's work to the beginning of the next one's, who waits since before. */
async function handOvers({ dynamodb }: TestRegistry, count: number): Promise<readonly number[]> {
    const registry = Registry.open(contextOf({}), { dynamodb: () => Promise.resolve(dynamodb) }, { app: `shop${sizes[0]}`, kind: "staging" });
    let ended: number | undefined;
    const taken: number[] = [];
    const work = async (): Promise<void> => {
        if (ended !== undefined) taken.push((performance.now() - ended) / 1000);
        await sleep(50);
        ended = performance.now();
    };
    await Promise.all(Array.from({ length: count + 1 }, () => registry.whileBaseHeld("staging", {}, work)));
    return taken;
}
