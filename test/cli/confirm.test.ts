import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Checkout, launcher } from "./checkout";

/** What comes next when a command goes on: no state backend is there. */
function wentOn(stack: string): { readonly exitCode: number; readonly text: string } {
    return { exitCode: 11, text: `understudy: the state backend file:///nowhere/${stack} is not there\n  make the folder, or correct \`understudy:backend\`` };
}

function refused(message: string, stack: string): { readonly exitCode: number; readonly text: string } {
    return { exitCode: 4, text: `understudy: ${message}\n  confirm it with --confirm ${stack}` };
}

/** What a command says in the end, without how it got there. */
function closing(output: string): string {
    return output.slice(Math.max(0, output.indexOf("understudy: ")));
}

describe("the confirmation of a dangerous command", () => {
    let checkout: Checkout;
    before(async () => {
        checkout = await Checkout.make();
        for (const stack of ["production", "staging", "dev"]) checkout.edit(`Pulumi.${stack}.yaml`, "understudy:backend: s3", `understudy:backend: file:///nowhere/${stack} # s3`);
    });
    after(() => checkout[Symbol.dispose]());

    const rows = [
        { words: "deploy production", ...refused("production is only deployed when its name is confirmed", "production") },
        { words: "deploy production --yes", ...refused("production is only deployed when its name is confirmed", "production") },
        { words: "deploy production --yes --confirm staging", ...refused("the confirmation says staging, but this is production", "production") },
        { words: "deploy production --confirm production", ...wentOn("production") },
        { words: "deploy staging", ...wentOn("staging") },
        { words: "deploy staging --confirm production", ...refused("the confirmation says production, but this is staging", "staging") },
        { words: "destroy production", ...refused("production is only destroyed when its name is confirmed", "production") },
        { words: "destroy dev", ...refused("dev is only destroyed when its name is confirmed", "dev") },
        { words: "destroy dev --confirm staging", ...refused("the confirmation says staging, but this is dev", "dev") },
        { words: "local reset", exitCode: 4, text: "understudy: the local world is only deleted when that is confirmed\n  confirm it with --yes" },
    ];
    for (const { words, exitCode, text } of rows) {
        it(`in CI: ${words}`, async () => {
            const before = checkout.files();
            const ended = await checkout.run(words.split(" "), { env: { PATH: "" } }); // neither git nor the engine
            assert.deepEqual([ended.exitCode, closing(ended.stderr), ended.stdout], [exitCode, text, ""]);
            assert.deepEqual(checkout.files(), before);
        });
    }

    it("in CI: destroy goes on when it is confirmed", async () => {
        const { exitCode, stderr } = await checkout.run(["destroy", "dev", "--confirm", "dev"], { env: { PATH: "" } });
        assert.deepEqual([exitCode, closing(stderr)], [wentOn("dev").exitCode, wentOn("dev").text]);
    });

    const answers = [
        { words: "deploy production", question: "This changes production. Type production to go on:", answer: "production\r", ...wentOn("production") },
        {
            words: "deploy production",
            question: "This changes production. Type production to go on:",
            answer: "yes\r",
            ...refused("the confirmation says yes, but this is production", "production"),
        },
        { words: "destroy dev", question: "This removes dev and everything in it. Type dev to go on:", answer: "dev\r", ...wentOn("dev") },
        {
            words: "destroy dev",
            question: "This removes dev and everything in it. Type dev to go on:",
            answer: "production\r",
            ...refused("the confirmation says production, but this is dev", "dev"),
        },
        { words: "destroy dev", question: "Type dev to go on:", answer: "\u0003", exitCode: 130, text: "understudy: stopped at the question\n  nothing was touched" },
    ];
    for (const { words, question, answer, exitCode, text } of answers) {
        it(`in a terminal: ${words}, then ${JSON.stringify(answer)}`, async function () {
            const ended = await inTerminal(checkout, words, question, answer);
            if (ended === undefined) return this.skip(); // `script` of util-linux, which makes the terminal, is not here
            assert.deepEqual([ended.exitCode, closing(ended.output)], [exitCode, text]);
        });
    }

    it("in a terminal: --yes asks nothing, and production is refused", async function () {
        const ended = await inTerminal(checkout, "deploy production --yes", "", "");
        if (ended === undefined) return this.skip();
        assert.deepEqual([ended.exitCode, closing(ended.output)], [4, refused("production is only deployed when its name is confirmed", "production").text]);
    });
});

/** Types a command in a terminal, and the answer when the question stands there. Undefined where no terminal can be made. */
async function inTerminal(checkout: Checkout, words: string, question: string, answer: string): Promise<{ readonly exitCode: number; readonly output: string } | undefined> {
    const child = spawn("script", ["--quiet", "--return", "--command", `stty columns 120; "${process.execPath}" "${launcher}" ${words}`, "/dev/null"], {
        cwd: checkout.directory,
        env: checkout.env({ CI: undefined, TERM: "dumb", NO_COLOR: "1" }),
        stdio: ["pipe", "pipe", "inherit"],
        timeout: 30_000, // a question that nobody expects
    });
    let written = "";
    let answered = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
        written += text;
        if (answered || question === "" || !withoutCodes(written).includes(question)) return;
        answered = true;
        child.stdin.write(answer);
    });
    try {
        const [exitCode] = (await once(child, "close")) as [number];
        return { exitCode, output: withoutCodes(written).trimEnd() };
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}

/** The text that a terminal shows, without what moves its cursor. */
function withoutCodes(text: string): string {
    return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
}
