import type { EnvironmentEntry } from "../../model/registry";
import type { BaseSettings } from "../../model/settings";
import { checkAccount } from "../aws/account";
import { makeClients, type Clients } from "../aws/clients";
import { findBranchImages, removeBranchImages, type BranchImage } from "../aws/keptImages";
import { deregisterDefinitions, listDefinitions } from "../aws/taskDefinitions";
import { backendOf, type Backend } from "../backend";
import { findEngine } from "../engine/command";
import type { Changes } from "../engine/progress";
import { UnderstudyError } from "../errors";
import { step } from "../events";
import { refuseMoved } from "../moved";
import type { Context, Patience } from "../options";
import type { Owner } from "../registry/owner";
import { Registry } from "../registry/registry";
import { Session } from "../session";
import { forBranches } from "../settings/privateSettings";
import { findProject, readStack } from "../settings/project";
import { openStore } from "../state/openStore";
import { placeOf, type StatePlace, type StackState } from "../state/stackState";
import { projectsWith, readRecord } from "../state/tags";
import { Stop } from "../stop";
import { lentRepositories } from "./base";
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

/**
 * Removes the environment of a branch by its state alone: neither the branch, nor `app/`, nor settings are needed. Waits for whoever works on
 * it, where its base's registry can be asked. Who clears up without being asked gives `mayGo`, which fails when the environment must stay by what is
 * known of it then; such a removal replaces nobody who waits.
 */
export async function down(context: Context, options: BranchDownOptions, mayGo?: (known: EnvironmentEntry | undefined) => void): Promise<Removed> {
    const { id, stack } = identify(options);
    const { backend, project, place: told } = await locate(context, stack, options);
    findEngine(context.env); // without it nobody needs to wait for a turn
    const found = told ?? (await placeOfBranch(context, backend, project, stack));
    const remove = (inner: Context, dead?: Owner): Promise<Removed> => removeStack(inner, { dead, stack, environment: id, branch: options.branch, backend, project, patience: options, whenMissing });
    if (found === undefined) return remove(context);
    const aws = makeClients(context.env, found);
    await checkAccount(aws, found);
    const registry = Registry.open(context, aws, found);
    if (!(await registry.exists())) return remove(context);

    return registry[mayGo === undefined ? "whileEnvironmentHeld" : "whileNobodyHasEnvironment"](id, stack, options, async (held) => {
        using stop = new Stop(held.lease.signal);
        const { before } = held;
        mayGo?.(before);
        if (before !== undefined) refuseOther({ id, branch: options.branch }, before);
        const existing = before !== undefined;
        if (existing) await held.enter("removing");
        try {
            const removed = await remove({ ...context, signal: stop.signal }, held.lease.dead);
            await held.forget();
            return removed;
        } catch (error) {
            const missing = error instanceof UnderstudyError && error.kind === "not-found";
            if (!missing && existing) await held.noteFailure(error);
            if (!missing) throw error;
            await held.forget();
            if (!existing) throw error;
            return { stack, changes: nothing, seconds: 0 }; // nothing of it was ever made, or somebody has removed its stack by hand
        }
    });
}

/** Where in AWS a branch environment is, and the kind of its base, as its own stack says; undefined where that is not known. */
async function placeOfBranch(context: Context, backend: Backend, project: string, stack: string): Promise<(StatePlace & { readonly kind: string }) | undefined> {
    const record = await readRecord(await openStore(backend.url, context.env), project, stack);
    return record?.place && { ...record.place, kind: record.base };
}

const nothing: Changes = { created: 0, updated: 0, replaced: 0, deleted: 0, unchanged: 0 };

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
    /** Who has worked on it before and came to no end. */
    readonly dead?: Owner | undefined;
    /** Where in AWS it has to be, as the settings of a base say. Default: what is kept about the branch, when the state does not say it. */
    readonly place?: StatePlace;
}

/** Destroys what a stack has made, what interrupted runs left behind, and the stack itself. */
export async function removeStack(context: Context, options: RemoveOptions): Promise<Removed> {
    const begin = performance.now();
    const { emit } = context;
    const { stack, environment, branch, backend, project, patience } = options;
    await using session = await Session.open(context, { project: { name: project }, backend, patience });
    session.predecessor = options.dead;
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
        // Listed before anything goes: what is registered or pushed for an `up` that waits for this removal is its own.
        const definitions = place === undefined ? [] : await listDefinitions(session.clients(place), { app: place.app, environment });
        const images = place === undefined || record === undefined ? [] : await findBranchImages(session.clients(place), lentRepositories(await session.state(record.base)), environment);
        const { changes } = await session.destroy(stack);
        if (place !== undefined) await step(emit, "remove task definitions", () => deregisterDefinitions(session.clients(place), definitions), () => `${definitions.length} of them`);
        if (place !== undefined && images.length > 0) await removeImages(context, session.clients(place), images);
        await step(emit, "remove stack", () => forgetStack(context, session, stack));
        return { stack, changes, seconds: (performance.now() - begin) / 1000 };
    });
}

/** A role of branches may be denied this, since it could remove its base's images as well: then they are left to a sweep. */
async function removeImages({ emit }: Context, aws: Clients, images: readonly BranchImage[]): Promise<void> {
    try {
        const { refused } = await step(emit, "remove images", () => removeBranchImages(aws, images), ({ removed }) => `${removed} of them`);
        for (const message of refused) emit({ type: "warning", message });
    } catch (error) {
        if (!(error instanceof UnderstudyError) || error.kind !== "credentials") throw error;
        emit({ type: "notice", message: "images of the branch stay in the registry until a sweep by somebody who may remove them" });
    }
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

/** Where the state of a branch is, and where its base is, as far as the project says it. */
interface Located {
    readonly backend: Backend;
    readonly project: string;
    readonly place?: BaseSettings;
}

/** The backend of a branch's state and the project it belongs to. Without a project the backend itself is asked. */
async function locate(context: Context, stack: string, { backend, base = defaultBase }: BranchDownOptions): Promise<Located> {
    if (backend === undefined) {
        return namingBackend(() => {
            const project = findProject(context.directory);
            const { settings } = readStack(project, base);
            return { backend: backendOf(context, base, settings), project: project.name, place: forBranches(settings) };
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
