import type { Service } from "../application";
import type { Container } from "../environment";
import { given } from "../given";
import { sortedKeys } from "../sort";
import { servicesOf, type Placement } from "./placement";
import { at, type Scope } from "./scope";
import { mountPoints } from "./volumes";

/** What ECS starts a container with beside its program. `taskMemory` is in MiB. */
export function planRuntime(
    service: Service,
    taskMemory: number,
): Pick<Container, "dockerLabels" | "capabilities" | "ulimits" | "systemControls" | "tmpfs" | "mountPoints" | "initProcessEnabled"> {
    const { labels, capabilities, openFiles, sysctls, tmpfs } = service.runtime;
    return given({
        initProcessEnabled: service.init === false ? false : undefined,
        dockerLabels: labels && sortedKeys(labels),
        capabilities: capabilities && given({ add: absentIfEmpty(capabilities.add), drop: absentIfEmpty(capabilities.drop) }),
        ulimits: openFiles && [{ name: "nofile" as const, softLimit: openFiles.soft, hardLimit: openFiles.hard }],
        systemControls: sysctls && Object.entries(sortedKeys(sysctls)).map(([namespace, value]) => ({ namespace, value })),
        tmpfs: tmpfs?.map(({ path, size, options }) =>
            given({ containerPath: path, size: size ?? Math.floor(taskMemory / 2), mountOptions: absentIfEmpty(options) }),
        ),
        mountPoints: mountPoints(service),
    });
}

/** Reports kernel parameters of the network that two containers want differently: they share one network. */
export function checkSystemControls(task: Placement, { findings }: Scope): void {
    const first = new Map<string, { readonly service: string; readonly value: string }>();
    for (const service of servicesOf(task)) {
        for (const [name, value] of Object.entries(service.runtime.sysctls ?? {})) {
            const other = first.get(name);
            if (other === undefined) first.set(name, { service: service.name, value });
            else if (name.startsWith("net.") && other.value !== value)
                findings.error(
                    at(service, `sysctls.${name}`),
                    `${other.service} of the same task has ${other.value}; the containers of a task share one network`,
                    value,
                );
        }
    }
}

function absentIfEmpty<T>(items: readonly T[]): readonly T[] | undefined {
    return items.length === 0 ? undefined : items;
}
