import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunningContainer } from "../tasks/containerProcess";
import { pause } from "../tasks/pause";
import { type ContainerPlan, splitEnvironment } from "./containerPlan";
import { type Docker, DockerError } from "./docker";

/** Longest time that output may still come after a container has ended. */
const outputGraceInMs = 2_000;
/** How long to wait before asking again a daemon that did not answer. */
const pauseInMs = 500;
/** Exit code of a container that has gone without telling one: that of SIGKILL. */
const killed = 137;

/**
 * Makes a container and starts it. Throws in the daemon's words when one of the two cannot be done; what has been made then stays, as does
 * a container that has ended, until its task's end. `folder` is for secrets, which are in it for a moment.
 */
export async function startDockerContainer(docker: Docker, plan: ContainerPlan, folder: string): Promise<RunningContainer> {
    const { name } = plan;
    await create(docker, plan, folder);
    await docker.run(["start", name]);
    const logs = docker.start(["logs", "--follow", name], { detached: true });
    logs.once("error", () => undefined); // without the command there is no output, and its end is noticed like any other
    const lost = new AbortController();
    const exited = waitForExit(docker, name, lost.signal);
    void exited.then(() => {
        const deadline = setTimeout(() => logs.kill("SIGKILL"), outputGraceInMs);
        logs.once("close", () => clearTimeout(deadline));
    });
    return {
        outputs: [logs.stdout, logs.stderr],
        exited,
        stop: async (patienceInMs) => {
            const seconds = String(Math.ceil(patienceInMs / 1_000));
            await docker.run(["stop", "-t", seconds, name], { detached: true }).catch(() => {
                lost.abort(); // nobody can end it, so nobody waits for its end
            });
            return exited;
        },
    };
}

async function create(docker: Docker, { name, args, env }: ContainerPlan, folder: string): Promise<void> {
    const { file, own } = splitEnvironment(env);
    const envFile = join(folder, `${name}.env`);
    try {
        await writeFile(envFile, file, { mode: 0o600 });
        const named = Object.keys(own).flatMap((variable) => ["--env", variable]);
        await docker.run(["create", "--name", name, "--env-file", envFile, ...named, ...args], { env: own });
    } finally {
        await rm(envFile, { force: true });
    }
}

/** The exit code, also when the daemon does not answer for a while. */
async function waitForExit(docker: Docker, name: string, lost: AbortSignal): Promise<number> {
    for (;;) {
        try {
            return Number(await docker.run(["wait", name], { detached: true, signal: lost }));
        } catch (error) {
            const isGone = error instanceof DockerError && error.message.startsWith("No such container");
            if (isGone || !(await pause(pauseInMs, lost))) return killed;
        }
    }
}
