import { backendOf } from "./backend";
import { defaultBase } from "./branch/target";
import type { Context } from "./options";
import { findProject, readStack } from "./settings/project";

/**
 * The variables with which plain `pulumi` works on a stack as the tool does: its state backend, and in a local world all that makes it one.
 * For the stack of a branch `base` says on which one it stands.
 */
export function env(context: Context, stack: string, { base = defaultBase }: { readonly base?: string } = {}): Readonly<Record<string, string>> {
    const project = findProject(context.directory);
    const owner = stack.startsWith("branch-") ? base : stack;
    const { url } = backendOf(context, owner, readStack(project, owner).settings);
    return { PULUMI_BACKEND_URL: url, PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true", ...context.surroundings.env };
}
