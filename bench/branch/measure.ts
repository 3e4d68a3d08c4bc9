import { interleave, spread, type Spread } from "../measure";
import { significant, withSpread, type Report } from "../report";
import { bareEngine } from "./bare";
import { ourWay } from "./ours";
import { plainWay } from "./plain";
import type { Scene } from "./scene";
import type { Parts, Phase, Way } from "./way";

/** What is not waiting for tasks takes at most so many times what the bare engine takes, and what the plain way takes. */
const aims = { bare: 1.5, plain: 0.5 } as const;

const calls = { first: "branch up, first", again: "branch up, again", down: "branch down" } as const;
type Call = keyof typeof calls;
type Cycle = Readonly<Record<Call, Phase>>;

/** The environment of a branch, made, made again and removed, in three ways. */
export async function measureBranches(repetitions: number, scene: Scene): Promise<Report> {
    const ways = {
        ours: ourWay(scene, "bench/ours"),
        bare: bareEngine(scene, "bench/bare"),
        plain: await plainWay(scene, "bench/plain"),
    };
    const cycles = { ours: () => cycle(scene, ways.ours), bare: () => cycle(scene, ways.bare), plain: () => cycle(scene, ways.plain) };
    await interleave(1, cycles); // not counted: everything is read for the first time
    const samples = await interleave(repetitions, cycles);

    const found = (Object.keys(calls) as Call[]).map((call) => {
        const of = (way: keyof typeof samples, value: (phase: Phase) => number): Spread => spread(samples[way].map((sample) => value(sample[call])));
        const ours = of("ours", ({ seconds, parts }) => seconds - (parts?.waiting ?? 0));
        const part = (name: keyof Parts): string => significant(of("ours", ({ parts }) => parts?.[name] ?? 0).median);
        return { name: calls[call], ours, bare: of("bare", ({ seconds }) => seconds), plain: of("plain", ({ seconds }) => seconds), part };
    });
    return {
        name: "branches",
        tables: [
            {
                columns: ["seconds", "ours, without waiting for tasks", "bare engine", "plain way"],
                rows: found.map(({ name, ours, bare, plain }) => [name, withSpread(ours), withSpread(bare), withSpread(plain)]),
            },
            {
                columns: ["seconds of ours", "engine", "program", "provider", "own", "waiting for tasks"],
                rows: found.map(({ name, part }) => [name, part("engine"), part("program"), part("provider"), part("own"), part("waiting")]),
            },
        ],
        aims: found.flatMap(({ name, ours, bare, plain }) => [
            { subject: `${name} ÷ bare engine`, measured: ours.median / bare.median, most: aims.bare, unit: "" },
            { subject: `${name} ÷ plain way`, measured: ours.median / plain.median, most: aims.plain, unit: "" },
        ]),
        samples,
    };
}

async function cycle(scene: Scene, way: Way): Promise<Cycle> {
    const first = await way.up();
    await scene.settled();
    const again = await way.up();
    const down = await way.down();
    await scene.settled();
    return { first, again, down };
}
