import { BatchGetImageCommand, RepositoryNotFoundException, type ECRClient } from "@aws-sdk/client-ecr";
import { ExecaError } from "execa";
import { posix } from "node:path";
import { UnderstudyError } from "../../automation/index";
import { repositoryName } from "../../model/names";
import type { BaseSettings } from "../../model/settings";
import type { World } from "../world";
import { git } from "./git";
import { ecrOf, pushImages, type Pushed } from "./push";

export interface CheckoutOptions {
    readonly world: World;
    /** The base into whose account the images go. */
    readonly base: BaseSettings;
    /** Folder with the Compose file, in the git repository that has the code. */
    readonly appDir: string;
    /** Build context of every image, as a path from the folder of the Compose file. */
    readonly contexts: Readonly<Record<string, string>>;
    /** Its last commit is taken, and the images are tagged with `tag`. Absent: the commit that is checked out, whose short form is the tag. */
    readonly branch?: { readonly name: string; readonly tag: string };
}

/** The images of a commit that somebody has in front of them, in the registry. */
export interface PushedCheckout extends Pushed {
    readonly tag: string;
    /** Absent when the repository has no such branch, but all images have been pushed from elsewhere. */
    readonly commit?: string;
    /** Files below the build contexts that are not as in the commit, from the repository's top. */
    readonly uncommitted: readonly string[];
}

/**
 * Pushes the images of a commit of a developer's own checkout. Fails with kind `image-missing` where there is no repository, branch, commit
 * or build context to make them of.
 */
export async function pushCheckout({ world, base, appDir, contexts, branch }: CheckoutOptions): Promise<PushedCheckout> {
    const repository = await ask(appDir, ["rev-parse", "--show-toplevel"]);
    const commit = repository === undefined ? undefined : await ask(appDir, ["rev-parse", "--verify", "--quiet", revisionOf(branch)]);
    if (repository === undefined || commit === undefined) {
        const what = repository === undefined ? `${appDir} is in no git repository` : `${repository} has no ${branch === undefined ? "commit" : `branch ${branch.name}`}`;
        if (branch !== undefined && (await areThere(ecrOf(world, base), base.app, Object.keys(contexts), branch.tag))) {
            return { images: [], withoutRepository: [], notBuilt: [], tag: branch.tag, uncommitted: [] };
        }
        throw new UnderstudyError("image-missing", `no image can be made: ${what}`, "commit the code there, or name images that are in the registry: --image <tag>");
    }

    const prefix = await git(appDir, ["rev-parse", "--show-prefix"]);
    const folders = Object.entries(contexts).map(([image, context]) => [image, posix.join(prefix, context)] as const);
    const tag = branch?.tag ?? commit.slice(0, shortCommit);
    const [pushed, uncommitted] = await Promise.all([
        pushImages({ world, base, repository, commit, contexts: Object.fromEntries(folders), tag }),
        uncommittedFiles(repository, commit, folders.map(([, folder]) => folder)),
    ]);
    return { ...pushed, tag, commit, uncommitted };
}

/** Letters of a commit that people read. */
const shortCommit = 10;

function revisionOf(branch: CheckoutOptions["branch"]): string {
    return branch === undefined ? "HEAD^{commit}" : `refs/heads/${branch.name}^{commit}`;
}

/** Nothing is uncommitted about a commit that is not the one in the working tree. */
async function uncommittedFiles(repository: string, commit: string, folders: readonly string[]): Promise<readonly string[]> {
    if ((await ask(repository, ["rev-parse", "--verify", "--quiet", "HEAD"])) !== commit) return [];
    const status = await git(repository, ["status", "--porcelain", "-z", "--no-renames", "--", ...new Set(folders)]);
    return status.split("\0").flatMap((entry) => (entry === "" ? [] : [entry.slice("XY ".length)]));
}

async function areThere(ecr: ECRClient, app: string, images: readonly string[], imageTag: string): Promise<boolean> {
    const there = images.map(async (image) => {
        try {
            const { images: found = [] } = await ecr.send(new BatchGetImageCommand({ repositoryName: repositoryName(app, image), imageIds: [{ imageTag }] }));
            return found.length > 0;
        } catch (error) {
            if (error instanceof RepositoryNotFoundException) return false;
            throw error;
        }
    });
    return (await Promise.all(there)).every(Boolean);
}

/** What git answers; undefined when it says no. */
async function ask(directory: string, args: readonly string[]): Promise<string | undefined> {
    try {
        return await git(directory, args);
    } catch (error) {
        if (error instanceof ExecaError && error.exitCode !== undefined) return undefined;
        throw error;
    }
}
