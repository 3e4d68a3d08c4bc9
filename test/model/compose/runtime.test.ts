import assert from "node:assert/strict";
import type { RuntimeOptions } from "../../../model/application";
import { read } from "./reading";

const declared = "volumes: {data: {}, cache: {driver: local, x-understudy: {ephemeral: true}}}";

/** Reads keys of a service; they stand from line 4 on. */
function readKeys(yaml: string): { readonly runtime: RuntimeOptions; readonly problems: readonly string[] } {
    const body = yaml.split("\n").map((line) => `    ${line}`);
    const { services, problems } = read(["services:", "  web:", "    image: x", ...body, declared].join("\n"));
    return { runtime: services["web"]!.runtime, problems };
}

const carried: readonly (readonly [yaml: string, runtime: RuntimeOptions])[] = [
    ["labels: {a: 1, b: true, c: , d: text}", { labels: { a: "1", b: "true", c: "", d: "text" } }],
    ["labels: [a, b=c=d]", { labels: { a: "", b: "c=d" } }],
    ["sysctls: [net.core.somaxconn=1024]", { sysctls: { "net.core.somaxconn": "1024" } }],
    ["sysctls: {kernel.msgmax: 1, fs.mqueue.msg_max: 2}", { sysctls: { "kernel.msgmax": "1", "fs.mqueue.msg_max": "2" } }],
    ["ulimits: {nofile: 1024}", { openFiles: { soft: 1024, hard: 1024 } }],
    ['ulimits: {nofile: {soft: "1024", hard: 65536}}', { openFiles: { soft: 1024, hard: 65536 } }],
    ["cap_add: [CAP_SYS_PTRACE, chown]", { capabilities: { add: ["SYS_PTRACE"], drop: [] } }],
    ["cap_add: [NET_BIND_SERVICE]", {}],
    ["cap_drop: [NET_RAW, CAP_MKNOD]", { capabilities: { add: [], drop: ["MKNOD", "NET_RAW"] } }],
    ["cap_drop: [BPF, NET_ADMIN]", { capabilities: { add: [], drop: ["NET_ADMIN"] } }],
    ["cap_drop: [ALL]", { capabilities: { add: [], drop: ["ALL"] } }],
    [
        "cap_drop: [ALL]\ncap_add: [NET_BIND_SERVICE, SETGID, SETUID, SYS_PTRACE]",
        {
            capabilities: {
                add: ["SYS_PTRACE"],
                drop: [
                    "AUDIT_WRITE",
                    "CHOWN",
                    "DAC_OVERRIDE",
                    "FOWNER",
                    "FSETID",
                    "KILL",
                    "MKNOD",
                    "NET_RAW",
                    "SETFCAP",
                    "SETPCAP",
                    "SYS_CHROOT",
                ],
            },
        },
    ],
    ["tmpfs: /run", { tmpfs: [{ path: "/run", options: [] }] }],
    [
        "tmpfs: ['/run:size=64m,noexec,mode=1777', /tmp]",
        {
            tmpfs: [
                { path: "/run", size: 64, options: ["noexec", "mode=1777"] },
                { path: "/tmp", options: [] },
            ],
        },
    ],
    [
        "volumes: [{type: tmpfs, target: /run, tmpfs: {size: 1g, mode: 01777}}, {type: tmpfs, target: /tmp}]",
        {
            tmpfs: [
                { path: "/run", size: 1024, options: ["mode=1777"] },
                { path: "/tmp", options: [] },
            ],
        },
    ],
    ["volumes: [cache:/cache]", { mounts: [{ volume: "cache", path: "/cache", readOnly: false }] }],
    ["volumes: ['cache:/cache:ro,z']", { mounts: [{ volume: "cache", path: "/cache", readOnly: true }] }],
    [
        "volumes: [{type: volume, source: cache, target: /cache, read_only: true, volume: {nocopy: true}}]",
        { mounts: [{ volume: "cache", path: "/cache", readOnly: true }] },
    ],
    ["volumes: [/app/node_modules, {type: volume, target: /b}]", {}],
    [
        "read_only: true\nvolumes: [/tmp, {type: volume, target: /b}]",
        {
            mounts: [
                { path: "/tmp", readOnly: false },
                { path: "/b", readOnly: false },
            ],
        },
    ],
];

const remove = (key: string): string => `remove it, or list it under x-understudy.ignore (${key}) to run without it on AWS`;
const noHost = `the host's path does not exist on Fargate; ${remove("volumes")}`;
const lost = (volume: string): string =>
    `what a Fargate task writes is lost with it (where that is fine, write x-understudy: {ephemeral: true} under volumes.${volume}); ${remove("volumes")}`;
const shortForm = "a volume is PATH, VOLUME:PATH or HOST_PATH:PATH, and optionally :ro or other options";
const types = "bind, volume, tmpfs, cluster, npipe, image";

