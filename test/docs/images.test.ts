import assert from "node:assert/strict";
import path from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { parse } from "yaml";
import { buildContexts, readApplication } from "../../cli/bases";
import { findProject, readStack } from "../../automation/settings/project";
import { branchId, keepTagPrefix } from "../../model/names";
import { untaggedDays } from "../../components/repositories/plan";
import { validBranchName } from "../model/branchNames";
import { buildspec, variablesOfBuilds } from "./buildspec";
import { callsOf, refusalOf } from "./scriptCalls";
import { readProjectFile, tableRows } from "./sources";

const page = readProjectFile("docs/images.md");

describe("docs/images.md", () => {
    it("has the rule for a branch's id as a shell understands it", async () => {
        const script = /^```sh\nBRANCH=feature\/Search\n(.*?)^```$/ms.exec(page)?.[1] ?? assert.fail("no such script");
        const names = [...fc.sample(validBranchName, { numRuns: 40, seed: 1 }), "feature/Search", "🚀", "ÄÖÜ", "a".repeat(90), "-x-", "İstanbul/K"];
        const { stdout } = await execa("/bin/bash", ["--norc", "-c", `for BRANCH in "$@"; do\n${script}\necho "$ID"\ndone`, "bash", ...names]);
        assert.deepEqual(stdout.split("\n"), names.map(branchId));
    });

    it("says what the repositories keep", () => {
        const rules = tableRows(page, "What the registry keeps");
        const counts = ["production", "staging", "dev"].map((kind) => {
            const [, count] = /keptReleases: (\d+)/.exec(readProjectFile(`stacks/${kind}.ts`)) ?? [];
            return `${count ?? ""} in ${kind}`;
        });
        assert.equal(rules[1]?.[2], `the newest stay: ${counts.join(", ")}`);
        assert.ok(rules[0]?.[1]?.includes(`\`${keepTagPrefix}*\``));
        assert.ok(rules[2]?.[2]?.includes(`${untaggedDays} days`));
    });

    it("names the record's keys", () => {
        const source = readProjectFile("model/releaseRecord.ts");
        const [, body = ""] = /export interface ReleaseRecord \{(.*?)^\}/ms.exec(source) ?? [];
        const keys = [...body.matchAll(/readonly (\w+)\??:/g)].map(([, key = ""]) => `\`${key}\``);
        assert.deepEqual(tableRows(page, "The release record").slice(0, keys.length).map(([key]) => key), keys);
    });
});

