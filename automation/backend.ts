import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { UnderstudyError } from "./errors";
import type { Context } from "./options";

/** Where the state of a base and of its branches is: one backend per account. */
export interface Backend {
    readonly url: string;
    /** The local world's, whose secrets are protected by a passphrase whatever the settings name. */
    readonly local: boolean;
}

/** The backend of a base, in this order: the surroundings', the settings', `PULUMI_BACKEND_URL`, the one that Pulumi is logged in to. */
export function backendOf(context: Context, base: string, settings: { readonly backend?: string | undefined } | undefined): Backend {
    const surrounding = context.surroundings.backends?.[base];
    if (surrounding !== undefined) return { url: surrounding, local: true };
    const url = settings?.backend ?? context.env["PULUMI_BACKEND_URL"] ?? loggedIn(context.env);
    if (url !== undefined) return { url, local: false };
    throw new UnderstudyError("backend", `nothing says where the state of ${base} is`, "set `understudy:backend` in its settings, or give --backend");
}

function loggedIn(env: Readonly<Record<string, string>>): string | undefined {
    const home = env["PULUMI_HOME"] ?? path.join(env["HOME"] ?? os.homedir(), ".pulumi");
    try {
        const { current } = JSON.parse(fs.readFileSync(path.join(home, "credentials.json"), "utf8")) as { readonly current?: unknown };
        return typeof current === "string" && current !== "" ? current : undefined;
    } catch {
        return undefined; // nobody has ever logged in here
    }
}
