import type { Service } from "../application";
import { architectureFor } from "../compose/platform";
import { fargateProblem, fitFargate, type TaskSize } from "../fargate";
import { servicesOf, type Placement } from "./placement";
import { at, atSetting, type Scope } from "./scope";

/** What a task gets when nothing asks for more: Fargate's smallest. */
const smallest: TaskSize = { cpu: 256, memory: 512 };

/** The size of a task: what the settings say, else `x-understudy.size`, else the smallest that holds what its containers ask for. */
export function planSize(task: Placement, scope: Scope): TaskSize {
    const { owner } = task;
    const override = scope.settings.services[owner.name];
    const fixed = { cpu: override?.cpu ?? owner.extension.size?.cpu, memory: override?.memory ?? owner.extension.size?.memory };
    const asked = { cpu: sum(task, "cpu"), memory: sum(task, "memory") };
    const size = fitFargate(asked, fixed);
    if (size !== undefined) return size;

    const place =
        override?.cpu === undefined && override?.memory === undefined
            ? at(owner, "x-understudy.size")
            : atSetting(scope, `services.${owner.name}`);
    scope.findings.error(place, sizeProblem(asked, fixed));
    return smallest;
}

/** The processor that all containers of a task are built for. X86_64 unless one says otherwise. */
export function planArchitecture(task: Placement, { findings }: Scope): "X86_64" | "ARM64" {
    const [first, ...others] = servicesOf(task).filter(({ platform }) => platform !== undefined);
    const other = others.find((service) => architectureOf(service) !== (first && architectureOf(first)));
    if (first !== undefined && other !== undefined) {
        findings.error(
            at(other, "platform"),
            `${first.name} of the same task is for ${String(first.platform)}; a task has one platform`,
            other.platform,
        );
    }
    return first === undefined ? "X86_64" : architectureOf(first);
}

function architectureOf({ platform }: Service): "X86_64" | "ARM64" {
    return architectureFor(platform);
}

function sum(task: Placement, unit: "cpu" | "memory"): number {
    return servicesOf(task).reduce((total, service) => total + (service[unit] ?? 0), 0);
}

function sizeProblem(asked: TaskSize, fixed: Partial<TaskSize>): string {
    const wanted = { cpu: fixed.cpu ?? asked.cpu, memory: fixed.memory ?? asked.memory };
    const problem = fixed.cpu === undefined ? undefined : fargateProblem(wanted);
    return problem ?? `Fargate has no task with ${wanted.cpu} CPU units and ${wanted.memory} MiB; its largest has 32768 and 249856`;
}
