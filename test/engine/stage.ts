import { execa, type Result } from "execa";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { understudy, type Event, type Understudy } from "../../automation/index";
import { findProject } from "../../automation/settings/project";
import { buildContexts, readApplication, readBases, worldAccount } from "../../cli/bases";
import { ControlClient } from "../../local/emulator/control";
import { pushImages } from "../../local/images/push";
import { makeSampleRepository, type SampleRepository } from "../../local/images/sample";
import { defaultDirectories, startWorld, stopWorld, type World } from "../../local/world";
import type { BaseSettings } from "../../model/settings";

export const projectDirectory = path.resolve(__dirname, "../..");

/** A local world of a test file's own, with the sample application's repository. */
export class Stage {
    private constructor(
        /** What `UNDERSTUDY_HOME` is for command lines on this stage. */
        readonly home: string,
        /** The project's folder. */
        readonly directory: string,
        readonly world: World,
        readonly sample: SampleRepository,
    ) {}

    /** Starts the world of a project in a temporary folder. It shares only the downloaded and built tools with the user's own. */
    static async open(projectFolder = projectDirectory): Promise<Stage> {
        const home = mkdtempSync(path.join(tmpdir(), "understudy-stage-"));
        const shared = defaultDirectories(projectDirectory, {}).cache;
        mkdirSync(shared, { recursive: true });
        symlinkSync(shared, path.join(home, "cache"));
        const project = findProject(projectFolder);
        const { world: directory, cache } = defaultDirectories(projectFolder, { UNDERSTUDY_HOME: home });
        const world = await startWorld({ directory, cacheDir: cache, accounts: readBases(project).map((base) => worldAccount(project, base)) });
        const sample = await makeSampleRepository(path.join(projectFolder, "app"), path.join(directory, "sample"));
        return new Stage(home, projectFolder, world, sample);
    }

    async close(): Promise<void> {
        await stopWorld(this.world.directory);
        rmSync(this.home, { recursive: true, force: true });
    }

    /** The API on this stage; what happens is added to `events`. */
    api(events: Event[] = [], signal?: AbortSignal): Understudy {
        return understudy({
            directory: this.directory,
            surroundings: this.world,
            onEvent: (event) => void events.push(event),
            ...(signal && { signal }),
        });
    }

    /** The command line as a process on this stage. Never rejects. */
    async cli(...words: readonly string[]): Promise<Result> {
        return execa(path.join(projectDirectory, "bin", "understudy"), [...words, "--local"], {
            cwd: this.directory,
            env: { UNDERSTUDY_HOME: this.home, CI: "true" },
            reject: false,
        });
    }

    /** Plain `pulumi` with the variables that `understudy env` prints. Never rejects. */
    async pulumi(stack: string, ...words: readonly string[]): Promise<Result> {
        const { stdout } = await this.cli("env", stack, "--json");
        const env = JSON.parse(String(stdout)) as Record<string, string>;
        return execa("pulumi", [...words, "--stack", stack, "--non-interactive"], { cwd: this.directory, env, reject: false });
    }

    base(kind: string): BaseSettings {
        const base = readBases(findProject(this.directory)).find((candidate) => candidate.kind === kind);
        if (base === undefined) throw new Error(`no settings of ${kind}`);
        return base;
    }

    /** What CI does: the images of a commit, of the sample unless another repository is named, in a base's repositories under a tag. */
    async push(kind: string, commit: string, tag: string, repository = this.sample.directory): Promise<void> {
        const contexts = buildContexts(readApplication(findProject(this.directory), this.base(kind)));
        const folders = Object.fromEntries(Object.entries(contexts).map(([image, context]) => [image, path.join("app", context)]));
        await pushImages({ world: this.world, base: this.base(kind), repository, commit, contexts: folders, tag });
    }

    /** Everything that exists in the emulator, as one sorted list. */
    async inventory(): Promise<readonly string[]> {
        return new ControlClient(this.world.endpoint).inventory();
    }

    /** A page of an environment through the front door. Its host is only a header, since not every system resolves `*.localhost`. */
    async get(url: string, page = "/"): Promise<{ readonly status: number; readonly text: string }> {
        const { host, port } = new URL(url);
        return new Promise((resolve, reject) => {
            const request = http.get({ host: "127.0.0.1", port, path: page, headers: { host } }, (response) => {
                text(response).then((body) => resolve({ status: response.statusCode ?? 0, text: body }), reject);
            });
            request.once("error", reject);
        });
    }
}
