import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A page that was opened, and what a person would not see of it. */
export interface Visit {
    readonly page: Page;
    /** What the page complained about: errors in the console and exceptions. */
    readonly errors: readonly string[];
    /** URL of everything that was fetched, in order. */
    readonly requests: readonly string[];
}

/** Opens a URL in a context of its own and waits until all of it is there. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const errors: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(url);
    return { page, errors, requests };
}

/** By how many CSS pixels the page is wider than its window. */
export async function horizontalOverflow(page: Page): Promise<number> {
    return page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}

/**
 * What keeps people from reading the page, as axe finds it by WCAG 2 AA: contrast, title, language, structure. A contrast that axe
 * cannot work out counts. One line each, with the rule and the element.
 */
export async function barriers(page: Page): Promise<readonly string[]> {
    await page.evaluate(axe.source);
    const { violations, incomplete } = await page.evaluate<axe.AxeResults>('axe.run({ runOnly: ["wcag2a", "wcag2aa", "best-practice"] })');
    return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary = "" }) => `${id} at ${target.join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`),
    );
}
