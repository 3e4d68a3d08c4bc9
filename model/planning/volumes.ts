import type { Service } from "../application";
import type { Container } from "../environment";
import { volumeName } from "../names";
import { servicesOf, type Placement } from "./placement";

/** The volumes of a task, by ECS's name. Each task has its own. */
export function taskVolumes(task: Placement): readonly string[] {
    const names = servicesOf(task).flatMap((service) => mountPoints(service)?.map(({ sourceVolume }) => sourceVolume) ?? []);
    return [...new Set(names)].toSorted();
}

/** What a container mounts of them. A volume without a name is its own. */
export function mountPoints({ name, runtime }: Service): Container["mountPoints"] {
    return runtime.mounts?.map(({ volume, path, readOnly }) => ({
        sourceVolume: volumeName(volume ?? `${name}${path}`),
        containerPath: path,
        readOnly,
    }));
}
