/*
 * Makes the pictures of the README anew, from a real run: an own git repository, a local world, an environment for a branch of it.
 *
 *     node --require ts-node/register/transpile-only docs/images/make.ts
 *
 * How long the steps take is part of the picture: let nothing else run meanwhile.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import type { Browser } from "playwright-core";
import { Checkout } from "../../test/engine/checkout";
import { projectDirectory, Stage } from "../../test/engine/stage";
import { openBrowser, screenshot } from "../../test/support/browser";

const branch = "feature/spring-sale";
const banner = "The spring sale begins on Monday";

/** In characters. */
const terminal = { columns: 68, rows: 15 } as const;

/** Runs a command in a pseudo-terminal of a given size and prints what it writes. Python has it on all systems, and the emulator needs Python anyway. */
const pseudoTerminal = `
import fcntl, os, pty, struct, sys, termios
columns, rows, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))
    os.execvp(command[0], command)
while True:
    try:
        output = os.read(terminal, 65536)
    except OSError:
        break
    if not output:
        break
    os.write(1, output)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

async function main(): Promise<void> {
    const browser = await openBrowser();
    if (browser === undefined) throw new Error("no Chromium: set CHROMIUM to one");
    using checkout = await Checkout.open();
    await checkout.git("checkout", "--quiet", "-b", branch);
    await checkout.commit("Announce the sale", { "app/web/theme.mjs": `export const theme = { accent: "#0f766e", banner: "${banner}" };\n` });
    const stage = await Stage.open(checkout.directory);
    try {
        await stage.api().deploy("staging");
        const output = await runInTerminal(stage);
        await takeTerminal(browser, `\u001b[32m$\u001b[0m understudy branch up\r\n${output}`);
        const { url } = await stage.api().branch.url({ branch });
        await takePage(browser, url);
    } finally {
        await stage.close();
        await browser.close();
    }
}

/** What `understudy branch up` writes in the checkout, with all its colours and cursor movements. */
async function runInTerminal({ home, directory }: Stage): Promise<string> {
    const command = [path.join(projectDirectory, "bin", "understudy"), "branch", "up"];
    const { CI: _ci, NO_COLOR: _noColor, ...env } = process.env;
    const { stdout } = await execa("python3", ["-c", pseudoTerminal, String(terminal.columns), String(terminal.rows), ...command], {
        cwd: directory,
        env: { ...env, UNDERSTUDY_HOME: home, UNDERSTUDY_LOCAL: "1", TERM: "xterm-256color" },
        extendEnv: false,
        stdin: "ignore",
    });
    return stdout;
}

/** Shows output in a terminal emulator and saves what it shows at the end. */
async function takeTerminal(browser: Browser, output: string): Promise<void> {
    const page = await browser.newPage({ viewport: { width: 1000, height: 700 }, deviceScaleFactor: 2 });
    await page.setContent(`<style>${packageFile("css/xterm.css")}
        body { margin: 0; background: #fff; }
        #window { display: inline-block; padding: 14px 20px 0; border-radius: 10px; background: #16181d; }
        .xterm-viewport { overflow: hidden !important; }
        .xterm .xterm-scrollable-element > .scrollbar { display: none; }
        </style><div id="window"><div id="terminal"></div></div>`);
    await page.addScriptTag({ content: packageFile("lib/xterm.js") });
    await page.evaluate(`new Promise((written) => {
        const terminal = new Terminal({
            cols: ${terminal.columns}, rows: ${terminal.rows}, fontSize: 14, lineHeight: 1.25, cursorInactiveStyle: "none", scrollback: 0,
            fontFamily: '"JetBrains Mono", Menlo, "DejaVu Sans Mono", Consolas, monospace',
            theme: { background: "#16181d", foreground: "#e4e6eb", green: "#5fd38d", cyan: "#6cc7f5", red: "#ff7b72", yellow: "#e3b341" },
        });
        terminal.open(document.getElementById("terminal"));
        terminal.write(${JSON.stringify(output)}, () => requestAnimationFrame(() => requestAnimationFrame(written)));
    })`);
    await page.locator("#window").screenshot({ path: picture("branch-up.png"), omitBackground: true });
}

async function takePage(browser: Browser, url: string): Promise<void> {
    const page = await browser.newPage({ viewport: { width: 1000, height: 600 } });
    await page.goto(url);
    await screenshot(page, picture("branch-page.png"));
}

function packageFile(name: string): string {
    return readFileSync(path.join(projectDirectory, "node_modules/@xterm/xterm", name), "utf8");
}

function picture(name: string): string {
    return path.join(projectDirectory, "docs", "images", name);
}

// The AWS SDK would greet every reader with a word about Node.js versions.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

void main();
