import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { archiveName, downloadSource, sumOf } from "../../../local/engine/download";
import { refusalOf } from "../emulator/support";
import { temporaryFolder, writeProgram } from "./support";

const name = archiveName(platform(), arch())!;

describe("downloaded engine", () => {
    const folder = temporaryFolder();
    let server: Server;
    let site: string;
    /** What the download site has, by path. */
    const files = new Map<string, Buffer | string>();

    before(async () => {
        server = createServer((request, response) => {
            const file = files.get(request.url ?? "");
            response.statusCode = file === undefined ? 404 : 200;
            response.end(file);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => server.close());

    const release = (): Buffer => {
        const here = folder();
        for (const program of ["pulumi", "pulumi-language-nodejs"]) writeProgram(join(here, "pulumi"), program, "exit 0");
        execFileSync("tar", ["-czf", "release.tar.gz", "pulumi"], { cwd: here });
        return readFileSync(join(here, "release.tar.gz"));
    };
    const publish = (archive: Buffer, sum = createHash("sha256").update(archive).digest("hex")): void => {
        files.set(`/${name}`, archive);
        files.set("/pulumi-3.225.0-checksums.txt", `${"0".repeat(64)}  pulumi-v3.225.0-windows-x64.zip\n${sum}  ${name}\n`);
    };
    const source = (cacheDir: string, lines: string[] = []): ReturnType<typeof downloadSource> =>
        downloadSource({ cacheDir, site, onProgress: (line) => lines.push(line) });

    it("is unpacked when its sum is the published one, and is there from then on", async () => {
        publish(release());
        const cacheDir = folder();
        const lines: string[] = [];
        assert.equal(await source(cacheDir).find(), undefined);
        const engine = await source(cacheDir, lines).obtain!();
        assert.deepEqual(lines, ["downloading the Pulumi engine 3.225.0, once"]);
        assert.deepEqual(readdirSync(engine.directory).sort(), ["pulumi", "pulumi-language-nodejs"]);
        assert.deepEqual(await source(cacheDir).find(), engine);
    });

    it("fails on another sum than the published one, and keeps nothing", async () => {
        const archive = release();
        publish(archive, "f".repeat(64));
        const cacheDir = folder();
        assert.equal(
            await refusalOf(source(cacheDir).obtain!()),
            `Error: ${site}/${name} has the SHA-256 sum ${createHash("sha256").update(archive).digest("hex")}, ` +
                `but ${"f".repeat(64)} is published; it is not used`,
        );
        assert.deepEqual(readdirSync(join(cacheDir, "engine")), []);
    });

    it("fails on a site that does not have it", async () => {
        files.clear();
        assert.equal(await refusalOf(source(folder()).obtain!()), `Error: ${site}/pulumi-3.225.0-checksums.txt answers 404`);
    });

    it("fails on a site that cannot be reached", async () => {
        const cacheDir = folder();
        const unreachable = downloadSource({ cacheDir, site: "http://127.0.0.1:9", onProgress: () => undefined });
        assert.equal(await refusalOf(unreachable.obtain!()), "Error: 127.0.0.1:9 cannot be reached");
        assert.equal(existsSync(join(cacheDir, "engine", "3.225.0-download")), false);
    });

    it("knows the names of releases", () => {
        assert.equal(archiveName("linux", "x64"), "pulumi-v3.225.0-linux-x64.tar.gz");
        assert.equal(archiveName("darwin", "arm64"), "pulumi-v3.225.0-darwin-arm64.tar.gz");
        assert.equal(archiveName("win32", "x64"), undefined);
        assert.equal(archiveName("linux", "riscv64"), undefined);
    });

    it("fails on sums that do not name the file, or name it without a sum", () => {
        const message = "the published checksums do not name a.tar.gz";
        assert.throws(() => sumOf("a.tar.gz", `${"0".repeat(64)}  b.tar.gz\n`), { message });
        assert.throws(() => sumOf("a.tar.gz", "none  a.tar.gz\n"), { message });
        assert.equal(sumOf("a.tar.gz", `${"1".repeat(64)} *a.tar.gz\n`), "1".repeat(64));
    });
});
