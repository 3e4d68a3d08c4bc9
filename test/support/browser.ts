import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import envPaths from "env-paths";
import { execa } from "execa";
import { chromium, type Browser, type Page } from "playwright-core";

/** A Chromium that starts, and the additions to its environment. */
interface Program {
    readonly executable: string;
    readonly env: Readonly<Record<string, string>>;
}

/** Chromium and Chrome where their packages put them. */
const installed = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const root = path.resolve(__dirname, "../..");
const bundled = path.join(root, "node_modules/@sparticuz/chromium");

/**
 * Names other than this machine's do not resolve, and neither do addresses: whatever a page asks for elsewhere fails at once, on a machine
 * without a network as on any other. `<host>.localhost` is loopback to Chromium by itself (RFC 6761).
 */
const loopbackOnly = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.*", "--no-proxy-server"];

const remedy = "install Chromium (Debian: apt install chromium), or set CHROMIUM to one";

/**
 * A headless Chromium that reaches this machine only: the one that is asked for (default: by the variable `CHROMIUM`), else an installed
 * one, else the one of the npm package `@sparticuz/chromium` (Linux on x64). Undefined where there is none; one that was asked for and
 * does not start is an error.
 */
export async function openBrowser(asked = process.env.CHROMIUM): Promise<Browser | undefined> {
    const program = await findChromium(asked);
    if (program === undefined) return undefined;
    const { executable, env } = program;
    return chromium.launch({ executablePath: executable, args: loopbackOnly, env: { ...process.env, ...env } });
}

/** The browser for a suite, from its `before` hook: where there is none, the suite is skipped with a line that says what to install. */
export async function browserOrSkip(hook: Mocha.Context): Promise<Browser> {
    const browser = await openBrowser();
    if (browser !== undefined) return browser;
    console.warn(`      skipped, no Chromium found: ${remedy}`);
    return hook.skip();
}

/** Saves what the page shows, all of it, as a PNG, with its animations at their end. Folders of `file` are made. */
export async function screenshot(page: Page, file: string): Promise<void> {
    await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
}

async function findChromium(asked: string | undefined): Promise<Program | undefined> {
    if (asked !== undefined && asked !== "") {
        if (await starts({ executable: asked, env: {} })) return { executable: asked, env: {} };
        throw new Error(`CHROMIUM: ${asked} does not start with --version; ${remedy}`);
    }
    for (const executable of installed) {
        if (await starts({ executable, env: {} })) return { executable, env: {} };
    }
    const program = await unpackBundled();
    return program !== undefined && (await starts(program)) ? program : undefined;
}

/** A file of that name proves nothing: Ubuntu's `chromium-browser` may be a stand-in that asks for a package. */
async function starts({ executable, env }: Program): Promise<boolean> {
    const { failed } = await execa(executable, ["--version"], { env, reject: false, stdin: "ignore", timeout: 10_000 });
    return !failed;
}

/**
 * Unpacks the npm package's Chromium into the user's cache once per version: 200 MB, a few seconds. The package itself would use the
 * system's temporary folder, take a file that another process is still writing for complete, and leave out libraries and fonts that
 * small images lack.
 */
async function unpackBundled(): Promise<Program | undefined> {
    if (process.platform !== "linux" || process.arch !== "x64" || !(await exists(bundled))) return undefined;
    const { version } = JSON.parse(await readFile(path.join(bundled, "package.json"), "utf8")) as { version: string };
    const cache = envPaths("understudy", { suffix: "" }).cache;
    const folder = path.join(cache, `chromium-${version}`);
    if (!(await exists(folder))) await unpackTo(folder);
    return {
        executable: path.join(folder, "chromium"),
        env: { LD_LIBRARY_PATH: path.join(folder, "al2023/lib"), FONTCONFIG_FILE: path.join(folder, "fonts.conf") },
    };
}

/** The folder appears complete or not at all, whoever else is unpacking at the same time. */
async function unpackTo(folder: string): Promise<void> {
    await mkdir(path.dirname(folder), { recursive: true });
    const stage = await mkdtemp(`${folder}-`);
    try {
        await execa(process.execPath, ["--eval", 'require("@sparticuz/chromium").executablePath()'], {
            cwd: root,
            // The package adds the libraries only where it believes to be in Lambda.
            env: { TMPDIR: stage, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" },
        });
        await writeFile(path.join(stage, "fonts.conf"), fontsConfig(path.join(folder, "fonts")));
        await rename(stage, folder);
    } catch (error) {
        await rm(stage, { recursive: true, force: true });
        if (!(await exists(folder))) throw error;
    }
}

/** The system's own fonts, where it has any, and the package's Open Sans before all others: pictures then look alike on all machines. */
function fontsConfig(fonts: string): string {
    return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${fonts}</dir>
  <match target="pattern">
    <test name="family"><string>sans-serif</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Open Sans</string></edit>
  </match>
</fontconfig>
`;
}

async function exists(file: string): Promise<boolean> {
    return access(file).then(
        () => true,
        () => false,
    );
}
