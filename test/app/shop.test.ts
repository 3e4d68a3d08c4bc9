import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { temporaryFolder } from "../local/tasks/support";

const appDir = join(__dirname, "../../app");

describe("sample application", () => {
    const folder = temporaryFolder();
    const running: ChildProcess[] = [];

    before(() => {
        for (const image of ["web", "api"]) {
            cpSync(join(appDir, image), join(folder, image), { recursive: true });
            writeFileSync(join(folder, image, "REVISION"), `${"ab12".repeat(10)}\n`);
        }
    });
    afterEach(() => {
        for (const child of running.splice(0)) child.kill("SIGKILL");
    });

    /** Starts a program of the application and waits for its first log line. */
    async function start(
        image: string,
        program: string,
        env: Readonly<Record<string, string>>,
    ): Promise<{ child: ChildProcess; first: Record<string, unknown>; lines: AsyncIterator<string> }> {
        const child = spawn(process.execPath, [program], { cwd: join(folder, image), env, stdio: ["ignore", "pipe", "inherit"] });
        running.push(child);
        const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
        const first = (await lines.next()).value as unknown;
        return { child, first: JSON.parse(String(first)) as Record<string, unknown>, lines };
    }

    async function freePort(): Promise<string> {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        server.close();
        await once(server, "close");
        return String(port);
    }

    async function startApi(): Promise<string> {
        const port = await freePort();
        await start("api", "server.mjs", { PORT: port, UNDERSTUDY_ENVIRONMENT: "staging" });
        return `http://127.0.0.1:${port}`;
    }

    async function startWeb(env: Readonly<Record<string, string>> = {}): Promise<{ url: string; child: ChildProcess }> {
        const port = await freePort();
        const { child } = await start("web", "server.mjs", { PORT: port, API_URL: `http://127.0.0.1:${await freePort()}`, ...env });
        return { url: `http://127.0.0.1:${port}`, child };
    }

    it("shows where it runs, what it is made of and what api answered", async () => {
        const { url } = await startWeb({
            API_URL: await startApi(),
            UNDERSTUDY_ENVIRONMENT: "blue-1a2b3c4d",
            UNDERSTUDY_KIND: "branch",
            UNDERSTUDY_BRANCH: "feature/blue",
            SESSION_SECRET: "s3cr3t",
        });
        const commit = "ab12".repeat(10);
        assert.deepEqual(await (await fetch(`${url}/info.json`)).json(), {
            service: "web",
            environment: "blue-1a2b3c4d",
            kind: "branch",
            branch: "feature/blue",
            commit,
            sessionSecret: "set",
            banner: null,
            api: { answered: true, message: "Hello from api", commit, environment: "staging" },
        });
        const page = await (await fetch(url)).text();
        for (const text of ["<h1>feature/blue</h1>", "Hello from api", "ab12ab12ab", ">set<"]) assert.ok(page.includes(text), text);
        assert.ok(!page.includes("s3cr3t"));
    });

    it("shows the same page without anything around it", async () => {
        const { url } = await startWeb();
        assert.deepEqual(await (await fetch(`${url}/info.json`)).json(), {
            ...{
                service: "web",
                environment: "laptop",
                kind: "laptop",
                branch: null,
                commit: "ab12".repeat(10),
                sessionSecret: "not set",
                banner: null,
            },
            api: { answered: false, reason: "ECONNREFUSED" },
        });
        assert.ok((await (await fetch(url)).text()).includes("api did not answer"));
    });

    it("escapes a branch name that is HTML", async () => {
        const { url } = await startWeb({ UNDERSTUDY_BRANCH: '<img src=x onerror="alert(1)">' });
        const page = await (await fetch(url)).text();
        assert.ok(page.includes("<h1>&#60;img src=x onerror=&#34;alert(1)&#34;&#62;</h1>"), page);
        assert.ok(!page.includes("<img"));
    });

    it("counts visits in a cookie that nobody else can write", async () => {
        const { url } = await startWeb({ SESSION_SECRET: "s3cr3t" });
        const visit = async (cookie?: string): Promise<{ cookie: string; page: string }> => {
            const reply = await fetch(url, cookie === undefined ? {} : { headers: { cookie } });
            return { cookie: reply.headers.get("set-cookie")!.split(";")[0]!, page: await reply.text() };
        };
        const first = await visit();
        const second = await visit(first.cookie);
        const forged = await visit(second.cookie.replace("=2.", "=9."));
        assert.deepEqual(
            [first, second, forged].map(({ page }) => /Your visits<\/dt><dd>(\d+)/.exec(page)?.[1]),
            ["1", "2", "1"],
        );
    });

    it("answers its health check and nothing it does not know", async () => {
        const { url } = await startWeb();
        const paths = ["/healthcheck", "/healthcheck?x", "/nope", "/__proto__", "/constructor", "//"];
        assert.deepEqual(await Promise.all(paths.map(async (path) => (await fetch(url + path)).status)), [200, 200, 404, 404, 404, 404]);
    });

    it("ends at once on SIGTERM, also with a connection open", async () => {
        const { url, child } = await startWeb();
        await fetch(`${url}/healthcheck`);
        child.kill("SIGTERM");
        assert.deepEqual(await once(child, "exit"), [0, null]);
    });

    it("checks api's health from inside", async () => {
        const api = await startApi();
        const check = async (port: string): Promise<unknown> =>
            (
                await once(
                    spawn(process.execPath, ["healthcheck.mjs"], { cwd: join(folder, "api"), env: { PORT: port }, stdio: "ignore" }),
                    "exit",
                )
            )[0];
        assert.deepEqual([await check(new URL(api).port), await check("1")], [0, 1]);
    });

    it("runs a batch once, whose end says whether it went well", async () => {
        const run = async (apiUrl: string): Promise<readonly unknown[]> => {
            const { stdout, exitCode } = await execa(process.execPath, ["batch.mjs", "totals"], { cwd: join(folder, "web"), env: { API_URL: apiUrl }, reject: false });
            const { level, batch, message } = JSON.parse(stdout) as Record<string, unknown>;
            return [exitCode, level, batch, message];
        };
        assert.deepEqual(await run(await startApi()), [0, "info", "totals", "api answered"]);
        assert.deepEqual(await run(`http://127.0.0.1:${await freePort()}`), [1, "error", "totals", "api did not answer"]);
    });

    it("works in the background, in JSON lines, until SIGTERM", async () => {
        const { child, first, lines } = await start("web", "worker.mjs", { API_URL: await startApi(), WORKER_PAUSE_SECONDS: "0.02" });
        assert.deepEqual([first.level, first.service, first.message], ["info", "worker", "started"]);
        const next = async (): Promise<Record<string, unknown>> =>
            JSON.parse(String((await lines.next()).value)) as Record<string, unknown>;
        const [second, third] = [await next(), await next()];
        assert.deepEqual([second.message, second.round, second.answer, third.round], ["api answered", 1, "Hello from api", 2]);
        child.kill("SIGTERM");
        assert.deepEqual(await once(child, "exit"), [0, null]);
    });
});