describe("the CodeBuild projects of an application's repository", () => {
    const [, script = ""] = /^```sh\n((?:(?!^```).)*aws codebuild.*?)^```$/ms.exec(page) ?? [];
    const made = callsOf(script, ["aws", "npx"], { env: { ACCOUNT: "222222222222", APP: "shop" } });
    const after = (call: readonly string[], option: string): string => call[call.indexOf(option) + 1] ?? "";

    /** Words of all calls of one verb, by the project or role that they are about. */
    async function about(verb: string, subject: string, option: string): Promise<Readonly<Record<string, readonly string[]>>> {
        const calls = (await made).filter(([, , name]) => name === verb);
        const names = [...new Set(calls.map((call) => after(call, subject)))];
        return Object.fromEntries(names.map((name) => [name, calls.filter((call) => after(call, subject) === name).map((call) => after(call, option))]));
    }

    it("are two: one for the default branch, whose role may deploy, and one for all others, whose role may push images", async () => {
        assert.deepEqual(await about("create-project", "--name", "--service-role"), { "shop-web": ["understudy-build-deploy"], "shop-web-branches": ["understudy-build"] });
        const policiesOf = (...names: readonly string[]): readonly string[] => names.map((name) => `arn:aws:iam::222222222222:policy/understudy-${name}`);
        assert.deepEqual(await about("attach-role-policy", "--role-name", "--policy-arn"), {
            "understudy-build": policiesOf("build", "push-images"),
            "understudy-build-deploy": policiesOf("build", "push-images", "build-deploy"),
        });
        assert.deepEqual(Object.keys(await about("create-role", "--role-name", "--role-name")), ["understudy-build", "understudy-build-deploy"]);
    });

    it("build every push once, by its branch", async () => {
        const filters = await about("create-webhook", "--project-name", "--filter-groups");
        const groups = Object.entries(filters).map(([name, [text = ""]]) => [name, JSON.parse(text) as unknown] as const);
        const push = { type: "EVENT", pattern: "PUSH" };
        const main = { type: "HEAD_REF", pattern: "^refs/heads/main$" };
        assert.deepEqual(Object.fromEntries(groups), { "shop-web": [[push, main]], "shop-web-branches": [[push, { ...main, excludeMatchedPattern: true }]] });
        const { env } = buildspec.parse(parse(readProjectFile("docs/ci/buildspec.yml")));
        assert.equal(main.pattern, `^refs/heads/${env?.variables?.["DEFAULT_BRANCH"] ?? ""}$`);
    });
});

describe("the buildspec of an application's repository", () => {
    const text = readProjectFile("docs/ci/buildspec.yml");
    const spec = buildspec.parse(parse(text));
    const { variables = {} } = spec.env ?? {};
    const commands = Object.values(spec.phases).flatMap(({ commands: own = [] }) => own);
    /** Folders that are there, and have no programs. */
    const folders = { CODEBUILD_SRC_DIR: __dirname, CODEBUILD_SRC_DIR_environments: __dirname };
    const tools = ["aws", "curl", "docker", "jq", "npm", "tar", "understudy"];

    /** What a build of this branch calls, where `understudy branch id` and `jq` give its id. */
    async function build(branch: string): Promise<readonly (readonly string[])[]> {
        const told = { AWS_REGION: "eu-west-1", CODEBUILD_RESOLVED_SOURCE_VERSION: "0123abcd", ...folders, CODEBUILD_WEBHOOK_HEAD_REF: `refs/heads/${branch}` };
        const answers = { jq: branchId(branch), aws: "export AWS_ACCESS_KEY_ID=deploy" };
        const stopping = ["set -e", ...commands].join("\n"); // as CodeBuild does, which ends a phase with the first command that fails
        return callsOf(stopping, tools, { env: { ...variables, ...told }, answers });
    }

    const registry = "222222222222.dkr.ecr.eu-west-1.amazonaws.com/shop/shop-web";

    it("pushes a branch's image by its id, and deploys nothing", async () => {
        const calls = await build("feature/search");
        const pushed = calls.filter(([tool, verb]) => tool === "docker" && verb === "push");
        assert.deepEqual(pushed, [["docker", "push", `${registry}:feature-search-38e7a3a2`]]);
        assert.deepEqual(calls.filter(([tool]) => tool === "understudy"), [["understudy", "branch", "id", "feature/search", "--json"]]);
    });

    it("makes a release of the default branch, and deploys it as the deploy role", async () => {
        const calls = await build("main");
        assert.deepEqual(calls.filter(([tool, verb]) => tool === "docker" && verb === "push").map(([, , image]) => image), [`${registry}:${branchId("main")}`, `${registry}:staging.0123abcd`]);
        assert.deepEqual(calls.slice(-4), [
            ["aws", "configure", "set", "profile.deploy.role_arn", "arn:aws:iam::222222222222:role/understudy-deploy"],
            ["aws", "configure", "set", "profile.deploy.credential_source", "EcsContainer"],
            ["aws", "configure", "export-credentials", "--profile", "deploy", "--format", "env"],
            ["understudy", "deploy", "staging", "--image", "shop-web=staging.0123abcd"],
        ]);
        assert.deepEqual(calls.filter(([tool, ...words]) => tool === "docker" && words[0] === "build").map((words) => words.at(-1)), [__dirname]);
    });

    it("says to the command line what it understands", async () => {
        for (const branch of ["main", "feature/search"]) {
            for (const [tool, ...words] of await build(branch)) if (tool === "understudy") assert.equal(await refusalOf(words), undefined, words.join(" "));
        }
    });

    it("ends where nobody has pushed, and where the branch has no id", async () => {
        const told = { ...variables, AWS_REGION: "eu-west-1", ...folders };
        const stopped = await callsOf(["set -e", ...commands].join("\n"), tools, { env: told });
        assert.deepEqual([...new Set(stopped.map(([tool]) => tool))], ["curl", "tar", "npm"]);
        assert.match(commands.find((command) => command.startsWith("ID=")) ?? "", /jq --exit-status/);
    });

    it("uses variables that it sets or that CodeBuild sets", () => {
        const used = new Set([...commands.join("\n").matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = ""]) => name));
        const set = [...commands.join("\n").matchAll(/^ *(?:export )?([A-Z_]+)=/gm)].map(([, name]) => name);
        assert.deepEqual([...used].filter((name) => ![...Object.keys(variables), ...set, ...variablesOfBuilds].includes(name)), []);
    });

    it("builds an image that the sample application has, for its settings", () => {
        const project = findProject(path.resolve(__dirname, "../.."));
        const { settings } = readStack(project, "staging");
        assert.ok(Object.hasOwn(buildContexts(readApplication(project, settings)), variables["IMAGE"] ?? ""));
        assert.deepEqual([variables["APP"], variables["ACCOUNT"]], [settings.app, settings.account]);
    });

    const valid = parse(text) as Readonly<Record<string, unknown>>;
    const wrong: readonly { readonly what: string; readonly spec: unknown }[] = [
        { what: "no version", spec: { ...valid, version: undefined } },
        { what: "the first version", spec: { ...valid, version: 0.1 } },
        { what: "a key of its own", spec: { ...valid, stages: {} } },
        { what: "a phase of its own", spec: { ...valid, phases: { deploy: { commands: ["x"] } } } },
        { what: "a phase without commands", spec: { ...valid, phases: { build: {} } } },
        { what: "commands that are no texts", spec: { ...valid, phases: { build: { commands: [{ echo: "x: y" }] } } } },
        { what: "a variable that is CodeBuild's", spec: { ...valid, env: { variables: { CODEBUILD_X: "1" } } } },
        { what: "a variable that is no text", spec: { ...valid, env: { variables: { ACCOUNT: 222222222222 } } } },
        { what: "an unknown shell", spec: { ...valid, env: { shell: "zsh" } } },
    ];
    for (const { what, spec: other } of wrong) it(`would be refused with ${what}`, () => assert.equal(buildspec.safeParse(other).success, false));
});
