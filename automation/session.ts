import { makeClients, type Clients, type Place } from "./aws/clients";
import type { EnvironmentNames } from "./aws/taskDefinitions";
import type { Backend } from "./backend";
import { Workspace, type RunResult } from "./engine/workspace";
import { UnderstudyError } from "./errors";
import { step, type Emit } from "./events";
import { jobHasEnded } from "./github/jobs";
import { defaultPatience, type Context, type Patience } from "./options";
import { neededProtection, type PrivateSettings } from "./settings/privateSettings";
import type { Owner } from "./registry/owner";
import { Registry } from "./registry/registry";
import type { Project } from "./settings/project";
import { lastRun } from "./state/history";
import { readLocks, whenFree } from "./state/locks";
import { openStore } from "./state/openStore";
import { recover } from "./state/recover";
import { readState, type StackState } from "./state/stackState";
import type { StateStore } from "./state/store";
import type { Surroundings } from "./surroundings";

export interface SessionOptions {
    readonly project: Pick<Project, "name" | "declarations">;
    readonly backend: Backend;
    /** The compiled program; absent when only the state is worked with. */
    readonly main?: string;
    readonly patience?: Patience;
}

/** All that work on the stacks of one backend needs: the engine in a private work directory, and the backend's objects. */
export class Session implements AsyncDisposable {
    /** Who had the lease on the stack before and never gave it back: their lock may have outlived them. */
    predecessor: Owner | undefined;

    private constructor(
        private readonly context: Context,
        private readonly options: SessionOptions,
        readonly workspace: Workspace,
        readonly store: StateStore,
    ) {}

    static async open(context: Context, options: SessionOptions): Promise<Session> {
        const { env, emit, signal } = context;
        const { project, backend, main } = options;
        const store = await openStore(backend.url, env);
        const workspace = Workspace.open({ project, backend: backend.url, env, emit, signal, ...(main !== undefined && { main }) });
        return new Session(context, options, workspace, store);
    }

    async [Symbol.asyncDispose](): Promise<void> {
        await this.workspace[Symbol.asyncDispose]();
    }

    get emit(): Emit {
        return this.context.emit;
    }

    get surroundings(): Surroundings {
        return this.context.surroundings;
    }

    clients(place: Place): Clients {
        return makeClients(this.context.env, place);
    }

    registry(aws: Clients, base: { readonly app: string; readonly kind: string }): Registry {
        return Registry.open(this.context, aws, base);
    }

    async state(stack: string): Promise<StackState | undefined> {
        return readState({ store: this.store, workspace: this.workspace, project: this.options.project.name }, stack);
    }

    /** Does `work` while nobody else has the stack. */
    async whenFree<T>(stack: string, work: () => Promise<T>): Promise<T> {
        const { emit, signal } = this.context;
        const patience = this.options.patience?.patience ?? defaultPatience.patience;
        const takeOver = this.options.patience?.takeOver === true;
        return whenFree({ store: this.store, project: this.options.project.name, stack, emit, signal, patience, takeOver, provenDead: (owner) => jobHasEnded(this.context, this.predecessor, owner) }, work);
    }

    /**
     * Prepares a stack that may be half removed for an update. A deletion that was stopped while AWS was at it has failed for the engine, which
     * keeps the resource in the state although it goes, and would then find nothing to change: so AWS is asked how all of them are. Returns the
     * state as it is then.
     */
    async refreshIfHalfRemoved(stack: string, state: StackState | undefined): Promise<StackState | undefined> {
        if (state === undefined || state.resources.length === 0) return state;
        if ((await lastRun(this.store, this.options.project.name, stack)) !== "destroy") return state;
        await step(this.context.emit, "refresh", () => this.workspace.refresh(stack, [], false), () => "its removal was begun and not ended");
        return this.state(stack);
    }

    /** Clears up after a run of the stack that was killed. `owner` is how its resources are tagged. */
    async recover(stack: string, owner: EnvironmentNames, state: StackState | undefined, aws: Clients): Promise<void> {
        if (state === undefined || state.pending.length === 0) return;
        const { emit, signal } = this.context;
        const count = state.pending.length;
        const stillAlone = (): Promise<void> => this.refuseOthers(stack, state);
        await step(emit, "recover", () => recover({ workspace: this.workspace, stack, state, aws, owner, emit, stillAlone, signal }), () => `${count} interrupted ${count === 1 ? "step" : "steps"}`);
    }

    /** Fails with kind `locked` when somebody holds the stack, or has written its state since it was read; then it has to be looked at again. */
    private async refuseOthers(stack: string, before: StackState): Promise<void> {
        const [locks, now] = await Promise.all([readLocks(this.store, this.options.project.name, stack), this.state(stack)]);
        if (locks.length === 0 && now?.written.getTime() === before.written.getTime()) return;
        throw new UnderstudyError("locked", `somebody else has just worked on ${stack}`, "run the command again");
    }

    /** Runs the program for a stack whose state was `before`, and says where the time went. */
    async up(stack: string, { config, protection }: PrivateSettings, before: StackState | undefined): Promise<RunResult> {
        const needed = this.options.backend.local ? {} : neededProtection(protection, before?.hasKey === true);
        this.workspace.writeSettings(stack, { config, protection: needed });
        const result = await step(this.context.emit, "update", () => this.workspace.up(stack), changesOf);
        this.reportTiming(result);
        return result;
    }

    async destroy(stack: string): Promise<RunResult> {
        return step(this.context.emit, "destroy", () => this.workspace.destroy(stack), changesOf);
    }

    /** Makes an empty stack. In a local world a passphrase protects its secrets, else what the settings name. */
    async createStack(stack: string, secretsProvider = "passphrase"): Promise<void> {
        await step(this.context.emit, "create stack", () => this.workspace.createStack(stack, this.options.backend.local ? "passphrase" : secretsProvider));
    }

    private reportTiming({ timing }: RunResult): void {
        const { emit } = this.context;
        emit({ type: "step", name: "start program", state: "done", seconds: timing.startProgram });
        emit({ type: "step", name: "run program", state: "done", seconds: timing.runProgram });
        emit({ type: "step", name: "change resources", state: "done", seconds: timing.changeResources });
    }
}


function changesOf({ changes }: RunResult): string {
    const { created, updated, replaced, deleted } = changes;
    const parts = [
        [created, "created"],
        [updated, "updated"],
        [replaced, "replaced"],
        [deleted, "deleted"],
    ] as const;
    const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
    return said.length === 0 ? "nothing to change" : said.join(", ");
}