/** The problems stand in line 4 unless they say otherwise. */
const wrong: readonly (readonly [yaml: string, ...problems: string[]])[] = [
    ["labels: text", "labels: a map, or a list of name=value, is expected"],
    ["sysctls: {kernel.panic: 1}", `sysctls.kernel.panic: got "1"; Fargate takes parameters of the network and of IPC only; ${remove("sysctls.kernel.panic")}`],
    ["ulimits: {nproc: 5}", `ulimits.nproc: got "5"; Fargate sets this limit itself; only nofile can be given; ${remove("ulimits.nproc")}`],
    ["ulimits: {nofile: -1}", 'ulimits.nofile: got "-1"; a whole number from 1 to 1048576 is expected on Fargate'],
    ["ulimits: {nofile: many}", 'ulimits.nofile: got "many"; a whole number is expected'],
    ["ulimits: {nofile: {soft: 5}}", "ulimits.nofile: a number, or a map with soft and hard, is expected"],
    ["ulimits: {nofile: {soft: 5, hard: 4}}", 'ulimits.nofile.soft: got "5"; the soft limit must not be above the hard one, 4'],
    ["cap_add: [NET_ADMIN]", `cap_add: got "[\\"NET_ADMIN\\"]"; Fargate adds no capability but SYS_PTRACE; ${remove("cap_add")}`],
    ["cap_drop: [NETADMIN, CAP_CHOWN]", `cap_drop: got "[\\"NETADMIN\\",\\"CAP_CHOWN\\"]"; there is no capability NETADMIN; ${remove("cap_drop")}`],
    ["cap_add: ALL", 'cap_add: got "ALL"; a list is expected'],
    ["tmpfs: '/run:size=10%'", `tmpfs: got "/run:size=10%"; ECS takes the size as a number with a unit, such as size=64m; ${remove("tmpfs")}`],
    ["tmpfs: ['/run:huge=always']", `tmpfs[0]: got "/run:huge=always"; ECS does not know the mount option huge=always; ${remove("tmpfs")}`],
    ["tmpfs: run", 'tmpfs: got "run"; a path inside the container begins with a slash'],
    ["tmpfs: /run\nvolumes: [cache:/run]", '5 services.web.volumes[0]: got "cache:/run"; line 4 mounts something at /run already'],
    ["volumes: [.:/app]", `volumes[0]: got ".:/app"; ${noHost}`],
    ["volumes: [~/x:/app]", `volumes[0]: got "~/x:/app"; ${noHost}`],
    ["volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']", `volumes[0]: got "/var/run/docker.sock:/var/run/docker.sock:ro"; ${noHost}`],
    ["volumes: ['C:\\x:/app']", `volumes[0]: got "C:\\\\x:/app"; ${noHost}`],
    ["volumes: ['v:/app']", `volumes[0]: got "v:/app"; a path inside the container begins with a slash`],
    ["volumes: [data:/data]", `volumes[0]: got "data:/data"; ${lost("data")}`],
    ["volumes: [{type: volume, source: data, target: /data}]", `volumes[0]: got "{type, source, target}"; ${lost("data")}`],
    [
        "volumes: [{type: volume, source: cache, target: /c, volume: {subpath: a}}]",
        `volumes[0]: got "{type, source, target, volume}"; ECS mounts whole volumes; ${remove("volumes")}`,
    ],
    ["volumes: [{type: npipe, source: a, target: /b}]", `volumes[0]: got "{type, source, target}"; Fargate mounts nothing of type npipe; ${remove("volumes")}`],
    ["volumes: [{type: nfs, target: /b}]", `volumes[0].type: got "nfs"; allowed: ${types}`],
    ["volumes: [{source: a, target: /b}]", `volumes[0]: got "{source, target}"; type is missing; allowed: ${types}`],
    ["volumes: [{type: volume}]", 'volumes[0]: got "{type}"; a volume needs target, the path inside the container'],
    ["volumes: ['data:/b:ro:z']", `volumes[0]: got "data:/b:ro:z"; ${shortForm}`],
    ["volumes: ['data::/b']", `volumes[0]: got "data::/b"; ${shortForm}`],
    ['volumes: [""]', `volumes[0]: got ""; ${shortForm}`],
    ["volumes: cache:/cache", 'volumes: got "cache:/cache"; a list is expected'],
];

describe("what a container is started with", () => {
    for (const [yaml, runtime] of carried) {
        it(`${yaml.replaceAll("\n", "; ")} is read`, () => assert.deepEqual(readKeys(yaml), { runtime, problems: [] }));
    }

    for (const [yaml, ...problems] of wrong) {
        it(`fails on ${yaml.replaceAll("\n", "; ")}`, () => {
            assert.deepEqual(
                readKeys(yaml).problems,
                problems.map((problem) => (/^\d/.test(problem) ? problem : `4 services.web.${problem}`)),
            );
        });
    }

    it("can do without a single kernel parameter, although its name has dots", () => {
        assert.deepEqual(readKeys("sysctls: {kernel.panic: 1, net.core.somaxconn: 5}\nx-understudy: {ignore: [sysctls.kernel.panic]}"), {
            runtime: { sysctls: { "net.core.somaxconn": "5" } },
            problems: [],
        });
    });
});
