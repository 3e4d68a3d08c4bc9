import type { RunningServer } from "./server";

/**
 * Ends the process when the engine is through with it or is gone itself, then tells the engine the port. What is under way finishes
 * first: the engine has sent it, and would not know what became of it.
 */
export function live(server: RunningServer): void {
    const end = (): void => void server.finish().then(() => process.exit(0));
    process.on("SIGINT", end).on("SIGTERM", end);
    process.stdin.once("end", end).once("error", end).resume(); // the engine holds the other end and never writes
    process.stdout.write(`${server.port}\n`);
}
