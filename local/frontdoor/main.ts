import { isAbandoned } from "../tasks/abandoned";
import { readWorld } from "../worldFile";
import { FrontDoor } from "./frontDoor";

/** An address of the range that is kept for documentation: nobody has it. */
const defaultClientAddress = "203.0.113.10";

/**
 * Entry of the front door's process. `UNDERSTUDY_WORLD_DIRECTORY` names the world, `UNDERSTUDY_FRONT_DOOR_PORT` the port,
 * `UNDERSTUDY_CLIENT_ADDRESS` the address as which clients on this machine count. SIGTERM and SIGINT end it,
 * and so does the end of its world.
 */
async function main(): Promise<void> {
    const worldDirectory = process.env["UNDERSTUDY_WORLD_DIRECTORY"] ?? "";
    const { endpoint } = readWorld(worldDirectory);
    const port = readPort(process.env["UNDERSTUDY_FRONT_DOOR_PORT"]);
    const clientAddress = process.env["UNDERSTUDY_CLIENT_ADDRESS"] ?? defaultClientAddress;

    const onSilence = (): void => {
        if (isAbandoned(worldDirectory, endpoint)) end();
    };
    const door = await FrontDoor.start({ endpoint, port, clientAddress, log, onSilence });
    log(`listening on http://localhost:${door.port}`);
    function end(): void {
        door.close().then(() => process.exit(0), fail);
    }
    process.once("SIGTERM", end);
    process.once("SIGINT", end);
}

function readPort(text: string | undefined): number {
    if (text === undefined || !/^\d{1,5}$/.test(text)) {
        throw new Error(`UNDERSTUDY_FRONT_DOOR_PORT: got ${JSON.stringify(text)}; allowed: a port number; write 8080, or 0 for a free one`);
    }
    return Number(text);
}

function log(message: string): void {
    console.log(`${new Date().toISOString()} ${message}`);
}

function fail(error: unknown): never {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
}

main().catch(fail);
