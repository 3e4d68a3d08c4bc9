import { createHash } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { runCommand } from "../command";
import { limit } from "../limit";
import { makeOnce } from "../makeOnce";
import type { Engine, EngineSource } from "./engine";
import { engineVersion } from "./version";

interface DownloadOptions {
    readonly cacheDir: string;
    readonly onProgress: (line: string) => void;
    /** Where releases lie. Default: Pulumi's own site. */
    readonly site?: string;
    readonly signal?: AbortSignal | undefined;
}

const officialSite = "https://get.pulumi.com/releases/sdk";
/** For an answer to begin; a machine without network must not wait long before it builds instead. */
const answerTimeoutInMs = 5_000;
const downloadTimeoutInMs = 15 * 60_000;
const unpackTimeoutInMs = 5 * 60_000;

/**
 * The official release for this machine, checked against the published SHA-256 sums. Nothing of it is run here but the engine itself:
 * no installer, no script.
 */
export function downloadSource({ cacheDir, onProgress, site = officialSite, signal }: DownloadOptions): EngineSource {
    const name = archiveName(platform(), arch());
    const folder = join(cacheDir, "engine", `${engineVersion}-download`);
    const engine: Engine = { command: join(folder, "pulumi"), directory: folder, version: engineVersion, origin: "download" };
    return {
        origin: "download",
        find: () => Promise.resolve(existsSync(folder) ? engine : undefined),
        obtain: async () => {
            if (name === undefined) throw new Error(`there is no release for ${platform()} on ${arch()}`);
            const download = async (fresh: string): Promise<void> => {
                const sum = sumOf(name, await textOf(`${site}/pulumi-${engineVersion}-checksums.txt`, signal));
                onProgress(`downloading the Pulumi engine ${engineVersion}, once`);
                await unpack(`${site}/${name}`, sum, fresh, signal);
            };
            const onWait = (): void => onProgress("waiting for another process that downloads the Pulumi engine");
            await makeOnce(folder, download, { onWait, signal });
            return engine;
        },
    };
}

/** The file's name at the download site; undefined where there is none. */
export function archiveName(system: NodeJS.Platform, processor: string): string | undefined {
    if (system !== "linux" && system !== "darwin") return undefined;
    if (processor !== "x64" && processor !== "arm64") return undefined;
    return `pulumi-v${engineVersion}-${system}-${processor}.tar.gz`;
}

/** The SHA-256 sum of a file in a list of sums; throws when the list does not have it. */
export function sumOf(name: string, sums: string): string {
    const line = sums.split("\n").find((each) => each.trim().split(/\s+\*?/)[1] === name);
    const sum = line?.trim().split(/\s+/)[0];
    if (sum === undefined || !/^[0-9a-f]{64}$/.test(sum)) throw new Error(`the published checksums do not name ${name}`);
    return sum;
}

async function textOf(url: string, signal: AbortSignal | undefined): Promise<string> {
    using limited = limit(answerTimeoutInMs, signal);
    return await (await open(url, limited.signal)).text();
}

async function unpack(url: string, sum: string, folder: string, signal: AbortSignal | undefined): Promise<void> {
    const archive = join(folder, "archive.tar.gz");
    const found = await save(url, archive, signal);
    if (found !== sum) throw new Error(`${url} has the SHA-256 sum ${found}, but ${sum} is published; it is not used`);
    await runCommand("tar", ["-xzf", archive, "-C", folder, "--strip-components", "1"], { env: process.env, timeout: unpackTimeoutInMs, signal });
    await rm(archive);
}

/** Writes what is at `url` into a file and returns its SHA-256 sum. */
async function save(url: string, file: string, signal: AbortSignal | undefined): Promise<string> {
    using limited = limit(downloadTimeoutInMs, signal);
    const { body } = await open(url, limited.signal);
    if (body === null) throw new Error(`${url} is empty`);
    const hash = createHash("sha256");
    const summed = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
        for await (const chunk of chunks) {
            hash.update(chunk);
            yield chunk;
        }
    };
    await pipeline(Readable.fromWeb(body), summed, createWriteStream(file));
    return hash.digest("hex");
}

async function open(url: string, signal: AbortSignal): Promise<Response> {
    const response = await fetch(url, { signal }).catch((error: unknown) => {
        throw new Error(`${new URL(url).host} cannot be reached`, { cause: error });
    });
    if (!response.ok) throw new Error(`${url} answers ${response.status}`);
    return response;
}
