import assert from "node:assert/strict";
import fc from "fast-check";
import { readOne } from "./reading";

const short = "a port is CONTAINER, HOST:CONTAINER or IP:HOST:CONTAINER, each from 1 to 65535 or a range, and optionally /tcp or /udp";

const ports: readonly (readonly [yaml: string, ports: readonly object[]])[] = [
    ["80", [{ containerPort: 80, protocol: "tcp" }]],
    ['"80"', [{ containerPort: 80, protocol: "tcp" }]],
    ['"8080:80"', [{ containerPort: 80, protocol: "tcp", published: "8080" }]],
    ['"53:53/udp"', [{ containerPort: 53, protocol: "udp", published: "53" }]],
    ['"127.0.0.1:8080:80"', [{ containerPort: 80, protocol: "tcp", published: "8080", hostIp: "127.0.0.1" }]],
    ['"53:53/UDP"', [{ containerPort: 53, protocol: "udp", published: "53" }]],
    ['":80"', [{ containerPort: 80, protocol: "tcp" }]],
    ['"::80/"', [{ containerPort: 80, protocol: "tcp" }]],
    ['"127.0.0.1::80"', [{ containerPort: 80, protocol: "tcp", hostIp: "127.0.0.1" }]],
    ['"[::1]:8080:80"', [{ containerPort: 80, protocol: "tcp", published: "8080", hostIp: "::1" }]],
    ['"8000-8010:80"', [{ containerPort: 80, protocol: "tcp", published: "8000-8010" }]],
    [
        '"80-81"',
        [
            { containerPort: 80, protocol: "tcp" },
            { containerPort: 81, protocol: "tcp" },
        ],
    ],
    [
        '"9000-9001:80-81"',
        [
            { containerPort: 80, protocol: "tcp", published: "9000" },
            { containerPort: 81, protocol: "tcp", published: "9001" },
        ],
    ],
    ["{target: 80}", [{ containerPort: 80, protocol: "tcp" }]],
    [
        "{target: 80, published: 8080, host_ip: 127.0.0.1, protocol: udp, mode: host, name: web, app_protocol: http}",
        [{ containerPort: 80, protocol: "udp", published: "8080", hostIp: "127.0.0.1" }],
    ],
    ['{target: 80, published: "8000-8010"}', [{ containerPort: 80, protocol: "tcp", published: "8000-8010" }]],
];

const wrong: readonly (readonly [yaml: string, problem: string])[] = [
    ["eighty", `[0]: got "eighty"; ${short}`],
    ["0", `[0]: got "0"; ${short}`],
    ["65536", `[0]: got "65536"; ${short}`],
    ['"80/sctp"', `[0]: got "80/sctp"; ${short}`],
    ['"81-80"', `[0]: got "81-80"; ${short}`],
    ['"a:80"', `[0]: got "a:80"; ${short}`],
    ['"1.2.3:80:80"', `[0]: got "1.2.3:80:80"; ${short}`],
    ['"::1:80:80"', `[0]: got "::1:80:80"; ${short}`],
    ["{target: 80, host_ip: here}", '[0].host_ip: got "here"; an IPv4 or IPv6 address is expected'],
    ["[80]", `[0]: got "[80]"; ${short}`],
    ['"8000-8002:80-81"', '[0]: got "8000-8002:80-81"; the ranges differ in length: 3 and 2 ports'],
    ["{published: 80}", '[0]: got "{published}"; a port needs target, the port inside the container'],
    ["{target: http}", '[0].target: got "http"; a whole number from 1 to 65535 is expected'],
    ["{target: 80, published: x}", '[0].published: got "x"; a number from 0 to 65535 or a range is expected'],
    ["{target: 80, protocol: sctp}", '[0].protocol: got "sctp"; allowed: tcp, udp'],
    ["{target: 80, port: 1}", '[0].port: got "1"; unknown key; allowed: target, published, host_ip, protocol, mode, name, app_protocol'],
];

const tooMany = (count: number, key: string): string =>
    `a task definition has at most 64 KiB, which about 1000 ports fill, and with this there are ${count}; ` +
    `remove it, or list it under x-understudy.ignore (${key}) to run without it on AWS`;

describe("ports", () => {
    for (const [yaml, read] of ports) {
        it(`${yaml} are read`, () => {
            const { service, problems } = readOne(`image: x\nports: [${yaml}]`);
            assert.deepEqual([service.ports, problems], [read, []]);
        });
    }

    for (const [yaml, problem] of wrong) {
        it(`fail on ${yaml}`, () => assert.deepEqual(readOne(`image: x\nports: [${yaml}]`).problems, [`4 services.web.ports${problem}`]));
    }

    it("of any range are all there, in order", () => {
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 65000 }), fc.nat(300), (first, length) => {
                const { service } = readOne(`image: x\nports: ["${first}-${first + length}"]`);
                assert.deepEqual(
                    service.ports.map(({ containerPort }) => containerPort),
                    Array.from({ length: length + 1 }, (_, index) => first + index),
                );
            }),
            { numRuns: 30 },
        );
    });

    it("are as many as a task definition has room for", () => {
        const { service, problems } = readOne('image: x\nports: ["1-500", "501-1000"]\nexpose: ["1-1000"]');
        assert.deepEqual([service.ports.length, service.expose.length, problems], [1000, 1000, []]);
    });

    for (const [yaml, ...problems] of [
        ['ports: ["1-65535"]', `4 services.web.ports[0]: got "1-65535"; ${tooMany(65535, "ports")}`],
        ['ports: ["1-1000", "80/udp", "1-1000/udp"]', `4 services.web.ports[1]: got "80/udp"; ${tooMany(1001, "ports")}`],
        ['ports: ["80"]\nexpose:\n  - "1-65535"', `6 services.web.expose[0]: got "1-65535"; ${tooMany(65535, "expose")}`],
        ['ports: ["1-1000", {target: 80, protocol: udp}]', `4 services.web.ports[1]: got "{target, protocol}"; ${tooMany(1001, "ports")}`],
    ] as const) {
        it(`fail before they are there, on ${yaml.replaceAll("\n", " ")}`, () => {
            const { service, problems: found } = readOne(`image: x\n${yaml}`);
            assert.deepEqual(found, problems);
            assert.ok(service.ports.length <= 1000 && service.expose.length <= 1000);
        });
    }

    for (const [yaml, problem] of [
        ["ports: [eighty]", `4 services.web.ports[0]: got "eighty"; ${short}`],
        ["ports: eighty", '4 services.web.ports: got "eighty"; a list is expected'],
    ] as const) {
        it(`make a web service also where they are wrong: ${yaml}`, () => {
            const { service, problems } = readOne(`image: x\n${yaml}\nx-understudy: {port: 80, main: true}`);
            assert.deepEqual([service.role, service.portsMissing, problems], ["web", true, [problem]]);
        });
    }

    it("make none where the list is empty", () => {
        const { service } = readOne("image: x\nports: []");
        assert.deepEqual([service.role, service.portsMissing], ["worker", undefined]);
    });

    it("may be any number where they are ignored, or on the laptop only", () => {
        for (const more of ["x-understudy: {ignore: [ports]}", "profiles: [calls]"]) {
            assert.deepEqual(readOne(`image: x\nports: ["10000-20000:10000-20000/udp"]\n${more}`).problems, [], more);
        }
    });
});
