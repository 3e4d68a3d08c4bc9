import type { Container } from "../environment";
import { listed } from "../listed";
import { servicesOf, type Placement } from "./placement";
import { at, type Scope } from "./scope";

/** ECS's own limits of a task definition. */
const mostContainers = 10;
const mostBytes = 64 * 1024;

/** What stands around the parts of a container that are counted: its image with digest, its log group, names of keys. */
const bytesPerContainer = 700;

/** Reports a task that ECS would refuse as too large. */
export function checkLimits(task: Placement, containers: readonly Container[], { findings }: Scope): void {
    const { owner } = task;
    if (containers.length > mostContainers) {
        const sidecars = servicesOf(task).slice(1).map(({ name }) => name);
        findings.error(
            at(owner),
            `a task has at most ${mostContainers} containers, and this one has ${containers.length}; take out some of ${listed(sidecars)}`,
            String(containers.length),
        );
    }
    const bytes = containers.reduce((sum, container) => sum + bytesOf(container), 0);
    if (bytes <= mostBytes) return;
    const { container, variable, size } = largestVariable(containers);
    findings.error(
        at(owner),
        `a task definition has at most 64 KiB, and this one has about ${kibibytes(bytes)}; the largest variable, ${variable} of ${container}, has ${kibibytes(size)}: put it into the image, or into the parameter store`,
    );
}

/** About as many bytes as the container has in ECS's JSON. */
function bytesOf(container: Container): number {
    const { environment, ...rest } = container;
    const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
    return bytesPerContainer + Buffer.byteLength(JSON.stringify({ ...rest, environment: variables }));
}

function largestVariable(containers: readonly Container[]): {
    readonly container: string;
    readonly variable: string;
    readonly size: number;
} {
    const all = containers.flatMap(({ name, environment }) =>
        Object.entries(environment).map(([variable, value]) => ({ container: name, variable, size: Buffer.byteLength(value) })),
    );
    return all.reduce((largest, each) => (each.size > largest.size ? each : largest), { container: "", variable: "", size: -1 });
}

function kibibytes(bytes: number): string {
    return `${Math.ceil(bytes / 1024)} KiB`;
}
