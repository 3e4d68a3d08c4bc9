import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Environment } from "../../model/environment";
import type { BranchSettings } from "../../model/settings";
import { branchMainHost } from "../../model/names";
import { balancerUse, baseUse } from "../../model/shards";
import { checkAccount } from "../aws/account";
import type { Clients } from "../aws/clients";
import { planImages, resolveImages, type ImageChoice, type ImagePlan } from "../aws/images";
import { backendOf } from "../backend";
import { programFile } from "../engine/program";
import type { RunResult } from "../engine/workspace";
import { step } from "../events";
import { changesOfAll, deployed, followAll, type Deployed } from "../finish";
import { refuseMoved } from "../moved";
import type { Context, Patience } from "../options";
import { Registry } from "../registry/registry";
import { ReleaseTrial } from "../release/trial";
import { Session } from "../session";
import { branchRun, branchSettings } from "../settings/privateSettings";
import { findProject, readEnvironment, readStack, type Project, type StackFile } from "../settings/project";
import { readRecord, writeRecord, type BranchRecord } from "../state/tags";
import { removeTornDetails } from "../state/torn";
import { Stop } from "../stop";
import { together } from "../together";
import { checkBase } from "./base";
import { defaultBase, identify, refuseOther } from "./target";

/** Which branch gets an environment, and of what. What is not named runs the image that is tagged with the branch id. */
export interface BranchUpOptions extends ImageChoice, Patience {
    /** Full name of the git branch. */
    readonly branch: string;
    /** Stack of the base. Default `staging`. */
    readonly base?: string;
    /** Folder with the Compose file, relative to the current one. Default: the base's. */
    readonly app?: string;
    /** Who asks for it; kept with the environment. */
    readonly owner?: string;
    /** Number of the pull request that it belongs to; kept with the environment. */
    readonly pullRequest?: number;
    /** Commit of the branch that it is brought to; kept with the environment. */
    readonly commit?: string;
    /** Services that run in the branch; it uses its base's others. Default, and when empty: all of them. */
    readonly only?: readonly string[];
}

/** A branch environment that is up. */
export interface BranchUp extends Deployed {
    readonly branch: string;
    readonly id: string;
    readonly base: string;
    /** When it may be removed unless somebody asks for it again; meaningless while it is pinned. ISO 8601. */
    readonly expires: string;
}

/**
 * Makes or updates the environment of a branch and waits until its services run. Called twice it changes nothing the second time; called
 * twice at once the second waits for the first, and of several that wait the newest alone has its turn.
 */
export async function up(context: Context, options: BranchUpOptions): Promise<BranchUp> {
    const begin = performance.now();
    const { emit } = context;
    const input = await step(emit, "read settings", () => Promise.resolve(readBranch(context, options)));
    const { id, stack } = identify(options);
    const { project, file, settings } = input;
    const ownBase = readEnvironment(project, file.settings, file.file).environment;

    using stop = new Stop(context.signal);
    const inner = { ...context, signal: stop.signal };
    await using session = await Session.open(inner, { project, backend: backendOf(context, settings.base, file.settings), main: programFile(), patience: options });
    const aws = session.clients(settings);
    const [contract] = await together([session.state(settings.base).then((found) => checkBase(found, settings)), checkAccount(aws, settings), session.workspace.prepare()]);
    const { sourceAddresses, furtherShards } = contract.ingress;

    const registry = Registry.open(context, aws, { app: settings.app, kind: settings.baseKind });
    const trial = new ReleaseTrial({ emit, aws, environment: input.environment, wayBack: "bring it up again with images that work" });
    return await registry.whileEnvironmentHeld(id, stack, options, async (held) => {
        stop.follow(held.lease.signal);
        session.predecessor = held.lease.dead;
        const { ttl, ...quota } = file.settings.branches;
        const url = `https://${branchMainHost(settings.zone, id)}`;
        // What it runs stays as it was where nothing else is said, and only now nobody else can change it.
        const chosen = options.only === undefined && held.before?.only !== undefined ? readBranch(context, { ...options, only: held.before.only }) : input;
        const { expires, shard, movedFrom } = await held.claim({
            ...{ branch: settings.branch, url, owner: options.owner, pullRequest: options.pullRequest, commit: options.commit, ttl, quota },
            ...{ only: chosen.settings.only, use: balancerUse(chosen.environment, sourceAddresses), base: baseUse(ownBase, sourceAddresses, furtherShards.length + 1) },
        });
        if (movedFrom !== undefined) emit({ type: "warning", message: `${stack} has no room on load balancer ${movedFrom} any more and moves to ${shard}: it cannot be reached for a moment` });
        return await held.untilUp(async () => {
            const runs: RunResult[] = [];
            let created = false;
            const result = await trial.run(async () => {
                const updated = await update(session, aws, trial, { ...chosen, settings: { ...chosen.settings, shard } }, options);
                runs.push(updated.result);
                created ||= updated.created;
                using followed = new Stop(stop.signal, held.lease.outdated);
                await followAll({ ...inner, signal: followed.signal }, aws, updated.result, options, trial.onSpot).catch((error: unknown) => {
                    throw held.lease.outdated.aborted && !stop.signal.aborted ? held.lease.superseded() : error; // what is followed is about to be replaced
                });
                return updated.result;
            });
            const seconds = (performance.now() - begin) / 1000;
            return { ...deployed(context, stack, { ...result, changes: changesOfAll(runs) }, true), branch: settings.branch, id, base: settings.base, expires, created, seconds };
        });
    });
}

