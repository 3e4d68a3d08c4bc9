import { LocalWorkspace, PulumiCommand, type LocalWorkspaceOptions } from "@pulumi/pulumi/automation";
import fs from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { timed } from "../measure";
import { projectDirectory } from "../../test/engine/stage";
import type { Scene } from "./scene";
import type { Way } from "./way";

/**
 * How such a tool is usually written: the program as TypeScript that is type-checked when it starts, the stack by `createOrSelectStack`, its
 * settings by `setConfig`, key after key, then `up` and `outputs`.
 */
export async function plainWay(scene: Scene, branch: string): Promise<Way> {
    const workDir = copyProgram(scene);
    const stackName = scene.stackOf(branch);
    const values = leaves(scene.settingsOf(branch, path.join(workDir, "app")).config);
    const options = await optionsOf(scene);
    return {
        up: async () => ({
            seconds: await timed(async () => {
                const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir }, options);
                for (const [key, value] of values) await stack.setConfig(key, { value }, true);
                await stack.up({ parallel: 32 });
                await stack.outputs();
            }),
        }),
        down: async () => ({
            seconds: await timed(async () => {
                const stack = await LocalWorkspace.selectStack({ stackName, workDir }, options);
                await stack.destroy({ parallel: 32 });
                await stack.workspace.removeStack(stackName);
            }),
        }),
    };
}

/** The project as a checkout has it, but type-checked. */
export function copyProgram(scene: Scene): string {
    const directory = scene.folder("plain");
    for (const name of ["index.ts", "model", "components", "stacks", "app", "tsconfig.json", "package.json"]) {
        fs.cpSync(path.join(projectDirectory, name), path.join(directory, name), { recursive: true });
    }
    if (!fs.existsSync(path.join(directory, "node_modules"))) fs.symlinkSync(path.join(projectDirectory, "node_modules"), path.join(directory, "node_modules"));
    const { name, declarations } = scene.project;
    fs.writeFileSync(path.join(directory, "Pulumi.yaml"), stringify({ name, runtime: { name: "nodejs", options: { typescript: true } }, config: declarations }));
    return directory;
}

/** The engine of the scene, and types checked. */
async function optionsOf(scene: Scene): Promise<LocalWorkspaceOptions> {
    const env = scene.env();
    const [engineDirectory = ""] = (env["PATH"] ?? "").split(path.delimiter);
    const root = scene.folder("engine");
    if (!fs.existsSync(path.join(root, "bin"))) fs.symlinkSync(engineDirectory, path.join(root, "bin"));
    return { pulumiCommand: await PulumiCommand.get({ root }), envVars: { ...env, PULUMI_NODEJS_TRANSPILE_ONLY: "false" } };
}

/** Every single value with its path, as `setConfig` wants it. What is empty is left to its default. */
function leaves(value: unknown, at = ""): readonly (readonly [string, string])[] {
    if (typeof value !== "object" || value === null) return [[at, String(value)]];
    return Object.entries(value).flatMap(([key, part]) => leaves(part, at === "" ? key : `${at}["${key}"]`));
}
