import assert from "node:assert/strict";
import { planContainer, splitEnvironment } from "../../../local/docker/containerPlan";

describe("planContainer", () => {
    const always = ["--network", "host", "--pull", "never", "--log-driver", "json-file"];
    const plan = (definition: Parameters<typeof planContainer>[0]["definition"], command: readonly string[] = []): readonly string[] =>
        planContainer({ taskId: "4f0c", task: {}, definition: { name: "web", ...definition }, image: "shop:1", command, env: {}, labels: [] }).args.slice(always.length);

    it("asks for a container in the machine's network, that is found by its name and labels, with the task's memory", () => {
        const labels = ["understudy.world=/srv/one", "understudy.task=4f0c"];
        const { name, args, env } = planContainer({ taskId: "4f0c", task: { memory: "512" }, definition: { name: "web" }, image: "shop:1", command: [], env: { A: "1" }, labels });
        assert.equal(name, "understudy-4f0c-web");
        assert.deepEqual(args, [...always, "--label", labels[0], "--label", labels[1], "--memory", "512m", "shop:1"]);
        assert.deepEqual(env, { A: "1" });
    });

    const cases: readonly { readonly name: string; readonly definition: Parameters<typeof plan>[0]; readonly command?: readonly string[]; readonly expected: readonly string[] }[] = [
        { name: "a command, behind the image's entry point", definition: {}, command: ["node", "-v"], expected: ["shop:1", "node", "-v"] },
        {
            name: "an entry point of several words",
            definition: { entryPoint: ["/bin/sh", "-c"] },
            command: ["echo 1"],
            expected: ["--entrypoint", "/bin/sh", "shop:1", "-c", "echo 1"],
        },
        { name: "an empty entry point as none", definition: { entryPoint: [] }, expected: ["shop:1"] },
        { name: "the container's own memory", definition: { memory: 64 }, expected: ["--memory", "64m", "shop:1"] },
        {
            name: "user, working directory and a file system that is not written",
            definition: { user: "1000:1000", workingDirectory: "/srv", readonlyRootFilesystem: true },
            expected: ["--read-only", "--user", "1000:1000", "--workdir", "/srv", "shop:1"],
        },
        {
            name: "what Linux is to give it",
            definition: {
                linuxParameters: {
                    initProcessEnabled: true,
                    sharedMemorySize: 32,
                    capabilities: { add: ["SYS_PTRACE"], drop: ["NET_RAW", "MKNOD"] },
                    tmpfs: [{ containerPath: "/run", size: 64, mountOptions: ["noexec", "nosuid"] }, { containerPath: "/tmp", size: 8 }],
                },
                ulimits: [{ name: "nofile", softLimit: 1024, hardLimit: 2048 }],
            },
            expected: [
                ...["--init", "--shm-size", "32m", "--cap-add", "SYS_PTRACE", "--cap-drop", "NET_RAW", "--cap-drop", "MKNOD"],
                ...["--ulimit", "nofile=1024:2048", "--tmpfs", "/run:size=64m,noexec,nosuid", "--tmpfs", "/tmp:size=8m", "shop:1"],
            ],
        },
        {
            name: "volumes of the task's own",
            definition: { mountPoints: [{ sourceVolume: "data", containerPath: "/data" }, { sourceVolume: "data", containerPath: '/a,"b"', readOnly: true }] },
            expected: [
                ...["--mount", "type=volume,source=understudy-4f0c-data,target=/data"],
                ...["--mount", 'type=volume,source=understudy-4f0c-data,"target=/a,""b""",readonly', "shop:1"],
            ],
        },
    ];
    for (const { name, definition, command, expected } of cases) {
        it(`asks for ${name}`, () => assert.deepEqual(plan(definition, command), expected));
    }

    it("labels volumes like their container", () => {
        const labels = ["understudy.world=/a,b"];
        const { args } = planContainer({ taskId: "4f0c", task: {}, definition: { mountPoints: [{ sourceVolume: "data", containerPath: "/data" }] }, image: "x", command: [], env: {}, labels });
        assert.equal(args[args.indexOf("--mount") + 1], 'type=volume,source=understudy-4f0c-data,target=/data,"volume-label=understudy.world=/a,b"');
    });
});

describe("splitEnvironment", () => {
    it("gives lines by a file, and what is no line by the command's own environment", () => {
        const long = "x".repeat(16_001);
        assert.deepEqual(splitEnvironment({ PATH: "/bin", EMPTY: "", KEY: "one\ntwo", WINDOWS: "line\r", LONG: long, DOCKER_HOST: "tcp://x" }), {
            file: "PATH=/bin\nEMPTY=\nDOCKER_HOST=tcp://x\n",
            own: { KEY: "one\ntwo", WINDOWS: "line\r", LONG: long },
        });
    });

    it("fails on a name that docker itself reads with a value that is no line, without the value", () => {
        assert.throws(() => splitEnvironment({ HOME: "a\nb", DOCKER_HOST: "c\nd", MY_HOME: "e\nf" }), {
            message: "the value of HOME, DOCKER_HOST has line breaks or is too long, which goes with other names only",
        });
    });
});