/** Brings the resources to what the branch wants, once nobody else is at work on the stack by hand. */
async function update(session: Session, aws: Clients, trial: ReleaseTrial, input: BranchInput, { branch, owner }: BranchUpOptions): Promise<{ readonly result: RunResult; readonly created: boolean }> {
    const { emit } = session;
    const { project, file, settings, environment, imagePlan } = input;
    const { id, stack } = identify({ branch });
    return await session.whenFree(stack, async () => {
        const [before, record, , images] = await together([
            step(emit, "read state", () => session.state(stack)),
            readRecord(session.store, project.name, stack),
            removeTornDetails(session.store, project.name, settings.base), // the program reads the base through the engine
            trial.images === undefined ? step(emit, "resolve images", () => resolveImages(aws, imagePlan, session.surroundings)) : Promise.resolve(trial.images),
            trial.running(),
        ]);
        refuseOther({ id, branch }, record);
        refuseMoved(stack, before, settings);
        const state = await session.refreshIfHalfRemoved(stack, before);
        await session.recover(stack, { app: environment.app, environment: id }, state, aws);
        await trial.begin(images, state);
        if (state === undefined) await session.createStack(stack, file.protection.secretsprovider);
        const [recorded, updated] = await Promise.allSettled([
            keepRecord(session, stack, record, recordOf(settings, owner)),
            session.up(stack, branchRun({ ...settings, images }, file.protection), state),
        ]);
        if (updated.status === "rejected") throw updated.reason;
        if (recorded.status === "rejected") throw recorded.reason;
        return { result: updated.value, created: state === undefined };
    });
}

interface BranchInput {
    readonly project: Project;
    readonly file: StackFile;
    readonly settings: BranchSettings;
    readonly environment: Environment;
    readonly imagePlan: ImagePlan;
}

/** How the settings of a branch are called in problems: they stand in no file that a person has written. */
const settingsOfBranch = "the branch's settings";

/** All that `up` learns without AWS. Fails as it does when an option, the settings or the Compose file are wrong. */
export function readBranch({ directory }: Pick<Context, "directory">, options: BranchUpOptions): BranchInput {
    const { branch, base = defaultBase, app, only = [] } = options;
    const { id } = identify({ branch });
    const project = findProject(directory);
    const file = readStack(project, base);
    const appDir = app === undefined ? path.resolve(project.directory, file.settings.appDir) : path.resolve(app);
    const settings = branchSettings(file.settings, { base, branch, appDir, only });
    const { environment } = readEnvironment(project, settings, settingsOfBranch);
    const imagePlan = planImages(environment, { ...options, release: options.release ?? id }, {});
    return { project, file, settings, environment, imagePlan };
}

function recordOf({ branch, base, app, account, region, role }: BranchSettings, owner: string | undefined): BranchRecord {
    const place = { app, account, region, ...(role !== undefined && { role }) };
    return { branch, base, created: new Date().toISOString(), ...(owner !== undefined && { owner }), place };
}

/** Writes down whose environment this is, unless that is known already. It runs beside the update, which takes longer. */
async function keepRecord(session: Session, stack: string, before: BranchRecord | undefined, now: BranchRecord): Promise<void> {
    const record = { ...before, ...now, created: before?.created ?? now.created };
    if (before === undefined || !isDeepStrictEqual(before, record)) await writeRecord(session.workspace, stack, record);
}
