import type { Workspace } from "../engine/workspace";
import { UnderstudyError, type ErrorKind } from "../errors";
import { stackFolder, type StateStore } from "./store";

/** One resource as the state has it. Secret values are ciphertext. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    /** False for components, which exist in the state alone. */
    readonly custom: boolean;
    /** Absent while it has none, and for components. */
    readonly id?: string;
    /** The engine refuses to delete it. */
    readonly protect: boolean;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** A change that was begun and of which nobody knows how it ended. */
export interface PendingOperation {
    /** @example "creating" */
    readonly type: string;
    readonly resource: StateResource;
}

/** What the last run has left in the state. */
export interface StackState {
    readonly resources: readonly StateResource[];
    readonly pending: readonly PendingOperation[];
    /** Outputs of the stack; empty before the first run that came to its end. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** When the state was last written. */
    readonly written: Date;
    /** The state names the key of its secrets; not before the first update. */
    readonly hasKey: boolean;
}

const stackType = "pulumi:pulumi:Stack";

/** What states are read from. */
export interface StateSource {
    readonly store: StateStore;
    readonly workspace: Workspace;
    /** Name of the project. */
    readonly project: string;
}

/** The format of the backend's objects that is understood here. */
const checkpointVersion = 3;

/** What is wrong with one state and says nothing about the others. */
export const unreadable: ReadonlySet<ErrorKind> = new Set(["backend", "newer-state"]);

/**
 * The state of a stack; undefined when there is no such stack. No key is needed, since secrets stay encrypted. The object in the backend is
 * read directly, which spares a process and most of the requests to a bucket; whatever does not look as expected (a newer format, a
 * compressed or a damaged object, none at all) is left to the engine, whose answer or error then counts. An error names the stack, of which a
 * command may need several.
 */
export async function readState({ store, workspace, project }: StateSource, stack: string): Promise<StackState | undefined> {
    const stored = parseCheckpoint(await store.read(`${stackFolder(project)}${stack}.json`));
    if (stored !== undefined) return stored;
    try {
        return parseState(await workspace.command("stack", "export", "--stack", stack));
    } catch (error) {
        if (!(error instanceof UnderstudyError)) throw error;
        if (error.kind === "not-found") return undefined;
        throw unreadable.has(error.kind) ? new UnderstudyError(error.kind, `${stack}: ${error.message}`, error.advice, { cause: error }) : error;
    }
}

/** Reads a stack's object in the backend; undefined when it is not of the known form. */
export function parseCheckpoint(text: string | undefined): StackState | undefined {
    try {
        const { version, checkpoint } = JSON.parse(text ?? "") as { readonly version?: number; readonly checkpoint?: { readonly latest?: RawDeployment | null } };
        return version === checkpointVersion && checkpoint !== undefined ? stateOf(checkpoint.latest ?? undefined) : undefined;
    } catch {
        return undefined;
    }
}

/** Reads what `pulumi stack export` prints. */
export function parseState(text: string): StackState {
    return stateOf((JSON.parse(text) as { readonly deployment?: RawDeployment }).deployment);
}

function stateOf(deployment: RawDeployment | undefined): StackState {
    const resources = (deployment?.resources ?? []).map(parseResource);
    return {
        resources,
        pending: (deployment?.pending_operations ?? []).map(({ type, resource }) => ({ type, resource: parseResource(resource) })),
        outputs: resources.find(({ type }) => type === stackType)?.outputs ?? {},
        written: new Date(deployment?.manifest.time ?? 0),
        hasKey: deployment?.secrets_providers?.type !== undefined,
    };
}

/** Where in AWS the resources of a stack are: enough to work on them without any settings. */
export interface StatePlace {
    readonly region: string;
    readonly account: string;
    readonly role?: string;
    /** The application's name, as every resource is tagged. */
    readonly app: string;
}

/** Reads the place from the arguments of the stack's AWS provider; undefined where there is none. */
export function placeOf(state: StackState): StatePlace | undefined {
    const provider = state.resources.find(({ type }) => type === "pulumi:providers:aws");
    if (provider === undefined) return undefined;
    const { region } = provider.inputs;
    const [role] = list(decoded(provider.inputs["assumeRoles"])).map((entry) => record(entry)["roleArn"]);
    const [account] = list(decoded(provider.inputs["allowedAccountIds"]));
    const app = record(record(decoded(provider.inputs["defaultTags"]))["tags"])["understudy:app"];
    if (typeof region !== "string" || typeof account !== "string" || typeof app !== "string") return undefined;
    return { region, account, app, ...(typeof role === "string" && { role }) };
}

interface RawDeployment {
    readonly manifest: { readonly time: string };
    readonly secrets_providers?: { readonly type?: string } | null;
    readonly resources?: readonly RawResource[] | null;
    readonly pending_operations?: readonly { readonly type: string; readonly resource: RawResource }[] | null;
}

type RawResource = Partial<StateResource> & Pick<StateResource, "urn" | "type">;

function parseResource({ urn, type, custom = false, id, protect = false, inputs = {}, outputs = {} }: RawResource): StateResource {
    return { urn, type, custom, protect, inputs, outputs, ...(id === undefined || id === "" ? {} : { id }) };
}

/** Arguments of a provider that are no text stand in the state as JSON. */
function decoded(value: unknown): unknown {
    if (typeof value !== "string") return value;
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}

function list(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
