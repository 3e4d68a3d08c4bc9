import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { branchId } from "../../model/names";
import { browserOrSkip } from "../support/browser";
import { startSample, type SampleService } from "./sampleService";
import { barriers, horizontalOverflow, visit } from "./visit";

const branch = "feature/search-🔍";
const environment = branchId(branch);
const webCommit = "1234567890abcdef1234567890abcdef12345678";
const apiCommit = "fedcba0987654321fedcba0987654321fedcba09";
const secret = "a-secret-that-nobody-may-see";

/** No character of it allows a line break. */
const longestBranch = `x/${"m".repeat(242)}`;

const screens = [
    { width: 360, colorScheme: "light" },
    { width: 360, colorScheme: "dark" },
    { width: 1280, colorScheme: "light" },
    { width: 1280, colorScheme: "dark" },
] as const;

describe("the sample application in a browser", () => {
    let browser: Browser;
    let api: SampleService;
    const running: SampleService[] = [];

    before(async function () {
        this.timeout(60_000); // the first time, Chromium is unpacked
        browser = await browserOrSkip(this);
        api = await start("api", apiCommit, {});
    });

    after(async () => {
        await Promise.all([...running.map((service) => service.stop()), (browser as Browser | undefined)?.close()]);
    });

    async function start(...[name, commit, env]: Parameters<typeof startSample>): Promise<SampleService> {
        const service = await startSample(name, commit, env);
        running.push(service);
        return service;
    }

    async function startWeb(env: Readonly<Record<string, string>>): Promise<SampleService> {
        const where = { UNDERSTUDY_ENVIRONMENT: environment, UNDERSTUDY_KIND: "branch", UNDERSTUDY_BRANCH: branch };
        return start("web", webCommit, { ...where, API_URL: api.url, SESSION_SECRET: secret, ...env });
    }

    describe("of a branch", () => {
        let web: SampleService;

        before(async () => {
            web = await startWeb({});
        });

        it("shows branch, environment, commit and what api answered", async () => {
            const { page, errors, requests } = await visit(browser, web.url);

            assert.equal(await page.title(), `shop · ${environment}`);
            assert.deepEqual(await page.locator("h1").allInnerTexts(), [branch]);
            assert.deepEqual(await page.locator("dl > div").allInnerTexts(), [
                `Environment\n${environment}`,
                `Branch\n${branch}`,
                "Commit\n1234567890",
                "Session secret\nset",
                "Your visits\n1",
            ]);
            assert.deepEqual(await page.locator("section").allInnerTexts(), ["api answered\n\nHello from api\n\nfrom commit fedcba0987"]);
            assert.deepEqual({ errors, requests }, { errors: [], requests: [web.url] });
        });

        it("counts the visits of one browser, and never shows the secret", async () => {
            const { page } = await visit(browser, web.url);
            await page.reload();

            assert.equal(await page.locator("dl > div").last().innerText(), "Your visits\n2");
            assert.equal((await page.content()).includes(secret), false);
        });

        it("leads to the same facts as JSON", async () => {
            const { page } = await visit(browser, web.url);
            await page.getByRole("link").click();

            assert.deepEqual(JSON.parse(await page.locator("body").innerText()), {
                service: "web",
                environment,
                kind: "branch",
                branch,
                commit: webCommit,
                sessionSecret: "set",
                banner: null,
                api: { answered: true, message: "Hello from api", commit: apiCommit, environment: "laptop" },
            });
        });

        for (const { width, colorScheme } of screens) {
            it(`can be read on a ${colorScheme} screen of ${width} pixels`, async () => {
                const { page } = await visit(browser, web.url, { viewport: { width, height: 800 }, colorScheme });

                assert.equal(await horizontalOverflow(page), 0);
                assert.deepEqual(await barriers(page), []);
            });
        }
    });

    it("fits a branch name of any length onto a small screen", async () => {
        const web = await startWeb({ UNDERSTUDY_BRANCH: longestBranch });

        const { page } = await visit(browser, web.url, { viewport: { width: 360, height: 800 } });

        assert.equal(await page.locator("h1").innerText(), longestBranch);
        assert.equal(await horizontalOverflow(page), 0);
    });

    it("shows its own part while api does not answer", async () => {
        const gone = await start("api", apiCommit, {});
        await gone.stop();
        const web = await startWeb({ API_URL: gone.url });

        const { page, errors } = await visit(browser, web.url, { colorScheme: "dark" });

        assert.deepEqual(await page.locator("section").allInnerTexts(), ["api did not answer\n\nECONNREFUSED"]);
        assert.deepEqual({ barriers: await barriers(page), errors }, { barriers: [], errors: [] });
    });
});
