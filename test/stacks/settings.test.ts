import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse } from "yaml";
import understudy from "../../index";
import { branchNameProblem } from "../../model/branchName";
import { branchId } from "../../model/names";
import { settingKeys, type SettingKey } from "../../model/settings";
import { projectDirectory } from "../../stacks/settings";
import { deploy, type Deployment } from "../support/deploy";
import { theOne } from "../support/registered";
import { baseValues, branchValues, branchWorld, digests, id, worldOf } from "./fixtures";

const root = path.join(__dirname, "..", "..");
const shop = path.join(__dirname, "shop");

/** The configuration as Pulumi hands it to the program: structured values are JSON, and defaults of Pulumi.yaml are merged in. */
function configOf(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
    const texts = Object.entries(values).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
    return { ...declaredDefaults(), ...(Object.fromEntries(texts) as Record<string, string>) };
}

interface Declaration {
    readonly type?: string;
    readonly default?: unknown;
    readonly description?: string;
    readonly items?: unknown;
}

function declarations(): Readonly<Record<string, Declaration>> {
    const { config } = parse(fs.readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as { config: Record<string, Declaration> };
    return Object.fromEntries(Object.entries(config).filter(([key]) => key.startsWith("understudy:")));
}

function declaredDefaults(): Readonly<Record<string, string>> {
    const given = Object.entries(declarations()).filter(([, declaration]) => declaration.default !== undefined);
    return Object.fromEntries(given.map(([key, declaration]) => [key, typeof declaration.default === "string" ? declaration.default : JSON.stringify(declaration.default)]));
}

function run(stack: string, values: Readonly<Record<string, unknown>>): Promise<Deployment> {
    return deploy(understudy, worldOf(stack, { config: configOf(values) }));
}

describe("the program", () => {
    for (const kind of ["production", "staging", "dev"] as const) {
        it(`builds ${kind} from the stack's settings`, async () => {
            const { outputs } = await run(kind, baseValues(kind, { appDir: shop }));
            assert.deepEqual(outputs.images, digests);
        });
    }

    it("builds a branch from the stack's settings", async () => {
        const { outputs } = await deploy(understudy, branchWorld(undefined, { config: configOf(branchValues({ appDir: shop })) }));
        assert.equal(outputs.url, `https://${id}.staging.example.com`);
    });

    for (const branch of ["0", "[]", "{}"].filter((name) => branchNameProblem(name) === undefined)) {
        it(`builds a branch that is called ${branch}`, async () => {
            const config = configOf(branchValues({ appDir: shop, branch }));
            const { outputs } = await deploy(understudy, { ...branchWorld(undefined, { config }), stack: `branch-${branchId(branch)}` });
            assert.equal(outputs.url, `https://${branchId(branch)}.staging.example.com`);
        });
    }

    for (const kind of ["production", "staging", "dev"] as const) {
        it(`builds the sample application as Pulumi.${kind}.yaml says`, async () => {
            const { config } = parse(fs.readFileSync(path.join(root, `Pulumi.${kind}.yaml`), "utf8")) as { config: Record<string, unknown> };
            const { resources, warnings } = await run(kind, config);
            assert.equal(theOne(resources, "Cluster", "cluster-ecs").inputs.name, `shop-${kind}`);
            assert.deepEqual(warnings.filter((text) => !text.includes("no release yet")), []);
        });
    }
});

describe("what is only a warning", () => {
    it("is shown, and passes", async () => {
        const { warnings, outputs } = await run("staging", baseValues("staging", { appDir: shop, sharedSecrets: ["API_KEY", "NOBODY"] }));
        assert.deepEqual(warnings, [
            'Pulumi.staging.yaml understudy:sharedSecrets: got "NOBODY"; no service lists a secret of this name; allowed: API_KEY, SESSION_SECRET',
        ]);
        assert.deepEqual(outputs.images, digests);
    });
});

describe("the program is refused before its first resource", () => {
    for (const { what, stack, values, message } of [
        {
            what: "with the settings of another kind",
            stack: "staging",
            values: baseValues("production", { appDir: shop }),
            message: "staging: 1 problem\n  Pulumi.staging.yaml understudy:kind: these are the settings of stack production; select that stack, or give staging settings of its own",
        },
        {
            what: "with the settings of another branch",
            stack: "branch-other-12345678",
            values: branchValues({ appDir: shop }),
            message:
                "branch-other-12345678: 1 problem\n  Pulumi.branch-other-12345678.yaml understudy:branch: " +
                `these are the settings of stack branch-${id}; select that stack, or give branch-other-12345678 settings of its own`,
        },
        {
            what: "without a Compose file",
            stack: "staging",
            values: baseValues("staging", { appDir: "/nowhere" }),
            message: /^staging: \d+ problems?\n {2}\/nowhere\/compose\.yaml: no Compose file here/,
        },
    ]) {
        it(what, async () => {
            await assert.rejects(run(stack, values), { message });
        });
    }

    it("with what its settings and its application say of each other, also where a setting is wrong", async () => {
        const values = baseValues("staging", { appDir: shop, access: "everybody", services: { wbe: { count: 1 } } });
        await assert.rejects(run("production", values), (error: Error) => {
            for (const part of ["understudy:access", "understudy:services.wbe: no service of this name", "understudy:kind: these are the settings of stack staging"])
                assert.ok(error.message.includes(part), error.message);
            return true;
        });
    });

    it("with everything that is wrong in settings and application", async () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "understudy-"));
        try {
            fs.writeFileSync(path.join(folder, "compose.yaml"), "services:\n  web:\n    image: web\n    ports: [eighty]\n");
            const values = baseValues("staging", { account: "12", typo: "1", appDir: folder });
            await assert.rejects(run("staging", values), (error: Error) => {
                for (const part of ["understudy:account", "understudy:typo", "compose.yaml:4 services.web.ports[0]"]) assert.ok(error.message.includes(part), error.message);
                return true;
            });
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    });
});

describe("Pulumi.yaml", () => {
    it("declares every setting under its type, with what it means and what holds without it", () => {
        const declared = Object.entries(declarations()).map(([key, { type = "any", description }]) => [key, type, description]);
        const known = Object.entries<SettingKey>(settingKeys).map(([key, setting]) => [
            `understudy:${key}`,
            setting.type,
            setting.description + (setting.default === undefined ? "" : `. Default: ${setting.default}`),
        ]);
        assert.deepEqual(declared, known);
    });

    it("has a default for every key, so that a stack whose settings file is lost can still be destroyed", () => {
        const required = Object.entries(declarations()).filter(([, declaration]) => declaration.default === undefined);
        assert.deepEqual(required, []);
    });

    it("is above the program, whether compiled or not", () => {
        assert.equal(projectDirectory(), root);
        assert.equal(projectDirectory(path.join(root, "dist", "0123456789ab", "stacks")), root);
        assert.throws(() => projectDirectory("/"), { message: "no Pulumi.yaml above the program; run it from a whole checkout" });
    });
});
