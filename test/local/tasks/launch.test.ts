import assert from "node:assert/strict";
import fc from "fast-check";
import { type LaunchOptions, planCheck, planLaunch } from "../../../local/tasks/launch";
import { localize, type Names } from "../../../local/tasks/names";

const names: Names = {
    addressOf: (name) => (name.endsWith(".staging.internal") ? "127.20.0.7" : undefined),
    localPorts: new Map([
        [8080, 20_001],
        [80, 20_002],
    ]),
};

describe("localize", () => {
    const cases: readonly (readonly [value: string, expected: string])[] = [
        ["http://api.staging.internal:8080/x", "http://127.20.0.7:8080/x"],
        ["api.staging.internal", "127.20.0.7"],
        ["API.Staging.Internal", "127.20.0.7"],
        ["api--branch-1a2b3c4d.staging.internal", "127.20.0.7"],
        ["mysql://user:pass@db.staging.internal/shop?host=x.staging.internal", "mysql://user:pass@127.20.0.7/shop?host=127.20.0.7"],
        ["a.staging.internal,b.staging.internal", "127.20.0.7,127.20.0.7"],
        ["api.staging.internal.", "127.20.0.7."],
        ["api.staging.internal.example.com", "api.staging.internal.example.com"],
        ["https://example.com/api.staging.internality", "https://example.com/api.staging.internality"],
        ["staging.internal", "staging.internal"],
        ["http://127.0.0.1:8080/env", "http://127.0.0.1:20001/env"],
        ["http://localhost:80", "http://localhost:20002"],
        ["127.0.0.1:808", "127.0.0.1:808"],
        ["127.0.0.1:80800", "127.0.0.1:80800"],
        ["http://xlocalhost:80", "http://xlocalhost:80"],
        ["1.127.0.0.1:80", "1.127.0.0.1:80"],
        ["127.0.0.1", "127.0.0.1"],
        ["plain text, with. dots", "plain text, with. dots"],
        ["", ""],
    ];
    for (const [value, expected] of cases) {
        it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(value)}`, () => {
            assert.equal(localize(value, names), expected);
        });
    }

    it("leaves everything alone that names nobody here", () => {
        const nobody: Names = { addressOf: () => undefined, localPorts: new Map() };
        fc.assert(
            fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl(), fc.domain()), (value) => localize(value, nobody) === value),
        );
    });
});

describe("planLaunch", () => {
    const options: LaunchOptions = {
        definition: { name: "main" },
        image: {
            directory: "/world/images/abc",
            config: {
                entrypoint: ["tini", "--"],
                command: ["node", "server.mjs"],
                workingDirectory: "/srv/shop",
                environment: { MODE: "image", LEVEL: "image" },
            },
        },
        secrets: {},
        names,
        defaults: { PATH: "/bin", HOME: "/home" },
        fixed: { PORT: "20001" },
    };
    const words = (
        more: Partial<LaunchOptions["definition"]>,
        image: Partial<LaunchOptions["image"]["config"]> = {},
        override?: LaunchOptions["override"],
    ): readonly string[] => {
        const { program, args } = planLaunch({
            ...options,
            definition: { name: "main", ...more },
            image: { ...options.image, config: { ...options.image.config, ...image } },
            ...(override && { override }),
        });
        return [program, ...args];
    };

    const commands: readonly { readonly name: string; readonly words: () => readonly string[]; readonly expected: readonly string[] }[] = [
        { name: "the image's own entry point and command", words: () => words({}), expected: ["tini", "--", "node", "server.mjs"] },
        {
            name: "the definition's command behind the image's entry point",
            words: () => words({ command: ["node", "worker.mjs"] }),
            expected: ["tini", "--", "node", "worker.mjs"],
        },
        { name: "the definition's entry point without the image's command", words: () => words({ entryPoint: ["sh"] }), expected: ["sh"] },
        { name: "both of the definition", words: () => words({ entryPoint: ["sh", "-c"], command: ["ls"] }), expected: ["sh", "-c", "ls"] },
        {
            name: "RunTask's command",
            words: () => words({ command: ["serve"] }, {}, { command: ["migrate"] }),
            expected: ["tini", "--", "migrate"],
        },
        {
            name: "the image's command where the definition's is empty",
            words: () => words({ command: [], entryPoint: [] }),
            expected: ["tini", "--", "node", "server.mjs"],
        },
        {
            name: "paths below the working directory as paths of this machine",
            words: () => words({ command: ["node", "/srv/shop/bin/x.mjs", "/srv/shop", "/srv/shopping", "/etc/x"] }),
            expected: ["tini", "--", "node", "/world/images/abc/bin/x.mjs", "/world/images/abc", "/srv/shopping", "/etc/x"],
        },
        {
            name: "no path of an image without a working directory",
            words: () => words({ command: ["/bin/ls"] }, { workingDirectory: "/", entrypoint: [] }),
            expected: ["/bin/ls"],
        },
        {
            name: "names and ports in arguments",
            words: () => words({ command: ["--api=http://api.staging.internal:8080"] }),
            expected: ["tini", "--", "--api=http://127.20.0.7:8080"],
        },
    ];
    for (const { name, words: found, expected } of commands) {
        it(`runs ${name}`, () => {
            assert.deepEqual(found(), expected);
        });
    }

    it("fails on a container that nobody tells what to run", () => {
        assert.throws(() => words({}, { entrypoint: [], command: [] }), {
            message: "no command specified: neither the task definition nor the image says what to run",
        });
    });

    it("puts the environment together: machine, image, definition, RunTask, secrets, and what only the machine knows", () => {
        const { env } = planLaunch({
            ...options,
            definition: {
                name: "main",
                environment: [
                    { name: "LEVEL", value: "definition" },
                    { name: "URL", value: "http://localhost:8080" },
                    { name: "PORT", value: "8080" },
                    { name: "HOME", value: "/root" },
                ],
            },
            override: { environment: [{ name: "ONCE", value: "yes" }] },
            secrets: { KEY: "s3cr3t", DB: "mysql://db.staging.internal" },
        });
        assert.deepEqual(env, {
            PATH: "/bin",
            HOME: "/root",
            MODE: "image",
            LEVEL: "definition",
            URL: "http://localhost:20001",
            ONCE: "yes",
            KEY: "s3cr3t",
            DB: "mysql://127.20.0.7",
            PORT: "20001",
        });
    });

    it("begins in the image's working directory, or in the definition's below it", () => {
        const cwd = (workingDirectory?: string): string =>
            planLaunch({ ...options, definition: { name: "main", ...(workingDirectory && { workingDirectory }) } }).cwd;
        assert.deepEqual([cwd(), cwd("/srv/shop/sub"), cwd("/tmp")], ["/world/images/abc", "/world/images/abc/sub", "/world/images/abc"]);
    });

    it("runs a check in the same surroundings", () => {
        const launch = planLaunch(options);
        assert.deepEqual(planCheck(["curl", "http://localhost:8080"], launch, options), {
            ...launch,
            program: "curl",
            args: ["http://localhost:20001"],
        });
    });
});
