import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { endLeftovers, leftBy, parseProc, type ProcessEntry } from "../../automation/state/leftovers";

const host: ProcessEntry = { pid: 20, group: 20, session: 10, program: "/opt/pulumi/pulumi-language-nodejs" };
const program: ProcessEntry = { pid: 21, group: 20, session: 10, program: "/usr/bin/node" };

describe("what a dead engine has left", () => {
    const rows: readonly { readonly what: string; readonly processes: readonly ProcessEntry[]; readonly left: readonly number[] }[] = [
        { what: "is its language host and the program", processes: [host, program], left: [20, 21] },
        { what: "is any other plugin of its session as well", processes: [{ ...host, program: "/home/me/.pulumi/plugins/resource-aws/pulumi-resource-aws" }], left: [20] },
        { what: "is not another engine's", processes: [{ ...host, session: 11 }, program], left: [] },
        { what: "is nothing that no engine starts", processes: [{ ...host, program: "/usr/bin/node" }, program], left: [] },
        { what: "is no group that its own process does not lead", processes: [{ ...host, group: 5 }], left: [] },
        { what: "is nothing that has already ended", processes: [{ ...host, program: "" }, program], left: [] },
    ];
    for (const { what, processes, left } of rows) {
        it(what, () => assert.deepEqual(leftBy(10, processes).map(({ pid }) => pid), left));
    }
});

describe("the table of processes", () => {
    it("is read from /proc, whatever a program calls itself", () => {
        assert.deepEqual(parseProc(20, "20 (a ) (b) S 1 20 10 0 -1 4194304", "/opt/pulumi/pulumi-language-nodejs\x00127.0.0.1:1\0"), host);
    });
});

describe("the leftovers of an engine", () => {
    it("stay while it lives, and end when it is dead, also those that do not want to", async function () {
        if (process.platform !== "linux") this.skip();
        await using engine = await Engine.start();
        assert.equal(await endLeftovers(engine.pid), 0);
        assert.deepEqual(engine.plugins.map(isAlive), [true, true]);
        await engine.kill();
        assert.equal(await endLeftovers(engine.pid), 2);
        assert.deepEqual(engine.plugins.map(isAlive), [false, false]);
        assert.equal(await endLeftovers(engine.pid), 0);
    });
});

/** A process that leads a session as an engine does, and a plugin in a group of its own with a child, which both ignore SIGTERM. */
class Engine implements AsyncDisposable {
    private constructor(
        private readonly child: ReturnType<typeof spawn>,
        private readonly folder: string,
        readonly pid: number,
        readonly plugins: readonly number[],
    ) {}

    static async start(): Promise<Engine> {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "understudy-test-"));
        const plugin = path.join(folder, "pulumi-language-test");
        fs.symlinkSync(process.execPath, plugin);
        const stubborn = 'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000); console.log(process.pid);';
        const script = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}], { stdio: "inherit" }); ${stubborn}`;
        // With job control a shell gives what it starts in the background a group of its own.
        const child = spawn("bash", ["-c", 'set -m; "$0" -e "$1" & wait', plugin, script], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
        const plugins: number[] = [];
        for await (const line of createInterface({ input: child.stdout })) {
            if (plugins.push(Number(line)) === 2) break;
        }
        return new Engine(child, folder, child.pid!, plugins);
    }

    async kill(): Promise<void> {
        const gone = once(this.child, "exit");
        this.child.kill("SIGKILL");
        await gone;
    }

    async [Symbol.asyncDispose](): Promise<void> {
        if (this.child.exitCode === null && this.child.signalCode === null) await this.kill();
        for (const pid of this.plugins.filter(isAlive)) process.kill(pid, "SIGKILL");
        fs.rmSync(this.folder, { recursive: true });
    }
}

/** A process that has ended counts as dead although nobody has looked at it. */
function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return process.platform !== "linux" || !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
        return false;
    }
}
