import { Docker } from "../docker/docker";
import { readWorld } from "../worldFile";
import { isAbandoned } from "./abandoned";
import { Runner } from "./runner";
import { readTimeScale } from "./timeScale";

/**
 * Entry of the task runner's process. `UNDERSTUDY_WORLD_DIRECTORY` names the world, `UNDERSTUDY_TIME_SCALE` the factor of AWS's waiting
 * times. SIGTERM and SIGINT end it with all its tasks, and so does the end of its world.
 */
async function main(): Promise<void> {
    const worldDirectory = process.env["UNDERSTUDY_WORLD_DIRECTORY"] ?? "";
    const { endpoint, docker: daemon } = readWorld(worldDirectory);
    const docker = daemon && new Docker(daemon);
    const scale = readTimeScale(process.env["UNDERSTUDY_TIME_SCALE"]);

    const onSilence = (): void => {
        if (isAbandoned(worldDirectory, endpoint)) end("its world is gone");
    };
    const runner = await Runner.start({ worldDirectory, endpoint, scale, docker, log, onSilence });
    log(`running tasks for ${endpoint} as ${docker === undefined ? "processes" : "containers"}, time scale ${scale}`);

    let ending = false;
    function end(why: string): void {
        if (ending) return;
        ending = true;
        log(`ending: ${why}`);
        runner.stop().then(() => {
            log("ended with all tasks");
            process.exit(0);
        }, fail);
    }
    process.once("SIGTERM", end);
    process.once("SIGINT", end);
}

function log(message: string): void {
    console.log(`${new Date().toISOString()} ${message}`);
}

function fail(error: unknown): never {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
}

main().catch(fail);
