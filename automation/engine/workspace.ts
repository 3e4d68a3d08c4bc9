import type { EngineEvent, LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import fs from "node:fs";
import path from "node:path";
import { UnderstudyError } from "../errors";
import type { Emit } from "../events";
import { renderProject, renderSettings, type PrivateSettings } from "../settings/privateSettings";
import type { Project } from "../settings/project";
import { temporaryFolder, unusable } from "../temporaryFolder";
import { parseDrift, type Drifted } from "./drift";
import { EngineFailure, findEngine, withVersion, type EngineCommand } from "./command";
import { engineError, stoppedByOthers } from "./failures";
import { Progress, type Changes, type Timing } from "./progress";

/** How many resources the engine works on at once. They mostly wait for AWS. */
const parallel = 32;

export interface WorkspaceOptions {
    readonly project: Pick<Project, "name" | "declarations">;
    /** State backend URL. */
    readonly backend: string;
    /** Environment of the engine, complete but for the backend. */
    readonly env: Readonly<Record<string, string>>;
    /** The compiled program; absent when only the state is worked with. */
    readonly main?: string;
    readonly emit: Emit;
    readonly signal?: AbortSignal | undefined;
}

/** What a run of the engine has come to. */
export interface RunResult {
    readonly outputs: Readonly<Record<string, unknown>>;
    /** Ids of the resources by type. */
    readonly ids: ReadonlyMap<string, readonly string[]>;
    /** Ids of the resources that were made or changed. */
    readonly changed: ReadonlySet<string>;
    readonly changes: Changes;
    readonly timing: Timing;
}

/**
 * The Automation API in a private work directory: one per call of this API, readable by nobody else and removed in the end. Runs at the same
 * time share nothing but the state backend. A SIGKILL of this process leaves the directory behind in the system's temporary folder.
 */
export class Workspace implements AsyncDisposable {
    private local: Promise<LocalWorkspace> | undefined;
    /** What has to end before the directory can go: a failed part of the work does not end the others. */
    private readonly running = new Set<Promise<unknown>>();

    private constructor(
        private readonly options: WorkspaceOptions,
        private readonly directory: string,
        private readonly engine: EngineCommand,
        /** The same engine, once it has said its version. Commands do not wait for that. */
        private readonly checked: Promise<EngineCommand>,
    ) {}

    static open(options: WorkspaceOptions): Workspace {
        const engine = findEngine({ ...options.env, PULUMI_BACKEND_URL: options.backend });
        const directory = makeDirectory(renderProject(options.project, options.main));
        const checked = withVersion(engine, directory);
        checked.catch(() => undefined); // told by the first call that needs it
        return new Workspace(options, directory, engine, checked);
    }

    async [Symbol.asyncDispose](): Promise<void> {
        await Promise.allSettled([this.checked, ...this.running]);
        fs.rmSync(this.directory, { recursive: true, force: true });
    }

    /** Runs one `pulumi` command that changes no resources, and returns what it prints. */
    async command(...args: readonly string[]): Promise<string> {
        try {
            return (await this.track(this.engine.run(args, this.directory, {}))).stdout;
        } catch (error) {
            await this.checked; // an engine that is too old fails for that reason
            throw this.errorOf(error);
        }
    }

    /** Puts the settings of a stack in place. */
    writeSettings(stack: string, settings: PrivateSettings): void {
        fs.writeFileSync(path.join(this.directory, `Pulumi.${stack}.yaml`), renderSettings(settings), { mode: 0o600 });
    }

    /** Loads the Automation API. It takes a third of a second, so it is begun while the first answers are waited for. */
    async prepare(): Promise<void> {
        await this.automation();
    }

    /**
     * Makes an empty stack whose secrets are protected by this provider, such as `passphrase` or an `awskms://` URL. Fails with kind `locked`
     * when somebody else has made it since it was looked for: then it has to be looked at again.
     */
    async createStack(stack: string, secretsProvider: string): Promise<void> {
        await this.command("stack", "init", stack, "--no-select", "--secrets-provider", secretsProvider);
    }

    /** Runs the program and brings the resources to what it wants. Fails with kind `locked` when somebody else has just removed the stack. */
    async up(stack: string): Promise<RunResult> {
        return this.run(stack, (selected, onOutput, signal) => selected.up({ onOutput, parallel, ...(signal && { signal }) }));
    }

    /** Removes all resources of a stack, by its state alone. */
    async destroy(stack: string): Promise<RunResult> {
        return this.run(stack, (selected, onOutput, signal) => selected.destroy({ onOutput, parallel, ...(signal && { signal }) }));
    }

    /** Asks AWS how some resources are, and forgets the creations that were interrupted if `clearPendingCreates`. */
    async refresh(stack: string, target: readonly string[], clearPendingCreates: boolean): Promise<RunResult> {
        const options = { clearPendingCreates, target: [...target], parallel };
        return this.run(stack, (selected, onOutput, signal) => selected.refresh({ onOutput, ...options, ...(signal && { signal }) }));
    }

    /** Asks AWS how all resources are, writes nothing, and tells which differ from the state. */
    async drift(stack: string): Promise<readonly Drifted[]> {
        return parseDrift(await this.command("refresh", "--stack", stack, "--preview-only", "--json", "--parallel", String(parallel)));
    }

    /** Forgets an empty stack, with its backups, which hold its secrets. */
    async removeStack(stack: string): Promise<void> {
        await this.command("stack", "rm", stack, "--yes", "--remove-backups");
    }

    private async run(
        stack: string,
        work: (stack: Stack, onOutput: (event: string) => void, signal: AbortSignal | undefined) => Promise<unknown>,
    ): Promise<RunResult> {
        const { signal, emit } = this.options;
        throwIfInterrupted(signal);
        const selected = await this.select(stack);
        const progress = new Progress(emit);
        const thrown: unknown[] = [];
        const take = (event: string): void => {
            try {
                progress.take(JSON.parse(event) as EngineEvent);
            } catch (error) {
                thrown.push(error); // the caller's; the engine is not left alone because of it
            }
        };
        try {
            await this.track(work(selected, take, signal));
        } catch (error) {
            throw unlessGone(stack, this.errorOf(error, progress));
        }
        if (thrown.length > 0) throw thrown[0];
        if (progress.stopped) throw signal?.aborted === true ? interrupted() : stoppedByOthers();
        if (!progress.complete) throw untold();
        const { outputs = {}, ids, changed, changes, timing } = progress;
        return { outputs, ids, changed, changes, timing };
    }

    /**
     * The stack, without a process: every command names its stack, so that nothing has to be selected, and the run's events tell the
     * outputs and the summary that the Automation API would otherwise ask three more processes for.
     */
    private async select(stack: string): Promise<Stack> {
        const { Stack } = await import("@pulumi/pulumi/automation/index.js");
        const workspace = Object.assign(await this.automation(), { selectStack: () => Promise.resolve(), stackOutputs: () => Promise.resolve({}) });
        return Object.assign(await Stack.select(stack, workspace), { info: () => Promise.resolve(undefined) });
    }

    private async automation(): Promise<LocalWorkspace> {
        this.local ??= import("@pulumi/pulumi/automation/index.js").then(async ({ LocalWorkspace }) =>
            // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its class cannot be extended; `EngineCommand` is used in its stead
            LocalWorkspace.create({ workDir: this.directory, pulumiCommand: await this.checked }),
        );
        return this.local;
    }

    private async track<T>(work: Promise<T>): Promise<T> {
        this.running.add(work);
        try {
            return await work;
        } finally {
            this.running.delete(work);
        }
    }

    private errorOf(error: unknown, progress?: Progress): unknown {
        if (!(error instanceof EngineFailure)) return error;
        if (this.options.signal?.aborted === true) return interrupted(error);
        if (error.code === undefined) return new UnderstudyError("interrupted", "the engine was killed", "run the same command again; it clears up and goes on", { cause: error });
        return engineError({ stderr: error.stderr, failures: progress?.failures ?? [], cause: error });
    }
}

/** A private work directory with a project file. A folder that takes no more files is told like one that is none. */
function makeDirectory(projectFile: string): string {
    const directory = fs.mkdtempSync(path.join(temporaryFolder(), "understudy-"));
    try {
        fs.writeFileSync(path.join(directory, "Pulumi.yaml"), projectFile);
        return directory;
    } catch (error) {
        fs.rmSync(directory, { recursive: true, force: true });
        throw unusable(error);
    }
}

/** A stack that was there when its state was read: what was decided by that has to be looked at again. */
function unlessGone(stack: string, error: unknown): unknown {
    if (!(error instanceof UnderstudyError) || error.kind !== "not-found") return error;
    return new UnderstudyError("locked", `somebody else has just removed ${stack}`, "run the command again", { cause: error });
}

/** Ends the work between two parts of it when the caller wants that. */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
    if (signal?.aborted === true) throw interrupted();
}

/** What follows an update is decided by what the engine tells, so that not all of it is a failure although the engine names none. */
function untold(): UnderstudyError {
    const message = `the engine ended well, but not all that it tells has arrived: it could not be written to ${temporaryFolder()}`;
    return new UnderstudyError("engine", message, "make space there, or set TMPDIR to another folder, and run the same command again");
}

function interrupted(cause?: unknown): UnderstudyError {
    return new UnderstudyError("interrupted", "stopped before the end", "run the same command again; it goes on from there", { cause });
}
