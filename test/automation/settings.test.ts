import assert from "node:assert/strict";
import path from "node:path";
import { parse } from "yaml";
import { UnderstudyError } from "../../automation/errors";
import { baseRun, branchRun, branchSettings, neededProtection, renderProject, renderSettings } from "../../automation/settings/privateSettings";
import { baseStacks, findProject, readEnvironment, readStack } from "../../automation/settings/project";
import { parseSettings, type BaseSettings } from "../../model/settings";
import { staging, TemporaryProject } from "./support/temporaryProject";

describe("the project", () => {
    it("is found from a folder inside it", () => {
        using project = new TemporaryProject();
        const { directory, name } = findProject(path.join(project.directory, "app"));
        assert.deepEqual({ directory, name }, { directory: project.directory, name: "understudy" });
    });

    it("fails on a folder that is in none", () => {
        using project = new TemporaryProject({});
        assert.throws(() => findProject(project.directory), {
            kind: "settings",
            message: `there is no Pulumi.yaml in ${project.directory} or above it`,
        });
    });

    it("knows the bases that have settings", () => {
        using project = new TemporaryProject({ "Pulumi.yaml": "name: u\n", "Pulumi.staging.yaml": "", "Pulumi.dev.yaml": "", "Pulumi.other.yaml": "" });
        assert.deepEqual(baseStacks(findProject(project.directory)), ["dev", "staging"]);
    });
});

describe("the settings of a base", () => {
    it("are read with the keys that are not understudy's", () => {
        using project = new TemporaryProject();
        const { settings, config, protection } = readStack(findProject(project.directory), "staging");
        assert.equal(settings.kind, "staging");
        assert.equal(settings.account, "222222222222");
        assert.equal(config["other:key"], "kept");
        assert.deepEqual(protection, {});
    });

    const wrong: readonly { readonly what: string; readonly files: Readonly<Record<string, string>>; readonly message: RegExp; readonly places: readonly (number | undefined)[] }[] = [
        { what: "a file that is not there", files: { "Pulumi.dev.yaml": "" }, message: /^there is no .*Pulumi\.staging\.yaml$/, places: [] },
        { what: "an empty file", files: { "Pulumi.staging.yaml": "" }, message: /has no settings$/, places: [undefined] },
        { what: "an alias of nothing", files: { "Pulumi.staging.yaml": `${staging.replace("eu-west-1", "*nope")}  understudy:typo: 1\n` }, message: /has 2 problems$/, places: [5, 12] },
        { what: "a binary file", files: { "Pulumi.staging.yaml": "\u0000\u0001" }, message: /cannot be read$/, places: [undefined] },
        { what: "broken YAML", files: { "Pulumi.staging.yaml": "config:\n  a: [1,\n" }, message: /cannot be read$/, places: [3] },
        { what: "a list", files: { "Pulumi.staging.yaml": "- a\n" }, message: /cannot be read$/, places: [1] },
        { what: "two wrong values", files: { "Pulumi.staging.yaml": staging.replace("eu-west-1", "nowhere").replace("zone: staging.example.com", "zone: ''") }, message: /has 2 problems$/, places: [5, 7] },
    ];
    for (const { what, files, message, places } of wrong) {
        it(`fail on ${what}`, () => {
            using project = new TemporaryProject({ "Pulumi.yaml": "name: u\n", ...files });
            assert.throws(
                () => readStack(findProject(project.directory), "staging"),
                (error: unknown) => {
                    assert.ok(error instanceof UnderstudyError, String(error));
                    assert.equal(error.kind, "settings");
                    assert.match(error.message, message);
                    assert.deepEqual(error.problems.map(({ line }) => line), places);
                    return true;
                },
            );
        });
    }

    it("are read with what merge keys add", () => {
        using project = new TemporaryProject({ "Pulumi.yaml": "name: u\n", "Pulumi.staging.yaml": `common: &common {understudy:capacity: FARGATE, understudy:region: x, other:merged: 1}\n${staging.replace("config:", "config:\n  <<: *common")}` });
        const { settings, config } = readStack(findProject(project.directory), "staging");
        assert.deepEqual([settings.capacity, settings.region, config["understudy:capacity"], config["other:merged"]], ["FARGATE", "eu-west-1", "FARGATE", 1]);
    });

    it("fail on those of a branch, which the tool writes", () => {
        const branch = renderSettings(branchRun(branchSettings(readBaseSettings(), { base: "staging", branch: "x", appDir: "/app" }), {}));
        using project = new TemporaryProject({ "Pulumi.yaml": "name: u\n", "Pulumi.staging.yaml": branch });
        assert.throws(() => readStack(findProject(project.directory), "staging"), { kind: "settings", message: /is of kind branch$/ });
    });

    it("fail together with all problems of the Compose file", () => {
        using project = new TemporaryProject({ "Pulumi.yaml": "name: u\n", "Pulumi.staging.yaml": staging, "app/compose.yaml": "services:\n  web: { image: w, build: ., ports: [eighty], x-understudy: { nope: 1 } }\n" });
        const found = findProject(project.directory);
        assert.throws(
            () => readEnvironment(found, readStack(found, "staging").settings, "Pulumi.staging.yaml"),
            (error: unknown) => error instanceof UnderstudyError && error.kind === "settings" && error.problems.length > 1 && error.problems.every(({ file }) => file.endsWith("compose.yaml") || file === "Pulumi.staging.yaml"),
        );
    });
});

