import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ensureBuilt } from "../../../local/project";
import { writeRecord } from "../../../local/worldFile";
import { temporaryFolder } from "../tasks/support";

describe("front door: the process", function () {
    this.timeout(20_000);
    const worldDirectory = temporaryFolder();

    function start(env: Readonly<Record<string, string>>): ReturnType<typeof spawn> {
        const main = join(ensureBuilt(), "local/frontdoor/main.js");
        const warningOff = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };
        return spawn(process.execPath, [main], { env: { ...process.env, ...warningOff, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    }

    beforeEach(() => {
        const facts = { endpoint: "http://127.0.0.1:1", frontDoorPort: 0, region: "eu-west-1", kinds: [], engineDirectory: "" };
        writeRecord(worldDirectory, { facts, complete: false, processes: [] });
    });

    it("says where it listens, answers without an emulator, and ends on SIGTERM", async () => {
        const child = start({ UNDERSTUDY_WORLD_DIRECTORY: worldDirectory, UNDERSTUDY_FRONT_DOOR_PORT: "0" });
        const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
        const { value: line } = (await lines.next()) as { value: string };
        const [, url] = /^\S+Z listening on (http:\/\/localhost:\d+)$/.exec(line) ?? [];
        const reply = await fetch(url!.replace("localhost", "127.0.0.1"));
        assert.equal(reply.status, 503);
        assert.match(await reply.text(), /The AWS emulator does not answer/);
        child.kill("SIGTERM");
        assert.deepEqual(await once(child, "exit"), [0, null]);
    });

    it("ends when its world is gone", async () => {
        const child = start({ UNDERSTUDY_WORLD_DIRECTORY: worldDirectory, UNDERSTUDY_FRONT_DOOR_PORT: "0" });
        await once(createInterface(child.stdout!), "line");
        rmSync(join(worldDirectory, "world.json"));
        assert.deepEqual(await once(child, "exit"), [0, null]);
    });

    const failures = [
        {
            name: "a folder without a world",
            env: { UNDERSTUDY_WORLD_DIRECTORY: "/nowhere", UNDERSTUDY_FRONT_DOOR_PORT: "0" },
            message: 'there is no local world in "/nowhere"; start one with understudy local up\n',
        },
        {
            name: "a port that is none",
            env: { UNDERSTUDY_FRONT_DOOR_PORT: "http" },
            message: 'UNDERSTUDY_FRONT_DOOR_PORT: got "http"; allowed: a port number; write 8080, or 0 for a free one\n',
        },
    ];
    for (const { name, env, message } of failures) {
        it(`fails on ${name}`, async () => {
            const child = start({ UNDERSTUDY_WORLD_DIRECTORY: worldDirectory, ...env });
            let said = "";
            child.stderr!.on("data", (chunk) => (said += String(chunk)));
            assert.deepEqual(await once(child, "close"), [1, null]);
            assert.equal(said, message);
        });
    }
});
