import assert from "node:assert/strict";
import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";

const app = path.resolve(__dirname, "../../app");

/** One service of the sample application as a process of its own. */
export interface SampleService {
    /** @example "http://127.0.0.1:40001/" */
    readonly url: string;
    /** Ends the process and waits until it is gone. */
    stop(): Promise<void>;
}

/** Starts a service in a copy of its folder, with the file `REVISION` that its image has. `env` is its whole environment. */
export async function startSample(name: "api" | "web", commit: string, env: Readonly<Record<string, string>>): Promise<SampleService> {
    const folder = await mkdtemp(path.join(tmpdir(), `shop-${name}-`));
    await cp(path.join(app, name), folder, { recursive: true });
    await writeFile(path.join(folder, "REVISION"), `${commit}\n`);

    const port = await freePort();
    const service = execa(process.execPath, ["server.mjs"], {
        cwd: folder,
        env: { ...env, PORT: String(port) },
        extendEnv: false,
        stdin: "ignore",
        reject: false,
    });
    const ended = service.then(async ({ stderr }) => {
        await rm(folder, { recursive: true });
        return stderr;
    });

    // Its first line says that it listens.
    const early = await Promise.race([once(service.stdout, "data").then(() => undefined), ended]);
    assert.equal(early, undefined, `${name} ended before it listened: ${early}`);
    return {
        url: `http://127.0.0.1:${port}/`,
        stop: async () => {
            service.kill();
            await ended;
        },
    };
}

/** A port that was free a moment ago: the sample application takes a number, not a socket. */
async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
}
