import { Linter } from "eslint";
import assert from "node:assert/strict";
import path from "node:path";
import { parser } from "typescript-eslint";

const root = path.join(__dirname, "..");
const rule = "import-x/no-restricted-paths";

/** The part of the project's lint configuration that says who may import whom. */
function boundaries(): Linter.Config {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a configuration is plain JavaScript
    const all = require("../eslint.config.js") as readonly Linter.Config[];
    const own = all.find(({ rules = {} }) => rule in rules)!;
    return { files: ["**/*.ts"], languageOptions: { parser }, plugins: own.plugins!, settings: own.settings!, rules: { [rule]: own.rules![rule]! } };
}

/** How often the import of `imported`, written in `file`, is refused. */
function refusals(file: string, imported: string): number {
    const messages = new Linter({ cwd: root }).verify(`import "${imported}";\n`, [boundaries()], { filename: path.join(root, file) });
    assert.deepEqual(messages.filter(({ ruleId }) => ruleId !== rule), []);
    return messages.length;
}

describe("who may import whom", () => {
    const refused = [
        ["model/units.ts", "../automation/errors"],
        ["components/task/task.ts", "../../stacks/base"],
        ["stacks/base.ts", "../automation/errors"],
        ["automation/errors.ts", "../stacks/base"],
        ["automation/errors.ts", "../local/world"],
        ["local/world.ts", "../automation/errors"],
        ["cli/run.ts", "../stacks/contract"],
        ["cli/run.ts", "../test/support/deploy"],
    ] as const;
    for (const [file, imported] of refused) it(`${file} not ${imported}`, () => assert.equal(refusals(file, imported), 1));

    const allowed = [
        ["automation/errors.ts", "../stacks/contract"],
        ["local/world.ts", "../automation/index"],
        ["stacks/base.ts", "../components/after"],
    ] as const;
    for (const [file, imported] of allowed) it(`${file} may import ${imported}`, () => assert.equal(refusals(file, imported), 0));
});
