/** What a task gets: CPU units (1024 is one vCPU) and MiB. */
export interface TaskSize {
    readonly cpu: number;
    readonly memory: number;
}

/** Task sizes of Fargate for Linux, smallest first, with the memory in MiB that goes with each number of CPU units. */
export const fargateSizes: readonly { readonly cpu: number; readonly memory: readonly number[] }[] = [
    { cpu: 256, memory: [512, 1024, 2048] },
    { cpu: 512, memory: gigabytes(1, 4) },
    { cpu: 1024, memory: gigabytes(2, 8) },
    { cpu: 2048, memory: gigabytes(4, 16) },
    { cpu: 4096, memory: gigabytes(8, 30) },
    { cpu: 8192, memory: gigabytes(16, 60, 4) },
    { cpu: 16384, memory: gigabytes(32, 120, 8) },
    { cpu: 32768, memory: [60, 120, 244].map((size) => size * 1024) },
];

/**
 * The smallest task that holds what its containers ask for together; undefined when Fargate has none. What is `fixed` is taken exactly,
 * even if it is less than what they ask for.
 */
export function fitFargate(asked: TaskSize, fixed: Partial<TaskSize> = {}): TaskSize | undefined {
    for (const { cpu, memory } of fargateSizes) {
        if (fixed.cpu === undefined ? cpu < asked.cpu : cpu !== fixed.cpu) continue;
        const size = memory.find((mebibytes) => (fixed.memory === undefined ? mebibytes >= asked.memory : mebibytes === fixed.memory));
        if (size !== undefined) return { cpu, memory: size };
    }
    return undefined;
}

/** Says why Fargate has no such size and what goes with that CPU, or undefined for a size that it has. */
export function fargateProblem({ cpu, memory }: TaskSize): string | undefined {
    const row = fargateSizes.find((size) => size.cpu === cpu);
    if (row === undefined) return `Fargate has no ${cpu} CPU units; allowed: ${fargateSizes.map((size) => size.cpu).join(", ")}`;
    if (row.memory.includes(memory)) return undefined;
    return `Fargate has no ${memory} MiB with ${cpu} CPU units; allowed with ${cpu}: ${describe(row.memory)}`;
}

function gigabytes(first: number, last: number, step = 1): readonly number[] {
    return Array.from({ length: (last - first) / step + 1 }, (_, index) => (first + index * step) * 1024);
}

/** A short list as it is, a long one by its step. */
function describe(memory: readonly number[]): string {
    const [first = 0, second = 0] = memory;
    if (memory.length <= 8) return memory.join(", ");
    return `${first} to ${memory.at(-1) ?? first} in steps of ${second - first}`;
}
