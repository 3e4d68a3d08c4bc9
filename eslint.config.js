"use strict";

const tseslint = require("typescript-eslint");
const { createNodeResolver, importX } = require("eslint-plugin-import-x");

/** Who may import whom. Everything that is not listed is refused, with the reason. */
const boundaries = [
    { target: "model", from: ["components", "stacks", "automation", "cli", "local", "functions"], message: "model/ is pure: it turns files and settings into an Environment and knows nothing of what is done with it" },
    { target: "components", from: ["stacks", "automation", "cli", "local", "functions"], message: "components are introduced to each other by stacks/ and know no environment" },
    { target: "stacks", from: ["automation", "cli", "local", "functions"], message: "the program is driven, it does not drive" },
    { target: "automation", from: ["components", "cli", "local"], message: "automation/ runs the program through the engine; only the contract crosses" },
    { target: "automation", from: ["stacks"], except: ["./contract.ts", "./outputs.ts"], message: "automation/ runs the program through the engine; only the contract and the outputs cross" },
    { target: "local", from: ["automation"], except: ["./index.ts"], message: "local/ uses automation/ as any other program would" },
    { target: "local", from: ["components", "stacks", "cli"], message: "local/ is AWS on a laptop: it sees what AWS would see" },
    { target: "cli", from: ["components", "stacks"], message: "commands go through automation/" },
    ...["model", "components", "stacks", "automation", "cli", "local"].map((target) => ({
        target,
        from: ["test", "bench"],
        message: "nothing that ships imports tests",
    })),
];

module.exports = tseslint.config(
    { ignores: ["node_modules/", "dist/", ".cache/", "bin/"] },
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.strictTypeChecked],
        plugins: { "import-x": importX },
        // Without the extension of what is imported nothing would be resolved, and every import would be allowed.
        settings: { "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js", ".json"] })] },
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
        rules: {
            "import-x/no-restricted-paths": ["error", { basePath: __dirname, zones: boundaries.map((b) => ({ ...b, target: `./${b.target}`, from: b.from.map((f) => `./${f}`) })) }],
            "import-x/no-cycle": "error",
            "@typescript-eslint/explicit-module-boundary-types": "error",
            "@typescript-eslint/switch-exhaustiveness-check": "error",
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
            "@typescript-eslint/no-confusing-void-expression": "off",
            "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: "only-allowed-literals" }],
            "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
        },
    },
    {
        files: ["model/**/*.ts", "components/**/*plan.ts", "components/**/*Plan.ts"],
        rules: {
            "no-restricted-imports": ["error", { patterns: [{ group: ["@pulumi/*", "@aws-sdk/*"], message: "the model and planners are pure: pass the value in, so that a test needs no mocks" }] }],
        },
    },
    {
        files: ["test/**/*.ts"],
        rules: { "@typescript-eslint/no-floating-promises": ["error", { allowForKnownSafeCalls: [] }], "@typescript-eslint/no-non-null-assertion": "off" },
    },
);
