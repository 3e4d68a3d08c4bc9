import { createRequire } from "node:module";
import type { startWorld as start, StartOptions } from "./startWorld";
import type { World } from "./worldFile";

export { defaultDirectories, type Directories } from "./directories";
export type { StartOptions } from "./startWorld";
export { resetWorld, stopWorld } from "./stopWorld";
export type { WorldAccount } from "./worldAccounts";
export { openWorld, readWorld, worldStatus, type World, type WorldStatus } from "./worldFile";

/** See `startWorld` in startWorld.ts, which is loaded only when a world is started: all other commands do without most of it. */
export function startWorld(options: StartOptions): Promise<World> {
    const starter = createRequire(__filename)("./startWorld") as { readonly startWorld: typeof start };
    return starter.startWorld(options);
}
