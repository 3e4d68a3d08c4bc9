import { CommanderError } from "commander";
import assert from "node:assert/strict";
import { programVersion } from "../../automation/engine/program";
import { commands, commonOptions, type CommandOption } from "../../cli/commands";
import { UsageError } from "../../cli/errors";
import { createParser } from "../../cli/parser";

interface Parsed {
    readonly name: string;
    readonly words: readonly string[];
    readonly options: object;
}

/** What is understood of these words. Fails with what the parser throws. */
async function parse(...words: readonly string[]): Promise<Parsed> {
    const parsed: Parsed[] = [];
    const parser = createParser(
        ({ record, words: rest, options }) => {
            parsed.push({ name: record.name, words: rest, options });
            return Promise.resolve();
        },
        { writeOut: () => undefined, writeErr: (text) => assert.fail(text) },
    );
    await parser.parseAsync([...words], { from: "user" });
    assert.equal(parsed.length, 1);
    return parsed[0]!;
}

/** The text that is written in place of running a command. */
async function help(...words: readonly string[]): Promise<string> {
    const written: string[] = [];
    const parser = createParser(() => assert.fail("a command ran"), { writeOut: (text) => written.push(text), getOutHelpWidth: () => 200 });
    await assert.rejects(parser.parseAsync([...words], { from: "user" }), (error) => error instanceof CommanderError && error.exitCode === 0);
    return written.join("");
}

