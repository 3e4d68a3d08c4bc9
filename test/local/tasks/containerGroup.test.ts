import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ContainerGroup, type GroupMember } from "../../../local/tasks/containerGroup";
import { startContainer } from "../../../local/tasks/containerProcess";
import type { Launch } from "../../../local/tasks/launch";
import { identify } from "../../../local/processes";
import { temporaryFolder } from "./support";

describe("ContainerGroup", () => {
    const folder = temporaryFolder();

    function member(name: string, command: readonly [string, ...string[]], definition: GroupMember["definition"] = {}): GroupMember {
        const launch = ([program, ...args]: readonly [string, ...string[]]): Launch => ({
            program,
            args,
            cwd: folder,
            env: { PATH: process.env.PATH ?? "" },
        });
        return {
            definition: { name, ...definition },
            start: () => startContainer(launch(command)),
            checkLaunch: (words) => launch([words[0] ?? "", ...words.slice(1)]),
            takeOutput: ({ outputs }) => {
                for (const output of outputs) output.resume();
                return Promise.resolve();
            },
        };
    }

    function group(...members: readonly GroupMember[]): ContainerGroup {
        return new ContainerGroup(members, { scale: 0.01, onChange: () => undefined });
    }

    const never = new AbortController().signal;

    it("leaves no process behind when it is stopped while it starts", async () => {
        const stopping = new AbortController();
        const containers = group(
            member("a", ["sleep", "100"]),
            member("b", ["sleep", "100"], { dependsOn: [{ containerName: "a", condition: "START" }] }),
        );
        const started = assert.rejects(containers.start(stopping.signal), { message: "enough" });
        stopping.abort(new Error("enough"));
        await containers.stop(1_000);
        await started;
        assert.deepEqual(containers.pids, []);
    });

    it("does not wait for dependencies when a container has ended", async () => {
        const check = { command: ["CMD", "false"], interval: 300, retries: 10 };
        const containers = group(
            member("ends", ["sh", "-c", "exit 4"]),
            member("sick", ["sleep", "100"], { healthCheck: check }),
            member("waits", ["sleep", "100"], { dependsOn: [{ containerName: "sick", condition: "HEALTHY" }] }),
        );
        const started = assert.rejects(containers.start(never), { message: "stopped" });
        assert.deepEqual(await containers.essentialExit, { container: "ends", exitCode: 4 });
        await containers.stop(1_000);
        await started;
        assert.deepEqual(
            Object.entries(containers.views).map(([name, { lastStatus, exitCode }]) => [name, lastStatus, exitCode]),
            [
                ["ends", "STOPPED", 4],
                ["sick", "STOPPED", 143],
                ["waits", "PENDING", undefined],
            ],
        );
    });

    it("fails on a dependency that should have ended well and did not", async () => {
        const containers = group(
            member("prepare", ["sh", "-c", "exit 2"], { essential: false }),
            member("main", ["sleep", "100"], { dependsOn: [{ containerName: "prepare", condition: "SUCCESS" }] }),
        );
        await assert.rejects(containers.start(never), {
            name: "StartError",
            message: "container prepare, which others wait for, exited with code 2",
        });
        await containers.stop(1_000);
    });

    it("ends what others depend on last", async () => {
        const log = join(folder, "order");
        const noisy = (name: string): readonly [string, ...string[]] => [
            "sh",
            "-c",
            `trap 'sleep 0.1; echo ${name} >> ${log}; exit 0' TERM; touch ${log}-${name}; while :; do sleep 0.02; done`,
        ];
        const containers = group(
            member("base", noisy("base")),
            member("top", noisy("top"), { dependsOn: [{ containerName: "base", condition: "START" }] }),
        );
        await containers.start(never);
        while (!["base", "top"].every((name) => existsSync(`${log}-${name}`))) await new Promise(setImmediate);
        await containers.stop(5_000);
        assert.equal(readFileSync(log, "utf8"), "top\nbase\n");
    });

    it("ends everything that a container has started", async () => {
        const file = join(folder, "child");
        const containers = group(member("parent", ["sh", "-c", `sleep 100 & echo $! > ${file}; exit 0`]));
        await containers.start(never);
        await containers.essentialExit;
        const child = Number(readFileSync(file, "utf8"));
        while (identify(child) !== undefined) await new Promise(setImmediate);
        await containers.stop(1_000);
    });

    it("tells the health of its essential containers together", async () => {
        const check = { command: ["CMD", "true"], interval: 5 };
        const healthy = group(member("a", ["sleep", "100"], { healthCheck: check }), member("b", ["sleep", "100"]));
        const healthNow = (): unknown => healthy.health;
        assert.equal(healthNow(), "UNKNOWN");
        await healthy.start(never);
        while (healthNow() !== "HEALTHY") await new Promise(setImmediate);
        await healthy.stop(1_000);
        assert.equal(group(member("a", ["sleep", "100"])).health, undefined);
        assert.equal(group(member("a", ["sleep", "100"], { essential: false, healthCheck: check })).health, undefined);
    });
});
