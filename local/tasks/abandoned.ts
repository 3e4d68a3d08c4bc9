import { readWorld } from "../worldFile";

/**
 * True when a process of a world has nothing to wait for any more: the world was stopped or deleted, or another one has been started in
 * its folder. Asked while the emulator does not answer.
 */
export function isAbandoned(worldDirectory: string, endpoint: string): boolean {
    try {
        return readWorld(worldDirectory).endpoint !== endpoint;
    } catch {
        return true;
    }
}
