import assert from "node:assert/strict";
import { allowedSources, firstEngine, type Engine, type EngineSource, type Origin } from "../../../local/engine/engine";

const engineFrom = (origin: Origin): Engine => ({ command: `/${origin}/pulumi`, directory: `/${origin}`, version: "3.225.0", origin });

interface Here {
    readonly found?: true;
    readonly obtained?: true;
    readonly reason?: string;
}

function source(origin: Origin, { found, obtained, reason }: Here): EngineSource {
    const obtain = obtained === true ? () => Promise.resolve(engineFrom(origin)) : () => Promise.reject(new Error(reason));
    return {
        origin,
        find: () => Promise.resolve(found === true ? engineFrom(origin) : undefined),
        ...(obtained === true || reason !== undefined ? { obtain } : {}),
    };
}

describe("engine lookup", () => {
    const table: readonly (readonly [string, Here, Here, Here, Origin])[] = [
        ["an installed one comes first", { found: true }, { found: true }, { found: true }, "installed"],
        ["one that was downloaded before comes before one that was built", {}, { found: true }, { found: true }, "download"],
        ["one that was built before comes before a new download", {}, { obtained: true }, { found: true }, "build"],
        ["a download comes before a build", {}, { obtained: true }, { obtained: true }, "download"],
        ["it is built where it cannot be downloaded", {}, { reason: "no network" }, { obtained: true }, "build"],
    ];
    for (const [what, installed, download, build, origin] of table) {
        it(what, async () => {
            const engine = await firstEngine([source("installed", installed), source("download", download), source("build", build)]);
            assert.deepEqual(engine, engineFrom(origin));
        });
    }

    it("fails with every reason and every remedy", async () => {
        const sources = [
            source("installed", {}),
            source("download", { reason: "get.pulumi.com cannot be reached" }),
            source("build", { reason: "Go is not installed" }),
        ];
        await assert.rejects(firstEngine(sources), {
            kind: "engine",
            message: [
                "no Pulumi engine: none is installed, and none could be downloaded or built here",
                "  download: get.pulumi.com cannot be reached",
                "  build: Go is not installed",
            ].join("\n"),
            advice: [
                "do one of these:",
                "    install the Pulumi CLI, version 3.225.0 or newer: https://www.pulumi.com/docs/install/",
                "    allow this machine to reach https://get.pulumi.com",
                "    install Go 1.25.6 or newer (https://go.dev/dl/) and allow it to reach a Go module proxy",
            ].join("\n"),
        });
    });

    it("takes only the origin that UNDERSTUDY_ENGINE names", () => {
        const sources = [source("installed", { found: true }), source("download", {}), source("build", {})];
        assert.deepEqual(
            allowedSources(sources, "build").map(({ origin }) => origin),
            ["build"],
        );
        assert.deepEqual(allowedSources(sources, ""), sources);
        assert.deepEqual(allowedSources(sources, undefined), sources);
    });

    it("fails on an origin that does not exist", () => {
        assert.throws(() => allowedSources([source("build", {})], "docker"), {
            kind: "engine",
            message: 'UNDERSTUDY_ENGINE: got "docker"; allowed are installed, download, build',
            advice: "unset it to let the program choose",
        });
    });
});
