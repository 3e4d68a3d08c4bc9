import fs from "node:fs";
import path from "node:path";
import { findProject } from "../../automation/settings/project";
import type { Handler } from "../commands";
import type { Context } from "../context";
import { baseOf } from "./options";

/** `understudy env`: assignments that a shell can evaluate; none of them holds a secret, passphrases go by file. */
export const env: Handler = (context, [stack = ""], options) => {
    const variables = { ...context.api().env(stack, { base: baseOf(options) }), ...(context.local ? localSettings(context, stack) : {}) };
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
    context.output.result(variables, lines.join("\n"));
    return Promise.resolve(0);
};

/**
 * Plain `pulumi` writes the salt of a passphrase into the settings file it uses, and makes one where there is none. That of a local world
 * has no place in the project's own file, so there it works with a copy, which is made anew each time.
 */
function localSettings(context: Context, stack: string): Readonly<Record<string, string>> {
    const name = `Pulumi.${stack}.yaml`;
    const tracked = path.join(findProject(context.directory).directory, name);
    const copy = path.join(context.world().directory, "settings", name);
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.writeFileSync(copy, fs.existsSync(tracked) ? fs.readFileSync(tracked) : "");
    return { PULUMI_OPTION_CONFIG_FILE: copy };
}

/** A word that every POSIX shell reads back as it is. */
export function quoted(value: string): string {
    return `'${value.replaceAll("'", `'\\''`)}'`;
}
