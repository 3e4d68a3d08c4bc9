import { openStore } from "../../automation/state/openStore";
import type { Stage } from "../engine/stage";
import { endFaults, throttle } from "./faults";
import { carryOut, randomOperation, releases, type Outcome, type Surroundings } from "./operations";
import { Random } from "./random";
import { differences, readHeld, readTraces, type Held, type Traces } from "./traces";

/** Two environments are worked on at a time. */
const branches = ["feature/blue-banner", "fix/Ünïcode-🚀-name"] as const;

export interface SoakOptions {
    readonly seed: number;
    /** How many operations, over both branches. */
    readonly operations: number;
    /** After how many of them all is brought up and down cleanly, and looked at. */
    readonly every: number;
    /** Told each operation as it ends, and each look. */
    readonly onLine?: (line: string) => void;
    /** Ends it early, after the operations that are under way and a last look. */
    readonly signal?: AbortSignal;
}

export interface SoakReport {
    readonly seed: number;
    readonly outcomes: readonly Outcome[];
    /** What this process held at each look. */
    readonly held: readonly Held[];
    /** What should not be; empty when all is well. */
    readonly problems: readonly string[];
}

/** How much more this process may hold at the last look than at the first. */
const growth = { handles: 8, megabytes: 80 } as const;

/**
 * Makes, updates, kills and removes branch environments at random for a long time, two at once and with AWS refusing calls now and then.
 * Again and again a clean `up` and `down` must succeed, and leave the world as it was before the first operation.
 */
export async function soak(stage: Stage, { seed, operations, every, onLine = () => undefined, signal }: SoakOptions): Promise<SoakReport> {
    const random = new Random(seed);
    const surroundings = await prepare(stage);
    const before = await readTraces(stage, surroundings.store);
    const outcomes: Outcome[] = [];
    const held: Held[] = [];
    const problems: string[] = [];
    while (outcomes.length < operations && signal?.aborted !== true) {
        const count = Math.min(every, operations - outcomes.length);
        outcomes.push(...(await workOnBoth(surroundings, random, count, { onLine, signal })));
        problems.push(...(await look(surroundings, before)).map((problem) => `after ${outcomes.length} operations: ${problem}`));
        held.push(readHeld());
        onLine(`${outcomes.length} operations, ${problems.length} problems, ${describeHeld(held.at(-1))}`);
    }
    return { seed, outcomes, held, problems: [...problems, ...unexplained(outcomes), ...grown(held)] };
}

async function prepare(stage: Stage): Promise<Surroundings> {
    await stage.api().deploy("staging");
    await Promise.all(branches.map((branch, index) => stage.push("staging", branch, releases[index] ?? branch)));
    const store = await openStore(stage.world.backends["staging"] ?? "", {});
    return { stage, store, usual: { up: 4, down: 2, sweep: 3 } };
}

/** Each branch has its operations one after the other, and both branches have them at the same time. */
async function workOnBoth(surroundings: Surroundings, random: Random, count: number, { onLine, signal }: Pick<SoakOptions, "onLine" | "signal">): Promise<readonly Outcome[]> {
    const planned = Array.from({ length: count }, () => ({ operation: randomOperation(random), faults: new Random(random.whole(0, 2 ** 31)) }));
    const work = branches.map(async (branch, lane) => {
        const outcomes: Outcome[] = [];
        for (const { operation, faults } of planned.filter((_, index) => index % branches.length === lane)) {
            if (signal?.aborted === true) break;
            await throttle(surroundings.stage, faults);
            const outcome = await carryOut(surroundings, branch, operation);
            outcomes.push(outcome);
            onLine?.(`${branch}: ${describe(outcome)}`);
        }
        return outcomes;
    });
    return (await Promise.all(work)).flat();
}

/** Brings both environments up and down, and says what is not as it was before. */
async function look({ stage, store }: Surroundings, before: Traces): Promise<readonly string[]> {
    await endFaults(stage);
    const cleaned = await Promise.allSettled(branches.map((branch, index) => upAndDown(stage, branch, releases[index] ?? branch)));
    const failed = cleaned.flatMap((result) => (result.status === "rejected" ? [`a clean up and down failed: ${String(result.reason)}`] : []));
    return [...failed, ...differences(before, await readTraces(stage, store)), ...(await disagreements(stage))];
}

/** What the registry says otherwise than the stacks, and what is there of environments that are not. */
async function disagreements(stage: Stage): Promise<readonly string[]> {
    const [differing, swept] = await Promise.all([stage.api().registry.repair("staging"), stage.api().branch.sweep()]);
    return [...differing.map(({ id, why }) => `registry: ${id}: ${why}`), ...swept.map(({ what, id, why }) => `sweep: ${what} ${id}: ${why}`)];
}

async function upAndDown(stage: Stage, branch: string, release: string): Promise<void> {
    const { url = "" } = await stage.api().branch.up({ branch, release });
    const { status } = await stage.get(url);
    await stage.api().branch.down({ branch });
    if (status !== 200) throw new Error(`${url} answered ${status}`);
}

function unexplained(outcomes: readonly Outcome[]): readonly string[] {
    return outcomes.filter(({ end }) => end === "unexpected").map((outcome) => `unexpected: ${describe(outcome)}`);
}

function grown(held: readonly Held[]): readonly string[] {
    const [first, last] = [held[0], held.at(-1)];
    if (first === undefined || last === undefined) return [];
    return (["handles", "megabytes"] as const).flatMap((what) =>
        last[what] > first[what] + growth[what] ? [`${what} of this process grew from ${first[what].toFixed(0)} to ${last[what].toFixed(0)}`] : [],
    );
}

function describe({ operation, end, message, seconds }: Outcome): string {
    const { command, release, interruption, moment } = operation;
    const cut = interruption === undefined ? "" : ` with ${interruption} at ${moment.toFixed(2)}`;
    return `${command}${command === "up" ? ` ${release}` : ""}${cut}: ${end} (${seconds.toFixed(1)} s)${message === "" ? "" : `: ${message}`}`;
}

export function describeHeld(held: Held | undefined): string {
    return held === undefined ? "" : `${held.handles} open handles, ${held.megabytes.toFixed(0)} MB`;
}
