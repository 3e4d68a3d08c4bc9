import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Docker } from "../../../local/docker/docker";
import { temporaryFolder } from "../tasks/support";

describe("Docker", () => {
    const folder = temporaryFolder();
    const path = process.env.PATH;
    const host = process.env.DOCKER_HOST;

    afterEach(() => {
        process.env.PATH = path;
        if (host === undefined) delete process.env.DOCKER_HOST;
        else process.env.DOCKER_HOST = host;
        delete process.env.DOCKER_CONTEXT;
    });

    /** Puts a `docker` into PATH that writes this to standard error and fails. */
    function dockerThatFails(text: string): void {
        writeFileSync(join(folder, "text"), text);
        writeFileSync(join(folder, "docker"), `#!/bin/sh\necho output\n/bin/cat ${folder}/text >&2\nexit 1\n`, { mode: 0o755 });
        process.env.PATH = folder;
    }

    const failures = [
        {
            name: "the daemon's reason, not what the command adds to it",
            text: "Error response from daemon: no such file: unknown\nError: failed to start containers: web\n",
            message: "no such file: unknown",
        },
        {
            name: "the last line of the older builder",
            text: "DEPRECATED: The legacy builder is deprecated.\n\nThe command '/bin/sh -c exit 3' returned a non-zero code: 3\n",
            message: "The command '/bin/sh -c exit 3' returned a non-zero code: 3",
        },
        {
            name: "the error of the newer builder",
            text: '#6 ERROR: process "/bin/sh -c exit 3"\n------\nERROR: failed to solve: exit code: 3\n\nView build details: docker-desktop://x\n',
            message: "failed to solve: exit code: 3",
        },
        { name: "that there is none", text: "", message: "docker failed and gave no reason" },
    ];
    for (const { name, text, message } of failures) {
        it(`fails with ${name}, and keeps the rest`, async () => {
            dockerThatFails(text);
            const failure = await new Docker({}).run(["start", "web"]).catch((error: unknown) => error as { name: string; message: string; output: string });
            assert.ok(typeof failure === "object");
            assert.deepEqual([failure.name, failure.message], ["DockerError", message]);
            assert.deepEqual([failure.output.includes("output\n"), failure.output.includes(text)], [true, true]);
        });
    }

    it("talks to the daemon that it was made for, whatever the environment says now", () => {
        process.env.DOCKER_HOST = "tcp://192.0.2.1:2375";
        process.env.DOCKER_CONTEXT = "elsewhere";
        const { env } = new Docker({ DOCKER_HOST: "unix:///run/mine.sock" });
        assert.deepEqual([env.DOCKER_HOST, env.DOCKER_CONTEXT, env.PATH], ["unix:///run/mine.sock", undefined, process.env.PATH]);
        assert.deepEqual(Docker.of(process.env).daemon, { DOCKER_HOST: "tcp://192.0.2.1:2375", DOCKER_CONTEXT: "elsewhere" });
    });
});
