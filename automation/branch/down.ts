import { checkAccount } from "../aws/account";
import { deregisterDefinitions, listDefinitions } from "../aws/taskDefinitions";
import { backendOf, type Backend } from "../backend";
import type { Changes } from "../engine/progress";
import { UnderstudyError } from "../errors";
import { step } from "../events";
import { refuseMoved } from "../moved";
import type { Context, Patience } from "../options";
import { Session } from "../session";
import { findProject, readStack } from "../settings/project";
import { openStore } from "../state/openStore";
import { placeOf, type StatePlace, type StackState } from "../state/stackState";
import { projectsWith, readRecord } from "../state/tags";
import { defaultBase, identify, refuseOther, type BranchTarget } from "./target";

export interface BranchDownOptions extends BranchTarget, Patience {
    /** Stack of the base, whose settings say where the state is. Default `staging`. */
    readonly base?: string;
    /** State backend, for work without a project: nothing else is needed then. */
    readonly backend?: string;
}

/** What is gone. */
export interface Removed {
    readonly stack: string;
    readonly changes: Changes;
    readonly seconds: number;
}

/** Removes the environment of a branch by its state alone: neither the branch, nor `app/`, nor settings are needed. */
export async function down(context: Context, options: BranchDownOptions): Promise<Removed> {
    const { id, stack } = identify(options);
    const { backend, project } = await locate(context, stack, options);
    return removeStack(context, { stack, environment: id, branch: options.branch, backend, project, patience: options, whenMissing });
}

/** What to do where there is no environment of the branch. */
const whenMissing = "look at what is there with `understudy branch list`";

export interface RemoveOptions {
    readonly stack: string;
    /** Name of the environment as its resources are tagged; of a branch, its id. */
    readonly environment: string;
    /** Full name of the branch that is meant, where that is known: another branch's environment is refused. */
    readonly branch?: string | undefined;
    readonly backend: Backend;
    /** Name of the project. */
    readonly project: string;
    readonly patience: Patience;
    /** The advice where there is no such stack. */
    readonly whenMissing: string;
    /** Fails when it must stay. Asked while nobody else has the stack. */
    readonly mayGo?: () => Promise<void>;
    /** Where in AWS it has to be, as the settings of a base say. Default: what is kept about the branch, when the state does not say it. */
    readonly place?: StatePlace;
}

/** Destroys what a stack has made, what interrupted runs left behind, and the stack itself. */
export async function removeStack(context: Context, options: RemoveOptions): Promise<Removed> {
    const begin = performance.now();
    const { emit } = context;
    const { stack, environment, branch, backend, project, patience } = options;
    await using session = await Session.open(context, { project: { name: project }, backend, patience });
    return await session.whenFree(stack, async () => {
        await options.mayGo?.();
        const [state, record] = await Promise.all([
            step(emit, "read state", () => session.state(stack)),
            readRecord(session.store, project, stack),
            session.workspace.prepare(),
        ]);
        if (state === undefined) throw missing(stack, backend, options.whenMissing);
        refuseOther({ id: environment, branch }, record);
        if (options.place !== undefined) refuseMoved(stack, state, options.place);
        refuseProtected(stack, state);
        const place = placeOf(state) ?? options.place ?? record?.place;
        if (place !== undefined) await checkAccount(session.clients(place), place);
        if (place !== undefined) await session.recover(stack, { app: place.app, environment }, state, session.clients(place));
        // Listed while nobody else has the stack: what an `up` registers that has waited for this removal is its own.
        const definitions = place === undefined ? [] : await listDefinitions(session.clients(place), { app: place.app, environment });
        const { changes } = await session.destroy(stack);
        if (place !== undefined) await step(emit, "remove task definitions", () => deregisterDefinitions(session.clients(place), definitions), () => `${definitions.length} of them`);
        await step(emit, "remove stack", () => forgetStack(context, session, stack));
        return { stack, changes, seconds: (performance.now() - begin) / 1000 };
    });
}

/** The engine refuses as well, but would not say what to do. */
function refuseProtected(stack: string, { resources }: StackState): void {
    const kept = resources.filter(({ protect }) => protect).map(({ type, urn }) => `${type} ${urn.slice(urn.lastIndexOf("::") + 2)}`);
    if (kept.length === 0) return;
    const advice = `set \`understudy:deletionProtection: false\`, run \`understudy deploy ${stack}\`, then destroy it`;
    throw new UnderstudyError("refused", `${stack} is protected from deletion: ${kept.join(", ")}`, advice);
}

/** Forgets the empty stack. Who has begun to make it anew since keeps it: theirs was the later wish. */
async function forgetStack({ emit }: Context, { workspace }: Session, stack: string): Promise<void> {
    try {
        await workspace.removeStack(stack);
    } catch (error) {
        if (!(error instanceof UnderstudyError) || error.kind !== "locked") throw error;
        emit({ type: "notice", message: `somebody is making ${stack} anew; its stack stays` });
    }
}

/** The backend of a branch's state and the project it belongs to. Without a project the backend itself is asked. */
async function locate(context: Context, stack: string, { backend, base = defaultBase }: BranchDownOptions): Promise<{ readonly backend: Backend; readonly project: string }> {
    if (backend === undefined) {
        return namingBackend(() => {
            const project = findProject(context.directory);
            return { backend: backendOf(context, base, readStack(project, base).settings), project: project.name };
        });
    }
    const projects = await projectsWith(await openStore(backend, context.env), stack);
    const [project] = projects;
    const found = { url: backend, local: false };
    if (project === undefined) throw missing(stack, found, whenMissing);
    if (projects.length === 1) return { backend: found, project };
    throw new UnderstudyError("conflict", `${projects.join(" and ")} both have a stack ${stack} in ${backend}`, "run it in a checkout of the project that is meant");
}

/** Who has no settings file, or a broken one, can still say where the state is. */
function namingBackend<T>(read: () => T): T {
    try {
        return read();
    } catch (error) {
        if (!(error instanceof UnderstudyError) || error.kind !== "settings") throw error;
        throw new UnderstudyError(error.kind, error.message, `${error.advice}, or say where the state is with --backend`, error);
    }
}

function missing(stack: string, { url }: Backend, advice: string): UnderstudyError {
    return new UnderstudyError("not-found", `there is no ${stack} in ${url}`, advice);
}
