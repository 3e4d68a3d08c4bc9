import { execa } from "execa";
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify } from "../../local/processes";
import { Checkout, launcher } from "./checkout";

/** A tool of this name in a folder for PATH. */
function tool(folder: string, name: string, script: string): void {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** A Python that begins to make an environment, and goes on with that, in a process below it, until it is ended. */
const slowPython = `
if [ "$1" = -c ]; then echo 3 12; exit; fi
touch "$3/begun"
sleep 600 &
echo $! > "$HOME/below"
wait`;

describe("local up, stopped while it installs something", () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        it(`${signal} ends it with code 130, and leaves no process and nothing half-made`, async () => {
            using checkout = await Checkout.make();
            const tools = path.join(checkout.home, "bin");
            tool(tools, "pulumi", "echo v3.225.0");
            tool(tools, "pulumi-language-nodejs", "");
            tool(tools, "python3", slowPython);
            const home = path.join(checkout.home, "understudy");
            const env = checkout.env({ PATH: `${tools}:${process.env["PATH"] ?? ""}`, UNDERSTUDY_HOME: home });
            const command = execa(process.execPath, [launcher, "local", "up", "--bare"], { cwd: checkout.directory, env, extendEnv: false, reject: false });
            const below = path.join(checkout.home, "below");
            while (!fs.existsSync(below) || fs.readFileSync(below, "utf8") === "") await sleep(10);
            command.kill(signal);
            const { exitCode, stderr } = await command;
            assert.equal(exitCode, 130, stderr);
            assert.match(stderr, /understudy: stopped before the local world ran\n {2}run the same command again; what was downloaded or built is kept$/);
            assert.equal(identify(Number(fs.readFileSync(below, "utf8"))), undefined);
            assert.deepEqual(fs.readdirSync(path.join(home, "cache", "emulator")), []);
            const status = await checkout.run(["local", "status", "--json"], { env: { UNDERSTUDY_HOME: home } });
            assert.deepEqual(status.exitCode, 12);
            assert.deepEqual((JSON.parse(status.stdout) as { readonly processes: unknown }).processes, []);
        });
    }
});
