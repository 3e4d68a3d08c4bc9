/* eslint-disable @typescript-eslint/no-require-imports -- what starts and fills a world is loaded only for that */
import path from "node:path";
import { confirm } from "@inquirer/prompts";
import { findProject } from "../../automation/settings/project";
import { defaultDirectories, resetWorld, startWorld, stopWorld, worldStatus } from "../../local/world";
import { buildContexts, readApplication, readBases, worldAccount } from "../bases";
import type { Handler } from "../commands";
import type { Context } from "../context";
import { UsageError } from "../errors";
import { seconds, table } from "../output";

/** `understudy local up`: the world, and unless `--bare` everything that runs in it. */
export const up: Handler = async (context, _words, options) => {
    const begin = performance.now();
    const project = findProject(context.directory);
    const bases = readBases(project);
    const [first] = bases;
    if (first === undefined) throw new UsageError("the project has no settings file of a base", "add Pulumi.staging.yaml");

    const { world: directory, cache: cacheDir } = directoriesOf(context);
    const accounts = bases.map((base) => worldAccount(project, base));
    const world = await startWorld({ directory, cacheDir, accounts, onProgress: (line) => context.progress.print(`  ${line}`) });
    if (options["bare"] === true) {
        context.output.result({ frontDoor: world.frontDoor, environments: [] }, `the local world runs: ${world.frontDoor}`);
        return 0;
    }

    const { showcase } = require("../../local/showcase") as typeof import("../../local/showcase");
    const environments = await showcase({
        world,
        directory: project.directory,
        appDir: path.resolve(project.directory, first.appDir),
        bases,
        contexts: buildContexts(readApplication(project, first)),
        onEvent: (event, subject) => context.progress.show(event, subject),
        signal: context.signal,
    });
    context.progress.stop();
    const rows = environments.map(({ stack, branch, url }) => [stack, branch ?? "", url ?? ""]);
    context.output.result(
        { frontDoor: world.frontDoor, environments },
        [
            table(["stack", "branch", "url"], rows),
            "",
            `all of them: ${world.frontDoor} (up after ${seconds((performance.now() - begin) / 1000)})`,
            "stop it with: understudy local down",
        ].join("\n"),
    );
    return 0;
};

/** `understudy local down`. */
export const down: Handler = async (context) => {
    await stopWorld(directoriesOf(context).world);
    context.output.result({ running: false }, "the local world is stopped");
    return 0;
};

/** `understudy local status`. The exit code says whether all of it runs: 0 or 5. */
export const status: Handler = (context) => {
    const { world: directory } = directoriesOf(context);
    const { running, processes } = worldStatus(directory);
    const rows = processes.map((process) => [process.name, process.running ? "runs" : "has ended", String(process.pid), process.log]);
    const frontDoor = running ? context.world().frontDoor : undefined;
    context.output.result(
        { running, directory, processes, ...(frontDoor !== undefined && { frontDoor }) },
        [
            frontDoor === undefined ? "the local world does not run" : `the local world runs: ${frontDoor}`,
            ...(rows.length > 0 ? [table(["part", "state", "process", "log"], rows)] : []),
        ].join("\n"),
    );
    return Promise.resolve(running ? 0 : 5);
};

/** `understudy local reset`. */
export const reset: Handler = async (context, _words, options) => {
    const { world: directory } = directoriesOf(context);
    const question = `This stops the local world and deletes ${directory}. Go on?`;
    const agreed = options["yes"] === true || (context.interactive && (await confirm({ message: question }, { input: context.stdin, output: context.stderr })));
    if (!agreed) throw new UsageError("nothing was deleted", "confirm it with --yes");
    await resetWorld(directory);
    context.output.result({ running: false }, "the local world is gone");
    return 0;
};

function directoriesOf({ directory, env }: Context): ReturnType<typeof defaultDirectories> {
    return defaultDirectories(findProject(directory).directory, env);
}
