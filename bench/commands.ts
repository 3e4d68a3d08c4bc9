import { execa } from "execa";
import path from "node:path";
import { projectDirectory } from "../test/engine/stage";
import { interleave, spread, timed } from "./measure";
import { withSpread, type Report } from "./report";

/** Commands that need no engine, with the longest they should take, in seconds. */
const aims = { "understudy --help": 0.25, "understudy branch id feature/search": 0.25, "understudy model": 0.25, "understudy plan staging": 2 } as const;

const floor = "node -e 0";

/** How long it takes until a command that needs no engine has answered, beside a process of Node.js that does nothing. */
export async function measureCommands(repetitions: number): Promise<Report> {
    const lines = [floor, ...Object.keys(aims)];
    for (const line of lines) await execute(line); // compiles the sources, and has the files in memory
    const samples = await interleave(repetitions, Object.fromEntries(lines.map((line) => [line, () => timed(() => execute(line))])));
    const spreads = lines.map((line) => [line, spread(samples[line] ?? [])] as const);
    const least = spread(samples[floor] ?? []).median;
    return {
        name: "commands",
        tables: [
            {
                columns: ["command", "seconds", `× \`${floor}\``],
                rows: spreads.map(([line, found]) => [`\`${line}\``, withSpread(found), (found.median / least).toFixed(1)]),
            },
        ],
        aims: Object.entries(aims).map(([line, most]) => ({ subject: `\`${line}\``, measured: spread(samples[line] ?? []).median, most, unit: "s" })),
        samples,
    };
}

async function execute(line: string): Promise<void> {
    const [program = "", ...words] = line.split(" ");
    const command = program === "understudy" ? path.join(projectDirectory, "bin", "understudy") : program;
    await execa(command, words, { cwd: projectDirectory });
}
