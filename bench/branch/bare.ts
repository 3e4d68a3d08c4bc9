import { execa } from "execa";
import fs from "node:fs";
import path from "node:path";
import { programFile } from "../../automation/engine/program";
import { renderProject, renderSettings } from "../../automation/settings/privateSettings";
import { timed } from "../measure";
import type { Scene } from "./scene";
import type { Way } from "./way";

/**
 * The least that any tool on this engine can take: one `pulumi up` or `pulumi destroy` with the same compiled program, settings file,
 * provider and parallelism. Making the empty stack before and removing it afterwards is not counted.
 */
export function bareEngine(scene: Scene, branch: string): Way {
    const stack = scene.stackOf(branch);
    const directory = scene.folder("bare");
    fs.writeFileSync(path.join(directory, "Pulumi.yaml"), renderProject(scene.project, programFile()));
    fs.writeFileSync(path.join(directory, `Pulumi.${stack}.yaml`), renderSettings({ ...scene.settingsOf(branch), protection: {} }));
    const pulumi = (...words: readonly string[]): Promise<unknown> => execa("pulumi", [...words, "--non-interactive"], { cwd: directory, env: scene.env() });
    const change = (command: string): Promise<number> => timed(() => pulumi(command, "--stack", stack, "--yes", "--skip-preview", "--parallel", "32"));
    let made = false;
    return {
        up: async () => {
            if (!made) await pulumi("stack", "init", stack, "--no-select", "--secrets-provider", "passphrase");
            made = true;
            return { seconds: await change("up") };
        },
        down: async () => {
            const seconds = await change("destroy");
            await pulumi("stack", "rm", stack, "--yes", "--preserve-config");
            made = false;
            return { seconds };
        },
    };
}
