import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { oldestEngine } from "../../automation/engine/command";
import { defaultDirectories } from "../../local/directories";
import { sampleRelease } from "../../local/showcase";
import { branchId } from "../../model/names";
import { projectDirectory, Stage } from "./stage";

const branch = "feature/search";

/** The lines of the README that call the tool, each as somebody would copy it, with the comment behind it. */
const commands = [...textOf("README.md").matchAll(/^(?:bin\/|eval ).*$/gm)].map(([line]) => line.split(/ +# /));

const local = { UNDERSTUDY_LOCAL: "1" };

/** What each command has to print, by how it begins. */
const proofs: Readonly<Record<string, RegExp>> = {
    "bin/understudy plan staging": /aws:ecs\/service:Service/,
    [`bin/understudy deploy staging --release ${sampleRelease}`]: /www\.staging\.example\.com\.localhost/,
    [`bin/understudy release copy ${sampleRelease}`]: /^production has them now/m,
    [`bin/understudy deploy production --release ${sampleRelease}`]: /www\.example\.com\.localhost/,
    "bin/understudy branch up": new RegExp(`^http://${branchId(branch)}\\.localhost:\\d+$`, "m"),
    "bin/understudy branch list": new RegExp(`^${branch} +staging +up +ada@example\\.com .* http://${branchId(branch)}\\.localhost:\\d+$`, "m"),
    "bin/understudy branch logs --since 10m": / web \{"time":"[^"]+","level":"info","service":"web","message":"listening"/,
    "bin/understudy branch down": /^branch-feature-search-\w+ is gone: \d+ resources deleted/,
    'eval "$(bin/understudy env staging)"; pulumi preview -s staging': /^Resources:\n +\d+ unchanged$/m,
};

interface Output {
    readonly exitCode: number | undefined;
    readonly stdout: string;
    readonly stderr: string;
}

describe("what the documents say to run, where `make local` has been said", function () {
    this.timeout(300_000);
    let stage: Stage;
    let checkout: string;

    before(async () => {
        stage = await Stage.open();
        checkout = await makeCheckout(stage);
        for (const base of ["staging", "production"]) {
            await stage.api().deploy(base, { confirm: base });
            await stage.push(base, "main", sampleRelease);
        }
    });

    after(async () => {
        await stage.close();
        rmSync(checkout, { recursive: true });
    });

    async function run(command: string, cwd: string, more: Readonly<Record<string, string>> = {}): Promise<Output> {
        const env = { UNDERSTUDY_HOME: stage.home, CI: "true", ...more };
        const { exitCode, stdout, stderr } = await execa("/bin/bash", ["--norc", "-c", command], { cwd, env, reject: false });
        return { exitCode, stdout, stderr };
    }

    for (const [words = "", comment] of commands) {
        it(`works, from the README: ${words}`, async () => {
            const asks = comment === "asks to type the name";
            if (asks) {
                const { exitCode, stderr } = await run(words, checkout, local);
                assert.equal(exitCode, 4);
                assert.match(stderr, /production is only deployed when its name is confirmed\n +confirm it with --confirm production$/);
            }
            const { exitCode, stdout, stderr } = await run(asks ? `${words} --confirm production` : words, checkout, local);
            assert.equal(exitCode, 0, stderr);
            assert.match(stdout, proofs[words] ?? assert.fail(`nothing says what ${words} has to print`));
        });
    }

    it("is all there", () => assert.deepEqual(commands.map(([words]) => words), Object.keys(proofs)));

    describe("docs/automation/example.ts", () => {
        const [, command = ""] = /`(npx .*?)`/.exec(textOf("docs/automation/example.ts")) ?? [];
        const program = command.slice(0, command.lastIndexOf(" "));

        it("works, as a program of its own", async () => {
            assert.ok(command.endsWith(` ${branch}`), command);
            const { exitCode, stdout, stderr } = await run(`${command} --local`, checkout);
            assert.equal(exitCode, 0, stderr);
            assert.match(stdout, new RegExp(`^http://${branchId(branch)}\\.localhost:\\d+ answers with status 200$`));
            assert.match(stderr, /^update: done after \d+\.\d s$[^]*^destroy: done after \d+\.\d s$/m);
            assert.deepEqual(await stage.api().branch.list({ base: "staging" }), []);
        });

        const noEngine = `pulumi is not in PATH\ninstall Pulumi ${oldestEngine} or newer`;
        const state = "s3://understudy-state-222222222222?region=eu-west-1&awssdk=v2";
        const noCredentials = `could not read the state backend ${state}: there are no AWS credentials (Could not load credentials from any providers)\nlog in to AWS, or set AWS_PROFILE`;
        const refusals = [
            { what: "no branch", words: `${program} --local`, exitCode: 2, text: `usage: ${program} <branch> [--local]` },
            { what: "two branches", words: `${program} a b`, exitCode: 2, text: `usage: ${program} <branch> [--local]` },
            { what: "a name that git refuses", words: `${program} a..b --local`, exitCode: 3, text: '"a..b": a branch name must not contain ".."\nname a branch as git knows it' },
            { what: "no local world", words: `UNDERSTUDY_HOME=/nowhere ${command} --local`, exitCode: 12, text: "the local world does not run\nstart it: make local" },
            {
                what: "no engine and no credentials, by which nothing can be removed either",
                words: `PATH= "$(command -v node)" -r ts-node/register/transpile-only docs/automation/example.ts ${branch}`,
                exitCode: 13,
                text: `${branch} may be left behind: ${noCredentials}\n${noEngine}`,
            },
        ];
        for (const { what, words, exitCode, text } of refusals) {
            it(`fails on ${what}`, async () => {
                const ended = await run(words, checkout);
                const told = ended.stderr.split("\n").filter((line) => !/^npm |: (done|failed) after /.test(line));
                assert.deepEqual([ended.exitCode, ended.stdout, told.join("\n")], [exitCode, "", text]);
            });
        }
    });
});

/** A checkout of this program with a branch of its own, in which the stage's world is the local one. */
async function makeCheckout(stage: Stage): Promise<string> {
    const checkout = mkdtempSync(path.join(tmpdir(), "understudy-checkout-"));
    const files = readdirSync(projectDirectory).filter((name) => /^(index\.ts|package\.json|tsconfig.*\.json|Pulumi\.([a-z]+\.)?yaml)$/.test(name));
    for (const name of [...files, "model", "components", "stacks", "app"]) cpSync(path.join(projectDirectory, name), path.join(checkout, name), { recursive: true });
    for (const name of ["node_modules", "bin", "docs"]) symlinkSync(path.join(projectDirectory, name), path.join(checkout, name));
    const git = async (...words: readonly string[]): Promise<unknown> => execa("git", words, { cwd: checkout });
    await git("init", "--quiet", "--initial-branch", branch);
    await git("config", "user.name", "Ada");
    await git("config", "user.email", "ada@example.com");
    await git("add", "app", "*.yaml", "*.json", "*.ts");
    await git("commit", "--quiet", "--message", "The shop");
    const { world } = defaultDirectories(checkout, { UNDERSTUDY_HOME: stage.home });
    mkdirSync(path.dirname(world), { recursive: true });
    symlinkSync(stage.world.directory, world);
    return checkout;
}

function textOf(file: string): string {
    return readFileSync(path.join(projectDirectory, file), "utf8");
}
