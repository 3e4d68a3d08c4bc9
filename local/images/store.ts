import { randomUUID } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageConfig } from "./dockerfile";
import { digestOf, packImage, type Packed } from "./manifest";

/** An image whose content is a folder of this machine. */
export interface LocalImage extends Packed {
    /** Of the manifest: what a task definition names. @example "sha256:9f86d0…" */
    readonly digest: string;
    /** The commit it was made from, also in its file `REVISION`. */
    readonly revision: string;
    /** Absolute path of the image's working tree: what its working directory holds. */
    readonly directory: string;
    readonly config: ImageConfig;
    /** Name of the image that Docker has built of the same content; absent: it can only be run as a process. */
    readonly built?: string;
}

/** The image that a digest names, or undefined when this world has none of that digest. */
export async function findImage(worldDirectory: string, digest: string): Promise<LocalImage | undefined> {
    const [index, built] = await Promise.all([indexFile, builtFile].map((fileOf) => readIfThere(fileOf(worldDirectory, digest))));
    return index === undefined ? undefined : { ...(JSON.parse(index) as LocalImage), ...(built !== undefined && { built }) };
}

/** Writes down under which name Docker has an image; undefined: under none. */
export async function noteBuilt(worldDirectory: string, digest: string, name: string | undefined): Promise<void> {
    const file = builtFile(worldDirectory, digest);
    await (name === undefined ? rm(file, { force: true }) : writeFile(file, name));
}

async function readIfThere(file: string): Promise<string | undefined> {
    try {
        return await readFile(file, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}

/**
 * Takes a new image into the world: `fill` writes its content into the empty folder it is given and returns how the image starts. The
 * files become read-only; their folders do not, so that the world can be removed like any folder. Equal content is kept once.
 */
export async function addImage(
    worldDirectory: string,
    revision: string,
    fill: (directory: string) => Promise<ImageConfig>,
): Promise<LocalImage> {
    const images = imagesDirectory(worldDirectory);
    await mkdir(images, { recursive: true });
    const fresh = await mkdtemp(join(images, "new-"));
    try {
        const config = await fill(fresh);
        await writeFile(join(fresh, "REVISION"), `${revision}\n`);
        const files = await sealFolder(fresh);
        const directory = join(images, hexOf(digestOf(files)));
        await moveUnlessThere(fresh, directory);

        const packed = packImage(config, files, revision);
        const image = { digest: digestOf(packed.manifest), ...packed, revision, directory, config };
        const index = indexFile(worldDirectory, image.digest);
        const written = `${index}.${randomUUID()}`;
        await writeFile(written, JSON.stringify(image));
        await rename(written, index);
        return image;
    } finally {
        await rm(fresh, { recursive: true, force: true });
    }
}

function imagesDirectory(worldDirectory: string): string {
    return join(worldDirectory, "images");
}

function indexFile(worldDirectory: string, digest: string): string {
    return join(imagesDirectory(worldDirectory), `${hexOf(digest)}.json`);
}

function builtFile(worldDirectory: string, digest: string): string {
    return join(imagesDirectory(worldDirectory), `${hexOf(digest)}.built`);
}

function hexOf(digest: string): string {
    return digest.replace(/^sha256:/, "");
}

/** Makes all files read-only and returns a list of their paths, kinds and the digests of their contents. */
async function sealFolder(directory: string): Promise<string> {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    const lines: string[] = [];
    for (const file of files.sort()) {
        const path = file.slice(directory.length + 1);
        const link = await readlink(file).catch(() => undefined);
        if (link !== undefined) {
            lines.push(`link ${JSON.stringify([path, link])}`);
            continue;
        }
        const { mode } = await stat(file);
        const executable = (mode & 0o100) !== 0;
        await chmod(file, executable ? 0o555 : 0o444);
        lines.push(`${executable ? "program" : "file"} ${JSON.stringify([path, digestOf(await readFile(file))])}`);
    }
    return lines.join("\n");
}

async function moveUnlessThere(from: string, to: string): Promise<void> {
    try {
        await rename(from, to);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    }
}
