import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { endGroup, identify, isRunning, ownIdentity } from "../../../local/processes";

describe("processes", () => {
    /** A process that leads a group and says a line when it is ready. */
    const start = async (script: string): Promise<ChildProcess & { readonly said: string }> => {
        const child = spawn(process.execPath, ["-e", script], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
        const [said] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
        return Object.assign(child, { said: said.trim() });
    };

    it("knows itself", () => {
        assert.equal(ownIdentity().pid, process.pid);
        assert.equal(isRunning(ownIdentity()), true);
    });

    it("does not take another process of the same number for the one it was", () => {
        assert.equal(isRunning({ ...ownIdentity(), started: "earlier" }), false);
    });

    it("knows nothing of a process that has ended, even while nobody has asked how", async () => {
        // The shell becomes a program that never asks for its child.
        const parent = spawn("sh", ["-c", "sleep 1 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "inherit"] });
        const [pid] = (await once(parent.stdout.setEncoding("utf8"), "data")) as [string];
        while (identify(Number(pid)) !== undefined) await new Promise(setImmediate);
        assert.equal(process.kill(Number(pid), 0), true, "its number is still taken");
        parent.kill("SIGKILL");
        await once(parent, "exit");
    });

    it("ends a process with all that it started", async () => {
        const child = await start(
            "const { pid } = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);" +
                "console.log(pid); setTimeout(() => {}, 60_000)",
        );
        const grandchild = identify(Number(child.said))!;
        const exited = once(child, "exit");
        await endGroup(identify(child.pid!)!);
        assert.deepEqual(await exited, [null, "SIGTERM"]);
        while (isRunning(grandchild)) await new Promise(setImmediate);
    });

    it("kills a process that does not end by itself", async () => {
        const child = await start("process.on('SIGTERM', () => {}); console.log('ready'); setTimeout(() => {}, 60_000)");
        const exited = once(child, "exit");
        await endGroup(identify(child.pid!)!, 50);
        assert.deepEqual(await exited, [null, "SIGKILL"]);
    });

    it("leaves a process alone whose number was another one's", async () => {
        const child = await start("console.log('ready'); setTimeout(() => {}, 60_000)");
        const identity = identify(child.pid!)!;
        await endGroup({ ...identity, started: "earlier" });
        assert.equal(isRunning(identity), true);
        child.kill("SIGKILL");
        await once(child, "exit");
    });
});
