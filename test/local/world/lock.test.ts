import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { UnderstudyError } from "../../../automation/index";
import { removeDead, withLock } from "../../../local/lock";
import { makeOnce } from "../../../local/makeOnce";
import { identify, ownIdentity, type ProcessIdentity } from "../../../local/processes";
import { projectDirectory } from "../../../local/project";
import { temporaryFolder } from "../engine/support";

/** The identity of a process that has ended. */
async function deadProcess(): Promise<ProcessIdentity> {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
    await once(child, "spawn");
    const identity = identify(child.pid!)!;
    child.stdin.end();
    await once(child, "exit");
    return identity;
}

describe("lock", () => {
    const folder = temporaryFolder();

    it("is held by one at a time, and leaves nothing behind", async () => {
        const here = folder();
        const file = join(here, "world.lock");
        let inside = 0;
        let most = 0;
        const work = async (): Promise<void> => {
            most = Math.max(most, ++inside);
            await new Promise(setImmediate);
            inside--;
        };
        await Promise.all(Array.from({ length: 8 }, () => withLock(file, work)));
        assert.equal(most, 1);
        assert.deepEqual(readdirSync(here), []);
    });

    it("tells once for whom it waits", async () => {
        const file = join(folder(), "world.lock");
        const waitedFor: ProcessIdentity[] = [];
        let second: Promise<void> | undefined;
        await withLock(file, async () => {
            await new Promise<void>((resolve) => {
                const onWait = (owner: ProcessIdentity): void => {
                    waitedFor.push(owner);
                    resolve();
                };
                second = withLock(file, () => Promise.resolve(), { onWait });
            });
        });
        await second;
        assert.deepEqual(waitedFor, [ownIdentity()]);
    });

    it("is waited for until the signal", async () => {
        const here = folder();
        const file = join(here, "world.lock");
        const controller = new AbortController();
        const onWait = (): void => controller.abort(new Error("enough"));
        await withLock(file, async () => {
            await assert.rejects(withLock(file, () => Promise.resolve(), { onWait, signal: controller.signal }), { message: "enough" });
        });
        assert.deepEqual(readdirSync(here), []);
    });

    it("fails on a folder that cannot be made", async () => {
        const here = folder();
        writeFileSync(join(here, "file"), "");
        for (const home of [join(here, "file"), join(here, "file", "below"), "/proc/understudy"]) {
            await assert.rejects(withLock(join(home, "worlds", "world.lock"), () => Promise.resolve()), (error: UnderstudyError) => {
                assert.deepEqual([error.kind, error.advice], ["settings", "let UNDERSTUDY_HOME name a folder that can be made and written"]);
                assert.ok(error.message.startsWith(`the folder ${join(home, "worlds")} cannot be used: `), error.message);
                return true;
            });
        }
    });

    it("is freed when the work fails", async () => {
        const file = join(folder(), "world.lock");
        await assert.rejects(
            withLock(file, () => Promise.reject(new Error("no"))),
            { message: "no" },
        );
        assert.equal(existsSync(file), false);
    });

    it("is taken from an owner that has died, by exactly one of many", async () => {
        const here = folder();
        const file = join(here, "world.lock");
        writeFileSync(file, JSON.stringify(await deadProcess()));
        let inside = 0;
        let most = 0;
        const work = async (): Promise<void> => {
            most = Math.max(most, ++inside);
            await new Promise(setImmediate);
            inside--;
        };
        await Promise.all(Array.from({ length: 8 }, () => withLock(file, work)));
        assert.equal(most, 1);
        assert.deepEqual(readdirSync(here), []);
    });

    it("is not removed by somebody who saw a dead owner before it had a new one", async () => {
        const here = folder();
        const file = join(here, "world.lock");
        await withLock(file, async () => {
            await removeDead(file);
            assert.deepEqual(readdirSync(here), ["world.lock"]);
        });
    });

    it("is taken from a process whose number belongs to another one by now", async () => {
        const file = join(folder(), "world.lock");
        writeFileSync(file, JSON.stringify({ ...ownIdentity(), started: "earlier" }));
        assert.equal(await withLock(file, () => Promise.resolve("done")), "done");
    });
});

describe("making a folder once", () => {
    const folder = temporaryFolder();

    it("is made by one of several processes, and the others wait for it", async () => {
        const here = folder();
        const target = join(here, "engine");
        const maker = `
            require("ts-node/register/transpile-only");
            const { makeOnce } = require("./local/makeOnce");
            const { appendFileSync, writeFileSync } = require("node:fs");
            void makeOnce(${JSON.stringify(target)}, async (fresh) => {
                appendFileSync(${JSON.stringify(join(here, "makers"))}, process.pid + "\\n");
                writeFileSync(fresh + "/pulumi", "complete");
            }).then((made) => process.stdout.write(require("node:fs").readFileSync(made + "/pulumi", "utf8")));`;
        const outputs = await Promise.all(
            Array.from({ length: 4 }, async () => {
                const child = spawn(process.execPath, ["-e", maker], { cwd: projectDirectory, stdio: ["ignore", "pipe", "inherit"] });
                const chunks: string[] = [];
                child.stdout.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
                await once(child, "close");
                return chunks.join("");
            }),
        );
        assert.deepEqual(outputs, ["complete", "complete", "complete", "complete"]);
        assert.equal(readFileSync(join(here, "makers"), "utf8").trim().split("\n").length, 1);
        assert.deepEqual(readdirSync(here).sort(), ["engine", "makers"]);
    });

    it("removes what a maker left behind that was killed", async () => {
        const here = folder();
        mkdirSync(join(here, "engine.new-killed"));
        writeFileSync(join(here, "engine.lock"), JSON.stringify(await deadProcess()));
        await makeOnce(join(here, "engine"), (fresh) => Promise.resolve(writeFileSync(join(fresh, "pulumi"), "")));
        assert.deepEqual(readdirSync(here), ["engine"]);
    });
});
