/* eslint-disable @typescript-eslint/no-require-imports -- what starts and fills a world is loaded only for that */
import path from "node:path";
import { confirm } from "@inquirer/prompts";
import { exitCodes, lineOf, UnderstudyError } from "../../automation/errors";
import { step } from "../../automation/events";
import { findProject } from "../../automation/settings/project";
import { readTaskKind } from "../../local/docker/taskKind";
import { projectDirectory } from "../../local/project";
import type { Showpiece } from "../../local/showcase";
import type { LockOptions } from "../../local/lock";
import { readTimeScale } from "../../local/tasks/timeScale";
import { checkProviderOrigin } from "../../local/worldEnvironment";
import { defaultDirectories, resetWorld, startWorld, stopWorld, worldStatus, type World } from "../../local/world";
import { buildContexts, readApplication, readBases, worldAccount } from "../bases";
import type { Handler } from "../commands";
import type { Context } from "../context";
import { UsageError } from "../errors";
import { seconds, table } from "../output";
import { answered } from "./confirm";

/** `understudy local up`: the world, and unless `--bare` everything that runs in it. */
export const up: Handler = async (context, _words, options) => {
    const begin = performance.now();
    const project = findProject(context.directory);
    const bases = readBases(project);
    const [first] = bases;
    if (first === undefined) throw new UsageError("the project has no settings file of a base", "add Pulumi.staging.yaml");

    checkVariables(context.env);
    const { world: directory, cache: cacheDir } = directoriesOf(context);
    const accounts = bases.map((base) => worldAccount(project, base));
    const { show, stop } = context.progress;
    const onProgress = (message: string): void => show({ type: "notice", message });
    const ranBefore = worldStatus(directory).running;
    const world = await step(show, "start the local world", () => startWorld({ directory, cacheDir, accounts, onProgress, signal: context.signal }));
    if (options["bare"] === true) {
        stop();
        const next = nextSteps(context, [[`deploy ${first.kind} --local`, "an environment of the commit checked out here"]]);
        const state = ranBefore ? "runs already, with what was deployed in it" : "runs, and nothing in it";
        context.output.result({ frontDoor: world.frontDoor, environments: [] }, `the local world ${state}: ${world.frontDoor}\n\n${next}`);
        return 0;
    }

    const { showcase } = require("../../local/showcase") as typeof import("../../local/showcase");
    const environments = await showcase({
        world,
        directory: project.directory,
        appDir: path.resolve(project.directory, first.appDir),
        bases,
        contexts: buildContexts(readApplication(project, first)),
        onEvent: show,
        signal: context.signal,
    });
    stop();
    const took = (performance.now() - begin) / 1000;
    context.output.result({ frontDoor: world.frontDoor, environments }, describeWorld(context, world, environments, took));
    return 0;
};

/** What the world's parts would only find out when others are there. */
function checkVariables(env: Context["env"]): void {
    checkVariable(() => readTimeScale(env["UNDERSTUDY_TIME_SCALE"]), "unset it, and it is 0.1");
    checkVariable(() => checkProviderOrigin(env["UNDERSTUDY_PROVIDER"]), "unset it to work with the provider of this program");
    checkVariable(() => readTaskKind(env["UNDERSTUDY_TASKS"]), "unset it, and tasks are containers where a Docker daemon answers");
}

function checkVariable(read: () => unknown, advice: string): void {
    try {
        read();
    } catch (error) {
        throw new UsageError(lineOf(error), advice);
    }
}

function describeWorld(context: Context, world: World, environments: readonly Showpiece[], took: number): string {
    const { bold, cyan, dim } = context.output.colors;
    const rows = environments.map(({ stack, branch, url = "" }) => [branch === undefined ? stack : `branch ${branch}`, cyan(url)]);
    return [
        `${bold("the local world runs")} ${dim(`(${seconds(took)})`)}`,
        "",
        table(["environment", "url"], [...rows, ["all of them", cyan(world.frontDoor)]]),
        "",
        nextSteps(context, [
            ["branch up --local", "an environment for the branch checked out here"],
            ["branch list --local", "all environments of branches"],
        ]),
    ].join("\n");
}

/** Command lines to copy, as they are typed where this one was, each with what it is for. */
function nextSteps({ directory, output }: Context, steps: readonly (readonly [words: string, purpose: string])[]): string {
    const program = path.relative(directory, path.join(projectDirectory, "bin", "understudy"));
    const all = [...steps, ["local down", "stop all of it"] as const];
    const width = Math.max(...all.map(([words]) => words.length));
    const lines = all.map(([words, purpose]) => `  ${program} ${words.padEnd(width)}  ${output.colors.dim(purpose)}`);
    return ["what to do next:", ...lines].join("\n");
}

/** `understudy local down`. */
export const down: Handler = async (context) => {
    await unlessInterrupted(context, (waiting) => stopWorld(directoriesOf(context).world, waiting));
    context.output.result({ running: false }, "the local world is stopped");
    return 0;
};

/** `understudy local status`. The exit code says whether all of it runs. */
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
    return Promise.resolve(running ? 0 : exitCodes.network);
};

/** `understudy local reset`. */
export const reset: Handler = async (context, _words, options) => {
    const { world: directory } = directoriesOf(context);
    const question = `This stops the local world and deletes ${directory}. Go on?`;
    const ask = (): Promise<boolean> => answered(confirm({ message: question }, { input: context.stdin, output: context.stderr, signal: context.signal }));
    const agreed = options["yes"] === true || (context.interactive && (await ask()));
    if (!agreed) throw new UnderstudyError("refused", "the local world is only deleted when that is confirmed", "confirm it with --yes");
    await unlessInterrupted(context, (waiting) => resetWorld(directory, waiting));
    context.output.result({ running: false }, "the local world is gone");
    return 0;
};

function directoriesOf({ directory, env }: Context): ReturnType<typeof defaultDirectories> {
    return defaultDirectories(findProject(directory).directory, env);
}

/** Does what may have to wait for another process, and says so. Fails with kind `interrupted` when the caller does not want to wait. */
async function unlessInterrupted({ progress, signal }: Context, work: (waiting: LockOptions) => Promise<void>): Promise<void> {
    const onWait = (): void => progress.show({ type: "notice", message: "waiting for another process that starts or stops this world" });
    try {
        await work({ onWait, signal });
    } catch (error) {
        if (!signal.aborted) throw error;
        throw new UnderstudyError("interrupted", "stopped before anything was done", "run the same command again", { cause: error });
    }
}
