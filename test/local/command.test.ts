import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import v8 from "node:v8";
import vm from "node:vm";
import { runCommand, type CommandOptions } from "../../local/command";
import { limit } from "../../local/limit";
import { identify } from "../../local/processes";

describe("a program that is run to its end", () => {
    let folder: string;
    before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "understudy-test-"))));
    after(() => fs.rmSync(folder, { recursive: true }));

    function shell(script: string, more: Partial<CommandOptions> = {}): Promise<string> {
        return runCommand("sh", ["-c", script], { cwd: folder, env: process.env, timeout: 60_000, ...more });
    }

    /** Writes the number of a process below it, which ignores a polite word, to a file. */
    const below = "sh -c 'trap \"\" TERM; while :; do sleep 1; done' & echo $! > below; ";

    /** Waits until what it has started has ended: a kill takes a moment. */
    async function untilEnded(): Promise<void> {
        const pid = Number(fs.readFileSync(path.join(folder, "below"), "utf8"));
        while (identify(pid) !== undefined) await sleep(10);
    }

    it("tells what it wrote", async () => assert.equal(await shell("echo one; echo two >&2"), "one\n"));

    it("fails with its last words, or how it ended", async () => {
        await assert.rejects(shell("for i in 1 2 3 4; do echo $i >&2; done; exit 3"), { name: "CommandError", message: "2; 3; 4" });
        await assert.rejects(shell("exit 3"), { message: "sh ended with exit code 3" });
        await assert.rejects(shell("kill -9 $$"), { message: "sh ended with SIGKILL" });
        await assert.rejects(runCommand("/nowhere/at/all", [], { env: {}, timeout: 1000 }), { code: "ENOENT" });
    });

    it("leaves nothing behind when it fails", async () => {
        await assert.rejects(shell(`(${below}) >/dev/null 2>&1; exit 1`));
        await untilEnded();
    });

    it("leaves nothing behind when it takes too long, though all of it ignores a polite word", async () => {
        await assert.rejects(shell(`trap "" TERM; ${below} wait`, { timeout: 200 }), { message: "no end after 0.2 s" });
        await untilEnded();
    });

    it("ends when its first process has, but not what holds its output", async () => {
        await assert.rejects(shell(below, { timeout: 500 }), { message: "no end after 0.5 s" });
        await untilEnded();
    });

    it("ends with the caller's reason", async () => {
        const controller = new AbortController();
        const run = shell("sleep 60", { signal: controller.signal });
        controller.abort(new Error("enough"));
        await assert.rejects(run, { message: "enough" });
        await assert.rejects(shell("echo", { signal: controller.signal }), { message: "enough" });
    });
});

describe("a time limit", () => {
    it("comes although nobody but its signal is remembered", async () => {
        v8.setFlagsFromString("--expose-gc");
        const collect = vm.runInNewContext("gc") as () => void;
        const { signal } = limit(200, new AbortController().signal);
        const come = new Promise((resolve) => signal.addEventListener("abort", resolve));
        collect();
        await come;
        assert.deepEqual(signal.reason, new Error("no end after 0.2 s"));
    });
});
