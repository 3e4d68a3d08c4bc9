import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { defaultDirectories } from "../../../local/directories";
import { programRunner } from "../../../local/engine/engine";
import { worldEnvironment } from "../../../local/worldEnvironment";
import { temporaryFolder } from "../engine/support";

describe("folders of a world", () => {
    const folder = temporaryFolder();

    it("are below UNDERSTUDY_HOME, by the checkout's name and a hash of its path", () => {
        const home = folder();
        const checkout = join(folder(), "my shop");
        mkdirSync(checkout);
        const { world, cache } = defaultDirectories(checkout, { UNDERSTUDY_HOME: home });
        assert.equal(cache, join(home, "cache"));
        assert.match(world.slice(home.length), /^\/worlds\/my-shop-[0-9a-f]{8}$/);
    });

    it("are absolute, wherever they are used, although UNDERSTUDY_HOME is not", () => {
        const { world, cache } = defaultDirectories(folder(), { UNDERSTUDY_HOME: "here/it is" });
        assert.equal(cache, resolve("here/it is/cache"));
        assert.ok(world.startsWith(resolve("here/it is/worlds")), world);
    });

    it("are others for another checkout of the same name, and the same through a link", () => {
        const [one, two, links] = [folder(), folder(), folder()];
        for (const parent of [one, two]) mkdirSync(join(parent, "shop"));
        symlinkSync(join(one, "shop"), join(links, "shop"));
        const worldOf = (path: string): string => defaultDirectories(path, { UNDERSTUDY_HOME: "/home" }).world;
        assert.notEqual(worldOf(join(one, "shop")), worldOf(join(two, "shop")));
        assert.equal(worldOf(join(links, "shop")), worldOf(join(one, "shop")));
    });
});

describe("environment of a world", () => {
    const environment = (env: NodeJS.ProcessEnv): Record<string, string> =>
        worldEnvironment({ directory: "/world", endpoint: "http://127.0.0.1:1", region: "eu-west-1", engineDirectory: "/engine", env });

    it("is complete", () => {
        assert.deepEqual(environment({ PATH: "/bin" }), {
            PATH: "/engine:/bin",
            AWS_ACCESS_KEY_ID: "AKIAUNDERSTUDYLOCAL0",
            AWS_SECRET_ACCESS_KEY: "known-to-everybody-and-worth-nothing",
            AWS_SESSION_TOKEN: "",
            AWS_PROFILE: "",
            AWS_DEFAULT_PROFILE: "",
            AWS_CONFIG_FILE: "/world/aws-config",
            AWS_SHARED_CREDENTIALS_FILE: "/world/aws-credentials",
            AWS_EC2_METADATA_DISABLED: "true",
            AWS_ENDPOINT_URL: "http://127.0.0.1:1",
            AWS_REGION: "eu-west-1",
            AWS_DEFAULT_REGION: "eu-west-1",
            AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
            PULUMI_HOME: "/world/pulumi-home",
            PULUMI_CONFIG_PASSPHRASE_FILE: "/world/passphrase",
            PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
            PULUMI_NODEJS_TRANSPILE_ONLY: "true",
            PULUMI_LANGUAGE_NODEJS_RUN_PATH: programRunner,
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DIY_BACKEND_NO_LEGACY_WARNING: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        });
    });

    it("has the engine once in PATH", () => {
        assert.equal(environment({ PATH: "/bin:/engine:/usr/bin" })["PATH"], "/engine:/bin:/usr/bin");
    });

    it("empties endpoints of single services, which would win", () => {
        assert.equal(environment({ AWS_ENDPOINT_URL_ECS: "http://elsewhere" })["AWS_ENDPOINT_URL_ECS"], "");
    });

    it("lets the engine fetch plugins for the official provider", () => {
        assert.equal(environment({ UNDERSTUDY_PROVIDER: "official" })["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"], "false");
    });
});
