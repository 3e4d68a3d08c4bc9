import type { Environment } from "../model/environment";
import { registryTableName } from "../model/names";
import type { Release } from "../model/releaseRecord";
import { contractVersion } from "../stacks/contract";
import { checkAccount } from "./aws/account";
import { planImages, resolveImages, type ImageChoice } from "./aws/images";
import { shortenNegativeTtl } from "./aws/namespaceTtl";
import type { Clients } from "./aws/clients";
import { backendOf } from "./backend";
import { programFile } from "./engine/program";
import type { RunResult } from "./engine/workspace";
import { UnderstudyError } from "./errors";
import { step } from "./events";
import { changesOfAll, deployed, followAll, type Deployed } from "./finish";
import { whileBaseHeld } from "./held";
import { refuseMoved } from "./moved";
import type { Context, Patience } from "./options";
import { environmentOutputs } from "./outputs";
import { ReleaseTrial } from "./release/trial";
import { Session } from "./session";
import { shardsThatGo } from "./shards";
import { baseRun } from "./settings/privateSettings";
import { refuseConflicts } from "./settings/check";
import { findProject, readEnvironment, readStack, type Project, type StackFile } from "./settings/project";
import type { StackState } from "./state/stackState";
import { Stop } from "./stop";
import { together } from "./together";

/** How a base is deployed. Without a release and without images it goes on with those it runs. */
export interface DeployOptions extends ImageChoice, Patience {
    /** The stack's name once more. Production is not touched without it. */
    readonly confirm?: string;
}

/** Brings production, staging or dev to what its settings, `app/` and the chosen images say, and waits until its services run that. */
export async function deploy(context: Context, stack: string, options: DeployOptions = {}): Promise<Deployed> {
    const begin = performance.now();
    const { emit } = context;
    const input = await step(emit, "read settings", () => Promise.resolve(readBase(context, stack)));
    const { project, file } = input;
    refuse(input, options);

    using stop = new Stop(context.signal);
    const inner = { ...context, signal: stop.signal };
    await using session = await Session.open(inner, { project, backend: backendOf(context, stack, file.settings), main: programFile(), patience: options });
    const aws = session.clients(file.settings);
    await together([checkAccount(aws, file.settings), session.workspace.prepare()]);

    return await whileBaseHeld(context, aws, { stack, settings: file.settings, patience: options }, async (lease) => {
        if (lease !== undefined) stop.follow(lease.signal);
        session.predecessor = lease?.dead;
        const trial = new ReleaseTrial({ emit, aws, environment: input.environment, wayBack: `\`understudy deploy ${stack}\` brings back what has changed` });
        const runs: RunResult[] = [];
        let created = false;
        const result = await trial.run(async () => {
            const updated = await update(session, aws, trial, { ...input, hasRegistry: lease !== undefined }, options);
            runs.push(updated.result);
            created ||= updated.created;
            await together([shortenTtl(inner, aws, updated.result), followAll(inner, aws, updated.result, options, trial.onSpot)]);
            return updated.result;
        });
        return { ...deployed(context, stack, { ...result, changes: changesOfAll(runs) }, false), created, seconds: (performance.now() - begin) / 1000 };
    });
}

interface BaseInput {
    readonly stack: string;
    readonly project: Project;
    readonly file: StackFile;
    readonly environment: Environment;
}

interface UpdateInput extends BaseInput {
    readonly hasRegistry: boolean;
}

/** Brings the resources to what settings and release want, once nobody else is at work on the stack by hand. */
async function update(session: Session, aws: Clients, trial: ReleaseTrial, input: UpdateInput, options: DeployOptions): Promise<{ readonly result: RunResult; readonly created: boolean }> {
    const { emit } = session;
    const { stack, project, file, environment } = input;
    const chooses = options.release !== undefined || Object.keys(options.images ?? {}).length > 0;
    return await session.whenFree(stack, async () => {
        const [before, recorded] = await together([step(emit, "read state", () => session.state(stack)), trial.running()]);
        refuseNewer(stack, before);
        refuseMoved(stack, before, file.settings);
        await refuseServing(session, aws, input, before);
        const refreshed = await session.refreshIfHalfRemoved(stack, before);
        const state = input.hasRegistry ? refreshed : await noticeLostRegistry(session, input, refreshed);
        await session.recover(stack, { app: environment.app, environment: environment.name }, state, aws);
        // What the state says is of use only where the record was lost: it may be a release that was taken back.
        const running = { ...(recorded ?? environmentOutputs(state?.outputs ?? {}).images), ...file.settings.images };
        const images = trial.images ?? (chooses ? await step(emit, "resolve images", () => resolveImages(aws, planImages(environment, options, running), session.surroundings)) : allOf(environment, running));
        if (images !== undefined) await trial.begin(images, state);
        if (state === undefined) await session.createStack(stack, file.protection.secretsprovider);
        return { result: await session.up(stack, baseRun(project, file, images), state), created: state === undefined };
    });
}

