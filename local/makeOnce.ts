import { existsSync } from "node:fs";
import { mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { withLock, type LockOptions } from "./lock";

/**
 * Makes a folder that never changes once it is there, and only once, however many processes want it at the same time: the others wait.
 * `make` fills a fresh folder, which gets its name when it is complete; when it fails or dies, nothing is left that counts.
 */
export async function makeOnce(folder: string, make: (fresh: string) => Promise<void>, waiting: LockOptions = {}): Promise<string> {
    if (existsSync(folder)) return folder;
    await withLock(
        `${folder}.lock`,
        async () => {
            if (existsSync(folder)) return;
            await removeHalfMade(folder);
            const fresh = await mkdtemp(`${folder}.new-`);
            try {
                await make(fresh);
                await rename(fresh, folder);
            } catch (error) {
                await rm(fresh, { recursive: true, force: true });
                throw error;
            }
        },
        waiting,
    );
    return folder;
}

/** What a maker left behind that was killed. Only the holder of the lock may look: nobody else makes anything now. */
async function removeHalfMade(folder: string): Promise<void> {
    const parent = dirname(folder);
    const leftovers = (await readdir(parent)).filter((name) => name.startsWith(`${basename(folder)}.new-`));
    await Promise.all(leftovers.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}
