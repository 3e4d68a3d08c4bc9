import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Docker } from "./docker";

/** Label of all containers and volumes of a world: by it they are found, whoever made them and has died since. */
export function worldLabel(worldDirectory: string): string {
    return `understudy.world=${realPath(worldDirectory)}`;
}

/** Label of all images of a world. Another one, since a container has the labels of its image: whoever tries an image by hand keeps the container. */
export function imageLabel(worldDirectory: string): string {
    return `understudy.built-for=${realPath(worldDirectory)}`;
}

/** Label of a task's containers and volumes, beside the world's. */
export function taskLabel(taskId: string): string {
    return `understudy.task=${taskId}`;
}

/** Name of the image that a world builds for a digest. Each world has its own, so that none takes another one's away. */
export function imageTag(worldDirectory: string, digest: string): string {
    const world = createHash("sha256").update(realPath(worldDirectory)).digest("hex").slice(0, 8);
    return `understudy-local:${world}-${digest.replace(/^sha256:/, "")}`;
}

function realPath(directory: string): string {
    return existsSync(directory) ? realpathSync(directory) : directory;
}

/** Removes the containers with a label, running or not, and then the volumes. Returns how many containers there were. */
export async function removeContainers(docker: Docker, label: string): Promise<number> {
    const filter = ["--quiet", "--filter", `label=${label}`];
    const containers = await removeAll(docker, ["ps", "--all", ...filter], ["rm", "--force", "--volumes"]);
    await removeAll(docker, ["volume", "ls", ...filter], ["volume", "rm", "--force"]);
    return containers;
}

/** Removes the images with a label. */
export async function removeImages(docker: Docker, label: string): Promise<void> {
    await removeAll(docker, ["image", "ls", "--quiet", "--filter", `label=${label}`], ["image", "rm", "--force"]);
}

/** Somebody else may remove the same at the same time, which is a failure of that command only. */
const mostTries = 20;
const pauseInMs = 100;

async function removeAll(docker: Docker, list: readonly string[], remove: readonly string[]): Promise<number> {
    let most = 0;
    let failure: unknown = new Error(`docker ${remove.join(" ")} says that it removes everything, and does not`);
    for (let tries = 0; tries < mostTries; tries += 1) {
        const ids = new Set((await docker.run(list)).split("\n").filter((id) => id !== ""));
        if (ids.size === 0) return most;
        most = Math.max(most, ids.size);
        try {
            await docker.run([...remove, ...ids]);
        } catch (error) {
            failure = error;
            await sleep(pauseInMs);
        }
    }
    throw failure;
}
