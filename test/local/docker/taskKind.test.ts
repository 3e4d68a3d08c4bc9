import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { chooseTaskEngine, obstacleIn, readTaskKind } from "../../../local/docker/taskKind";
import { startWorld } from "../../../local/world";
import { readRecord } from "../../../local/worldFile";
import { temporaryFolder } from "../tasks/support";

describe("readTaskKind", () => {
    it("reads a kind, or that there is none", () => {
        assert.deepEqual([undefined, "", "containers", "processes"].map(readTaskKind), [undefined, undefined, "containers", "processes"]);
    });

    it("fails on anything else", () => {
        assert.throws(() => readTaskKind("docker"), { message: 'UNDERSTUDY_TASKS: got "docker"; allowed: containers, processes; write processes' });
    });
});

describe("obstacleIn", () => {
    it("finds none in a daemon of this machine", () => assert.equal(obstacleIn({ Name: "ada", SecurityOptions: ["name=seccomp,profile=default"] }, "ada"), undefined));

    for (const [info, reason] of [
        [{ Name: "docker-desktop" }, "Docker runs on another machine (docker-desktop), with a network of its own"],
        [{}, "Docker runs on another machine (unknown), with a network of its own"],
        [{ Name: "ada", SecurityOptions: ["name=rootless"] }, "Docker runs rootless, with a network of its own"],
        [{ Name: "ada", SecurityOptions: ["name=userns"] }, "Docker gives containers users of their own, and so no part in the machine's network"],
    ] as const) {
        it(`says: ${reason}`, () => assert.equal(obstacleIn(info, "ada"), reason));
    }
});

describe("chooseTaskEngine", function () {
    const folder = temporaryFolder();
    const path = process.env.PATH;
    let programs = 0;

    before(function () {
        if (process.platform !== "linux") this.skip();
    });
    afterEach(() => {
        process.env.PATH = path;
        process.env.UNDERSTUDY_TASKS = "processes";
    });

    /** Puts a `docker` into PATH that says something and ends with a code; undefined: puts none there. */
    function dockerThat(says: string | undefined, code = 0): void {
        const bin = join(folder, String((programs += 1)));
        mkdirSync(bin);
        if (says !== undefined) writeFileSync(join(bin, "docker"), `#!/bin/sh\necho '${says}' >&${code === 0 ? 1 : 2}\nexit ${code}\n`, { mode: 0o755 });
        process.env.PATH = bin;
    }

    it("takes containers where a daemon of this machine answers, and keeps how it is found", async () => {
        dockerThat(JSON.stringify({ Name: hostname() }));
        const { docker, reason } = await chooseTaskEngine({ DOCKER_HOST: "unix:///run/mine.sock", DOCKER_CONTEXT: "", HOME: "/root" });
        assert.deepEqual([docker?.daemon, reason], [{ DOCKER_HOST: "unix:///run/mine.sock" }, undefined]);
    });

    it("takes processes where they are wanted, and asks nobody", async () => {
        dockerThat(JSON.stringify({ Name: hostname() }));
        assert.deepEqual(await chooseTaskEngine({ UNDERSTUDY_TASKS: "processes" }), { reason: "UNDERSTUDY_TASKS says so" });
    });

    for (const { says, code, reason } of [
        { says: undefined, code: 0, reason: "there is no docker command in PATH" },
        { says: "Cannot connect to the Docker daemon at unix:///x.", code: 1, reason: "Cannot connect to the Docker daemon at unix:///x." },
        { says: '{"Name":"elsewhere"}', code: 0, reason: "Docker runs on another machine (elsewhere), with a network of its own" },
    ]) {
        it(`takes processes, or fails where containers are wanted: ${reason}`, async () => {
            dockerThat(says, code);
            assert.deepEqual(await chooseTaskEngine({}), { reason });
            await assert.rejects(chooseTaskEngine({ UNDERSTUDY_TASKS: "containers" }), {
                kind: "engine",
                message: `UNDERSTUDY_TASKS: got "containers", but there can be none: ${reason}`,
                advice: "start Docker on this machine, or unset the variable",
            });
        });
    }

    it("keeps a world from being started that wants containers and can have none", async () => {
        dockerThat(undefined);
        process.env.UNDERSTUDY_TASKS = "containers";
        const directory = join(folder, "world");
        const accounts = [{ kind: "staging", account: "222222222222", region: "eu-west-1", zone: "example.com", secrets: [] }] as const;
        await assert.rejects(startWorld({ directory, cacheDir: join(folder, "cache"), accounts }), { kind: "engine" });
        assert.deepEqual(readRecord(directory).processes, []);
    });
});