/** The calls of the tool in a line of a shell. Quotes are not read: no example has a space in a word of its own. */
function callsIn(line: string): readonly (readonly string[])[] {
    return [...line.matchAll(/\bunderstudy ([^|;)"]*)/g)].map(([, words = ""]) => words.trim().split(" "));
}

const examples: readonly (readonly [call: string, parsed: Parsed])[] = [
    ["doctor", { name: "doctor", words: [], options: {} }],
    ["doctor --local", { name: "doctor", words: [], options: { local: true } }],
    ["plan staging", { name: "plan", words: ["staging"], options: {} }],
    ["plan --branch feature/search --json", { name: "plan", words: [], options: { branch: "feature/search", json: true } }],
    ["deploy staging --release 1.4.2", { name: "deploy", words: ["staging"], options: { release: "1.4.2" } }],
    ["deploy production --release 1.4.2 --confirm production", { name: "deploy", words: ["production"], options: { release: "1.4.2", confirm: "production" } }],
    ["destroy dev --confirm dev", { name: "destroy", words: ["dev"], options: { confirm: "dev" } }],
    ["release copy 1.4.2", { name: "release copy", words: ["1.4.2"], options: {} }],
    ["release copy --image web=staging.1.4.2 --as production.1.4.2", { name: "release copy", words: [], options: { image: ["web=staging.1.4.2"], as: "production.1.4.2" } }],
    ["branch up", { name: "branch up", words: [], options: {} }],
    ["branch up feature/search --image web=pr-12 --pr 12", { name: "branch up", words: ["feature/search"], options: { image: ["web=pr-12"], pr: "12" } }],
    [
        "branch up feature/search --only web worker",
        { name: "branch up", words: ["feature/search"], options: { only: ["web", "worker"] } },
    ],
    ["branch down feature/search", { name: "branch down", words: ["feature/search"], options: {} }],
    [
        "branch down --id feature-search-1a2b3c4d --backend s3://state-of-staging",
        { name: "branch down", words: [], options: { id: "feature-search-1a2b3c4d", backend: "s3://state-of-staging" } },
    ],
    ["branch list", { name: "branch list", words: [], options: {} }],
    ["branch list --base dev --json", { name: "branch list", words: [], options: { base: "dev", json: true } }],
    ["branch extend", { name: "branch extend", words: [], options: {} }],
    ["branch extend feature/search --by 3d", { name: "branch extend", words: ["feature/search"], options: { by: "3d" } }],
    ["branch pin feature/search --reason demo-on-friday", { name: "branch pin", words: ["feature/search"], options: { reason: "demo-on-friday" } }],
    ["branch unpin feature/search", { name: "branch unpin", words: ["feature/search"], options: {} }],
    ["branch sweep", { name: "branch sweep", words: [], options: {} }],
    ["branch sweep --remote https://git.example.com/shop.git --yes", { name: "branch sweep", words: [], options: { remote: ["https://git.example.com/shop.git"], yes: true } }],
    ["registry repair staging", { name: "registry repair", words: ["staging"], options: {} }],
    ["registry repair staging --yes", { name: "registry repair", words: ["staging"], options: { yes: true } }],
    ["drift staging", { name: "drift", words: ["staging"], options: {} }],
    ["drift branch-feature-search-38e7a3a2 --json", { name: "drift", words: ["branch-feature-search-38e7a3a2"], options: { json: true } }],
    ["branch url", { name: "branch url", words: [], options: {} }],
    ["branch url feature/search", { name: "branch url", words: ["feature/search"], options: {} }],
    ["branch logs -f", { name: "branch logs", words: [], options: { follow: true } }],
    ["branch logs feature/search --service api --since 10m", { name: "branch logs", words: ["feature/search"], options: { service: "api", since: "10m" } }],
    ["branch id feature/search", { name: "branch id", words: ["feature/search"], options: {} }],
    ["branch id - --json", { name: "branch id", words: ["-"], options: { json: true } }],
    ["report pr --status started", { name: "report pr", words: [], options: { status: "started" } }],
    [
        "report pr --pr 12 --branch feature/search --status success --result result.json",
        { name: "report pr", words: [], options: { pr: "12", branch: "feature/search", status: "success", result: "result.json" } },
    ],
    ["env staging", { name: "env", words: ["staging"], options: {} }],
    ["model", { name: "model", words: [], options: {} }],
    ["model --app ../shop/app --json", { name: "model", words: [], options: { app: "../shop/app", json: true } }],
    ["config check", { name: "config check", words: [], options: {} }],
    ["config check Pulumi.staging.yaml --json", { name: "config check", words: ["Pulumi.staging.yaml"], options: { json: true } }],
    ["batches check app/schedules.yaml", { name: "batches check", words: ["app/schedules.yaml"], options: {} }],
    ["batches check app/schedules.yaml --json", { name: "batches check", words: ["app/schedules.yaml"], options: { json: true } }],
    ["local up", { name: "local up", words: [], options: {} }],
    ["local down", { name: "local down", words: [], options: {} }],
    ["local status --json", { name: "local status", words: [], options: { json: true } }],
    ["local reset --yes", { name: "local reset", words: [], options: { yes: true } }],
];

const other: readonly (readonly [call: string, parsed: Parsed])[] = [
    ["deploy production --yes", { name: "deploy", words: ["production"], options: { yes: true } }],
    ["deploy -y -r 2 -i web=a -i api=sha256:0f staging", { name: "deploy", words: ["staging"], options: { yes: true, release: "2", image: ["web=a", "api=sha256:0f"] } }],
    ["branch up --image=web=a --image b --local --debug", { name: "branch up", words: [], options: { image: ["web=a", "b"], local: true, debug: true } }],
    ["branch up -b feature/search", { name: "branch up", words: [], options: { branch: "feature/search" } }],
    ["branch up --only web --only api --all", { name: "branch up", words: [], options: { only: ["web", "api"], all: true } }],
    ["branch up --only web -- feature/search", { name: "branch up", words: ["feature/search"], options: { only: ["web"] } }],
    ["branch up -- -f", { name: "branch up", words: ["-f"], options: {} }],
    ["branch id one two -- --three", { name: "branch id", words: ["one", "two", "--three"], options: {} }],
    ["branch id", { name: "branch id", words: [], options: {} }],
];

const mistakes: readonly { readonly call: string; readonly message: string; readonly advice: string }[] = [
    { call: "frobnicate", message: "unknown command 'frobnicate'", advice: "what there is: understudy help" },
    { call: "brnach up", message: "unknown command 'brnach'", advice: "did you mean branch? what there is: understudy help" },
    { call: "branch ups", message: "unknown command 'ups'", advice: "did you mean up? what there is: understudy help branch" },
    { call: "deploy", message: "missing required argument 'stack'", advice: "what there is: understudy help deploy" },
    { call: "deploy staging --imge x", message: "unknown option '--imge'", advice: "did you mean --image? what there is: understudy help deploy" },
    { call: "branch up --confirm x", message: "unknown option '--confirm'", advice: "what there is: understudy help branch up" },
    { call: "deploy staging --release", message: "option '-r, --release <tag>' argument missing", advice: "what there is: understudy help deploy" },
    { call: "deploy staging dev", message: "too many arguments for 'deploy': expected 1 argument but got 2", advice: "what there is: understudy help deploy" },
    { call: "local up now", message: "too many arguments for 'up': expected 0 arguments but got 1", advice: "what there is: understudy help local up" },
    {
        call: "help depoly",
        message: "unknown command 'depoly'",
        advice: 'did you mean "deploy"? allowed: doctor, plan, deploy, destroy, release, branch, registry, drift, report, env, model, config, batches, local, help',
    },
    { call: "help branch ls", message: "unknown command 'ls'", advice: 'did you mean "list"? allowed: up, down, list, extend, pin, unpin, sweep, url, logs, id' },
];

describe("the command line", () => {
    it("documents no example that this file does not parse", () => {
        const documented = commands.flatMap(({ examples: lines }) => lines.flatMap(callsIn)).map((words) => words.join(" "));
        assert.deepEqual(documented, examples.map(([call]) => call));
    });

    for (const [call, parsed] of [...examples, ...other]) {
        it(`understands ${call}`, async () => assert.deepEqual(await parse(...call.split(" ")), parsed));
    }

    for (const { call, message, advice } of mistakes) {
        it(`fails on ${call}`, () => assert.rejects(parse(...call.split(" ")), { name: UsageError.name, message, advice }));
    }

    for (const words of [[], ["branch"], ["local"]]) {
        it(`shows the help, as a mistake, when ${words.length === 0 ? "nothing" : `only ${words.join(" ")}`} is typed`, async () => {
            const written: string[] = [];
            const parser = createParser(() => assert.fail("a command ran"), { writeOut: () => assert.fail("it is no result"), writeErr: (text) => written.push(text) });
            await assert.rejects(parser.parseAsync(words, { from: "user" }), (error) => error instanceof CommanderError && error.exitCode === 1);
            assert.match(written.join(""), new RegExp(`^Usage: ${["understudy", ...words].join(" ")} \\[options\\] \\[command\\]\n`));
        });
    }

    it("tells its version", async () => assert.equal(await help("--version"), `${programVersion()}\n`));
});

describe("the help", () => {
    it("names every command and where the exit codes are", async () => {
        const text = await help("--help");
        const groups = new Set(commands.map(({ name }) => name.split(" ")[0]!));
        assert.deepEqual([...text.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name), [...groups, "help"]);
        assert.match(text, /\nExit codes are listed in docs\/cli\.md\. More about a command: understudy help <command>\.\n$/);
    });

    for (const group of ["branch", "local"]) {
        it(`of ${group} names each of its commands`, async () => {
            const names = commands.flatMap(({ name }) => (name.startsWith(`${group} `) ? [name.slice(group.length + 1)] : []));
            assert.deepEqual([...(await help(group, "--help")).matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name), names);
        });
    }

    for (const record of commands) {
        it(`of ${record.name} names its words, options and examples`, async () => {
            const { name, words, summary, options = [], examples: lines } = record;
            const text = await help(...name.split(" "), "--help");
            const shown = (option: CommandOption): string => `${option.flags} ${option.description}`;
            assert.equal(text.split("\n", 1)[0], ["Usage: understudy", name, "[options]", words].filter((part) => part !== undefined).join(" "));
            assert.ok(text.includes(`\n${summary}\n`));
            assert.deepEqual(
                [...text.matchAll(/^ {2}(-\S.*?) {2,}(\S.*)$/gm)].map(([, flags, description]) => `${flags} ${description}`),
                [...[...options, ...commonOptions].map(shown), "-h, --help display help for command"],
            );
            assert.ok(text.endsWith(`\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}\n`));
        });

        it(`of ${record.name} is the same when it is asked for with help`, async () => {
            assert.equal(await help("help", ...record.name.split(" ")), await help(...record.name.split(" "), "--help"));
        });
    }
});
