import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Environment } from "../../model/environment";
import type { BranchSettings } from "../../model/settings";
import { checkAccount } from "../aws/account";
import { planImages, resolveImages, type ImageChoice, type ImagePlan } from "../aws/images";
import { backendOf } from "../backend";
import { programFile } from "../engine/program";
import { step } from "../events";
import { deployed, followAll, type Deployed } from "../finish";
import { refuseMoved } from "../moved";
import type { Context, Patience } from "../options";
import { Session } from "../session";
import { branchRun, branchSettings } from "../settings/privateSettings";
import { findProject, readEnvironment, readStack, type Project, type StackFile } from "../settings/project";
import { removeTornDetails } from "../state/torn";
import { readRecord, writeRecord, type BranchRecord } from "../state/tags";
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
}

/** A branch environment that is up. */
export interface BranchUp extends Deployed {
    readonly branch: string;
    readonly id: string;
    readonly base: string;
}

/**
 * Makes or updates the environment of a branch and waits until its services run. Called twice it changes nothing the second time; called
 * twice at once the second waits for the first.
 */
export async function up(context: Context, options: BranchUpOptions): Promise<BranchUp> {
    const begin = performance.now();
    const { emit } = context;
    const { branch, base = defaultBase } = options;
    const { id, stack } = identify({ branch });
    const { project, file, settings, environment, imagePlan } = await step(emit, "read settings", () => Promise.resolve(readBranch(context, options)));

    const backend = backendOf(context, base, file.settings);
    await using session = await Session.open(context, { project, backend, main: programFile(), patience: options });
    const aws = session.clients(settings);

    const { result, created } = await session.whenFree(stack, async () => {
        const [state, record, , , , images] = await together([
            step(emit, "read state", () => session.state(stack)),
            readRecord(session.store, project.name, stack),
            session.state(base).then((found) => checkBase(found, settings)),
            removeTornDetails(session.store, project.name, base), // the program reads the base through the engine
            checkAccount(aws, settings),
            step(emit, "resolve images", () => resolveImages(aws, imagePlan)),
            session.workspace.prepare(),
        ]);
        refuseOther({ id, branch }, record);
        refuseMoved(stack, state, settings);
        await session.refreshIfHalfRemoved(stack, state);
        await session.recover(stack, { app: environment.app, environment: id }, state, aws);
        if (state === undefined) await session.createStack(stack, file.protection.secretsprovider);
        const [recorded, update] = await Promise.allSettled([
            keepRecord(session, stack, record, recordOf(settings, options.owner)),
            session.up(stack, branchRun({ ...settings, images }, file.protection), state),
        ]);
        if (update.status === "rejected") throw update.reason;
        if (recorded.status === "rejected") throw recorded.reason;
        return { result: update.value, created: state === undefined };
    });

    await followAll(context, aws, result, options);
    return { ...deployed(context, stack, result, true), branch, id, base, created, seconds: (performance.now() - begin) / 1000 };
}

interface BranchInput {
    readonly project: Project;
    readonly file: StackFile;
    readonly settings: BranchSettings;
    readonly environment: Environment;
    readonly imagePlan: ImagePlan;
}

/** All that `up` learns without AWS. Fails as it does when an option, the settings or the Compose file are wrong. */
export function readBranch({ directory }: Pick<Context, "directory">, options: BranchUpOptions): BranchInput {
    const { branch, base = defaultBase, app } = options;
    const { id } = identify({ branch });
    const project = findProject(directory);
    const file = readStack(project, base);
    const appDir = app === undefined ? path.resolve(project.directory, file.settings.appDir) : path.resolve(app);
    const settings = branchSettings(file.settings, { base, branch, appDir });
    const { environment } = readEnvironment(project, settings, file.file);
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