/** A registry that somebody has removed by hand stays away unless the engine is told: it would find nothing to change. */
async function noticeLostRegistry(session: Session, { stack, file: { settings } }: BaseInput, state: StackState | undefined): Promise<StackState | undefined> {
    const name = registryTableName(settings.app, settings.kind);
    const table = state?.resources.find(({ type, inputs }) => type === "aws:dynamodb/table:Table" && inputs["name"] === name);
    if (table === undefined) return state;
    await step(session.emit, "refresh", () => session.workspace.refresh(stack, [table.urn], false), () => `the registry ${name} is gone`);
    return session.state(stack);
}

/** AWS removes all rules of a listener with it, so a load balancer goes only when no branch is on it. */
async function refuseServing(session: Session, aws: Clients, { stack, file }: BaseInput, state: StackState | undefined): Promise<void> {
    const going = shardsThatGo(state, file.settings);
    if (going.length === 0) return;
    const served = (await session.registry(aws, file.settings).list()).filter(({ shard }) => going.includes(shard));
    if (served.length === 0) return;
    const names = served.map(({ branch, shard }) => `${branch} (${shard})`).join(", ");
    throw new UnderstudyError("refused", `${stack} would lose load balancers that serve branch environments: ${names}`, "remove these with `understudy branch down`, or leave `understudy:ingress: {shards}` as it was");
}

/** Fails on what `deploy` fails on before it asks AWS. */
export function checkDeploy(context: Pick<Context, "directory">, stack: string, options: Pick<DeployOptions, "confirm">): void {
    refuse(readBase(context, stack), options);
}

function readBase({ directory }: Pick<Context, "directory">, stack: string): BaseInput {
    const project = findProject(directory);
    const file = readStack(project, stack);
    return { stack, project, file, environment: readEnvironment(project, file.settings, file.file).environment };
}

function refuse({ stack, project, file }: BaseInput, { confirm }: Pick<DeployOptions, "confirm">): void {
    refuseUnconfirmed(stack, file.settings.kind === "production", confirm);
    refuseConflicts(project, stack);
}

/** A wrong name stops even where none is asked for: somebody has mistaken the environment. */
function refuseUnconfirmed(stack: string, needed: boolean, confirm: string | undefined): void {
    if (confirm === stack || (confirm === undefined && !needed)) return;
    const message = confirm === undefined ? `${stack} is only deployed when its name is confirmed` : `the confirmation says ${confirm}, but this is ${stack}`;
    throw new UnderstudyError("refused", message, `confirm it with --confirm ${stack}`);
}

/** An older program would take away what a newer one has made. */
function refuseNewer(stack: string, state: StackState | undefined): void {
    const { version } = (state?.outputs["contract"] ?? {}) as { readonly version?: unknown };
    if (typeof version !== "number" || version <= contractVersion) return;
    throw new UnderstudyError("newer-state", `${stack} was deployed by a newer version of this program`, "use that version, or a newer one");
}

/** The digests of exactly the environment's own images; undefined when one is not known: of that the program says what to do. */
function allOf({ images }: Environment, known: Release): Release | undefined {
    const digests = images.map(({ name }) => [name, Object.hasOwn(known, name) ? known[name] : undefined] as const);
    return digests.every(([, digest]) => digest !== undefined) ? (Object.fromEntries(digests) as Release) : undefined;
}

async function shortenTtl({ emit, signal }: Context, aws: Clients, { ids }: RunResult): Promise<void> {
    const [namespace] = ids.get("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace") ?? [];
    if (namespace === undefined) return;
    await step(emit, "set discovery TTL", () => shortenNegativeTtl(aws, namespace, signal), (changed) => (changed ? "5 s" : "is 5 s"));
}
