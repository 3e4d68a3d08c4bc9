import { execa, ExecaError } from "execa";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UnderstudyError } from "../../automation/index";
import type { Docker } from "../docker/docker";
import { buildImage } from "./build";
import { readDockerfile } from "./dockerfile";
import { git, gitEnvironment } from "./git";
import { addImage, type LocalImage } from "./store";

export interface ExportOptions {
    /** Folder of the local world. */
    readonly worldDirectory: string;
    /** A folder of the git repository, at its top. */
    readonly repository: string;
    /** Branch, tag or commit. */
    readonly commit: string;
    /** Build context of every image, as a path from the repository's top. @example { "shop-web": "app/web" } */
    readonly contexts: Readonly<Record<string, string>>;
}

/**
 * Makes images out of a commit: each is the content of its build context at that commit, and starts as the context's Dockerfile says.
 * Nothing is built yet: `RUN` and `COPY` have no effect, the context itself is the image's working directory. Returns the images by name.
 * Fails with kind `image-missing` when the commit or a context's Dockerfile does not exist.
 */
export async function exportImages(options: ExportOptions): Promise<Readonly<Record<string, LocalImage>>> {
    const revision = await resolveCommit(options.repository, options.commit);
    const exported = Object.entries(options.contexts).map(async ([name, context]) => {
        const image = await addImage(options.worldDirectory, revision, async (directory) => {
            await exportFolder(options.repository, revision, context, directory);
            return readDockerfile(await readRequired(join(directory, "Dockerfile"), `${options.repository} has no ${join(context, "Dockerfile")} in its commit ${revision}`));
        });
        return [name, image] as const;
    });
    return Object.fromEntries(await Promise.all(exported));
}

/** Builds images of a commit in Docker, as CI would. Returns a sentence for each one that cannot be built, which then runs as a process. */
export async function buildImages(
    images: Readonly<Record<string, LocalImage>>,
    { worldDirectory, repository, contexts }: ExportOptions,
    docker: Docker,
): Promise<readonly string[]> {
    const problems = Object.entries(images).map(([name, image]) => {
        const writeContext = (directory: string): Promise<void> => exportFolder(repository, image.revision, contexts[name] ?? "", directory);
        return buildImage({ docker, worldDirectory, name, image, writeContext });
    });
    return (await Promise.all(problems)).filter((problem) => problem !== undefined);
}

async function resolveCommit(repository: string, commit: string): Promise<string> {
    try {
        return await git(repository, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}^{commit}`]);
    } catch (error) {
        if (!(error instanceof ExecaError)) throw error;
        throw notMade(`${repository} has no commit ${JSON.stringify(commit)}`, "write a branch, a tag or a commit of this repository", error);
    }
}

async function exportFolder(repository: string, revision: string, context: string, directory: string): Promise<void> {
    const folder = `${revision}:${context.replace(/^\.?\/|\/$|^\.$/g, "")}`;
    await git(repository, ["cat-file", "-e", folder]).catch((error: unknown) => {
        throw notMade(`${repository} has no folder ${context} in its commit ${revision}`, "commit the folder, or correct `build:` in the Compose file", error);
    });
    await execa("git", ["archive", folder], { cwd: repository, env: gitEnvironment(), extendEnv: false }).pipe("tar", [
        "-x",
        "-C",
        directory,
    ]);
}

async function readRequired(file: string, otherwise: string): Promise<string> {
    return readFile(file, "utf8").catch((error: unknown) => {
        throw notMade(otherwise, "commit a Dockerfile: it says how the image starts", error);
    });
}

function notMade(message: string, advice: string, cause: unknown): UnderstudyError {
    return new UnderstudyError("image-missing", message, advice, { cause });
}
