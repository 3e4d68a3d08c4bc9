import assert from "node:assert/strict";
import { parse } from "yaml";
import { z } from "zod";
import { describeHours } from "../../model/hours";
import { formatProblem } from "../../model/problem";
import { schedulesSchema } from "../../model/schedules/jsonSchema";
import { checkTogether, parseSettings, settingKeys, type BaseSettings, type SettingKey } from "../../model/settings";
import { settingsSchema } from "../../model/settings/jsonSchema";
import { describedKeys, type DescribedKey } from "../../model/settings/reference";
import { assertGenerated, markdownTable, withGenerated } from "./generated";
import { readProjectFile } from "./sources";

const variable = "UPDATE_SETTINGS";
const bases = ["production", "staging", "dev"] as const;

describe("docs/settings.md", () => {
    const page = readProjectFile("docs/settings.md");

    it("has every key with what it means and what holds without it", () => {
        const rows = (of: readonly SettingKey["of"][]): string =>
            markdownTable(["key", "what it says", "without it"], describedKeys().filter((key) => of.includes(key.of)).map(row));
        const withBases = withGenerated(page, "settings of a base", rows(["all", "base"]));
        assertGenerated("docs/settings.md", withGenerated(withBases, "settings of a branch", rows(["branch"])), variable);
    });

    it("shows settings that are right", () => {
        const [, example = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
        const { config } = parse(example) as { config: Record<string, unknown> };
        assert.deepEqual(parseSettings(config, "example").problems, []);
    });

    it("shows office hours with what they come to", () => {
        const section = page.split("## Office hours")[1] ?? "";
        const [, example = ""] = /```yaml\n(.*?)```/s.exec(section) ?? [];
        const { config } = parse(readProjectFile("Pulumi.staging.yaml")) as { config: Record<string, unknown> };
        const { settings } = parseSettings({ ...config, ...(parse(example) as Record<string, unknown>) }, "example");
        assert.ok(section.replaceAll("\n", " ").includes(`\`${describeHours((settings as BaseSettings).hours!)}\``));
    });

    it("names every rule between the files", () => {
        const settings = bases.map((kind) => ({ file: kind, settings: settingsOf(kind) }));
        const all = settings.map(({ file, settings: its }, index) => ({ file, settings: { ...settings[0]!.settings, kind: its.kind, backend: "s3://x" }, hosts: [`${index}`] }));
        const keys = new Set(checkTogether(all).map(({ key }) => key));
        const section = page.split("## Between the files")[1] ?? "";
        for (const key of keys) assert.ok(section.includes(`\`${key.replace("understudy:", "")}\``), key);
    });
});

describe("the JSON Schema of the", () => {
    it("settings is that of the model", () => {
        assertGenerated("docs/schema/settings.json", `${JSON.stringify(settingsSchema(), undefined, 4)}\n`, variable);
    });

    it("schedules file is that of the model", () => {
        assertGenerated("docs/schema/schedules.json", `${JSON.stringify(schedulesSchema(), undefined, 4)}\n`, variable);
    });

    it("settings takes what the model takes, and no key that it does not have", () => {
        const schema = z.fromJSONSchema(settingsSchema());
        const config = { "understudy:kind": "staging", "understudy:app": "shop", "understudy:account": "222222222222", "understudy:region": "eu-west-1" };
        const whole = { ...config, "understudy:zone": "staging.example.com", "aws:region": "x" };
        const accepts = (values: object): boolean => schema.safeParse({ config: values }).success;
        for (const kind of bases) assert.ok(schema.safeParse(parse(readProjectFile(`Pulumi.${kind}.yaml`))).success, kind);
        assert.deepEqual(
            [
                whole,
                { ...whole, "understudy:access": "public", "understudy:services": { web: { count: 2 } } },
                config,
                { ...whole, "understudy:regoin": "x" },
                { ...whole, "understudy:services": { web: { cuont: 2 } } },
                { ...whole, "understudy:account": 222222222222 },
                { ...whole, "understudy:access": "everybody" },
                { ...whole, "understudy:kind": "branch" },
            ].map(accepts),
            [true, true, false, false, false, false, false, false],
        );
    });

    it("schedules file takes what the reader takes, and nothing that says twice when it runs", () => {
        const schema = z.fromJSONSchema(schedulesSchema());
        const batch = { name: "a", rate: "1 day", command: "x" };
        const { rate: _, ...never } = batch;
        assert.deepEqual(
            [batch, { ...batch, command: ["x", 1], enabled: false, timeout: "5m" }, never, { ...batch, cron: "0 3 * * ? *" }, { ...batch, command: [] }].map(
                (each) => schema.safeParse([each]).success,
            ),
            [true, true, false, false, false],
        );
        assert.equal((schedulesSchema().items as { additionalProperties?: boolean }).additionalProperties, false);
    });

    for (const kind of bases) {
        it(`settings is named in Pulumi.${kind}.yaml, so that editors complete it`, () => {
            assert.ok(readProjectFile(`Pulumi.${kind}.yaml`).startsWith("# yaml-language-server: $schema=docs/schema/settings.json\n"));
        });
    }
});

describe("Pulumi.yaml", () => {
    it("declares every key as the model describes it", () => {
        const text = readProjectFile("Pulumi.yaml");
        const declarations = Object.entries<SettingKey>(settingKeys).map(([key, setting]) => declaration(key, setting));
        const [before = ""] = text.split(/^ {2}understudy:/m);
        assertGenerated("Pulumi.yaml", before + declarations.join(""), variable);
    });
});

describe("the settings files of this project", () => {
    it("can be together", () => {
        const files = bases.map((kind) => ({ file: `Pulumi.${kind}.yaml`, settings: settingsOf(kind) }));
        assert.deepEqual(checkTogether(files).map(formatProblem), []);
    });
});

function settingsOf(kind: (typeof bases)[number]): BaseSettings {
    const { config } = parse(readProjectFile(`Pulumi.${kind}.yaml`)) as { config: Record<string, unknown> };
    const { settings, problems } = parseSettings(config, `Pulumi.${kind}.yaml`);
    assert.deepEqual(problems, []);
    return settings as BaseSettings;
}

function row({ key, description, default: without }: DescribedKey): readonly string[] {
    const isInside = key.includes(".");
    const required = isInside ? "required with the others" : "required";
    return [`\`${isInside ? key : `understudy:${key}`}\``, description, without ?? required];
}

/** An empty default stands for "not given"; see docs/architecture.md. */
function declaration(key: string, { type, description, default: without }: SettingKey): string {
    const empty = { string: '""', integer: "0", array: "[]", object: "{}", any: "{}" }[type];
    const lines = [
        `  understudy:${key}:`,
        ...(type === "any" ? [] : [`    type: ${type}`]),
        ...(type === "array" ? ["    items: { type: string }"] : []),
        `    default: ${key === "appDir" ? String(without) : empty}`,
        `    description: ${JSON.stringify(without === undefined ? description : `${description}. Default: ${without}`)}`,
    ];
    return `${lines.join("\n")}\n`;
}