function readBaseSettings(): BaseSettings {
    using project = new TemporaryProject();
    return readStack(findProject(project.directory), "staging").settings;
}

describe("the settings that a run hands to the engine", () => {
    it("of a branch are derived from its base's", () => {
        assert.deepEqual(branchSettings(readBaseSettings(), { base: "staging", branch: "feature/🚀", appDir: "/checkout/app", images: { "shop-web": `sha256:${"1".repeat(64)}` } }), {
            kind: "branch",
            app: "shop",
            account: "222222222222",
            region: "eu-west-1",
            role: "arn:aws:iam::222222222222:role/understudy-deploy",
            zone: "staging.example.com",
            variables: { LEVEL: "debug" },
            capacity: "FARGATE_SPOT",
            baseKind: "staging",
            base: "staging",
            branch: "feature/🚀",
            appDir: "/checkout/app",
            images: { "shop-web": `sha256:${"1".repeat(64)}` },
            services: {},
            logRetention: 7,
            ownSecrets: [],
            shard: 0,
            only: [],
        });
    });

    it("of a branch name its own role where its base has one for it", () => {
        const base = { ...readBaseSettings(), branchRole: "arn:aws:iam::222222222222:role/understudy-branches" };
        const { role } = branchSettings(base, { base: "staging", branch: "x", appDir: "app" });
        assert.equal(role, "arn:aws:iam::222222222222:role/understudy-branches");
    });

    it("of a branch are read back by the program as they were", () => {
        const settings = branchSettings(readBaseSettings(), { base: "staging", branch: "feature/🚀#1", appDir: "/checkout/app", images: { web: `sha256:${"1".repeat(64)}` } });
        const { config } = parse(renderSettings(branchRun(settings, {}))) as { readonly config: Record<string, unknown> };
        assert.deepEqual(parseSettings(config, "private"), { settings, problems: [] });
    });

    it("of a base are its own, with the folder of the application made absolute and the images of the release", () => {
        using project = new TemporaryProject();
        const found = findProject(project.directory);
        const { config } = baseRun(found, readStack(found, "staging"), { "shop-web": "sha256:1" });
        assert.equal(config["understudy:appDir"], path.join(project.directory, "app"));
        assert.deepEqual(config["understudy:images"], { "shop-web": "sha256:1" });
        assert.deepEqual(config["understudy:services"], { web: { count: 3 } });
        assert.equal(config["other:key"], "kept");
    });

    it("of a base say nothing of images when none were chosen, so that the program takes those it runs", () => {
        using project = new TemporaryProject();
        const found = findProject(project.directory);
        assert.equal("understudy:images" in baseRun(found, readStack(found, "staging"), undefined).config, false);
    });

    const keys = [
        { what: "nothing about it", written: {}, state: {}, fresh: {} },
        { what: "a provider", written: { secretsprovider: "awskms://alias/x" }, state: {}, fresh: { secretsprovider: "awskms://alias/x" } },
        {
            what: "a provider and its key",
            written: { secretsprovider: "awskms://alias/x", encryptedkey: "AQ==" },
            state: { secretsprovider: "awskms://alias/x", encryptedkey: "AQ==" },
            fresh: { secretsprovider: "awskms://alias/x", encryptedkey: "AQ==" },
        },
        { what: "a salt", written: { encryptionsalt: "v1:x" }, state: { encryptionsalt: "v1:x" }, fresh: { encryptionsalt: "v1:x" } },
    ];
    for (const { what, written, state, fresh } of keys) {
        it(`name the key as the file does when that has ${what}, but never have another one made`, () => {
            const head = Object.entries(written).map(([key, value]) => `${key}: ${value}\n`).join("");
            using project = new TemporaryProject({ "Pulumi.yaml": "name: u\n", "Pulumi.staging.yaml": head + staging });
            const found = findProject(project.directory);
            const { protection } = baseRun(found, readStack(found, "staging"), undefined);
            assert.deepEqual([neededProtection(protection, true), neededProtection(protection, false)], [state, fresh]);
        });
    }

    it("of a branch name its base's provider, but not the base's key", () => {
        const settings = branchSettings(readBaseSettings(), { base: "staging", branch: "x", appDir: "/app" });
        assert.deepEqual(branchRun(settings, { secretsprovider: "awskms://alias/x", encryptedkey: "AQ==" }).protection, { secretsprovider: "awskms://alias/x" });
    });

    it("name the compiled program, and declare the keys that the project declares", () => {
        assert.deepEqual(parse(renderProject({ name: "u", declarations: { "understudy:kind": { type: "string" } } }, "/dist/index.js")), {
            name: "u",
            runtime: { name: "nodejs", options: { typescript: false } },
            main: "/dist/index.js",
            config: { "understudy:kind": { type: "string" } },
        });
        assert.deepEqual(parse(renderProject({ name: "u" })), { name: "u", runtime: { name: "nodejs", options: { typescript: false } } });
    });
});
