import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Docker, DockerError } from "../docker/docker";
import { imageLabel, imageTag } from "../docker/labels";
import { withLock } from "../lock";
import { type LocalImage, noteBuilt } from "./store";

export interface BuildOptions {
    readonly docker: Docker;
    /** Folder of the local world. */
    readonly worldDirectory: string;
    /** For people. @example "shop-web" */
    readonly name: string;
    readonly image: LocalImage;
    /** Writes the build context into an empty folder, as it is in the commit. */
    readonly writeContext: (directory: string) => Promise<void>;
}

/**
 * Builds what an image's Dockerfile says, unless Docker has it already. Returns undefined when it is there, else a sentence that says why
 * it is not, with the file that has all that Docker wrote.
 */
export async function buildImage({ docker, worldDirectory, name, image, writeContext }: BuildOptions): Promise<string | undefined> {
    const folder = join(worldDirectory, "builds");
    const tag = imageTag(worldDirectory, image.digest);
    await mkdir(folder, { recursive: true });
    const build = async (): Promise<string | undefined> => {
        if (await docker.has(tag)) return undefined;
        const context = await mkdtemp(join(folder, "context-"));
        try {
            await writeContext(context);
            const names = ["--tag", tag, "--label", imageLabel(worldDirectory), "--build-arg", `REVISION=${image.revision}`];
            await docker.run(["build", "--force-rm", ...names, context]);
            return undefined;
        } catch (error) {
            if (!(error instanceof DockerError)) throw error;
            const log = join(folder, `${name}.log`);
            await writeFile(log, error.output);
            return `${name} cannot be built, so it runs as a process: ${error.message} (${log})`;
        } finally {
            await rm(context, { recursive: true, force: true });
        }
    };
    return withLock(join(folder, `${tag.slice(tag.indexOf(":") + 1)}.lock`), async () => {
        const problem = await build();
        await noteBuilt(worldDirectory, image.digest, problem === undefined ? tag : undefined);
        return problem;
    });
}
