/* eslint-disable @typescript-eslint/no-require-imports -- what makes images is loaded only where that is done */
import path from "node:path";
import { step } from "../../automation/events";
import type { ImageChoice } from "../../automation/index";
import { findProject, readStack } from "../../automation/settings/project";
import type { CheckoutOptions, PushedCheckout } from "../../local/images/checkout";
import type { Application } from "../../model/application";
import { buildContexts, readApplication } from "../bases";
import type { Context } from "../context";

export interface CommitToRun {
    /** Stack of the base into whose registry the images go. */
    readonly base: string;
    /** Folder with the Compose file. Default: the base's. */
    readonly app?: string | undefined;
    /** Default: the commit that is checked out. */
    readonly branch?: CheckoutOptions["branch"];
}

/**
 * On AWS, CI builds and pushes the images of a commit before anybody deploys it; in the local world the command does it first. Undefined on
 * AWS, and where the command line says which images to run.
 */
export async function pushCommit(context: Context, { base, app, branch }: CommitToRun, choice: ImageChoice): Promise<PushedCheckout | undefined> {
    if (!context.local || choice.release !== undefined) return undefined;
    const world = context.world();
    const project = findProject(context.directory);
    const { settings } = readStack(project, base);
    const appDir = path.resolve(project.directory, app ?? settings.appDir);
    const contexts = contextsOf(readApplication(project, { ...settings, appDir }), choice);
    if (Object.keys(contexts).length === 0) return undefined;

    const { show } = context.progress;
    const { pushCheckout } = require("../../local/images/checkout") as typeof import("../../local/images/checkout");
    const push = (): Promise<PushedCheckout> => pushCheckout({ world, base: settings, appDir, contexts, ...(branch && { branch }) });
    const pushed = await step(show, "push images", push, describePush);
    const { uncommitted, notBuilt } = pushed;
    if (uncommitted.length > 0) show({ type: "warning", message: `not committed, so not part of it: ${shorten(uncommitted)}` });
    for (const message of notBuilt) show({ type: "warning", message });
    return pushed;
}

/** Contexts of the own images that nobody names, by image or by service. */
export function contextsOf(application: Pick<Application, "services">, { images = {} }: ImageChoice): Readonly<Record<string, string>> {
    const named = application.services.flatMap(({ name, ownImage = "" }) => ([name, ownImage].some((named) => Object.hasOwn(images, named)) ? [ownImage] : []));
    return Object.fromEntries(Object.entries(buildContexts(application)).filter(([image]) => !named.includes(image)));
}

function describePush({ images, commit, tag }: PushedCheckout): string {
    if (commit === undefined) return `none, those with the tag ${tag} are from elsewhere`;
    return images.length === 0 ? `none, the base has no repositories yet` : `${images.join(", ")} of ${commit.slice(0, 10)}`;
}

/** A list that fits on a line. */
function shorten(files: readonly string[]): string {
    const most = 3;
    return [...files.slice(0, most), ...(files.length > most ? [`${files.length - most} more`] : [])].join(", ");
}
