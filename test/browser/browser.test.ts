import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, open, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Browser } from "playwright-core";
import { browserOrSkip, openBrowser, screenshot } from "../support/browser";
import { visit } from "./visit";

describe("the browser of the tests", () => {
    let browser: Browser;
    let server: Server;
    let port: number;

    before(async function () {
        this.timeout(60_000); // the first time, Chromium is unpacked
        browser = await browserOrSkip(this);
        server = createServer((request, response) =>
            response.end(`<!doctype html><p style="height: 3000px">${request.headers.host ?? ""}</p>`),
        );
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        ({ port } = server.address() as AddressInfo);
    });

    after(async () => {
        await (browser as Browser | undefined)?.close();
        (server as Server | undefined)?.close();
    });

    for (const host of ["127.0.0.1", "localhost", "feature-x-1a2b3c4d.localhost", "www.staging.example.com.localhost"]) {
        it(`reaches this machine as ${host}`, async () => {
            const { page } = await visit(browser, `http://${host}:${port}/`);
            assert.equal(await page.locator("p").innerText(), `${host}:${port}`);
        });
    }

    for (const host of ["example.com", "192.0.2.1", "[2001:db8::1]"]) {
        it(`fails on ${host}, which is elsewhere`, async () => {
            await assert.rejects(visit(browser, `http://${host}/`), /net::ERR_NAME_NOT_RESOLVED/);
        });
    }

    it("saves a picture of the whole page, also of what is below the window", async () => {
        const folder = await mkdtemp(path.join(tmpdir(), "screenshot-"));
        const file = path.join(folder, "pictures/page.png");
        const { page } = await visit(browser, `http://localhost:${port}/`, { viewport: { width: 400, height: 300 } });

        await screenshot(page, file);

        const { width, height } = await sizeOfPng(file);
        assert.equal(width, 400);
        assert.ok(height > 3000, `height is ${height}`);
        await rm(folder, { recursive: true });
    });
});

it("fails on a Chromium that was asked for and does not start", async () => {
    await assert.rejects(openBrowser("/no/such/chromium"), {
        message:
            "CHROMIUM: /no/such/chromium does not start with --version; " +
            "install Chromium (Debian: apt install chromium), or set CHROMIUM to one",
    });
});

/** The first chunk of a PNG begins at byte 8 and holds the size at byte 16 (https://www.w3.org/TR/png/#11IHDR). */
async function sizeOfPng(file: string): Promise<{ readonly width: number; readonly height: number }> {
    const handle = await open(file);
    const { buffer } = await handle.read(Buffer.alloc(24), 0, 24, 0);
    await handle.close();
    assert.equal(buffer.toString("latin1", 1, 4), "PNG");
    return { width: buffer.readUInt32BE(16), height: buffer.readUInt32BE(20) };
}
